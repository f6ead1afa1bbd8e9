"""How a contact can be reached: where, and what the person behind each address allows."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.message import Medium


class Reach(BaseModel):
    """Where a contact is reached, "" for nowhere. `last_channel` is what they last said something through.

    An answer goes to the number they last texted from, if that is one we know them by through a booking only; else
    to the contact's own, which staff may have put right since.
    """

    merged_into: str | None
    phone: str
    email: str
    last_channel: Medium | None
    phone_stopped: bool
    email_stopped: bool

    def address(self, channel: Channel) -> str:
        """Where to write to them, "" if nowhere."""
        return self.phone if channel == "sms" else self.email


async def reach(ctx: Ctx, contact_id: str) -> Reach:
    """How to reach a contact. Raises NotFound."""
    return await ctx.db.one(
        Reach,
        """
        SELECT w.merged_into, COALESCE(w.phone, '') AS phone, COALESCE(w.email, '') AS email, w.last_channel,
               COALESCE((SELECT k.stopped FROM consents k
                 WHERE k.tenant_id = :tenant AND k.channel = 'sms' AND k.address = w.phone), 0) AS phone_stopped,
               COALESCE((SELECT k.stopped FROM consents k
                 WHERE k.tenant_id = :tenant AND k.channel = 'email' AND k.address = w.email), 0) AS email_stopped
        FROM (
          SELECT c.merged_into, c.email,
                 CASE WHEN EXISTS (SELECT 1 FROM contact_identities i
                   WHERE i.tenant_id = :tenant AND i.kind = 'phone' AND i.value = h.address)
                   THEN COALESCE(c.phone, h.address) ELSE COALESCE(h.address, c.phone) END AS phone,
                 (SELECT s.channel FROM said s WHERE s.tenant_id = :tenant AND s.contact_id = :id
                    AND s.direction = 'in' ORDER BY s.at DESC, s.id DESC LIMIT 1) AS last_channel
          FROM contacts c
          LEFT JOIN messages h ON h.tenant_id = :tenant AND h.id = (
            SELECT m.id FROM messages m INDEXED BY messages_said WHERE m.tenant_id = :tenant AND m.contact_id = :id
              AND m.direction = 'in' AND m.channel = 'sms' ORDER BY m.said_at DESC, m.id DESC LIMIT 1)
          WHERE c.tenant_id = :tenant AND c.id = :id
        ) w
        """,
        id=contact_id,
    )


class Consent(BaseModel):
    """What the person behind an address allows. `said_at` (business ms) is None while they said nothing.

    `source`: keyword (their own STOP or START), unsubscribe, complaint, staff, or the provider that lets nothing
    through. `current`: the address of the contact that is written to; others are numbers and addresses they are known
    by as well.
    """

    channel: Channel
    address: str
    current: bool
    stopped: bool
    marketing: bool
    source: str
    said_at: int | None


async def consents(ctx: Ctx, contact_id: str) -> list[Consent]:
    """Of every number and address of a contact; those they are written to first."""
    return await ctx.db.all(
        Consent,
        """
        SELECT a.channel, a.address, COALESCE(a.address IN (c.phone, c.email), 0) AS current,
               COALESCE(k.stopped, 0) AS stopped, COALESCE(k.marketing, 0) AS marketing,
               COALESCE(k.source, '') AS source, k.said_at
        FROM (
          SELECT CASE kind WHEN 'phone' THEN 'sms' ELSE 'email' END AS channel, value AS address
          FROM contact_identities
          WHERE tenant_id = :tenant AND contact_id = :id AND kind IN ('phone', 'email')
          UNION SELECT 'sms', phone FROM contacts WHERE tenant_id = :tenant AND id = :id AND phone IS NOT NULL
          UNION SELECT 'email', email FROM contacts WHERE tenant_id = :tenant AND id = :id AND email IS NOT NULL
          UNION SELECT 'sms', phone FROM bookings WHERE tenant_id = :tenant AND contact_id = :id AND phone IS NOT NULL
          UNION SELECT 'email', email FROM bookings WHERE tenant_id = :tenant AND contact_id = :id AND email IS NOT NULL
        ) a
        JOIN contacts c ON c.tenant_id = :tenant AND c.id = :id
        LEFT JOIN consents k ON k.tenant_id = :tenant AND k.channel = a.channel AND k.address = a.address
        ORDER BY a.channel DESC, current DESC, a.address LIMIT 100
        """,
        id=contact_id,
    )


class _Word(BaseModel):
    source: str


async def stopped_by(ctx: Ctx, channel: Channel, address: str) -> str:
    """Whose word it is that an address wants no more (`Consent.source`); "" while it may be written to."""
    row = await ctx.db.maybe(
        _Word,
        """
        SELECT source FROM consents
        WHERE tenant_id = :tenant AND channel = :channel AND address = :address AND stopped = 1
        """,
        channel=channel,
        address=address,
    )
    return row.source if row else ""


class Asked(BaseModel):
    """A message that was asked for under a key, and what tells that request from another."""

    id: str
    request_hash: str


async def asked_for(ctx: Ctx, unique_key: str) -> Asked | None:
    """The message somebody asked for under this key, if they did."""
    return await ctx.db.maybe(
        Asked,
        "SELECT id, request_hash FROM messages WHERE tenant_id = :tenant AND unique_key = :key",
        key=unique_key,
    )


class _Next(BaseModel):
    next_at: int


async def next_slot(ctx: Ctx, channel: Channel) -> int:
    """When (business ms) the tenant's pace lets the next message go; 0 if it never sent one."""
    row = await ctx.db.maybe(
        _Next,
        "SELECT next_at FROM pace WHERE tenant_id = :tenant AND channel = :channel",
        channel=channel,
    )
    return row.next_at if row else 0
