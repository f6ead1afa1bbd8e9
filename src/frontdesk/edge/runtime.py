"""From Cloudflare's `env` and execution context to the `Platform` of one invocation."""

from collections.abc import Awaitable
from dataclasses import replace
from functools import lru_cache
from time import time_ns
from typing import Any

import js

from frontdesk.core.clock import Clock
from frontdesk.core.db import Driver
from frontdesk.core.failpoints import inert
from frontdesk.core.log import Log
from frontdesk.core.platform import Platform
from frontdesk.core.settings import PlatformSettings
from frontdesk.edge.assets import StaticAssets
from frontdesk.edge.crypto import WebCrypto
from frontdesk.edge.d1 import D1Driver
from frontdesk.edge.http import FetchHttp
from frontdesk.edge.kv import KvStore
from frontdesk.edge.limits import RateLimits
from frontdesk.edge.live import LiveRooms
from frontdesk.edge.queue import QueueBells
from frontdesk.edge.r2 import R2Files

SHARDS = {"main": "DB"}
"""Each database a tenant may live in, and its binding. A second one is a line here and in wrangler.toml."""


def platform_of(env: Any, execution: Any) -> Platform:
    """Everything outside the process, for one request, batch or tick."""
    # The SDK wraps bindings so that each call converts both ways; our seams convert once, themselves.
    raw = getattr(env, "_env", env)
    lasting = _lasting(raw)
    drivers: dict[str, Driver] = {}

    def driver_of(shard: str) -> Driver:
        if shard not in drivers:
            drivers[shard] = D1Driver(getattr(raw, SHARDS[shard]))
        return drivers[shard]

    def background(work: Awaitable[None]) -> None:
        execution.waitUntil(_logged(work, lasting.log))

    return replace(lasting, driver_of=driver_of, background=background)


async def to_the_end(execution: Any, work: Awaitable[Any]) -> Any:
    """What `work` makes. It goes on when the caller hangs up, for 30 s at most; else it would stop at its next await.

    Wix hangs up after 1.25 s, and starting an isolate can take as long.
    """
    ended = js.Promise.withResolvers()
    execution.waitUntil(ended.promise)
    try:
        return await work
    finally:
        ended.resolve()


def _lasting(raw: Any) -> Platform:
    """What every invocation with this `env` shares: an isolate has one, and reading it anew took 0.13 ms of each."""
    global _kept
    if _kept is None or not getattr(js.Object, "is")(_kept[0], raw):
        _kept = (raw, _read(raw))
    return _kept[1]


_kept: tuple[Any, Platform] | None = None


def _read(raw: Any) -> Platform:
    settings = _settings(*(_variable(raw, name.upper()) for name in PlatformSettings.model_fields))
    local = getattr(raw, "LOCAL", None)
    return Platform(
        driver_of=_of_an_invocation,
        kv=KvStore(raw.KV),
        files=R2Files(raw.FILES),
        assets=StaticAssets(getattr(raw, "ASSETS", None)),
        bells=QueueBells({"automation": raw.AUTOMATION_BELL, "messages": raw.MESSAGES_BELL}),
        http=FetchHttp(settings.provider_timeout_ms),
        crypto=WebCrypto(settings.tenant_cache_ms),
        limiter=RateLimits(
            {name: getattr(raw, f"LIMIT_{name.upper()}", None) for name in ("ip", "session", "sign_in")}
        ),
        live=LiveRooms(getattr(raw, "TENANT_AGENT", None)),
        clock=Clock(_now, _offset(local)) if local else Clock(_now),
        settings=settings,
        log=Log(js.console.log, {}),
        reach=_reach(local) if local else inert,
        background=_of_an_invocation,
    )


def _of_an_invocation(_: Any) -> Any:
    """Stands where each invocation has its own: a database's round trips are counted, work outlives the answer."""
    raise RuntimeError("there is no invocation")


@lru_cache(maxsize=1)
def _settings(*values: str) -> PlatformSettings:
    """Validated once for the same values; those of a deployment do not change."""
    given = zip(PlatformSettings.model_fields, values, strict=True)
    return PlatformSettings.model_validate({name: value for name, value in given if value != ""})


def _now() -> int:
    return time_ns() // 1_000_000


def _offset(local: Any) -> Any:
    return lambda: int(local.clockOffset())


def _reach(local: Any) -> Any:
    async def reach(name: str) -> None:
        armed = local.reach(name)
        if armed is not None:
            await armed

    return reach


def _variable(raw: Any, name: str) -> str:
    value = getattr(raw, name, None)
    return "" if value is None else str(value)


async def _logged(work: Awaitable[None], log: Log) -> None:
    """Background work may fail; somebody should be able to read that it did."""
    try:
        await work
    except Exception as error:
        log.error("background work failed", error)
