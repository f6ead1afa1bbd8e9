"""Work of access behind the scenes."""

from frontdesk.auth import writes
from frontdesk.core.ctx import Ctx
from frontdesk.core.rows import Job


async def leave_unclaimed(ctx: Ctx, job: Job) -> None:
    """A code was asked for by nobody we know. The job exists so that asking costs the same either way."""


async def purge(ctx: Ctx, job: Job) -> None:
    """Daily: forget old sign-ins and sessions, and what their events still hold of them."""
    await ctx.commit(writes.purge(ctx.platform.clock.real(), ctx.now))
