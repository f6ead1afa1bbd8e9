"""Reading the ledger, and gathering what the gate needs to know."""

from pydantic import BaseModel

from frontdesk.core.clock import DAY, MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.message import Message, Outgoing
from frontdesk.messaging.writes import heard_key


async def outgoing(ctx: Ctx, message_id: str) -> Outgoing | None:
    """A message about to be sent, or None.

    What is about a booking goes to what was given with it, as that stands now; where nothing was, to the contact.
    """
    return await ctx.db.maybe(
        Outgoing,
        """
        SELECT id, direction, channel, purpose, contact_id, booking_id, template,
               CASE WHEN booking_id IS NOT NULL AND state IN ('scheduled', 'queued') THEN COALESCE((
                      SELECT CASE channel WHEN 'sms' THEN CASE WHEN b.email IS NULL THEN COALESCE(b.phone, c.phone)
                                                               ELSE b.phone END
                                          ELSE CASE WHEN b.phone IS NULL THEN COALESCE(b.email, c.email)
                                                    ELSE b.email END END
                      FROM bookings b JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id
                      WHERE b.tenant_id = :tenant AND b.id = booking_id), '')
                    ELSE address END AS address,
               sender, subject, body, sealed_body, offset_hours, state, reason, detail, due_at, expires_at,
               pace_slot, attempt, provider, provider_note, provider_id, segments, cost_micros, version,
               cause_kind, cause_id, trace_id, created_at, sending_at, sent_at, delivered_at, updated_at
        FROM messages WHERE tenant_id = :tenant AND id = :id AND direction = 'out'
        """,
        id=message_id,
    )


async def by_id(ctx: Ctx, message_id: str) -> Message:
    """One row of the ledger. Raises NotFound, for sign-in mails too: they are nobody's business here."""
    return await ctx.db.one(
        Message,
        """
        SELECT id, direction, channel, purpose, contact_id, booking_id, template, address, sender, subject, body,
               offset_hours, state, reason, detail, due_at, expires_at, attempt, provider, provider_note,
               provider_id, segments, cost_micros, cause_kind, cause_id, trace_id, created_at, sent_at,
               delivered_at, updated_at
        FROM messages WHERE tenant_id = :tenant AND id = :id AND purpose <> 'auth'
        """,
        id=message_id,
    )


class Listed(Message):
    """A row of the ledger with whose it is."""

    contact_name: str | None


