"""The platform in memory: what `edge` offers on Cloudflare, for tests of everything above it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontdesk.core.cache import CACHE
from frontdesk.core.clock import Clock
from frontdesk.core.log import Log
from frontdesk.core.platform import Bell, KeptFile, Platform
from frontdesk.core.settings import PlatformSettings, Tenant
from frontdesk.core.web import HttpRequest, HttpResponse
from seed.host import HostCrypto
from support.sqlite import SqliteDriver

MASTER_KEY = "v1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
NOON = 1_790_000_000_000
"""2026-09-21T13:33:20Z, where test clocks start."""


class MemoryKv:
    """Text by key, without expiry."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self.kept.get(key)

    async def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        self.kept[key] = value

    async def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    async def recall(self, key: str) -> str | None:
        return await self.get(key)

    async def remember(self, key: str, value: str, *, ttl_s: int) -> None:
        await self.put(key, value, ttl_s=ttl_s)


class MemoryFiles:
    """Objects by key; `clock` (real ms) says when one was put there."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.put_at: dict[str, int] = {}
        self.clock: Callable[[], int] = lambda: NOON

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        self.kept[key], self.put_at[key] = data, self.clock()

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def delete(self, *keys: str) -> None:
        for key in keys:
            self.kept.pop(key, None)

    async def listed(self, prefix: str, *, after: str = "", limit: int = 1_000) -> list[KeptFile]:
        keys = sorted(key for key in self.kept if key.startswith(prefix) and key > after)[:limit]
        return [KeptFile(key, self.put_at.get(key, 0)) for key in keys]


class MemoryAssets:
    """Files by path."""

    def __init__(self) -> None:
        self.kept: dict[str, HttpResponse] = {}

    async def get(self, path: str) -> HttpResponse | None:
        return self.kept.get(path)


class MemoryBells:
    """Remembers what was rung; `lose` drops it, as a queue may."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, Bell, int]] = []
        self.lose = False

    async def ring(self, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        if not self.lose:
            self.rung.extend((name, bell, delay_s) for bell in bells)

    def take(self) -> list[tuple[str, Bell, int]]:
        """What was rung since the last time."""
        taken, self.rung = self.rung, []
        return taken


class ScriptedHttp:
    """Answers by `answer`, which tests replace; remembers every request."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []
        self.answer: Callable[[HttpRequest], HttpResponse] = lambda request: HttpResponse(200, {}, b"{}")

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        return self.answer(request)


class MemoryLimiter:
    """Allows everything until told otherwise."""

    def __init__(self) -> None:
        self.refused: set[tuple[str, str]] = set()

    async def allows(self, name: str, key: str) -> bool:
        return (name, key) not in self.refused


class MemoryLive:
    """Remembers which tenants' listeners were told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def publish(self, shard: str, tenant_id: str) -> None:
        self.told.append(tenant_id)


@dataclass
class World:
    """A platform and the handles to its parts."""

    driver: SqliteDriver = field(default_factory=SqliteDriver)
    kv: MemoryKv = field(default_factory=MemoryKv)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    assets: MemoryAssets = field(default_factory=MemoryAssets)
    bells: MemoryBells = field(default_factory=MemoryBells)
    http: ScriptedHttp = field(default_factory=ScriptedHttp)
    limiter: MemoryLimiter = field(default_factory=MemoryLimiter)
    live: MemoryLive = field(default_factory=MemoryLive)
    lines: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    real: int = NOON
    offset: int = 0
    pending: list[asyncio.Task[None]] = field(default_factory=list)
    settings: PlatformSettings = field(
        default_factory=lambda: PlatformSettings(
            environment="development", master_key_current=MASTER_KEY, tenant_cache_ms=0
        )
    )

    def __post_init__(self) -> None:
        self.files.clock = lambda: self.real

    async def _reach(self, name: str) -> None:
        self.reached.append(name)

    def _background(self, work: Awaitable[None]) -> None:
        self.pending.append(asyncio.ensure_future(work))

    async def settle(self) -> None:
        """Wait for background work."""
        while self.pending:
            await self.pending.pop()

    @property
    def platform(self) -> Platform:
        """The platform of one invocation."""
        return Platform(
            driver_of=lambda shard: self.driver,
            kv=self.kv,
            files=self.files,
            assets=self.assets,
            bells=self.bells,
            http=self.http,
            crypto=HostCrypto(),
            limiter=self.limiter,
            live=self.live,
            clock=Clock(lambda: self.real, lambda: self.offset),
            settings=self.settings,
            log=Log(self.lines.append, {}),
            reach=self._reach,
            background=self._background,
        )


def make_platform() -> World:
    """A fresh world with the real schema, and nothing remembered of others."""
    CACHE.clear()
    return World()


def make_tenant(world: World, slug: str = "harbour", **columns: Any) -> Tenant:
    """A tenant's row, and the value the code works with."""
    row = {
        "id": f"tenant-{slug}",
        "slug": slug,
        "kind": "clinic",
        "name": slug.title(),
        "time_zone": "Australia/Sydney",
        "country": "AU",
        "currency": "AUD",
        "locale": "en-AU",
        "plan": "standard",
        "shard": "main",
        "features": "[]",
        "settings": "{}",
        "version": 1,
        "created_at": NOON,
        **columns,
    }
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    world.driver.connection.execute(f"INSERT INTO tenants ({names}) VALUES ({marks})", list(row.values()))
    return Tenant.model_validate(row)
