"""What the outside tells us about people: somebody wrote through a chat provider, or answered its questions."""

from pydantic import BaseModel

from frontdesk.contacts import actions, queries
from frontdesk.contacts.actions import merging, sighted
from frontdesk.contacts.rules import Person, summary_of
from frontdesk.contacts.writes import heard_from, touchpoint
from frontdesk.core.again import deciding
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event, event
from frontdesk.core.mailbox import mailbox_or_none
from frontdesk.core.parsing import parse_model
from frontdesk.core.phone import e164_or_none
from frontdesk.core.rows import Job
from frontdesk.integrations.facts import LeadFact


async def hear_lead(ctx: Ctx, job: Job) -> None:
    """A lead's words on their timeline, and an event about the contact; hearing the same event again adds nothing."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    fact = parse_model(LeadFact, heard.payload)
    await deciding(lambda: _hear(ctx, heard.id, fact))


async def _hear(ctx: Ctx, event_id: str, fact: LeadFact) -> None:
    if await queries.is_told(ctx, event_id):
        return
    said = fact.contact
    person = Person(
        source=fact.provider,
        first_name=said.first_name,
        last_name=said.last_name,
        email=mailbox_or_none(said.email),
        phone=e164_or_none(said.phone, ctx.tenant.country),
        external=(fact.provider, said.external_id),
        time_zone=said.time_zone,
    )
    contact, parts, created = await sighted(ctx, person)
    kind = f"{fact.provider}.message"
    await ctx.commit(
        parts,
        heard_from(contact.id, ctx.now),
        touchpoint(
            ctx,
            contact.id,
            kind,
            summary_of(fact.text, fact.fields),
            direction="in",
            channel=fact.provider,
            id_=event_id,
        ),
        event(
            f"{fact.provider}.message",
            {"text": fact.text, "fields": fact.fields, "new": created, "contact": contact.model_dump()},
            of=("contact", contact.id),
        ),
    )


async def follow_booking(ctx: Ctx, job: Job) -> None:
    """A booking came, changed or ended: stage, existing patient and recall follow, from what the bookings are now."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    contact_id = await queries.booked_by(ctx, job.subject_id)
    if contact_id:
        booked = parse_model(_Booked, heard.payload)
        moves = heard.type != "booking.updated" or booked.settles or booked.formerly != ""
        service = booked.service if moves else ""
        formerly = booked.formerly
        await deciding(
            lambda: actions.follow(ctx, contact_id, moves=moves, service=service, formerly=formerly)
        )


async def follow_unmerged(ctx: Ctx, job: Job) -> None:
    """Somebody is a contact of their own again: what became of their bookings meanwhile is known of them."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    gone_id = parse_model(_Parted, heard.payload).gone_id
    await deciding(lambda: actions.follow(ctx, gone_id, moves=False))


class _Parted(BaseModel):
    gone_id: str


class _Booked(BaseModel):
    contact_id: str
    status: str
    service: str
    was: str = ""
    was_contact_id: str = ""

    @property
    def formerly(self) -> str:
        """Whose it was until this change, if it was another contact's."""
        return self.was_contact_id if self.was_contact_id != self.contact_id else ""

    @property
    def settles(self) -> bool:
        """Whether it ended with this change, or stands again: staff took back that it had."""
        ended = any(status not in ("scheduled", "confirmed", "") for status in (self.status, self.was))
        return ended and self.status != self.was


async def gather(ctx: Ctx, job: Job) -> None:
    """Some time after a merge: what was written to the contact that went, by whoever had read it before."""
    await merging.gather(ctx, job.subject_id)
