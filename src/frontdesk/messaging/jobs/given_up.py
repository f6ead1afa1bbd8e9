"""A message whose job died: the ledger says so, and a person's retry takes it up again."""

from typing import Any

from frontdesk.core.ctx import Ctx
from frontdesk.core.events import Part
from frontdesk.core.rows import Job
from frontdesk.messaging import queries, writes
from frontdesk.messaging.rules.message import Outgoing


def give_up(ctx: Ctx, job: Job, error: str) -> list[Part]:
    """No job is left that would move it: what was in line has failed, what was on its way is unknown."""
    # Any: what cannot be read is given up as well.
    said: Any = job.payload
    whom = said.get("about") if isinstance(said, dict) else None
    return writes.give_up(job.subject_id, whom if isinstance(whom, dict) else {}, error, ctx.now)


async def taken_up(ctx: Ctx, message_id: str) -> Outgoing | None:
    """A message about to be sent or asked about, or None; one given up before is back where it was."""
    message = await queries.outgoing(ctx, message_id)
    if message is None or message.reason != writes.GAVE_UP:
        return message
    await ctx.checkpoint(writes.take_up(message_id, message.contact_id, ctx.now))
    return await queries.outgoing(ctx, message_id)
