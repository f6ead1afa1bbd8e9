"""Bookings and their reminder ledgers over HTTP."""

from pydantic import BaseModel

from frontdesk.bookings import queries
from frontdesk.bookings.queries import Listed, Reminder
from frontdesk.bookings.rules import Booking, Status
from frontdesk.contacts.queries import by_id as contact_by_id
from frontdesk.contacts.rules import Contact
from frontdesk.core.pages import OLDEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep


async def list_bookings(
    ctx: CtxDep,
    starts_from: int | None = None,
    starts_before: int | None = None,
    status: Status | None = None,
    contact_id: str | None = None,
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
    )


class BookingStory(BaseModel):
    """A booking, whom it is for, and each message that was planned for it with what became of it."""

    booking: Booking
    contact: Contact
    messages: list[Reminder]


async def get_booking(ctx: CtxDep, booking_id: str) -> BookingStory:
    """One booking with its reminder ledger."""
    booking = await queries.by_id(ctx, booking_id)
    return BookingStory(
        booking=booking,
        contact=await contact_by_id(ctx, booking.contact_id),
        messages=await queries.ledger(ctx, booking_id),
    )
