"""D1's contract on Python's sqlite3, with the real migrations: fast, and strict where D1 is."""

import json
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from frontdesk.core.db import Bound, database_error
from frontdesk.core.errors import Unavailable

MIGRATIONS = Path(__file__).parents[2] / "migrations"
# developers.cloudflare.com/d1/platform/limits; what it leaves unsaid is as in workerd, src/workerd/util/sqlite.c++.
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 2_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 32,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 5,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
}


@lru_cache(maxsize=1)
def _migrated() -> sqlite3.Connection:
    """An empty database that is migrated once; copying it takes a tenth of migrating another."""
    made = sqlite3.connect(":memory:", check_same_thread=False)
    for path in sorted(MIGRATIONS.glob("*.sql")):
        made.executescript(path.read_text())
    return made


class SqliteDriver:
    """One database in memory. `fail` makes the next calls fail before or after they took effect."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        _migrated().backup(self.connection)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA foreign_keys = ON")
        for limit, most in LIMITS.items():
            self.connection.setlimit(limit, most)
        self.calls = 0
        self.fail: list[str] = []

    async def query(self, bound: Bound) -> str:
        """The rows as JSON text."""
        self.calls += 1
        self._maybe_fail("before")
        return json.dumps(self._rows(bound))

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        """All or nothing."""
        self.calls += 1
        self._maybe_fail("before")
        self.connection.execute("BEGIN")
        try:
            results = [self._rows(each) for each in bounds]
        except Exception:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        self._maybe_fail("after")
        return results

    def _maybe_fail(self, when: str) -> None:
        if self.fail and self.fail[0] == when:
            self.fail.pop(0)
            raise Unavailable("the network went away", cause="test")

    def _rows(self, bound: Bound) -> list[dict[str, Any]]:
        # D1 binds every number as REAL; doing the same here finds the columns that mind.
        # By number: newer Pythons take `?1` for a name, and refuse a sequence for it.
        values = {str(n): float(v) if isinstance(v, int) else v for n, v in enumerate(bound.values, 1)}
        try:
            return [dict(row) for row in self.connection.execute(bound.sql, values)]
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
            raise database_error(f"D1_ERROR: {error}: {name}") from None

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """For assertions."""
        return [dict(row) for row in self.connection.execute(sql, values)]
