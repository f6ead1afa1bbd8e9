"""Verbs on bookings. `apply` brings everything that hangs on an appointment up to date in one commit."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from frontdesk.bookings import queries, rules, writes
from frontdesk.bookings.rules import Booking
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
from frontdesk.messaging import writes as messaging
from frontdesk.messaging.rules.message import Draft
from frontdesk.messaging.rules.reminders import planned


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
        # Told again, or about what we do not keep: nothing changes, but the word counts as heard.
        await ctx.commit(writes.update(before, after))
        return
    change = rules.change_of(before, after)
    summary = rules.SUMMARIES[change].format(
        service=after.service or "appointment", when=local_text(after), status=after.status
    )
    parts: list[Part] = [
        contact_parts,
        writes.insert(after) if before is None else writes.update(before, after),
        touchpoint(
            ctx, contact.id, f"booking.{change}", summary, direction="in", subject=("booking", after.id)
        ),
        event(f"booking.{change}", after, of=("booking", after.id)),
    ]
    if rules.reminders_change(before, after):
        parts.append(_reminders(ctx, before, after, contact))
    await ctx.commit(*parts)


async def _contact(ctx: Ctx, before: Booking | None, fact: BookingFact) -> tuple[Contact, list[Part]]:
    """Whose booking it is: as the provider says; if it says nothing usable, as before; else a new contact."""
    person = _person(ctx, fact)
    if before and not person.identities:
        return await contact_by_id(ctx, before.contact_id), []
    if not person.identities:
        # An appointment is never lost for want of a name: the booking itself is what they are known by.
        person = replace(person, external=("wix", f"booking:{fact.external_id}"))
    contact, parts, _ = await sighted(ctx, person)
    return contact, parts


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
    """The booking as the provider says it now stands; what it does not say stays."""
    return Booking(
        id=before.id if before else ctx.new_id(),
        contact_id=contact_id,
        first_name=person.first_name or (before.first_name if before else ""),
        phone=person.phone or (before.phone if before else None),
        email=person.email or (before.email if before else None),
        source=fact.source,
        external_id=fact.external_id,
        source_seq=fact.sequence or 0,
        source_at=fact.changed_at,
        status=rules.status_after(before, fact.status, fact.starts_at),
        service=fact.service or (before.service if before else ""),
        practitioner=fact.practitioner or (before.practitioner if before else ""),
        location=fact.location or (before.location if before else ""),
        urgency=before.urgency if before else "routine",
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        time_zone=fact.time_zone or (before.time_zone if before else ctx.tenant.time_zone),
        value_minor=before.value_minor if before else None,
        version=before.version + 1 if before else 1,
        created_at=before.created_at if before else ctx.now,
        updated_at=ctx.now,
    )


def _reminders(ctx: Ctx, before: Booking | None, after: Booking, contact: Contact) -> list[Part]:
    """What was planned no longer fits: withdraw it, and plan anew while the appointment stands.

    A reminder whose time has passed is still a row, *skipped: too late*, so that the ledger is complete.
    """
    parts: list[Part] = []
    if before:
        # A confirmation still in line goes with the new date; only a cancelled booking takes it back.
        only = "booking.reminder" if after.active else None
        reason = "rescheduled" if after.active else "cancelled"
        parts.append(messaging.withdraw(ctx, after.id, reason, only=only))
    if not after.active or after.starts_at <= ctx.now:
        return parts
    channel, address = rules.channel_for(after, contact)
    for reminder in planned(after.starts_at, ctx.settings.reminder_hours, ctx.now):
        parts.append(
            messaging.plan(
                ctx,
                Draft(
                    channel=channel,
                    purpose="service",
                    address=address,
                    contact_id=contact.id,
                    booking_id=after.id,
                    template="booking.reminder",
                    offset_hours=reminder.offset_hours,
                    due_at=reminder.due_at,
                    expires_at=reminder.expires_at,
                    unique_key=f"reminder:{after.id}:{after.version}:{reminder.offset_hours}",
                    skip="too_late" if reminder.late else None,
                ),
            )
        )
    return parts


async def confirm(ctx: Ctx, booking: Booking) -> None:
    """Plan the confirmation of a new booking, once in its life; nothing if it is off or past by now."""
    if not booking.active or booking.starts_at <= ctx.now:
        return
    contact = await contact_by_id(ctx, booking.contact_id)
    channel, address = rules.channel_for(booking, contact)
    await ctx.commit(
        messaging.plan(
            ctx,
            Draft(
                channel=channel,
                purpose="transactional",
                address=address,
                contact_id=contact.id,
                booking_id=booking.id,
                template="booking.confirmation",
                expires_at=booking.starts_at,
                unique_key=f"confirmation:{booking.id}",
            ),
        )
    )


def local_text(booking: Booking) -> str:
    """The start in the booking's own zone, for a line on a timeline: `Tue 24 Nov 2026, 09:30`."""
    at = datetime.fromtimestamp(booking.starts_at / 1000, ZoneInfo(booking.time_zone))
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M}"
