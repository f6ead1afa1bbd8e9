"""Reading bookings."""

from typing import NamedTuple

from pydantic import BaseModel, Json

from frontdesk.bookings.rules import Booking, Line, Other, Status
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import END_OF_TIME, Cursor, Page, page
from frontdesk.core.parsing import dump_json

_BOOKING = """
    b.id, b.contact_id, b.first_name, b.phone, b.email, b.source, b.external_id, b.source_seq, b.source_at,
    b.status, b.service, b.practitioner, b.location, b.urgency, b.starts_at, b.ends_at, b.time_zone,
    b.value_minor, b.note, b.staff_status_at, b.staff_time_at, b.source_status, b.source_starts_at,
    b.source_ends_at, b.source_practitioner, b.source_phone, b.source_email, b.planned_version, b.version,
    b.created_at, b.updated_at
"""


async def by_id(ctx: Ctx, booking_id: str) -> Booking:
    """The booking. Raises NotFound."""
    return await ctx.db.one(
        Booking,
        f"SELECT {_BOOKING} FROM bookings b WHERE b.tenant_id = :tenant AND b.id = :id",
        id=booking_id,
    )


async def by_external(ctx: Ctx, source: str, external_id: str) -> Booking | None:
    """The booking a provider calls `external_id`, if we know it."""
    return await ctx.db.maybe(
        Booking,
        f"""
        SELECT {_BOOKING} FROM bookings b
        WHERE b.tenant_id = :tenant AND b.source = :source AND b.external_id = :external_id
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


_WHOSE = """
    trim(c.first_name || ' ' || c.last_name) AS contact_name, c.phone AS contact_phone,
    (SELECT json_group_array(json_object('template', m.template, 'offset_hours', m.offset_hours,
                                         'state', m.state, 'reason', m.reason))
     FROM messages m INDEXED BY messages_by_booking
     WHERE m.tenant_id = :tenant AND m.booking_id = b.id) AS messages
"""
_WANTED = """
    b.tenant_id = :tenant AND (b.starts_at, b.id) > (:at, :id) AND b.starts_at < :before
    AND (:status IS NULL OR b.status = :status)
    AND (:contact_id IS NULL OR b.contact_id = :contact_id)
    AND (:practitioner IS NULL OR b.practitioner = :practitioner)
    ORDER BY b.starts_at, b.id LIMIT :limit
"""
_WITH = "JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id"
# A filter enters by its own index; what is left of them sifts.
_ALL = f"SELECT {_BOOKING}, {_WHOSE} FROM bookings b INDEXED BY bookings_by_start {_WITH} WHERE {_WANTED}"
_OF_CONTACT = f"""
    SELECT {_BOOKING}, {_WHOSE} FROM bookings b INDEXED BY bookings_by_contact {_WITH}
    WHERE b.contact_id = :contact_id AND {_WANTED}
"""
_OF_PRACTITIONER = f"""
    SELECT {_BOOKING}, {_WHOSE} FROM bookings b INDEXED BY bookings_by_practitioner {_WITH}
    WHERE b.practitioner = :practitioner AND {_WANTED}
"""
_IN_STATUS = f"""
    SELECT {_BOOKING}, {_WHOSE} FROM bookings b INDEXED BY bookings_by_status {_WITH}
    WHERE b.status = :status AND {_WANTED}
"""


async def listed(
    ctx: Ctx,
    *,
    after: Cursor,
    limit: int,
    starts_from: int | None = None,
    starts_before: int | None = None,
    status: Status | None = None,
    contact_id: str | None = None,
    practitioner: str | None = None,
) -> Page[Listed]:
    """Bookings by start, earliest first."""
    if starts_from is not None:
        # As a cursor, so that the index is entered where the list begins and not at the first booking ever.
        after = max(after, Cursor(starts_from, ""))
    if contact_id is not None:
        sql = _OF_CONTACT
    elif practitioner is not None:
        sql = _OF_PRACTITIONER
    else:
        sql = _ALL if status is None else _IN_STATUS
    rows = await ctx.db.all(
        Listed,
        sql,
        at=after.at,
        id=after.id,
        before=END_OF_TIME if starts_before is None else starts_before,
        status=status,
        contact_id=contact_id,
        practitioner=practitioner,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.starts_at, row.id))


class Practitioner(BaseModel):
    """Somebody appointments are with, by the name bookings give them, and when the last of those begins."""

    name: str
    last_starts_at: int


async def practitioners(ctx: Ctx, *, after: str, limit: int) -> Page[Practitioner]:
    """Everybody appointments are or were with, by name. It steps from name to name, however many bookings."""
    rows = await ctx.db.all(
        Practitioner,
        """
        WITH RECURSIVE named (name) AS (
          SELECT min(practitioner) FROM bookings WHERE tenant_id = :tenant AND practitioner > :after
          UNION ALL
          SELECT (SELECT min(practitioner) FROM bookings WHERE tenant_id = :tenant AND practitioner > named.name)
          FROM named WHERE name IS NOT NULL LIMIT :limit)
        SELECT name, (SELECT max(starts_at) FROM bookings
                      WHERE tenant_id = :tenant AND practitioner = name) AS last_starts_at
        FROM named WHERE name IS NOT NULL
        """,
        after=after,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(0, row.name))


class Reminder(Line):
    """One message of a booking: a line of its reminder ledger, its confirmation, or what else was said of it."""

    id: str
    channel: str
    delivered_at: int | None


async def ledger(ctx: Ctx, booking_id: str) -> list[Reminder]:
    """Every message of a booking, planned, sent or skipped, in the order of their time."""
    return await ctx.db.all(
        Reminder,
        """
        SELECT id, template, offset_hours, channel, state, reason, detail, address, due_at, expires_at,
               sent_at, delivered_at
        FROM messages WHERE tenant_id = :tenant AND booking_id = :booking_id
        ORDER BY due_at, id LIMIT 200
        """,
        booking_id=booking_id,
    )


class History(BaseModel):
    """How often somebody came to their other appointments, and how often not."""

    kept: int
    missed: int


async def history(ctx: Ctx, booking: Booking) -> History:
    """What became of the other appointments of a booking's contact."""
    return await ctx.db.one(
        History,
        """
        SELECT count(*) FILTER (WHERE status = 'completed') AS kept,
               count(*) FILTER (WHERE status = 'no_show') AS missed
        FROM bookings INDEXED BY bookings_by_contact
        WHERE tenant_id = :tenant AND contact_id = :contact_id AND id <> :id
        """,
        contact_id=booking.contact_id,
        id=booking.id,
    )


LONGEST = DAY
"""Longer appointments than this are not looked for when two could overlap."""


async def around(ctx: Ctx, booking: Booking) -> list[Other]:
    """The appointments that stand and may be at `booking`'s time: its practitioner's and its contact's."""
    return await ctx.db.all(
        Other,
        """
        SELECT b.id, b.contact_id, trim(c.first_name || ' ' || c.last_name) AS contact_name, b.practitioner,
               b.starts_at, b.ends_at
        FROM bookings b INDEXED BY bookings_by_practitioner
        JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id
        WHERE b.tenant_id = :tenant AND b.practitioner = :practitioner AND b.practitioner <> ''
          AND b.starts_at BETWEEN :since AND :until AND max(b.ends_at, b.starts_at + 1) > :starts_at
          AND b.status IN ('scheduled', 'confirmed')
        UNION
        SELECT b.id, b.contact_id, trim(c.first_name || ' ' || c.last_name), b.practitioner,
               b.starts_at, b.ends_at
        FROM bookings b INDEXED BY bookings_by_contact
        JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id
        WHERE b.tenant_id = :tenant AND b.contact_id = :contact_id
          AND b.starts_at BETWEEN :since AND :until AND max(b.ends_at, b.starts_at + 1) > :starts_at
          AND b.status IN ('scheduled', 'confirmed')
        ORDER BY 5, 1 LIMIT 20
        """,
        practitioner=booking.practitioner,
        contact_id=booking.contact_id,
        since=booking.starts_at - LONGEST,
        starts_at=booking.starts_at,
        until=booking.ends_at,
    )


class Reach(NamedTuple):
    """Where somebody can be reached."""

    phone: str | None
    email: str | None


class Unplanned(Booking):
    """A booking to come with reminders that were never planned, and where its contact can be reached."""

    missing: Json[list[int]]
    contact_phone: str | None
    contact_email: str | None

    @property
    def reach(self) -> Reach:
        """Its contact, as far as reminders care."""
        return Reach(self.contact_phone, self.contact_email)


class Looked(BaseModel):
    """How far a look has come: the last booking of the page, None at the end."""

    starts_at: int
    id: str


async def page_ends(ctx: Ctx, after: Cursor, limit: int) -> Looked | None:
    """The `limit`-th booking after a cursor, by start: how far one page of bookings goes. None: to the end."""
    return await ctx.db.maybe(
        Looked,
        """
        SELECT starts_at, id FROM bookings INDEXED BY bookings_by_start
        WHERE tenant_id = :tenant AND (starts_at, id) > (:at, :id)
        ORDER BY starts_at, id LIMIT 1 OFFSET :skipped
        """,
        at=after.at,
        id=after.id,
        skipped=limit - 1,
    )


async def unplanned(
    ctx: Ctx, after: Cursor, until: Cursor, *, offsets: list[int], limit: int
) -> list[Unplanned]:
    """The bookings to come behind `after`, up to `until`, that lack a reminder for one of the offsets (hours).

    A reminder is there when its key is, whatever became of it: sent, skipped, or taken back by hand.
    """
    return await ctx.db.all(
        Unplanned,
        f"""
        SELECT {_BOOKING}, c.phone AS contact_phone, c.email AS contact_email,
               (SELECT json_group_array(o.value) FROM json_each(:offsets) o
                WHERE NOT EXISTS (
                  SELECT 1 FROM messages m WHERE m.tenant_id = :tenant AND m.unique_key =
                    'reminder:' || b.id || ':' || CAST(COALESCE(b.planned_version, b.version) AS TEXT)
                    || ':' || CAST(o.value AS TEXT))) AS missing
        FROM bookings b INDEXED BY bookings_by_start
        JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id
        WHERE b.tenant_id = :tenant AND (b.starts_at, b.id) > (:at, :id)
          AND (b.starts_at, b.id) <= (:until_at, :until_id)
          AND b.status IN ('scheduled', 'confirmed') AND missing <> '[]'
        ORDER BY b.starts_at, b.id LIMIT :limit
        """,
        offsets=dump_json(offsets),
        at=after.at,
        id=after.id,
        until_at=until.at,
        until_id=until.id,
        limit=limit,
    )
