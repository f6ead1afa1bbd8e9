"""What providers say about appointments. `apply` brings everything that hangs on one up to date in one commit."""

from dataclasses import replace

from frontdesk.bookings import queries, rules, writes
from frontdesk.bookings.actions.reminders import replanned
from frontdesk.bookings.rules import Booking, Word
from frontdesk.contacts.actions import sighted
from frontdesk.contacts.queries import by_id as contact_by_id
from frontdesk.contacts.rules import Contact, Person
from frontdesk.contacts.writes import touchpoint
from frontdesk.core.again import deciding
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import Part, event
from frontdesk.core.mailbox import mailbox_or_none
from frontdesk.core.phone import e164_or_none
from frontdesk.integrations.facts import BookingFact


async def apply(ctx: Ctx, fact: BookingFact) -> None:
    """Take a provider's word on a booking: contact, booking, reminders and the event, all or nothing.

    A word older than what we know changes nothing. Two at once conflict and the later one decides again.
    """
    await deciding(lambda: _apply(ctx, fact))


async def _apply(ctx: Ctx, fact: BookingFact) -> None:
    before = await queries.by_external(ctx, fact.source, fact.external_id)
    if before and not rules.is_news(fact.sequence or 0, fact.changed_at, before.source_seq, before.source_at):
        ctx.log.info("booking event is older than what we know", booking=before.id, sequence=fact.sequence)
        await ctx.commit()
        return
    contact, contact_parts = await _contact(ctx, before, fact)
    after = _after(ctx, before, fact, contact.id, _person(ctx, fact))
    if before and rules.same(before, after):
        # Told again, or about what we do not keep: the booking stays, but the word counts as heard, and so do they.
        await ctx.commit(contact_parts, writes.heard(before, after))
        return
    change = rules.change_of(before, after)
    after, reminders = await replanned(ctx, before, after, contact)
    summary = rules.SUMMARIES[change].format(
        service=after.service or "appointment", when=rules.local_text(after), status=after.status
    )
    parts: list[Part] = [
        contact_parts,
        writes.insert(after) if before is None else writes.update(before, after),
        touchpoint(
            ctx, contact.id, f"booking.{change}", summary, direction="in", subject=("booking", after.id)
        ),
        event(f"booking.{change}", rules.told_of(before, after), of=("booking", after.id)),
        reminders,
    ]
    await ctx.commit(*parts)


async def _contact(ctx: Ctx, before: Booking | None, fact: BookingFact) -> tuple[Contact, list[Part]]:
    """Whose booking it is: as the provider says; if it says nothing new or usable, as before; else a new contact."""
    person = _person(ctx, fact)
    if before and _nobody_new(person, before):
        return await contact_by_id(ctx, before.contact_id), []
    if not person.identities:
        # An appointment is never lost for want of a name: the booking itself is what they are known by.
        person = replace(person, external=("wix", f"booking:{fact.external_id}"))
    contact, parts, _ = await sighted(ctx, person)
    return contact, parts


def _nobody_new(person: Person, before: Booking) -> bool:
    """Whether a word tells nothing by which they could be somebody else than its word before said."""
    return (
        person.external is None
        and person.phone in (None, before.source_phone)
        and person.email in (None, before.source_email)
    )


def _person(ctx: Ctx, fact: BookingFact) -> Person:
    said = fact.contact
    return Person(
        source=fact.source,
        first_name=said.first_name,
        last_name=said.last_name,
        email=mailbox_or_none(said.email),
        # A country that is junk, or not the number's, must not cost us the number.
        phone=e164_or_none(said.phone, said.country) or e164_or_none(said.phone, ctx.tenant.country),
        external=("wix", said.external_id) if said.external_id else None,
        time_zone=said.time_zone,
    )


def _after(ctx: Ctx, before: Booking | None, fact: BookingFact, contact_id: str, person: Person) -> Booking:
    """The booking as it now stands: what the provider does not say stays, and so does what staff said since.

    So does how they are reached, until the provider says something else than it did: each of its words tells the
    number again that staff may have put right. Nothing goes to whose it was before, where it passes to another.
    """
    theirs = before if before and before.contact_id == contact_id else None
    service = fact.service or (before.service if before else "")
    priced = before is not None and before.service == service
    ends_at = fact.ends_at
    if ends_at <= fact.starts_at:
        ends_at = fact.starts_at + rules.minutes_of(ctx.settings, service)
    said = {
        **rules.after_word(
            before, Word(fact.changed_at, fact.status, fact.starts_at, ends_at, fact.practitioner)
        ),
        "contact_id": contact_id,
        "first_name": person.first_name or (theirs.first_name if theirs else ""),
        "phone": person.phone,
        "email": person.email,
        "source_phone": person.phone,
        "source_email": person.email,
        "source_seq": fact.sequence or 0,
        "source_at": fact.changed_at,
        "service": service,
        "location": fact.location or (before.location if before else ""),
        "time_zone": fact.time_zone or (before.time_zone if before else ctx.tenant.time_zone),
        # Wix tells no price: it is what the service cost when the booking was made.
        "value_minor": before.value_minor if before and priced else rules.value_of(ctx.settings, service),
        "updated_at": ctx.now,
    }
    if theirs:
        said |= rules.reached(theirs, person.phone, person.email)
    if before:
        return before.model_copy(update={**said, "version": before.version + 1})
    made = {"id": ctx.new_id(), "source": fact.source, "external_id": fact.external_id}
    return Booking(**made, **said, urgency="routine", version=1, created_at=ctx.now)
