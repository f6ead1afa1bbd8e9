"""D1's limits: what plain SQLite takes and D1 refuses, asked of every statement there is."""

import sqlite3

import pytest
from architecture.sources import Literal, name_of, statements, tree_of, under

from frontdesk.core.db import compiled
from support.sqlite import SqliteDriver

STATEMENTS = [each for path in under("src") for each in statements(tree_of(path), name_of(path))]


@pytest.fixture(scope="module")
def driver() -> SqliteDriver:
    return SqliteDriver()


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
