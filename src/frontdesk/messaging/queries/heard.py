"""What we are told about: whether a text is known, whom it answers, which message a receipt speaks of."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.messaging.rules.message import Message
from frontdesk.messaging.writes import heard_key


async def is_heard(ctx: Ctx, provider: str, provider_id: str) -> bool:
    """Whether this incoming text is on the ledger."""
    row = await ctx.db.maybe(
        dict,
        "SELECT id FROM messages WHERE tenant_id = :tenant AND unique_key = :key",
        key=heard_key(provider, provider_id),
    )
    return row is not None


class _Contact(BaseModel):
    contact_id: str


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


async def about(ctx: Ctx, *, custom_string: str, provider: str, provider_id: str) -> Message | None:
    """The message a receipt speaks of: by our own id where it came back, else by the provider's."""
    return await ctx.db.maybe(
        Message,
        """
        SELECT id, direction, channel, purpose, contact_id, booking_id, template, address, sender, subject, body,
               offset_hours, state, reason, detail, due_at, expires_at, attempt, provider, provider_note,
               provider_id, segments, cost_micros, author_id, keyword, version, cause_kind, cause_id, trace_id,
               created_at, sent_at, delivered_at, updated_at
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
