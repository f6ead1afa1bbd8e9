"""What sending needs to know: the message, where its address and booking stand, and what else went there."""

from pydantic import BaseModel

from frontdesk.core.clock import DAY, MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.messaging.rules.message import Outgoing


async def outgoing(ctx: Ctx, message_id: str) -> Outgoing | None:
    """A message about to be sent, or None.

    What is about a booking goes to what was given with it, as that stands now; where nothing was, to the contact.
    What staff wrote goes where they saw it would.
    """
    return await ctx.db.maybe(
        Outgoing,
        """
        SELECT id, direction, channel, purpose, contact_id, booking_id, template,
               CASE WHEN booking_id IS NOT NULL AND author_id IS NULL
                         AND state IN ('scheduled', 'queued') THEN COALESCE((
                      SELECT CASE channel
                        WHEN 'sms' THEN COALESCE(b.phone, CASE WHEN b.email IS NULL THEN c.phone END)
                        ELSE COALESCE(b.email, CASE WHEN b.phone IS NULL THEN c.email END) END
                      FROM bookings b JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id
                      WHERE b.tenant_id = :tenant AND b.id = booking_id), '')
                    ELSE address END AS address,
               sender, subject, body, sealed_body, offset_hours, state, reason, detail, due_at, expires_at,
               pace_slot, attempt, provider, provider_note, provider_id, segments, cost_micros, author_id, keyword,
               version, cause_kind, cause_id, trace_id, created_at, sending_at, sent_at, delivered_at, updated_at
        FROM messages WHERE tenant_id = :tenant AND id = :id AND direction = 'out'
        """,
        id=message_id,
    )


class Standing(BaseModel):
    """Where an address and a booking stand at the moment of sending."""

    opted_out: bool
    complained: bool
    marketing: bool
    recent: int
    talking: bool
    duplicate: bool
    later_due_at: int | None
    zone: str | None
    booking_status: str | None
    booking_starts_at: int | None


def window_start(ctx: Ctx, at: int) -> int:
    """Since when (business ms) the same words to the same address are a duplicate of those sent at `at`."""
    return at - ctx.settings.duplicate_window_minutes * MINUTE


async def standing(ctx: Ctx, message: Outgoing, body_hash: str, at: int) -> Standing:
    """Consent, what this address got before `at`, the booking and its next later reminder; one round trip.

    What staff write is in no automatic message's way: only their own counts both. `talking`: they wrote to us in
    the 24 hours before.
    """
    rows = await ctx.db.all(
        Standing,
        """
        SELECT
          COALESCE((SELECT stopped FROM consents
            WHERE tenant_id = :tenant AND channel = :channel AND address = :address), 0) AS opted_out,
          COALESCE((SELECT stopped AND source = 'complaint' FROM consents
            WHERE tenant_id = :tenant AND channel = :channel AND address = :address), 0) AS complained,
          COALESCE((SELECT marketing FROM consents
            WHERE tenant_id = :tenant AND channel = :channel AND address = :address), 0) AS marketing,
          (SELECT count(*) FROM messages
            WHERE tenant_id = :tenant AND address = :address AND channel = :channel AND purpose = :purpose
              AND ((sent_at > :day_ago AND state <> 'failed')
                   OR (state IN ('sending', 'unknown') AND updated_at > :day_ago)) AND id <> :id
              AND (author_id IS NULL OR :author_id IS NOT NULL)) AS recent,
          :author_id IS NOT NULL AND EXISTS (SELECT 1 FROM said
            WHERE tenant_id = :tenant AND contact_id = :contact_id AND at > :day_ago
              AND direction = 'in') AS talking,
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
        author_id=message.author_id,
        day_ago=at - DAY,
        window_start=window_start(ctx, at),
        body_hash=body_hash,
        booking_id=message.booking_id,
        contact_id=message.contact_id,
        due_at=message.due_at,
        template=message.template,
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
