"""Making a report: settle its days, take it from the hour's cache if nothing changed, else sum it up."""

from pydantic import ValidationError

from frontdesk.contacts.rules.attribution import Model
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict
from frontdesk.reports.actions.settling import settle
from frontdesk.reports.queries import rollups, workload
from frontdesk.reports.rules import figures
from frontdesk.reports.rules.periods import Period, hours_of, midnight
from frontdesk.reports.rules.shape import Report

CACHE_S = 3600
SHAPE = 1
"""Part of the cache's key: a release that makes reports otherwise counts on."""
STEPS = 2
"""Steps of settling that a reader waits for; what is more is left to the job, and the report says so."""


async def report(
    ctx: Ctx, period: Period, model: Model, *, fresh: bool = False, steps: int = STEPS
) -> Report:
    """The report of a period. `fresh`: not from the cache.

    The cache cannot be stale: its key has the versions of all days in the report. Only what is open and late now
    may be an hour old.
    """
    first_day, end_day = period.previous.isoformat(), period.end.isoformat()
    hours = hours_of(midnight(period.previous, period.zone), period.ends_at)
    standing = await rollups.standing(ctx, first_day, end_day, *hours)
    if standing.dirty:
        try:
            await settle(ctx, *hours, steps=steps)
        except Conflict:
            ctx.log.info("days change faster than they are settled", period=period.label)
        standing = await rollups.standing(ctx, first_day, end_day, *hours)
    over = period.ends_at <= ctx.now
    key = (
        f"report:{SHAPE}:{ctx.tenant.id}:{period.kind}:{period.start}:{model}:{period.zone.key}"
        f":{standing.version}:{int(over)}"
    )
    if not (fresh or standing.dirty):
        kept = _kept(await ctx.platform.kv.recall(key))
        if kept:
            return kept
    made = await _summed(ctx, period, model, pending=standing.dirty)
    if not standing.dirty:
        ctx.platform.background(ctx.platform.kv.remember(key, made.model_dump_json(), ttl_s=CACHE_S))
    return made


def _kept(text: str | None) -> Report | None:
    try:
        return Report.model_validate_json(text).model_copy(update={"cached": True}) if text else None
    except ValidationError:
        return None


async def _summed(ctx: Ctx, period: Period, model: Model, *, pending: bool) -> Report:
    previous, start, end = (day.isoformat() for day in (period.previous, period.start, period.end))
    sums = figures.Sums(await rollups.sums(ctx, previous, start, end, figures.metrics_of(model)))
    daily = await rollups.by_day(ctx, start, end, figures.DAILY)
    open_ = await workload.open_at(ctx, min(ctx.now, period.ends_at))
    return Report(
        kind=period.kind,
        period=figures.span_of(period, ctx.now),
        model=model,
        totals=figures.totals_of(sums),
        days=figures.days_of(period, daily),
        sources=figures.sources_of(sums, model),
        services=figures.services_of(sums),
        response=figures.response_of(sums),
        workload=figures.workload_of(sums, await workload.staff(ctx), open_),
        currency=ctx.tenant.currency,
        generated_at=ctx.now,
        pending=pending,
    )
