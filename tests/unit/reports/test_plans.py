"""What SQLite does without statistics, as in D1: no statement of reports reads all a tenant ever had."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

import pytest

from frontdesk import app
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.db import Bound
from frontdesk.core.pages import NEWEST
from frontdesk.reports import writes
from frontdesk.reports.queries import facts, rollups, stored, workload
from frontdesk.reports.queries.rollups import Mark
from frontdesk.reports.rules.periods import local_day
from support.platform import NOON, make_platform, make_tenant
from support.sqlite import SqliteDriver


class Explaining(SqliteDriver):
    """Notes the plan of everything it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[str] = []

    async def query(self, bound: Bound) -> str:
        self._explain(bound)
        return await super().query(bound)

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        for bound in bounds:
            self._explain(bound)
        return [[] for _ in bounds]

    def _explain(self, bound: Bound) -> None:
        values = {str(n): value for n, value in enumerate(bound.values, 1)}
        rows = self.connection.execute("EXPLAIN QUERY PLAN " + bound.sql, values)
        self.plans += [row["detail"] for row in rows]


OFTEN: dict[str, Callable[[Ctx], Awaitable[Any]]] = {
    "facts": lambda ctx: facts.facts_of(ctx, [local_day(date(2026, 9, 21), ctx.tenant.zone)]),
    "weights": lambda ctx: rollups.weights(ctx, [local_day(date(2026, 9, 21), ctx.tenant.zone)]),
    "marks": lambda ctx: rollups.marks(ctx, 0, 9),
    "standing": lambda ctx: rollups.standing(ctx, "2026-09-01", "2026-10-01", 0, 9),
    "kept": lambda ctx: rollups.kept(ctx, "2026-09-01", "2026-09-30"),
    "versions": lambda ctx: rollups.versions(ctx, "2026-09-01", "2026-09-30"),
    "sums": lambda ctx: rollups.sums(ctx, "2026-08-01", "2026-09-01", "2026-10-01", ["leads"]),
    "by day": lambda ctx: rollups.by_day(ctx, "2026-09-01", "2026-10-01", ["leads"]),
    "open at": lambda ctx: workload.open_at(ctx, NOON),
    "stored": lambda ctx: stored.reports(ctx, after=NEWEST, limit=20, kind=None),
    "settle": lambda ctx: ctx.commit(
        writes.settle([local_day(date(2026, 9, 21), ctx.tenant.zone)], {}, [Mark(hour=1, stamp="s")], NOON)
    ),
}
TENANT_ONLY = "(tenant_id=?)"


@pytest.mark.parametrize("what", OFTEN)
def test_what_runs_often_enters_an_index_where_it_should(what: str) -> None:
    world = make_platform()
    driver = world.driver = Explaining()
    ctx = Ctx(world.platform, app.WIRING, make_tenant(world), SYSTEM, Cause("test", "t", "t"))
    asyncio.run(OFTEN[what](ctx))  # type: ignore[arg-type]
    assert driver.plans
    # What was open at an instant is among what is open now: nobody has that many tasks open.
    few = re.compile(r"tasks_open_by_due \(tenant_id=\?\)$")
    everything = [
        plan
        for plan in driver.plans
        if (plan.startswith("SEARCH ") and plan.endswith(TENANT_ONLY) and not few.search(plan))
        or (
            plan.startswith("SCAN ")
            and not re.match(r"SCAN (\w+ VIRTUAL TABLE|CONSTANT|\(|w$|json_each)", plan)
        )
    ]
    assert everything == []


def test_a_trigger_reads_what_is_one_contacts_and_no_more() -> None:
    driver = SqliteDriver()
    made = driver.rows(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%rollup%' OR sql LIKE '%mark_%'"
    )
    told = [
        re.sub(r"(?:NEW|OLD)\.\w+", "?1", select)
        for row in made
        for select in re.findall(r"^\s*(SELECT\b.*?;)", row["sql"], re.MULTILINE | re.DOTALL)
        if " FROM " in select
    ]
    assert len(told) >= 4
    plans = [
        row[3]
        for select in told
        for row in driver.connection.execute(f"EXPLAIN QUERY PLAN {select}", {"1": 1})
    ]
    reads = [plan for plan in plans if plan.startswith(("SEARCH", "SCAN")) and " USING " in plan]
    assert reads
    narrow = re.compile(r"\(tenant_id=\? AND (contact_id=\?|id=\?)")
    assert [plan for plan in reads if not narrow.search(plan)] == []
