"""Deferred work of reports: settling what changed, the week's and the month's report, the walk over all days."""

from collections.abc import Sequence

from frontdesk.core.ctx import Ctx
from frontdesk.core.events import JobDraft, Part
from frontdesk.core.rows import Job
from frontdesk.reports import writes
from frontdesk.reports.actions.checking import walk
from frontdesk.reports.actions.mailing import deliver
from frontdesk.reports.actions.settling import EVER, settle
from frontdesk.reports.rules.periods import Kind, last_whole

STEPS_A_JOB = 4


async def tally(ctx: Ctx, job: Job) -> None:
    """Settle whatever is out of date, a few steps; what is left is the next job's."""
    if not await settle(ctx, *EVER, steps=STEPS_A_JOB):
        await ctx.commit(JobDraft("reports.tally", key=f"{job.id}:more"))


async def weekly(ctx: Ctx, job: Job) -> None:
    """Monday morning: the week that ended at midnight."""
    await _of(ctx, job, "weekly")


async def monthly(ctx: Ctx, job: Job) -> None:
    """The first of the month: the month that ended at midnight."""
    await _of(ctx, job, "monthly")


async def _of(ctx: Ctx, job: Job, kind: Kind) -> None:
    # By when it was due and not by now: a report that comes late is still the one that was due.
    await deliver(ctx, last_whole(kind, int(job.payload.get("at", job.due_at)), ctx.tenant.zone))


async def rebuild(ctx: Ctx, job: Job) -> None:
    """Go on with a walk over all days."""
    await walk(ctx, str(job.payload["check"]), job.id)


def give_up(ctx: Ctx, job: Job, error: str) -> Sequence[Part]:
    """A walk ends where its job does."""
    return [writes.fail_check(str(job.payload.get("check", job.subject_id)), ctx.now)]
