"""What messages are worded with: the tenant's own templates, and the contact and booking they speak of."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.message import Outgoing


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
