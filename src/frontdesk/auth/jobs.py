"""Work of access behind the scenes."""

from frontdesk.auth import writes
from frontdesk.core.ctx import Ctx
from frontdesk.core.rows import Job, next_round


async def leave_unclaimed(ctx: Ctx, job: Job) -> None:
    """A code was asked for by nobody we know. The job exists so that asking costs the same either way."""


async def purge(ctx: Ctx, job: Job) -> None:
    """Nightly, round by round: forget old sign-ins and sessions, and what their events still hold of them."""
    statements = writes.purge(ctx.platform.clock.real(), ctx.now)
    await ctx.commit([[each, next_round(job, writes.ROWS)] for each in statements])
