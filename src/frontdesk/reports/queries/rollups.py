"""Reading rollups: what is kept of some days, what is out of date, and the sums a report is made of."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.core.parsing import dump_json
from frontdesk.reports.rules.periods import LocalDay
from frontdesk.reports.rules.tally import Figures

MARKS = 2_000
"""Hours out of date that are looked at in one go."""


class Mark(BaseModel):
    """An hour since the epoch in which something changed; `stamp` is another with each change."""

    hour: int
    stamp: str


async def marks(ctx: Ctx, first_hour: int, end_hour: int) -> list[Mark]:
    """What is out of date from an hour (since the epoch) to before another one, earliest first."""
    return await ctx.db.all(
        Mark,
        """
        SELECT hour, stamp FROM rollup_dirty
        WHERE tenant_id = :tenant AND hour >= :first AND hour < :end ORDER BY hour LIMIT :limit
        """,
        first=first_hour,
        end=end_hour,
        limit=MARKS,
    )


class Standing(BaseModel):
    """Whether hours of some days are out of date, and what those days' versions add up to."""

    dirty: bool
    version: int


async def standing(ctx: Ctx, first_day: str, end_day: str, first_hour: int, end_hour: int) -> Standing:
    """How the rollups from a day to before another one stand."""
    return await ctx.db.one(
        Standing,
        """
        SELECT EXISTS (SELECT 1 FROM rollup_dirty
                       WHERE tenant_id = :tenant AND hour >= :first AND hour < :end) AS dirty,
               (SELECT COALESCE(sum(version), 0) FROM rollup_days
                WHERE tenant_id = :tenant AND day >= :first_day AND day < :end_day) AS version
        """,
        first=first_hour,
        end=end_hour,
        first_day=first_day,
        end_day=end_day,
    )


class Weight(BaseModel):
    """About how much there is to read of a day."""

    day: str
    facts: int


async def weights(ctx: Ctx, days: Sequence[LocalDay]) -> dict[str, int]:
    """How many bookings and messages each day has, counted in the indexes alone."""
    rows = await ctx.db.all(
        Weight,
        """
        SELECT d.value ->> 0 AS day,
               (SELECT count(*) FROM bookings b INDEXED BY bookings_by_creation WHERE b.tenant_id = :tenant
                  AND b.created_at >= d.value ->> 1 AND b.created_at < d.value ->> 2)
             + (SELECT count(*) FROM bookings b INDEXED BY bookings_by_start WHERE b.tenant_id = :tenant
                  AND b.starts_at >= d.value ->> 1 AND b.starts_at < d.value ->> 2)
             + (SELECT count(*) FROM messages m INDEXED BY messages_by_due WHERE m.tenant_id = :tenant
                  AND m.due_at >= d.value ->> 1 AND m.due_at < d.value ->> 2) AS facts
        FROM json_each(:days) d
        """,
        days=dump_json(days),
    )
    return {row.day: row.facts for row in rows}


class _Kept(BaseModel):
    day: str
    metric: str
    key: str
    value: int


async def kept(ctx: Ctx, first_day: str, last_day: str) -> Figures:
    """Every figure kept from a day up to and with another one."""
    rows = await ctx.db.all(
        _Kept,
        """
        SELECT day, metric, key, value FROM rollups
        WHERE tenant_id = :tenant AND day >= :first AND day <= :last
        """,
        first=first_day,
        last=last_day,
    )
    return {(row.day, row.metric, row.key): row.value for row in rows}


class _Version(BaseModel):
    day: str
    version: int


async def versions(ctx: Ctx, first_day: str, last_day: str) -> dict[str, int]:
    """Which edition of each day is kept."""
    rows = await ctx.db.all(
        _Version,
        """
        SELECT day, version FROM rollup_days
        WHERE tenant_id = :tenant AND day >= :first AND day <= :last
        """,
        first=first_day,
        last=last_day,
    )
    return {row.day: row.version for row in rows}


class Sum(BaseModel):
    """A figure over a period and over the one before."""

    metric: str
    key: str
    value: int
    previous: int


async def sums(ctx: Ctx, previous: str, start: str, end: str, metrics: Sequence[str]) -> list[Sum]:
    """What each figure adds up to from `start` to before `end`, and from `previous` to before `start`."""
    return await ctx.db.all(
        Sum,
        """
        SELECT metric, key, sum(CASE WHEN day >= :start THEN value ELSE 0 END) AS value,
               sum(CASE WHEN day < :start THEN value ELSE 0 END) AS previous
        FROM rollups
        WHERE tenant_id = :tenant AND day >= :previous AND day < :end
          AND metric IN (SELECT value FROM json_each(:metrics))
        GROUP BY metric, key
        """,
        previous=previous,
        start=start,
        end=end,
        metrics=dump_json(metrics),
    )


class OfDay(BaseModel):
    """A figure of one day, whatever it is of."""

    day: str
    metric: str
    value: int


async def by_day(ctx: Ctx, start: str, end: str, metrics: Sequence[str]) -> list[OfDay]:
    """What each figure adds up to on each day from `start` to before `end`."""
    return await ctx.db.all(
        OfDay,
        """
        SELECT day, metric, sum(value) AS value FROM rollups
        WHERE tenant_id = :tenant AND day >= :start AND day < :end
          AND metric IN (SELECT value FROM json_each(:metrics))
        GROUP BY day, metric
        """,
        start=start,
        end=end,
        metrics=dump_json(metrics),
    )


class Extent(NamedTuple):
    """The first and the last instant (ms) of which there is any fact."""

    first: int
    last: int


class _Extent(BaseModel):
    first: int | None
    last: int | None


async def extent(ctx: Ctx) -> Extent | None:
    """From when to when there are facts; None when there are none."""
    row = await ctx.db.one(
        _Extent,
        """
        SELECT min(f) AS first, max(l) AS last FROM (
          SELECT min(created_at) AS f, max(created_at) AS l FROM bookings INDEXED BY bookings_by_creation
          WHERE tenant_id = :tenant
          UNION ALL
          SELECT min(starts_at), max(starts_at) FROM bookings INDEXED BY bookings_by_start WHERE tenant_id = :tenant
          UNION ALL
          SELECT min(created_at), max(created_at) FROM contacts INDEXED BY contacts_by_creation
          WHERE tenant_id = :tenant
          UNION ALL
          SELECT min(due_at), max(due_at) FROM messages INDEXED BY messages_by_due WHERE tenant_id = :tenant
          UNION ALL
          SELECT min(done_at), max(done_at) FROM tasks INDEXED BY tasks_done
          WHERE tenant_id = :tenant AND status <> 'open')
        """,
    )
    return None if row.first is None or row.last is None else Extent(row.first, row.last)


class _Span(BaseModel):
    first: str | None
    last: str | None


async def kept_span(ctx: Ctx) -> tuple[str, str] | None:
    """The first and the last day of which anything is kept."""
    row = await ctx.db.one(
        _Span, "SELECT min(day) AS first, max(day) AS last FROM rollups WHERE tenant_id = :tenant"
    )
    return None if row.first is None or row.last is None else (row.first, row.last)
