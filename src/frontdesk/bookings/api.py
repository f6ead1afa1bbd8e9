"""Bookings and their reminder ledgers over HTTP, and what staff do with them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from frontdesk.bookings import actions, queries
from frontdesk.bookings.actions import Made, Wish
from frontdesk.bookings.queries import Listed, Practitioner, Reminder
from frontdesk.bookings.rules import Booking, Clash, Fate, Status, Urgency, risk_of
from frontdesk.contacts.queries import by_id as contact_by_id
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.conditions import unaccounted
from frontdesk.contacts.rules.warmness import Score
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import OLDEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.core.typed import Key, Line, Note, Title

Instant = Annotated[int, Field(ge=0, le=4_102_444_800_000)]
"""ms UTC, up to the year 2100."""
Name = Annotated[Line, Field(max_length=200)]


async def list_bookings(
    ctx: CtxDep,
    starts_from: int | None = None,
    starts_before: int | None = None,
    status: Status | None = None,
    contact_id: str | None = None,
    practitioner: str | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Listed]:
    """Bookings by start, earliest first; `starts_from` and `starts_before` in ms UTC."""
    return await queries.listed(
        ctx,
        after=decode_cursor(after, OLDEST),
        limit=limit,
        starts_from=starts_from,
        starts_before=starts_before,
        status=status,
        contact_id=contact_id,
        practitioner=practitioner,
    )


async def list_practitioners(ctx: CtxDep, after: str | None = None, limit: Limit = 200) -> Page[Practitioner]:
    """Everybody appointments are or were with, by name, and when the last of those begins."""
    return await queries.practitioners(ctx, after=decode_cursor(after, OLDEST).id, limit=limit)


class BookingStory(BaseModel):
    """A booking, whom it is for, and each message that was planned for it with what became of it.

    `risk`: how likely they stay away and why, as long as it has not begun and stands; then null.
    `unaccounted`: why somebody should say whether they came; empty while nobody need.
    """

    booking: Booking
    contact: Contact
    messages: list[Reminder]
    risk: Score | None
    unaccounted: str


async def get_booking(ctx: CtxDep, booking_id: str) -> BookingStory:
    """One booking with its reminder ledger."""
    return await _story(ctx, await queries.by_id(ctx, booking_id))


class _Timed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    starts_at: Instant
    ends_at: Instant | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "_Timed":
        if self.ends_at is not None and not 0 <= self.ends_at - self.starts_at <= DAY:
            raise ValueError("an appointment ends after it starts, within a day")
        return self


class NewBooking(_Timed):
    """An appointment staff make. Without `ends_at` it is as long as the tenant lists its service, or half an hour.

    `key`, made up by the caller, makes a repeat harmless: the first appointment is answered again.
    """

    contact_id: str
    service: Annotated[Title, Field(max_length=200)]
    practitioner: Name = ""
    location: Name = ""
    urgency: Urgency = "routine"
    status: Literal["scheduled", "confirmed"] = "scheduled"
    note: Annotated[Note, Field(max_length=2_000)] = ""
    key: Key = ""


async def book(ctx: CtxDep, new: NewBooking) -> BookingStory:
    """Make an appointment for a contact; its reminders are planned with it."""
    return await _story(ctx, await actions.book(ctx, Made(**new.model_dump())))


class Move(_Timed):
    """Where an appointment is to go. Without `ends_at` it keeps its length, without a name its practitioner."""

    practitioner: Name | None = None

    @property
    def wish(self) -> Wish:
        """As the verbs take it."""
        return Wish(self.starts_at, self.ends_at, self.practitioner)


class VersionedMove(Move):
    """With the version the move was decided on."""

    version: int = Field(ge=1)


class MovePreview(BaseModel):
    """The booking as it would be, what would become of each reminder, and what speaks against it."""

    booking: Booking
    reminders: list[Fate]
    conflicts: list[Clash]


async def preview_reschedule(ctx: CtxDep, booking_id: str, move: Move) -> MovePreview:
    """What moving an appointment would do, reminder by reminder; nothing is changed."""
    seen = await actions.preview(ctx, booking_id, move.wish)
    return MovePreview(booking=seen.booking, reminders=seen.reminders, conflicts=seen.conflicts)


async def reschedule(ctx: CtxDep, booking_id: str, move: VersionedMove) -> BookingStory:
    """Move an appointment and its reminders. 409 `stale` when it changed since `version`."""
    return await _story(ctx, await actions.reschedule(ctx, booking_id, move.wish, move.version))


class StatusChange(BaseModel):
    """How an appointment stands, on the word of staff; what it was before takes it back."""

    model_config = ConfigDict(extra="forbid")

    status: Status
    version: int = Field(ge=1)


async def set_status(ctx: CtxDep, booking_id: str, change: StatusChange) -> BookingStory:
    """Confirm, complete, cancel, note a no-show, or set back. 409 `stale` when it changed since `version`."""
    return await _story(ctx, await actions.set_status(ctx, booking_id, change.status, change.version))


async def _story(ctx: Ctx, booking: Booking) -> BookingStory:
    contact = await contact_by_id(ctx, booking.contact_id)
    past = await queries.history(ctx, booking)
    asked = unaccounted(booking.status, booking.ends_at, ctx.now)
    return BookingStory(
        booking=booking,
        contact=contact,
        messages=await queries.ledger(ctx, booking.id),
        risk=risk_of(booking, contact, kept=past.kept, missed=past.missed, now=ctx.now),
        unaccounted=asked.why if asked.holds else "",
    )
