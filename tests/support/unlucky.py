"""A front desk run as the platform runs it, by bells and ticks alone, where any await may fail or be the last one."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from random import Random
from typing import Any

from frontdesk import app, webhooks
from frontdesk.core import jobs
from frontdesk.core.clock import MINUTE, SECOND
from frontdesk.core.db import Bound
from frontdesk.core.errors import Unavailable
from frontdesk.core.platform import Bell
from frontdesk.core.tick import tick
from frontdesk.core.web import HttpRequest, HttpResponse, TransportError
from frontdesk.integrations.inbound import Accepted, Inbound, Knock, Verdict
from support.desk import Desk, Killed
from support.sqlite import SqliteDriver

Strike = Callable[[int], str]
"""What befalls the how-manieth moment: "kill", "fail", "sleep", or "" for nothing."""
AT_ONCE = 10
ASLEEP_MS = 170 * SECOND
"""Long enough for others to take over, to doubt, to ask, and to do it again."""


class Shift:
    """One tenant's desk at work. Each call to the outside has two moments: before it takes effect, and after.

    `calls` are the moments right before a request leaves.

    With `rng` bells are lost, doubled and heard in any order, ten at a time in one process, which dies as a whole.
    """

    def __init__(self, strike: Strike, rng: Random | None = None) -> None:
        self.desk = Desk()
        self.strike, self.rng = strike, rng
        self.moments = self.deaths = 0
        self.calls: list[int] = []
        self._dead = False
        self._bells: list[tuple[int, Bell]] = []
        world = self.desk.world
        world.driver = _Driver(world.driver, self._moment)
        self._put, world.files.put = world.files.put, self._keep  # type: ignore[method-assign]
        world.bells.ring = self._rung  # type: ignore[method-assign]
        world.http.send = self._send  # type: ignore[method-assign]

    # What any await may meet.

    async def _moment(self, error: Exception) -> None:
        await asyncio.sleep(0)
        if self._dead:
            raise Killed
        self.moments += 1
        match self.strike(self.moments):
            case "kill":
                self._dead = True
                self.deaths += 1
                raise Killed
            case "fail":
                raise error
            case "sleep":
                await self.until(self.desk.world.real + ASLEEP_MS)

    async def _send(self, request: HttpRequest) -> HttpResponse:
        self.calls.append(self.moments + 1)
        await self._moment(TransportError("nobody was reached"))
        answer = self.desk.carriers.answer(request)
        await self._moment(TransportError("nothing came back"))
        return answer

    async def _keep(self, key: str, data: bytes, *, content_type: str) -> None:
        await self._moment(OSError("no file was kept"))
        await self._put(key, data, content_type=content_type)
        await self._moment(OSError("no answer"))

    async def _rung(self, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        await self._moment(OSError("the queue took nothing"))
        at, rng = self.desk.world.real + delay_s * SECOND, self.rng
        for bell in bells:
            copies = 1 if rng is None else rng.choice((0, 1, 1, 1, 2, 2))
            self._bells += [(at, bell)] * copies
        await self._moment(OSError("no answer"))

    # What the platform calls.

    async def _process(self, *works: Coroutine[Any, Any, Any]) -> list[Any]:
        """One process until all is done or it dies; what each came to, a Killed or an error included."""
        ends = await asyncio.gather(*(self._invocation(work) for work in works))
        if self._dead:
            self._dead = False
            self.desk.world.real += SECOND
        return list(ends)

    async def _invocation(self, work: Awaitable[Any]) -> Any:
        try:
            end = await work
        except (Killed, Exception) as error:
            end = error
        behind = self.desk.world.pending
        while behind:
            await asyncio.gather(behind.pop(), return_exceptions=True)
        return end

    async def _ring(self, bell: Bell) -> None:
        await jobs.run(self.desk.world.platform, app.WIRING, self.desk.tenant, bell.id)

    async def _deliver(self) -> None:
        """Every bell that is due, and those that are rung meanwhile."""
        world = self.desk.world
        while due := [each for each in self._bells if each[0] <= world.real]:
            if self.rng:
                self.rng.shuffle(due)
            batch = due[: AT_ONCE if self.rng else 1]
            for each in batch:
                self._bells.remove(each)
            await self._process(*(self._ring(bell) for _, bell in batch))

    async def hear(self, source: str, verdict: Accepted, body: bytes = b"{}") -> None:
        """A provider calls until it is told 200."""

        async def door(knock: Knock) -> Verdict:
            return verdict

        world = self.desk.world
        for _ in range(50):
            url = f"https://x/webhooks/{source}/{self.desk.slug}"
            request = Inbound("POST", url, {}, body, world.real)
            (end,) = await self._process(
                webhooks.receive(world.platform, app.WIRING, {source: door}, request)
            )
            if isinstance(end, HttpResponse) and end.status == 200:
                return
            world.real += 5 * SECOND
        raise AssertionError("nobody took it")

    async def until(self, at: int) -> None:
        """Bells and minutes until `at` (real ms); minutes in which nothing can happen are passed over."""
        world = self.desk.world
        await self._deliver()
        while world.real < at:
            minute = (self._something() // MINUTE + 1) * MINUTE
            world.real = min([at, minute, *(max(when, world.real) for when, _ in self._bells)])
            if world.real == minute:
                await self._process(tick(world.platform, "main"))
            await self._deliver()

    def _something(self) -> int:
        """The instant from which on a tick may find something: now, while work is due or under way."""
        rows = self.desk.rows(
            "SELECT min(CASE state WHEN 'pending' THEN due_at ELSE 0 END) AS at "
            "FROM jobs WHERE state IN ('pending', 'running')"
        )
        following = rows[0]["at"]
        now = self.desk.world.real
        return 2**45 if following is None else max(now, int(following))


class _Driver(SqliteDriver):
    """The same database, a moment before and a moment after each call."""

    def __init__(self, of: SqliteDriver, moment: Callable[[Exception], Awaitable[None]]) -> None:
        self.connection, self.calls, self.fail = of.connection, 0, []
        self._moment = moment

    async def query(self, bound: Bound) -> str:
        await self._moment(Unavailable("not asked"))
        rows = await super().query(bound)
        await self._moment(Unavailable("not answered"))
        return rows

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        await self._moment(Unavailable("not asked"))
        done = await super().batch(bounds)
        await self._moment(Unavailable("not answered"))
        return done
