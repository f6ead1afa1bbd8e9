"""A whole front desk in memory, from the webhook's bytes to the phone, that can be struck at any instant.

An instant is a moment at which the process reached outside itself: a read or a commit of the database, a call to a
provider, a bell. Only what it did outside outlives it, so whoever survives a death behind each commit, call and bell
survives a death anywhere; and whoever gets no answer cannot know whether it was done, so each is tried either way.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from frontdesk import app, webhooks
from frontdesk.core import jobs
from frontdesk.core.cache import CACHE
from frontdesk.core.clock import SECOND
from frontdesk.core.db import Bound
from frontdesk.core.errors import Unavailable
from frontdesk.core.parsing import dump_json, parse_json
from frontdesk.core.platform import Bell
from frontdesk.core.sealing import seal
from frontdesk.core.tick import tick
from frontdesk.core.web import HttpRequest, HttpResponse, TransportError
from frontdesk.integrations.inbound import Inbound
from frontdesk.tenants.writes import put_secret
from support.desk import Desk, Killed, MortalWorld
from support.platform import MemoryBells, ScriptedHttp
from support.sqlite import SqliteDriver

Blow = Literal["killed", "silenced"]
"""The process dies; or it lives, and what it asked or told got no answer."""
SITE, HMAC, PATH = "site-1", "hmac secret", "path-secret"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "wix"
MONDAY = 1_789_952_400_000
"""Monday 21 September 2026, 11:00 in Sydney; the recorded booking begins on Friday at nine."""
MINUTE = 61 * SECOND
SOON_MS = 10 * MINUTE
"""Retries and questions after a doubt are waited for; reminders, the day's figures and schedules are not."""


@dataclass
class Instants:
    """Counts instants, and strikes at the `fatal`-th of them, once."""

    blow: Blow = "killed"
    fatal: int = 0
    passed: int = 0
    struck: str = ""

    def before(self, what: str, silence: Exception) -> None:
        """It is about to reach outside: the answer may never come, and nothing be done."""
        if self.blow == "silenced":
            self._passes(f"before a {what}", silence)

    def after(self, what: str, silence: Exception) -> None:
        """It is done: the answer may never come all the same, or nobody be there to hear it."""
        self._passes(f"after a {what}", Killed(what) if self.blow == "killed" else silence)

    def _passes(self, when: str, blow: BaseException) -> None:
        self.passed += 1
        if self.passed == self.fatal:
            self.struck = when
            raise blow


@dataclass
class MortalDriver(SqliteDriver):
    """The database, whose every answer may be the last thing that happens, or never come."""

    instants: Instants = field(default_factory=Instants)

    def __post_init__(self) -> None:
        super().__init__()

    async def query(self, bound: Bound) -> str:
        self.instants.before("read", Unavailable("no answer"))
        rows = await super().query(bound)
        if bound.sql.lstrip().startswith("UPDATE"):  # the claim, and the tick's ringing
            self.instants.after("claim", Unavailable("no answer"))
        return rows

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        self.instants.before("commit", Unavailable("no answer"))
        rows = await super().batch(bounds)
        self.instants.after("commit", Unavailable("no answer"))
        return rows


@dataclass
class MortalHttp(ScriptedHttp):
    """The providers."""

    instants: Instants = field(default_factory=Instants)

    def __post_init__(self) -> None:
        super().__init__()

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.instants.before("call", TransportError("no answer"))
        answer = await super().send(request)
        self.instants.after("call", TransportError("no answer"))
        return answer


@dataclass
class MortalBells(MemoryBells):
    """The queues. What was rung is lost with the process, as the message in flight is."""

    instants: Instants = field(default_factory=Instants)

    def __post_init__(self) -> None:
        super().__init__()

    async def ring(self, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        self.instants.before("bell", ConnectionError("no answer"))
        await super().ring(name, bells, delay_s=delay_s)
        self.instants.after("bell", ConnectionError("no answer"))


class Whole:
    """One tenant behind its real doors. Providers try again until they are answered, the minute ticks."""

    def __init__(self, blow: Blow) -> None:
        CACHE.clear()  # nothing is remembered of others
        self.instants = Instants(blow)
        world = MortalWorld(
            driver=MortalDriver(self.instants),
            http=MortalHttp(self.instants),
            bells=MortalBells(self.instants),
            real=MONDAY,
        )
        self.desk = Desk(world, settings={"wix_instance": SITE})
        self.desk.carriers.history_code = "200"  # on its way, as the answer says: no receipt has come
        for name, value in (("wix_hmac_secret", HMAC), ("clicksend_path_secret", PATH)):
            sealed = asyncio.run(seal(world.platform, self.desk.tenant, name, value))
            self.desk.commit(put_secret(name, sealed, self.desk.now))
        self.world = world
        self._lasts(self._tick)  # the tenant's schedules come into being
        self.rest()

    def wix(self, fixture: str) -> None:
        """Wix posts one of its recorded events until it is answered."""
        event = parse_json((FIXTURES / f"{fixture}.json").read_bytes())
        body = dump_json({"eventType": "x", "instanceId": SITE, "data": dump_json(event)}).encode()
        signature = hmac.digest(HMAC.encode(), body, hashlib.sha256).hex()
        self._posted("/webhooks/wix/harbour", body, {"x-wix-webhook-signature": signature})

    def clicksend(self, fields: dict[str, str]) -> None:
        """ClickSend posts a callback until it is answered."""
        self._posted(f"/webhooks/clicksend/harbour/{PATH}", dump_json(fields).encode(), {})

    def _posted(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        async def once() -> int:
            request = Inbound("POST", f"http://desk.example{path}", headers, body, self.world.real)
            try:
                return (await webhooks.receive(self.world.platform, app.WIRING, app.WEBHOOKS, request)).status
            except Unavailable:
                return 503

        for _ in range(3):
            if self._lasts(once) == 200:
                return
            self.world.real += 5 * SECOND
        raise AssertionError("it was never answered")

    async def _tick(self) -> None:
        await tick(self.world.platform, "main", app.CADENCES)

    def _lasts(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """What came of it; None when the process died, and with it whatever was on its way."""

        async def life() -> Any:
            done = await work()
            await self.world.settle()
            return done

        try:
            return asyncio.run(life())
        except Killed:
            self.world.pending.clear()
            self.world.bells.take()
            return None
        except (Unavailable, ConnectionError):
            # As in `main`: a bell that failed, or a tick, is said in the log, and another one comes.
            self.world.pending.clear()
            return None

    def rest(self) -> None:
        """Bells are heard and minutes pass until nothing is due and nothing is on its way."""
        for _ in range(60):
            for _, bell, delay_s in self.world.bells.take():
                self.world.real += delay_s * SECOND
                self._lasts(partial(jobs.run, self.world.platform, app.WIRING, self.desk.tenant, bell.id))
            if self.world.bells.rung:
                continue
            left = self.desk.rows(
                "SELECT 1 FROM jobs WHERE state = 'running'"
                " OR (state = 'pending' AND due_at <= ? AND kind <> 'reports.tally')",
                self.desk.now + SOON_MS,
            )
            if not left:
                return
            self.world.real += MINUTE
            self._lasts(self._tick)
        raise AssertionError("it never comes to rest")
