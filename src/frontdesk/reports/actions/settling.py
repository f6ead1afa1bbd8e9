"""Bringing rollups up to date: the days in which something changed are reckoned anew from their facts."""

from datetime import date, timedelta

from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Stale
from frontdesk.reports import writes
from frontdesk.reports.queries import facts, rollups
from frontdesk.reports.queries.rollups import Mark
from frontdesk.reports.rules.periods import LocalDay, days_of_hours, local_day
from frontdesk.reports.rules.tally import tallied

STEP = 2_000
"""Facts that one step reads at most, unless a single day has more: a Worker's memory and time are bounded."""
DAYS = 62
"""Days that one step looks at, at most."""
TRIES = 4
EVER = (0, 2**40)
"""From the first hour to past any."""


async def settle(ctx: Ctx, first_hour: int, end_hour: int, *, steps: int) -> bool:
    """Settle what is out of date between two hours (since the epoch), earliest first, in so many steps at most.

    Returns whether nothing is left. In a job each step is a checkpoint, so a crash repeats one step.
    """
    stale = 0
    while steps > 0:
        marks = await rollups.marks(ctx, first_hour, end_hour)
        if not marks:
            return True
        days, seen = await _step(ctx, marks)
        figures = tallied(await facts.facts_of(ctx, days))
        commit = ctx.checkpoint if ctx.claim else ctx.commit
        try:
            await commit(writes.settle(days, figures, seen, ctx.now))
        except Stale:
            # A fact came in between, or somebody else settled the same days: look again.
            stale += 1
            if stale >= TRIES:
                raise
            continue
        steps -= 1
    return not await rollups.marks(ctx, first_hour, end_hour)


async def _step(ctx: Ctx, marks: list[Mark]) -> tuple[list[LocalDay], list[Mark]]:
    """The first days that are out of date, as many as one step takes, and the marks that settling them clears."""
    zone = ctx.tenant.zone
    touched = days_of_hours((each.hour for each in marks), zone)
    wanted = sorted({day for days in touched.values() for day in days})[:DAYS]
    heavy = await rollups.weights(ctx, [local_day(day, zone) for day in wanted])
    chosen, sum_ = set[date](), 0
    seen: list[Mark] = []
    for each in marks:
        new = [day for day in touched[each.hour] if day not in chosen]
        more = sum(heavy.get(day.isoformat(), STEP) for day in new)
        if seen and (sum_ + more > STEP or any(day > wanted[-1] for day in new)):
            break
        chosen.update(new)
        sum_ += more
        seen.append(each)
    return [local_day(day, zone) for day in sorted(chosen)], seen


def span_of(first: date, last: date) -> list[date]:
    """Every day from one up to and with another."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
