"""Commits of the product's own making in the running Worker's database, past the Worker: nobody is told of them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from frontdesk import app
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.db import Bound
from frontdesk.core.parsing import dump_json
from frontdesk.notices.rules import NoticeDraft
from frontdesk.notices.writes import notify
from local.client import Runtime
from seed.office import Office
from support.platform import World


class ControlDriver:
    """One database behind the control door."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def query(self, bound: Bound) -> str:
        return dump_json(self._runtime.d1(bound.sql, *bound.values))

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        results = self._runtime.d1_batch([(bound.sql, bound.values) for bound in bounds])
        return [result.rows for result in results]


def tell(runtime: Runtime, office: Office, key: str, title: str, **more: Any) -> None:
    """A notice, as a rule would write it. Its jobs are found by the next tick."""

    async def story() -> None:
        world = World(driver=ControlDriver(runtime), real=runtime.now_ms())  # type: ignore[arg-type]
        ctx = Ctx(world.platform, app.WIRING, office.tenant, SYSTEM, Cause("test", key, key))
        await ctx.commit(notify(ctx, NoticeDraft(title=title, unique_key=key, **more)))
        await world.settle()

    asyncio.run(story())
