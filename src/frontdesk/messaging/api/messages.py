"""The ledger of texts and mails over HTTP."""

from frontdesk.core.pages import NEWEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.messaging import queries
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.message import Message
from frontdesk.messaging.rules.states import State


async def list_messages(
    ctx: CtxDep,
    state: State | None = None,
    channel: Channel | None = None,
    direction: str | None = None,
    contact_id: str | None = None,
    booking_id: str | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Message]:
    """Every text and mail, planned, sent, skipped (with the reason) or received, latest planned time first."""
    return await queries.listed(
        ctx,
        after=decode_cursor(after, NEWEST),
        limit=limit,
        state=state,
        channel=channel,
        direction=direction,
        contact_id=contact_id,
        booking_id=booking_id,
    )


async def get_message(ctx: CtxDep, message_id: str) -> Message:
    """One message."""
    return await queries.by_id(ctx, message_id)
