"""The product at work on a clock that jumps: its own doors, jobs and gate, in memory, until a given instant.

History made this way cannot contradict the code, because the code made it.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from random import Random
from typing import NamedTuple
from unittest.mock import patch

from frontdesk import app, webhooks
from frontdesk.auth.writes import insert_staff
from frontdesk.automation.writes import standard
from frontdesk.core import ids, jobs
from frontdesk.core.cache import CACHE
from frontdesk.core.cadences import plan_cadences
from frontdesk.core.clock import HOUR, MINUTE, SECOND
from frontdesk.core.ctx import SYSTEM, Actor, Cause, Ctx
from frontdesk.core.db import Statement, bind
from frontdesk.core.ids import uuid7
from frontdesk.core.platform import Http
from frontdesk.core.schedule import Every
from frontdesk.core.sealing import seal
from frontdesk.core.settings import Tenant
from frontdesk.core.tick import tick
from frontdesk.core.wiring import Wiring
from frontdesk.integrations.inbound import Inbound
from frontdesk.tenants.writes import insert_tenant, put_secret
from seed.memory import Memory

MASTER_KEY = "v1:cmVoZWFyc2FsLXJlaGVhcnNhbC1yZWhlYXJzYWwtIS0="
Act = Callable[[], Awaitable[None]]
CADENCES = {
    name: replace(cadence, schedule=Every(ms=max(2 * HOUR, cadence.schedule.ms)))
    if isinstance(cadence.schedule, Every)
    else cadence
    for name, cadence in app.CADENCES.items()
}
"""The product's schedules, but nothing more often than every two hours: a month has 3,000 quarters of an hour."""


class Broken(Exception):
    """The product failed in a past that is made up: nobody would log it, and the history would lack it."""


class _Happening(NamedTuple):
    at: int
    order: int
    act: Act


class Rehearsal:
    """One tenant in memory. `at` says what will happen; `until` lets it."""

    def __init__(self, tenant: Tenant, http: Http, dice: Random, wiring: Wiring = app.WIRING) -> None:
        self.tenant, self.dice, self.wiring = tenant, dice, wiring
        self.memory = Memory(http, MASTER_KEY)
        self._ahead: list[_Happening] = []
        self._order = count()

    @property
    def now(self) -> int:
        """The only clock there is, ms UTC."""
        return self.memory.now

    async def install(
        self, staff: Mapping[str, tuple[str, str]], secrets: Mapping[str, str], at: int
    ) -> None:
        """The tenant's row, `staff` (id to name and role), `secrets`, the standard rules and the schedules."""
        self.memory.now = at
        statements: list[Statement] = [insert_tenant(self.tenant, at)]
        statements += [
            insert_staff(id_, f"{id_}@{self.tenant.slug}.example", name, role, at)
            for id_, (name, role) in staff.items()
        ]
        statements += standard(self.tenant.id, self.tenant.kind, at)
        statements += plan_cadences(CADENCES, self.tenant.id, self.tenant.zone, at)
        for name, value in secrets.items():
            sealed = await seal(self.memory.platform, self.tenant, name, value)
            statements.append(put_secret(name, sealed, at))
        bounds = [bind(each.sql, {**each.params, "tenant": self.tenant.id}) for each in statements]
        await self.memory.database.batch(bounds)

    def at(self, when: int, act: Act) -> None:
        """Something happens at an instant (ms UTC); nothing that is already past."""
        heapq.heappush(self._ahead, _Happening(max(when, self.now), next(self._order), act))

    def ctx(self, actor: Actor = SYSTEM) -> Ctx:
        """A request's context at this moment."""
        id_ = uuid7(self.now)
        return Ctx(self.memory.platform, self.wiring, self.tenant, actor, Cause("request", id_, id_))

    async def receive(self, call: Inbound) -> int:
        """A webhook call through the real door; the answer's status. Raises Broken when it failed."""
        answer = await webhooks.receive(self.memory.platform, self.wiring, app.WEBHOOKS, call)
        if answer.status >= 500:
            raise Broken(f"a webhook was answered {answer.status}")
        return answer.status

    async def until(self, end: int) -> None:
        """Everything that happens and falls due up to `end`, in order; then it is `end`."""
        while True:
            await self._answer_bells()
            coming = self._ahead[0].at if self._ahead else end + 1
            scheduled = self._scheduled()
            due = self._due(min(coming, scheduled, end))
            if due:
                self._pass_to(due[0])
                await self._run(due[1])
            elif scheduled <= min(coming, end):
                self._pass_to(scheduled)
                await tick(self.memory.platform, self.tenant.shard)
            elif coming <= end:
                self._pass_to(coming)
                await heapq.heappop(self._ahead).act()
            else:
                break
        self.memory.now = end

    def _pass_to(self, at: int) -> None:
        self.memory.now = max(self.memory.now, at)

    async def _answer_bells(self) -> None:
        await self.memory.settle()
        while self.memory.rung.waiting:
            self.memory.now += self.dice.randint(5, 40)
            await self._run(self.memory.rung.waiting.popleft())

    async def _run(self, job_id: str) -> None:
        await jobs.run(self.memory.platform, self.wiring, self.tenant, job_id)
        await self.memory.settle()

    def _scheduled(self) -> int:
        """When the next of the tenant's schedules comes round."""
        ((at,),) = self.memory.database.connection.execute("SELECT min(next_at) FROM cadences").fetchall()
        return int(at)

    def _due(self, before: int) -> tuple[int, str] | None:
        """The next job: at its time if it was rung for, else with the minute's tick after it."""
        rows = self.memory.database.connection.execute(
            "SELECT due_at, rung_at, id FROM jobs WHERE state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT 40",
            (before,),
        )
        turns = [
            (due_at + 50 if rung_at else (due_at // MINUTE + 1) * MINUTE + SECOND, id_)
            for due_at, rung_at, id_ in rows
        ]
        first = min(turns, default=None)
        return first if first and first[0] <= before else None


class _Dice(Random):
    def randbits(self, bits: int) -> int:
        return self.getrandbits(bits)


@contextmanager
def without_chance(seed: int) -> Iterator[None]:
    """Ids and backoffs come from a seed, so that the same month is the same rows; nothing is remembered after."""
    dice = _Dice(seed)
    CACHE.clear()
    try:
        with patch.object(ids, "secrets", dice), patch.object(jobs, "random", dice):
            yield
    finally:
        CACHE.clear()


def play(story: Awaitable[None]) -> None:
    """Runs it to its end."""

    async def whole() -> None:
        await story

    asyncio.run(whole())
