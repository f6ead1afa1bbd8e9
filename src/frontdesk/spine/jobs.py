"""The nightly forgetting: raw bodies after the tenant's days, spent proofs, finished work, round by round."""

from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import JobDraft
from frontdesk.core.rows import Job
from frontdesk.core.settings import KEEP_COMMITS_MS
from frontdesk.spine import queries, writes

BODIES_A_ROUND = 500
KEEP_REFUSED_MS = 30 * DAY
KEEP_JOBS_MS = 60 * DAY
"""Longer than any provider retries, and than a month's report looks back."""


async def forget(ctx: Ctx, job: Job) -> None:
    """Deletes what retention says, files first: a file without a row would stay for ever.

    A round is bounded; what is left is the next one's, at once, so that a night keeps up with any day.
    """
    refused, commits, done = ctx.now - KEEP_REFUSED_MS, ctx.now - KEEP_COMMITS_MS, ctx.now - KEEP_JOBS_MS
    bodies = await queries.old_bodies(ctx, ctx.now - ctx.settings.keep_raw_days * DAY, BODIES_A_ROUND)
    more = len(bodies) == BODIES_A_ROUND or await queries.more_to_forget(
        ctx, refused=refused, commits=commits, done=done, beyond=writes.ROWS
    )
    files = [each.body for each in bodies if each.body_form == "file"]
    if files:
        await ctx.platform.files.delete(*files)
    await ctx.commit(
        writes.purge_bodies([each.id for each in bodies]),
        writes.forget_refused(refused),
        writes.forget_commits(commits),
        writes.forget_jobs(done),
        [JobDraft("spine.forget", key=f"{job.id}:more")] if more else [],
    )
