"""Reading the ledger of texts and mails."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.messaging.rules.message import Message


async def by_id(ctx: Ctx, message_id: str) -> Message:
    """One row of the ledger. Raises NotFound, for sign-in mails too: they are nobody's business here."""
    return await ctx.db.one(
        Message,
        """
        SELECT id, direction, channel, purpose, contact_id, booking_id, template, address, sender, subject, body,
               offset_hours, state, reason, detail, due_at, expires_at, attempt, provider, provider_note,
               provider_id, segments, cost_micros, author_id, keyword, version, cause_kind, cause_id, trace_id,
               created_at, sent_at, delivered_at, updated_at
        FROM messages WHERE tenant_id = :tenant AND id = :id AND purpose <> 'auth'
        """,
        id=message_id,
    )


async def withdrawn(ctx: Ctx, booking_id: str) -> list[Message]:
    """What was taken back with a booking that was called off, reminders and what staff wrote aside."""
    return await ctx.db.all(
        Message,
        """
        SELECT id, direction, channel, purpose, contact_id, booking_id, template, address, sender, subject, body,
               offset_hours, state, reason, detail, due_at, expires_at, attempt, provider, provider_note,
               provider_id, segments, cost_micros, author_id, keyword, version, cause_kind, cause_id, trace_id,
               created_at, sent_at, delivered_at, updated_at
        FROM messages INDEXED BY messages_by_booking
        WHERE tenant_id = :tenant AND booking_id = :booking_id AND direction = 'out' AND state = 'skipped'
          AND reason = 'cancelled' AND offset_hours IS NULL AND author_id IS NULL
        """,
        booking_id=booking_id,
    )


class Listed(Message):
    """A row of the ledger with whose it is and who wrote it."""

    contact_name: str | None
    author_name: str | None


_MESSAGE = """
    id, direction, channel, purpose, contact_id, booking_id, template, address, sender, subject, body,
    offset_hours, state, reason, detail, due_at, expires_at, attempt, provider, provider_note, provider_id,
    segments, cost_micros, author_id, keyword, version, cause_kind, cause_id, trace_id, created_at, sent_at,
    delivered_at, updated_at,
    (SELECT trim(c.first_name || ' ' || c.last_name) FROM contacts c
     WHERE c.tenant_id = :tenant AND c.id = contact_id) AS contact_name,
    (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = author_id) AS author_name
"""
_CHAT = """
    id, 'in', 'manychat', 'inbound', contact_id, NULL, '', '', '', '', summary,
    NULL, 'received', '', '', at, NULL, 0, 'manychat', '', NULL,
    NULL, NULL, NULL, '', 1, cause_kind, cause_id, cause_id, at, NULL,
    NULL, at,
    (SELECT trim(c.first_name || ' ' || c.last_name) FROM contacts c
     WHERE c.tenant_id = :tenant AND c.id = contact_id), NULL
"""
_WANTED = """
    tenant_id = :tenant AND (due_at, id) < (:at, :id) AND purpose <> 'auth'
      AND (:due_before IS NULL OR due_at < :due_before)
      AND (:state IS NULL OR state = :state) AND (:channel IS NULL OR channel = :channel)
      AND (:direction IS NULL OR direction = :direction)
      AND (:contact_id IS NULL OR contact_id = :contact_id)
      AND (:booking_id IS NULL OR booking_id = :booking_id)
"""
_ORDER = "ORDER BY due_at DESC, id DESC LIMIT :limit"
_LISTED = f"SELECT {_MESSAGE} FROM messages WHERE {_WANTED} {_ORDER}"
_LISTED_IN_STATE = f"""
    SELECT {_MESSAGE} FROM messages INDEXED BY messages_by_state WHERE state = :state AND {_WANTED} {_ORDER}
"""
# A contact's chats are on their timeline alone; here they stand where they were said.
_LISTED_OF_CONTACT = f"""
    SELECT {_MESSAGE} FROM messages INDEXED BY messages_by_contact WHERE contact_id = :contact_id AND {_WANTED}
    UNION ALL
    SELECT {_CHAT} FROM touchpoints INDEXED BY touchpoints_by_contact
    WHERE tenant_id = :tenant AND contact_id = :contact_id AND (at, id) < (:at, :id)
      AND kind = 'manychat.message' AND direction = 'in'
      AND (:due_before IS NULL OR at < :due_before) AND (:state IS NULL OR :state = 'received')
      AND (:channel IS NULL OR :channel = 'manychat') AND (:direction IS NULL OR :direction = 'in')
      AND :booking_id IS NULL
    {_ORDER}
"""
_LISTED_OF_BOOKING = f"""
    SELECT {_MESSAGE} FROM messages INDEXED BY messages_by_booking
    WHERE booking_id = :booking_id AND {_WANTED} {_ORDER}
"""


async def listed(
    ctx: Ctx,
    *,
    after: Cursor,
    limit: int,
    due_before: int | None = None,
    state: str | None,
    channel: str | None,
    direction: str | None,
    contact_id: str | None,
    booking_id: str | None,
) -> Page[Listed]:
    """The ledger by planned time, latest first; sign-in mails are nobody's business here."""
    if booking_id is not None:
        sql = _LISTED_OF_BOOKING
    elif contact_id is not None:
        sql = _LISTED_OF_CONTACT
    else:
        sql = _LISTED if state is None else _LISTED_IN_STATE
    rows = await ctx.db.all(
        Listed,
        sql,
        at=after.at,
        id=after.id,
        due_before=due_before,
        state=state,
        channel=channel,
        direction=direction,
        contact_id=contact_id,
        booking_id=booking_id,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.due_at, row.id))
