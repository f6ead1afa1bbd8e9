"""The platform in memory, on a clock that is told the time: where a month of work takes seconds."""

import sqlite3
from collections import deque
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from frontdesk.core.clock import Clock
from frontdesk.core.db import Bound, database_error
from frontdesk.core.log import Log
from frontdesk.core.platform import Bell, Http, KeptFile, Platform
from frontdesk.core.settings import PlatformSettings
from frontdesk.core.web import HttpResponse
from local.child import ROOT
from seed.host import HostCrypto

MIGRATIONS = ROOT / "migrations"
FOREVER = 2**52


class MemoryDatabase:
    """D1's contract on Python's sqlite3, with the real migrations."""

    def __init__(self, migrations: Path = MIGRATIONS) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        # Foreign keys are left to D1, which looks at every row when the history is handed over.
        for path in sorted(migrations.glob("*.sql")):
            self.connection.executescript(path.read_text())

    async def query(self, bound: Bound) -> str:
        """The rows as JSON text."""
        return to_json(self._rows(bound)).decode()

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        """All or nothing."""
        self.connection.execute("BEGIN")
        try:
            results = [self._rows(each) for each in bounds]
        except Exception:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return results

    def _rows(self, bound: Bound) -> list[dict[str, Any]]:
        try:
            cursor = self.connection.execute(bound.sql, bound.values)
        except sqlite3.Error as error:
            raise database_error(f"{error}: {error.sqlite_errorname}") from None
        if cursor.description is None:
            return []
        rows = cursor.fetchall()
        names = [column[0] for column in cursor.description] if rows else ()
        return [dict(zip(names, row, strict=True)) for row in rows]


class NoKv:
    """Remembers nothing: whoever asks goes on to the database."""

    async def get(self, key: str) -> str | None:
        return None

    async def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        return None

    async def delete(self, key: str) -> None:
        return None

    async def recall(self, key: str) -> str | None:
        return None

    async def remember(self, key: str, value: str, *, ttl_s: int) -> None:
        return None


class NoFiles:
    """Nothing here is long enough for a file."""

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        raise AssertionError(f"{key} is {len(data)} bytes")

    async def get(self, key: str) -> bytes | None:
        return None

    async def delete(self, *keys: str) -> None:
        return None

    async def listed(self, prefix: str, *, after: str = "", limit: int = 1_000) -> list[KeptFile]:
        return []


class NoAssets:
    """Nobody looks at pages here."""

    async def get(self, path: str) -> HttpResponse | None:
        return None


class Rung:
    """The bells rung for now; those for later are found by their rows."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()

    async def ring(self, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        if not delay_s:
            self.waiting.extend(bell.id for bell in bells)


class NoLimits:
    """Nobody asks too often."""

    async def allows(self, name: str, key: str) -> bool:
        return True


class NoListeners:
    """Nobody watches while a past is made up."""

    async def publish(self, shard: str, tenant_id: str) -> None:
        return None


class Silence(Log):
    """Thousands of lines that nobody would read are not even written."""

    def bind(self, **fields: Any) -> Log:
        return self

    def info(self, message: str, **fields: Any) -> None: ...

    def warning(self, message: str, **fields: Any) -> None: ...

    def error(self, message: str, error: BaseException | None = None, **fields: Any) -> None: ...


class Memory:
    """One process's worth of platform. `now` is the only clock; whoever drives sets it."""

    def __init__(self, http: Http, master_key: str) -> None:
        self.now = 0
        self.database = MemoryDatabase()
        self.rung = Rung()
        self.later: deque[Awaitable[None]] = deque()
        self.platform = Platform(
            driver_of=lambda shard: self.database,
            kv=NoKv(),
            files=NoFiles(),
            bells=self.rung,
            http=http,
            crypto=HostCrypto(),
            limiter=NoLimits(),
            live=NoListeners(),
            assets=NoAssets(),
            clock=Clock(lambda: self.now),
            settings=PlatformSettings(
                environment="development",
                master_key_current=master_key,
                tenant_cache_ms=FOREVER,
                provider_timeout_ms=10_000,
            ),
            log=Silence(print, {}),
            reach=self._reach,
            background=self.later.append,
        )

    async def _reach(self, name: str) -> None:
        return None

    async def settle(self) -> None:
        """Do what was put off behind an answer."""
        while self.later:
            await self.later.popleft()
