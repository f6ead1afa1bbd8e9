"""The nightly forgetting: raw bodies after the tenant's days, files nobody names, spent proofs, finished work."""

from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.deliveries import file_prefix
from frontdesk.core.events import JobDraft
from frontdesk.core.rows import Job, next_round
from frontdesk.core.settings import KEEP_COMMITS_MS
from frontdesk.spine import queries, writes

BODIES_A_ROUND = 500
FILES_A_ROUND = 1_000
STRAY_MS = DAY
KEEP_REFUSED_MS = 30 * DAY
KEEP_JOBS_MS = 60 * DAY
"""Longer than any provider retries, and than a month's report looks back."""


async def forget(ctx: Ctx, job: Job) -> None:
    """Deletes what retention says, files first: a file without a row would stay for ever.

    A round is bounded; what is left is the next one's, at once, so that a night keeps up with any day.
    """
    bodies = await queries.old_bodies(ctx, ctx.now - ctx.settings.keep_raw_days * DAY, BODIES_A_ROUND)
    files = [each.body for each in bodies if each.body_form == "file"]
    if files:
        await ctx.platform.files.delete(*files)
    await ctx.commit(
        [writes.purge_bodies([each.id for each in bodies]), next_round(job, BODIES_A_ROUND)],
        [writes.forget_refused(ctx.now - KEEP_REFUSED_MS), next_round(job, writes.ROWS)],
        [writes.forget_commits(ctx.now - KEEP_COMMITS_MS), next_round(job, writes.ROWS)],
        [writes.forget_jobs(ctx.now - KEEP_JOBS_MS), next_round(job, writes.ROWS)],
    )


async def forget_strays(ctx: Ctx, job: Job) -> None:
    """Deletes bodies that no delivery names: they were put into R2, and the commit behind that never came about.

    One is let be for a day (real time), in which any commit that was under way has ended; page by page.
    """
    prefix, after = file_prefix(ctx.tenant.id), str(job.payload.get("after", ""))
    page = await ctx.platform.files.listed(prefix, after=after, limit=FILES_A_ROUND)
    before = ctx.platform.clock.real() - STRAY_MS
    old = [each.key.removeprefix(prefix) for each in page if each.put_at < before]
    strays = await queries.without_file(ctx, old) if old else set()
    if strays:
        ctx.log.warning("bodies without a delivery", files=len(strays))
        await ctx.platform.files.delete(*(prefix + id_ for id_ in strays))
    following = {"after": page[-1].key} if len(page) == FILES_A_ROUND else None
    await ctx.commit(
        [JobDraft("spine.forget_strays", key=f"{job.id}:more", payload=following)] if following else []
    )