_MESSAGE = """
    id, direction, channel, purpose, contact_id, booking_id, template, address, sender, subject, body,
    offset_hours, state, reason, detail, due_at, expires_at, attempt, provider, provider_note, provider_id,
    segments, cost_micros, cause_kind, cause_id, trace_id, created_at, sent_at, delivered_at, updated_at,
    (SELECT trim(c.first_name || ' ' || c.last_name) FROM contacts c
     WHERE c.tenant_id = :tenant AND c.id = contact_id) AS contact_name
"""
_WANTED = """
    tenant_id = :tenant AND (due_at, id) < (:at, :id) AND purpose <> 'auth'
      AND (:due_before IS NULL OR due_at < :due_before)
      AND (:state IS NULL OR state = :state) AND (:channel IS NULL OR channel = :channel)
      AND (:direction IS NULL OR direction = :direction)
      AND (:contact_id IS NULL OR contact_id = :contact_id)
      AND (:booking_id IS NULL OR booking_id = :booking_id)
    ORDER BY due_at DESC, id DESC LIMIT :limit
"""
_LISTED = f"SELECT {_MESSAGE} FROM messages WHERE {_WANTED}"
_LISTED_IN_STATE = f"""
    SELECT {_MESSAGE} FROM messages INDEXED BY messages_by_state WHERE state = :state AND {_WANTED}
"""
_LISTED_OF_CONTACT = f"""
    SELECT {_MESSAGE} FROM messages INDEXED BY messages_by_contact
    WHERE contact_id = :contact_id AND {_WANTED}
"""
_LISTED_OF_BOOKING = f"""
    SELECT {_MESSAGE} FROM messages INDEXED BY messages_by_booking
    WHERE booking_id = :booking_id AND {_WANTED}
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


class Standing(BaseModel):
    """Where an address and a booking stand at the moment of sending."""

    opted_out: bool
    marketing: bool
    recent: int
    duplicate: bool
    later_due_at: int | None
    zone: str | None
    booking_status: str | None
    booking_starts_at: int | None


def window_start(ctx: Ctx) -> int:
    """Since when (business ms) the same words to the same address are a duplicate."""
    return ctx.now - ctx.settings.duplicate_window_minutes * MINUTE


async def standing(ctx: Ctx, message: Outgoing, body_hash: str) -> Standing:
    """Consent, what this address got lately, the booking and its next later reminder; one round trip."""
    rows = await ctx.db.all(
        Standing,
        """
        SELECT
          COALESCE((SELECT stopped FROM consents
            WHERE tenant_id = :tenant AND channel = :channel AND address = :address), 0) AS opted_out,
          COALESCE((SELECT marketing FROM consents
            WHERE tenant_id = :tenant AND channel = :channel AND address = :address), 0) AS marketing,
          (SELECT count(*) FROM messages
            WHERE tenant_id = :tenant AND address = :address AND channel = :channel AND purpose = :purpose
              AND ((sent_at > :day_ago AND state <> 'failed')
                   OR (state IN ('sending', 'unknown') AND updated_at > :day_ago)) AND id <> :id) AS recent,
          EXISTS (SELECT 1 FROM messages
            WHERE tenant_id = :tenant AND address = :address AND body_hash = :body_hash AND id <> :id
              AND ((sent_at > :window_start AND state <> 'failed')
                   OR (state IN ('sending', 'unknown') AND updated_at > :window_start))) AS duplicate,
          (SELECT min(due_at) FROM messages
            WHERE tenant_id = :tenant AND booking_id = :booking_id AND due_at > :due_at AND id <> :id
              AND template = :template AND offset_hours IS NOT NULL
              AND state IN ('scheduled', 'queued')) AS later_due_at,
          (SELECT time_zone FROM contacts WHERE tenant_id = :tenant AND id = :contact_id) AS zone,
          (SELECT status FROM bookings WHERE tenant_id = :tenant AND id = :booking_id) AS booking_status,
          (SELECT starts_at FROM bookings WHERE tenant_id = :tenant AND id = :booking_id) AS booking_starts_at
        """,
        id=message.id,
        channel=message.channel,
        address=message.address,
        purpose=message.purpose,
        day_ago=ctx.now - DAY,
        window_start=window_start(ctx),
        body_hash=body_hash,
        booking_id=message.booking_id,
        contact_id=message.contact_id,
        due_at=message.due_at,
        template=message.template,
    )
    return rows[0]


class Filling(BaseModel):
    """What a template's variables come from. The wording is the tenant's own if they have one."""

    subject: str | None
    body: str | None
    first_name: str | None
    last_name: str | None
    service: str | None
    practitioner: str | None
    location: str | None
    starts_at: int | None
    booking_zone: str | None


class Scene(Filling):
    """Whom and what a template is tried on; ids are None for what there is not."""

    contact_id: str | None
    phone: str | None
    email: str | None
    booking_id: str | None
    booked_by: str | None


async def scene(ctx: Ctx, contact_id: str | None, booking_id: str | None) -> Scene:
    """A contact and a booking: the booking's own contact, and the contact's next booking, where only one is named."""
    rows = await ctx.db.all(
        Scene,
        """
        SELECT NULL AS subject, NULL AS body, c.id AS contact_id, c.first_name, c.last_name, c.phone, c.email,
               b.id AS booking_id, b.contact_id AS booked_by, b.service, b.practitioner, b.location, b.starts_at,
               b.time_zone AS booking_zone
        FROM (SELECT 1) one
        LEFT JOIN bookings b ON b.tenant_id = :tenant AND b.id = COALESCE(:booking_id, (
          SELECT n.id FROM bookings n WHERE n.tenant_id = :tenant AND n.contact_id = :contact_id
            AND n.starts_at > :now AND n.status <> 'cancelled' ORDER BY n.starts_at LIMIT 1))
        LEFT JOIN contacts c ON c.tenant_id = :tenant AND c.id = COALESCE(:contact_id, b.contact_id)
        """,
        contact_id=contact_id,
        booking_id=booking_id,
        now=ctx.now,
    )
    return rows[0]


class OwnWords(BaseModel):
    """A tenant's row for a template; without a body the default counts."""

    key: str
    channel: Channel
    subject: str
    body: str
    version: int
    updated_at: int


