"""Working the inbox: how far a conversation was read, whose it is, and that it is done."""

from typing import Literal

from frontdesk.auth.queries import staff_by_id
from frontdesk.auth.writes import audited
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid, NotFound, Stale
from frontdesk.core.events import Part, event
from frontdesk.messaging import queries, writes
from frontdesk.messaging.queries import Conversed


async def change_conversation(
    ctx: Ctx,
    contact_id: str,
    *,
    read_up_to: int | None = None,
    unread: bool = False,
    assignee_id: str | Literal[False] | None = False,
    done: bool | None = None,
) -> Conversed:
    """Change what is given; `assignee_id` None is nobody, False leaves it.

    Done means: nothing said until `read_up_to` (else until now) needs more. What came in after that, seen or not,
    keeps it open. `unread` takes the last thing they said as not read. Who read what is told of, but no change to
    be audited.

    Raises:
        NotFound: no conversation. Invalid: nobody who works here can be named so.

    """
    before = await queries.conversation(ctx, contact_id)
    seen = min(ctx.now if read_up_to is None else read_up_to, ctx.now)
    parts: list[Part] = []
    change: dict[str, object] = {}
    if (read_up_to is not None or done) and (before.unread or done):
        parts.append(writes.read_up_to(contact_id, seen))
    if unread:
        parts.append(writes.unread(contact_id))
    if assignee_id is not False and assignee_id != before.assignee_id:
        await _works_here(ctx, assignee_id)
        parts.append(writes.assign(contact_id, assignee_id))
        change["assignee_id"] = [before.assignee_id, assignee_id]
    if done is not None and done != before.done:
        parts.append(writes.finish(contact_id, seen if done else None))
        change["done"] = [before.done, done]
    if not parts:
        return before
    after = {
        "contact_id": contact_id,
        "assignee_id": before.assignee_id if assignee_id is False else assignee_id,
        "done": before.done if done is None else done,
        "read_up_to": seen if read_up_to is not None or done else None,
    }
    try:
        await ctx.commit(
            parts,
            writes.keep(contact_id),
            event("conversation.changed", after, of=("contact", contact_id)),
            audited(ctx, "conversation.change", ("contact", contact_id), change) if change else [],
        )
    except Stale:
        raise NotFound("This conversation is no more.") from None
    return await queries.conversation(ctx, contact_id)


async def _works_here(ctx: Ctx, staff_id: str | None) -> None:
    if staff_id is None:
        return
    errors = [{"field": "assignee_id", "message": "nobody who works here"}]
    try:
        person = await staff_by_id(ctx, staff_id)
    except NotFound:
        raise Invalid("Nobody of this name works here.", errors=errors) from None
    if not person.active:
        raise Invalid(f"{person.name} does not work here any more.", errors=errors)
