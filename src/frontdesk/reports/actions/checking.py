"""Proving that the rollups are the facts: every day reckoned anew, beside what is kept of it."""

from datetime import date, datetime, timedelta

from frontdesk.auth.writes import audited
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict
from frontdesk.core.events import JobDraft
from frontdesk.reports import writes
from frontdesk.reports.actions.settling import DAYS, STEP, settle, span_of
from frontdesk.reports.queries import facts, rollups, stored
from frontdesk.reports.queries.stored import Check
from frontdesk.reports.rules.periods import LocalDay, days_of_hours, hours_of, local_day
from frontdesk.reports.rules.tally import Difference, differences, tallied

STEPS_A_JOB = 4
SETTLING = 8
"""Steps of settling within one step of a walk: its days fit in far fewer."""


async def begin(ctx: Ctx) -> Check:
    """Begin a walk over every day there is; while one goes on, that one."""
    running = await stored.latest_check(ctx)
    if running and running.state == "running":
        return running
    first, last = await _extent(ctx)
    check_id = ctx.new_id()
    try:
        await ctx.commit(
            writes.begin_check(ctx, check_id, first.isoformat(), last.isoformat()),
            JobDraft(
                "reports.rebuild", key=f"{check_id}:0", payload={"check": check_id}, subject_id=check_id
            ),
            audited(
                ctx,
                "reports.rebuild",
                ("rollups", check_id),
                {"first": first.isoformat(), "last": last.isoformat()},
            ),
        )
    except Conflict:
        # Somebody else was as fast.
        running = await stored.latest_check(ctx)
        if running and running.state == "running":
            return running
        raise
    return await stored.check(ctx, check_id)


async def _extent(ctx: Ctx) -> tuple[date, date]:
    """The first and the last local day of which there are facts, or of which anything is kept; today at least."""
    zone = ctx.tenant.zone
    days = [datetime.fromtimestamp(ctx.now / 1000, zone).date()]
    known = await rollups.extent(ctx)
    if known:
        days += [datetime.fromtimestamp(at / 1000, zone).date() for at in known]
    kept = await rollups.kept_span(ctx)
    if kept:
        days += [date.fromisoformat(day) for day in kept]
    return min(days), max(days)


async def walk(ctx: Ctx, check_id: str, job_id: str) -> None:
    """A few steps of a walk; what is left is the next job's. Each step commits how far it came."""
    check = await stored.check(ctx, check_id)
    for _ in range(STEPS_A_JOB):
        if check.state != "running":
            return
        await _step(ctx, check)
        check = await stored.check(ctx, check_id)
    if check.state == "running":
        again = JobDraft(
            "reports.rebuild", key=f"{job_id}:more", payload={"check": check_id}, subject_id=check_id
        )
        await ctx.commit(again)


async def _step(ctx: Ctx, check: Check) -> None:
    """Compare the next days. Those that differ are marked out of date, and settled like any other."""
    zone = ctx.tenant.zone
    first, last = date.fromisoformat(check.next_day), date.fromisoformat(check.last_day)
    ahead = [local_day(day, zone) for day in span_of(first, min(last, first + timedelta(days=DAYS - 1)))]
    days = _prefix(ahead, await rollups.weights(ctx, ahead))
    found = await _differences(ctx, days)
    following = (date.fromisoformat(days[-1].day) + timedelta(days=1)).isoformat()
    wrong = {each.day for each in found}
    hours = [hours_of(each.start, each.end)[0] for each in days if each.day in wrong]
    await settle(ctx, *hours_of(days[0].start, days[-1].end), steps=SETTLING)
    await ctx.checkpoint(
        writes.mark(hours) if hours else [], writes.go_on(ctx, check, following, len(days), found)
    )
    if hours:
        await settle(ctx, *hours_of(days[0].start, days[-1].end), steps=SETTLING)


def _prefix(days: list[LocalDay], heavy: dict[str, int]) -> list[LocalDay]:
    """As many of the days as one step takes, one at least."""
    taken, sum_ = days[:1], heavy.get(days[0].day, 0)
    for each in days[1:]:
        sum_ += heavy.get(each.day, 0)
        if sum_ > STEP:
            break
        taken.append(each)
    return taken


async def _differences(ctx: Ctx, days: list[LocalDay]) -> list[Difference]:
    """Where what is kept is not what the facts say.

    A day that is out of date, or was settled while we read, is no difference: it is about to be right.
    """
    first, last = days[0].day, days[-1].day
    moving = await _moving(ctx, days)
    before = await rollups.versions(ctx, first, last)
    kept = await rollups.kept(ctx, first, last)
    told = tallied(await facts.facts_of(ctx, days))
    after = await rollups.versions(ctx, first, last)
    moving |= await _moving(ctx, days) | {day for day in after if after[day] != before.get(day)}
    return [each for each in differences(kept, told) if each.day not in moving]


async def _moving(ctx: Ctx, days: list[LocalDay]) -> set[str]:
    """Those of the days that are out of date."""
    marks = await rollups.marks(ctx, *hours_of(days[0].start, days[-1].end))
    touched = days_of_hours((each.hour for each in marks), ctx.tenant.zone)
    return {day.isoformat() for found in touched.values() for day in found}