async def own_words(ctx: Ctx) -> list[OwnWords]:
    """All the words a tenant has put itself."""
    return await ctx.db.all(
        OwnWords,
        """
        SELECT key, channel, subject, body, version, updated_at
        FROM templates WHERE tenant_id = :tenant ORDER BY key, channel
        """,
    )


async def filling(ctx: Ctx, message: Outgoing) -> Filling:
    """Template, contact and booking of a message in one round trip."""
    rows = await ctx.db.all(
        Filling,
        """
        SELECT t.subject, t.body,
               COALESCE(NULLIF(b.first_name, ''), c.first_name) AS first_name, c.last_name,
               b.service, b.practitioner, b.location,
               b.starts_at, b.time_zone AS booking_zone
        FROM messages m
        LEFT JOIN templates t ON t.tenant_id = :tenant AND t.key = m.template AND t.channel = m.channel
        LEFT JOIN contacts c ON c.tenant_id = :tenant AND c.id = m.contact_id
        LEFT JOIN bookings b ON b.tenant_id = :tenant AND b.id = m.booking_id
        WHERE m.tenant_id = :tenant AND m.id = :id
        """,
        id=message.id,
    )
    return rows[0]


class _Known(BaseModel):
    provider_id: str


async def carried(ctx: Ctx, message: Outgoing, provider: str) -> frozenset[str]:
    """The provider's ids of our other messages to the same address."""
    rows = await ctx.db.all(
        _Known,
        """
        SELECT provider_id FROM messages
        WHERE tenant_id = :tenant AND address = :address AND provider = :provider
          AND provider_id IS NOT NULL AND id <> :id
        ORDER BY updated_at DESC LIMIT 1000
        """,
        address=message.address,
        provider=provider,
        id=message.id,
    )
    return frozenset(row.provider_id for row in rows)


async def is_heard(ctx: Ctx, provider: str, provider_id: str) -> bool:
    """Whether this incoming text is on the ledger."""
    row = await ctx.db.maybe(
        dict,
        "SELECT id FROM messages WHERE tenant_id = :tenant AND unique_key = :key",
        key=heard_key(provider, provider_id),
    )
    return row is not None


async def last_written_to(ctx: Ctx, address: str) -> str | None:
    """The contact we last wrote to at this address: an answer belongs to what it answers."""
    row = await ctx.db.maybe(
        _Contact,
        """
        SELECT contact_id FROM messages
        WHERE tenant_id = :tenant AND address = :address AND direction = 'out' AND contact_id IS NOT NULL
          AND sent_at IS NOT NULL
        ORDER BY sent_at DESC LIMIT 1
        """,
        address=address,
    )
    return row.contact_id if row else None


class _Contact(BaseModel):
    contact_id: str


async def about(ctx: Ctx, *, custom_string: str, provider: str, provider_id: str) -> Message | None:
    """The message a receipt speaks of: by our own id where it came back, else by the provider's."""
    return await ctx.db.maybe(
        Message,
        """
        SELECT id, direction, channel, purpose, contact_id, booking_id, template, address, sender, subject, body,
               offset_hours, state, reason, detail, due_at, expires_at, attempt, provider, provider_note,
               provider_id, segments, cost_micros, cause_kind, cause_id, trace_id, created_at, sent_at,
               delivered_at, updated_at
        FROM messages
        WHERE tenant_id = :tenant AND direction = 'out' AND id IN (
          SELECT :custom_string UNION ALL
          SELECT id FROM messages INDEXED BY messages_by_provider_id
          WHERE tenant_id = :tenant AND provider = :provider AND provider_id = :provider_id)
        ORDER BY id = :custom_string DESC LIMIT 1
        """,
        custom_string=custom_string,
        provider=provider,
        provider_id=provider_id,
    )
