"""What SQLite means to do with statements, without statistics, as in D1: the plan of each that runs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from frontdesk import app
from frontdesk.core.ctx import SYSTEM, Actor, Cause, Ctx
from frontdesk.core.db import Bound
from support.platform import make_platform, make_tenant
from support.sqlite import SqliteDriver

TENANT_ONLY = "(tenant_id=?)"
"""A search by tenant alone reads all that a tenant ever had."""


class Explaining(SqliteDriver):
    """Keeps the plan of each statement that runs."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[str] = []

    def _rows(self, bound: Bound) -> list[dict[str, Any]]:
        values = {str(n): value for n, value in enumerate(bound.values, 1)}
        self.plans += [
            str(row["detail"]) for row in self.connection.execute(f"EXPLAIN QUERY PLAN {bound.sql}", values)
        ]
        return super()._rows(bound)


def plans_of(work: Callable[[Ctx], Awaitable[Any]], actor: Actor = SYSTEM) -> list[str]:
    """The plans of all that `work` runs in an empty database."""
    world = make_platform()
    driver = world.driver = Explaining()
    ctx = Ctx(world.platform, app.WIRING, make_tenant(world), actor, Cause("test", "t", "t"))
    asyncio.run(work(ctx))  # type: ignore[arg-type]
    assert driver.plans
    return driver.plans


def reading_everything(plans: list[str], *, small: tuple[str, ...], small_index: str = "") -> list[str]:
    """Those that read all a tenant ever had, or more. `small`: how scans begin of what is never much.

    `small_index`: what an index is called by that holds few rows of a tenant.
    """
    searched = [
        plan
        for plan in plans
        if plan.startswith("SEARCH ")
        and plan.endswith(TENANT_ONLY)
        and not (small_index and small_index in plan)
    ]
    scanned = [
        plan
        for plan in plans
        if plan.startswith("SCAN ") and not plan.startswith(small) and "VIRTUAL TABLE" not in plan
    ]
    return searched + scanned
