"""Reading bookings."""

from pydantic import BaseModel, Json

from frontdesk.bookings.rules import Booking
from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import Cursor, Page, page


async def by_id(ctx: Ctx, booking_id: str) -> Booking:
    """The booking. Raises NotFound."""
    return await ctx.db.one(
        Booking,
        """
        SELECT id, contact_id, first_name, phone, email,
               source, external_id, source_seq, source_at, status, service, practitioner,
               location, urgency, starts_at, ends_at, time_zone, value_minor, version, created_at, updated_at
        FROM bookings WHERE tenant_id = :tenant AND id = :id
        """,
        id=booking_id,
    )


async def by_external(ctx: Ctx, source: str, external_id: str) -> Booking | None:
    """The booking a provider calls `external_id`, if we know it."""
    return await ctx.db.maybe(
        Booking,
        """
        SELECT id, contact_id, first_name, phone, email,
               source, external_id, source_seq, source_at, status, service, practitioner,
               location, urgency, starts_at, ends_at, time_zone, value_minor, version, created_at, updated_at
        FROM bookings WHERE tenant_id = :tenant AND source = :source AND external_id = :external_id
        """,
        source=source,
        external_id=external_id,
    )


class Told(BaseModel):
    """How far one message of a booking has come."""

    template: str
    offset_hours: int | None
    state: str
    reason: str


class Listed(Booking):
    """A booking with whom it is for and what was said about it."""

    contact_name: str
    contact_phone: str | None
    messages: Json[list[Told]]


async def listed(
    ctx: Ctx,
    *,
    after: Cursor,
    limit: int,
    starts_from: int | None,
    starts_before: int | None,
    status: str | None,
    contact_id: str | None,
) -> Page[Listed]:
    """Bookings by start, earliest first."""
    if starts_from is not None:
        # As a cursor, so that the index is entered where the list begins and not at the first booking ever.
        after = max(after, Cursor(starts_from, ""))
    rows = await ctx.db.all(
        Listed,
        """
        SELECT b.id, b.contact_id, b.first_name, b.phone, b.email,
               b.source, b.external_id, b.source_seq, b.source_at, b.status, b.service,
               b.practitioner, b.location, b.urgency, b.starts_at, b.ends_at, b.time_zone, b.value_minor,
               b.version, b.created_at, b.updated_at,
               trim(c.first_name || ' ' || c.last_name) AS contact_name, c.phone AS contact_phone,
               (SELECT json_group_array(json_object('template', m.template, 'offset_hours', m.offset_hours,
                                                    'state', m.state, 'reason', m.reason))
                FROM messages m INDEXED BY messages_by_booking
                WHERE m.tenant_id = :tenant AND m.booking_id = b.id) AS messages
        FROM bookings b JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id
        WHERE b.tenant_id = :tenant AND (b.starts_at, b.id) > (:at, :id)
          AND (:starts_before IS NULL OR b.starts_at < :starts_before)
          AND (:status IS NULL OR b.status = :status)
          AND (:contact_id IS NULL OR b.contact_id = :contact_id)
        ORDER BY b.starts_at, b.id LIMIT :limit
        """,
        at=after.at,
        id=after.id,
        starts_before=starts_before,
        status=status,
        contact_id=contact_id,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.starts_at, row.id))


class Reminder(BaseModel):
    """One line of a booking's reminder ledger."""

    id: str
    template: str
    offset_hours: int | None
    channel: str
    state: str
    reason: str
    due_at: int
    sent_at: int | None
    delivered_at: int | None


async def ledger(ctx: Ctx, booking_id: str) -> list[Reminder]:
    """Every message of a booking, planned, sent or skipped, in the order of their time."""
    return await ctx.db.all(
        Reminder,
        """
        SELECT id, template, offset_hours, channel, state, reason, due_at, sent_at, delivered_at
        FROM messages WHERE tenant_id = :tenant AND booking_id = :booking_id
        ORDER BY due_at, id LIMIT 200
        """,
        booking_id=booking_id,
    )
