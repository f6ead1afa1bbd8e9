"""A message whose job died: the ledger says so, and a person's retry takes it up again."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.events import Part, event
from frontdesk.core.rows import Job
from frontdesk.messaging import queries, writes
from frontdesk.messaging.rules.message import Outgoing


def give_up(ctx: Ctx, job: Job, error: str) -> list[Part]:
    """No job is left that would move it: what was in line has failed, what was on its way is unknown."""
    return [
        writes.give_up(job.subject_id, error, ctx.now),
        event("message.given_up", {"error": error}, of=("message", job.subject_id)),
    ]


async def taken_up(ctx: Ctx, message_id: str) -> Outgoing | None:
    """A message about to be sent or asked about, or None; one given up before is back where it was."""
    message = await queries.outgoing(ctx, message_id)
    if message is None or message.reason != writes.GAVE_UP:
        return message
    await ctx.checkpoint(writes.take_up(message_id, ctx.now))
    return await queries.outgoing(ctx, message_id)
