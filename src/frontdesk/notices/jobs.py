"""What happens to notices later: devices are alerted, old ones are forgotten."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.rows import Job
from frontdesk.notices import writes
from frontdesk.notices.rules import KEEP_MS


async def alert(ctx: Ctx, job: Job) -> None:
    """An urgent notice goes to the devices of those it is for."""
    await ctx.commit()


async def forget(ctx: Ctx, job: Job) -> None:
    """The nightly forgetting; what is over its bound is the next night's."""
    await ctx.commit(writes.forget(ctx.now - KEEP_MS))
