"""The ledger of texts and mails over HTTP."""

from frontdesk.core.pages import NEWEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.messaging import queries
from frontdesk.messaging.queries import Listed
from frontdesk.messaging.rules.message import Direction, Medium, Message
from frontdesk.messaging.rules.states import State


async def list_messages(
    ctx: CtxDep,
    state: State | None = None,
    channel: Medium | None = None,
    direction: Direction | None = None,
    contact_id: str | None = None,
    booking_id: str | None = None,
    due_before: int | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Listed]:
    """Every text and mail, planned, sent, skipped (with the reason) or received, latest planned time first.

    `due_before` (ms UTC) leaves out what is planned from then on.
    """
    return await queries.listed(
        ctx,
        after=decode_cursor(after, NEWEST),
        limit=limit,
        due_before=due_before,
        state=state,
        channel=channel,
        direction=direction,
        contact_id=contact_id,
        booking_id=booking_id,
    )


async def get_message(ctx: CtxDep, message_id: str) -> Message:
    """One message."""
    return await queries.by_id(ctx, message_id)
