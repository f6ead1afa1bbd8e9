"""D1's limits: what plain SQLite takes and D1 refuses, asked of every statement there is."""

import sqlite3

import pytest
from architecture.sources import Literal, name_of, statements, tree_of, under

from frontdesk.core.db import compiled
from support.sqlite import SqliteDriver

STATEMENTS = [each for path in under("src") for each in statements(tree_of(path), name_of(path))]
# developers.cloudflare.com/d1/platform/limits; what it leaves unsaid is as in workerd, src/workerd/util/sqlite.c++.
LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 32,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 5,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
}


@pytest.fixture(scope="module")
def driver() -> SqliteDriver:
    limited = SqliteDriver()
    for limit, most in LIMITS.items():
        limited.connection.setlimit(limit, most)
    return limited


@pytest.mark.parametrize(
    "each", STATEMENTS, ids=lambda each: f"{each.file.removeprefix('src/frontdesk/')}:{each.line}"
)
def test_a_statement_is_within_the_limits(each: Literal, driver: SqliteDriver) -> None:
    sql, names = compiled(each.sql)
    driver.connection.execute(f"EXPLAIN {sql}", {str(n): None for n in range(1, len(names) + 1)}).fetchall()


def test_what_is_over_a_limit_is_seen(driver: SqliteDriver) -> None:
    with pytest.raises(sqlite3.OperationalError, match="too many arguments"):
        driver.connection.execute(f"EXPLAIN SELECT json_array({', '.join('1' * 33)})")
    with pytest.raises(sqlite3.OperationalError, match="too many terms in compound SELECT"):
        driver.connection.execute(f"EXPLAIN {' UNION ALL '.join(['SELECT 1'] * 6)}")
