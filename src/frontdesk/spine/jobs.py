"""The nightly forgetting: raw bodies after the tenant's days, spent proofs, finished work."""

from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.rows import Job
from frontdesk.core.settings import KEEP_COMMITS_MS
from frontdesk.spine import queries, writes

BODIES_A_NIGHT = 500
KEEP_REFUSED_MS = 30 * DAY
KEEP_JOBS_MS = 60 * DAY
"""Longer than any provider retries, and than a month's report looks back."""


async def forget(ctx: Ctx, job: Job) -> None:
    """Deletes what retention says, files first: a file without a row would stay for ever."""
    bodies = await queries.old_bodies(ctx, ctx.now - ctx.settings.keep_raw_days * DAY, BODIES_A_NIGHT)
    files = [each.body for each in bodies if each.body_form == "file"]
    if files:
        await ctx.platform.files.delete(*files)
    await ctx.commit(
        writes.purge_bodies([each.id for each in bodies]),
        writes.forget_refused(ctx.now - KEEP_REFUSED_MS),
        writes.forget_commits(ctx.now - KEEP_COMMITS_MS),
        writes.forget_jobs(ctx.now - KEEP_JOBS_MS),
    )
