"""What staff do with appointments: make one, say how it stands, move it, and look first what that would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from frontdesk.auth.writes import audited
from frontdesk.bookings import queries, rules, writes
from frontdesk.bookings.actions.reminders import replanned
from frontdesk.bookings.rules import Booking, Change, Clash, Fate, Status, Urgency
from frontdesk.contacts.queries import by_id as contact_by_id
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.writes import touchpoint
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import Part, event
from frontdesk.core.hours import BusinessHours
from frontdesk.core.phone import zone_of
from frontdesk.messaging.rules.quiet import first_allowed


@dataclass(frozen=True, slots=True)
class Made:
    """An appointment staff make. `key` is the caller's own: the same one again makes no second appointment."""

    contact_id: str
    service: str
    starts_at: int
    ends_at: int | None = None
    practitioner: str = ""
    location: str = ""
    urgency: Urgency = "routine"
    status: Status = "scheduled"
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Where an appointment is to go (ms UTC). Without an end it keeps its length, without a name its practitioner."""

    starts_at: int
    ends_at: int | None = None
    practitioner: str | None = None


class Preview(NamedTuple):
    """What moving an appointment would do, without doing it."""

    booking: Booking
    reminders: list[Fate]
    conflicts: list[Clash]


async def book(ctx: Ctx, made: Made) -> Booking:
    """Make an appointment for a contact, with its reminders.

    Raises:
        NotFound: no such contact.
        Invalid: the contact is one with another by now.
        Conflict: `key` was used for another contact's appointment.

    """
    if made.key and (known := await queries.by_external(ctx, "staff", made.key)):
        return _repeated(known, made)
    contact = await contact_by_id(ctx, made.contact_id)
    if contact.merged_into:
        raise Invalid("This contact was merged into another.", contact_id=contact.merged_into)
    ends_at = (
        made.starts_at + rules.minutes_of(ctx.settings, made.service)
        if made.ends_at is None
        else made.ends_at
    )
    id_ = ctx.new_id()
    booking = Booking(
        id=id_,
        contact_id=contact.id,
        first_name=contact.first_name,
        phone=contact.phone,
        email=contact.email,
        source="staff",
        external_id=made.key or id_,
        source_seq=0,
        source_at=ctx.now,
        status=made.status,
        service=made.service,
        practitioner=made.practitioner,
        location=made.location,
        urgency=made.urgency,
        starts_at=made.starts_at,
        ends_at=ends_at,
        time_zone=ctx.tenant.time_zone,
        value_minor=rules.value_of(ctx.settings, made.service),
        note=made.note,
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    booking, reminders = await replanned(ctx, None, booking, contact)
    try:
        await ctx.commit(
            writes.insert(booking),
            _told(ctx, None, booking, "created"),
            reminders,
            audited(
                ctx,
                "booking.create",
                ("booking", booking.id),
                {"contact_id": contact.id, "service": booking.service, "starts_at": booking.starts_at},
            ),
        )
    except Conflict:
        # The same key at the same time: the other one made it.
        known = await queries.by_external(ctx, "staff", made.key) if made.key else None
        if known is None:
            raise
        return _repeated(known, made)
    return booking


def _repeated(known: Booking, made: Made) -> Booking:
    if known.contact_id != made.contact_id:
        raise Conflict("Another appointment was made with this key.", booking_id=known.id)
    return known


async def set_status(ctx: Ctx, booking_id: str, status: Status, version: int) -> Booking:
    """Say how an appointment stands: confirmed, completed, a no-show, cancelled; or as it was, to take it back.

    Its reminders follow. What a provider says later counts again, what it said before does not.

    Raises:
        NotFound; Stale when it changed since `version`; Invalid before the day of it, for what can be known after.

    """
    before = await _at(ctx, booking_id, version)
    if status == before.status:
        return before
    if status in ("completed", "no_show") and _day(before, ctx.now) < _day(before, before.starts_at):
        raise Invalid(f"This appointment is still to come, on {rules.local_text(before)}.")
    after = rules.said_by_staff(before, status, ctx.now)
    change: Change = "updated" if rules.set_back(before, after) else rules.change_of(before, after)
    return await _changed(ctx, before, after, change, {"status": [before.status, status]})


async def reschedule(ctx: Ctx, booking_id: str, wish: Wish, version: int) -> Booking:
    """Move an appointment in time or to another practitioner; its reminders move in the same commit.

    Raises:
        NotFound; Stale when it changed since `version`; Invalid when it is off or over.

    """
    before = await _at(ctx, booking_id, version)
    after = _moved(ctx, before, wish)
    if rules.same(before, after):
        return before
    changed = {
        field: [getattr(before, field), getattr(after, field)]
        for field in ("starts_at", "ends_at", "practitioner")
        if getattr(before, field) != getattr(after, field)
    }
    return await _changed(ctx, before, after, rules.change_of(before, after), changed)


async def preview(ctx: Ctx, booking_id: str, wish: Wish) -> Preview:
    """What `reschedule` would make of the appointment and its reminders, and what speaks against it.

    Raises:
        NotFound; Invalid when it is off or over.

    """
    before = await queries.by_id(ctx, booking_id)
    after = _moved(ctx, before, wish)
    contact = await contact_by_id(ctx, before.contact_id)
    channel, address = rules.channel_for(after, contact)
    recipient = ZoneInfo(contact.time_zone or zone_of(address) or ctx.tenant.time_zone)
    quiet = ctx.settings.quiet_hours if channel == "sms" else None
    reminders = rules.fates(
        before,
        after,
        await queries.ledger(ctx, booking_id),
        address=address,
        offsets=ctx.settings.reminder_hours,
        now=ctx.now,
        say=lambda at: _clock(at, ZoneInfo(after.time_zone)),
        leaves_at=lambda at: first_allowed(at, quiet, recipient),
    )
    around = await queries.around(ctx, after)
    return Preview(after, reminders, rules.clashes(after, around, BusinessHours.of(ctx.tenant), ctx.now))


def _moved(ctx: Ctx, before: Booking, wish: Wish) -> Booking:
    if not before.active:
        said = before.status.replace("_", "-")
        raise Invalid(f"This appointment is {said}; set it back before moving it, or make a new one.")
    length = before.ends_at - before.starts_at
    return rules.moved_by_staff(
        before,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + length if wish.ends_at is None else wish.ends_at,
        practitioner=before.practitioner if wish.practitioner is None else wish.practitioner,
        now=ctx.now,
    )


async def _at(ctx: Ctx, booking_id: str, version: int) -> Booking:
    booking = await queries.by_id(ctx, booking_id)
    if booking.version != version:
        raise Stale(f"This booking is at version {booking.version} by now; look again.")
    return booking


async def _changed(
    ctx: Ctx, before: Booking, after: Booking, change: Change, audit: Mapping[str, Any]
) -> Booking:
    """The one commit of a verb: the booking, its reminders, the fact, the timeline and the audit log."""
    contact: Contact = await contact_by_id(ctx, after.contact_id)
    after, reminders = await replanned(ctx, before, after, contact)
    await ctx.commit(
        writes.update(before, after),
        _told(ctx, before, after, change),
        reminders,
        audited(ctx, f"booking.{change}", ("booking", after.id), audit),
    )
    return after


def _told(ctx: Ctx, before: Booking | None, booking: Booking, change: Change) -> list[Part]:
    summary = rules.SUMMARIES[change].format(
        service=booking.service or "appointment", when=rules.local_text(booking), status=booking.status
    )
    subject = ("booking", booking.id)
    return [
        touchpoint(ctx, booking.contact_id, f"booking.{change}", summary, subject=subject),
        event(f"booking.{change}", rules.told_of(before, booking), of=subject),
    ]


def _day(booking: Booking, at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, ZoneInfo(booking.time_zone)):%Y-%m-%d}"


def _clock(at: int, zone: ZoneInfo) -> str:
    local = datetime.fromtimestamp(at / 1000, zone)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"
