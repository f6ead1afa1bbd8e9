"""The seam to D1: what is compiled and bound, what is refused before D1 would, and what its errors mean."""

import json
import math
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from frontdesk.core.db import (
    MAX_LIKE,
    MAX_VALUE,
    SAFE_INTEGER,
    TenantDb,
    Value,
    bind,
    compiled,
    database_error,
    expect,
    like_prefix,
)
from frontdesk.core.errors import Conflict, FrontdeskError, Invalid, Mismatch, NotFound, Stale, Unavailable
from support.calls import run
from support.sqlite import SqliteDriver


def test_names_become_numbers_and_a_name_keeps_its_number() -> None:
    assert compiled("SELECT :a, :b, :a") == ("SELECT ?1, ?2, ?1", ("a", "b"))


@pytest.mark.parametrize(
    "sql",
    ["SELECT ':a', 'it''s :b'", "SELECT 1 -- :a\n", "SELECT x::text", "SELECT '%H:%M:%S'"],
)
def test_text_and_comments_are_left_alone(sql: str) -> None:
    assert compiled(sql) == (sql, ())


def test_what_stands_behind_a_comment_is_bound() -> None:
    assert compiled("SELECT 1 -- ' :a\n, :b")[1] == ("b",)


def test_a_value_without_a_name_and_a_name_without_a_value() -> None:
    with pytest.raises(KeyError):
        bind("SELECT :a", {"a": 1, "b": 2})
    with pytest.raises(KeyError):
        bind("SELECT :a", {})
    assert bind("SELECT 1", {"tenant": "t"}).values == ()


def test_more_than_d1_binds_is_a_mistake_of_ours() -> None:
    bind("SELECT " + ", ".join(f":a{n}" for n in range(100)), {f"a{n}": n for n in range(100)})
    with pytest.raises(ValueError, match="limits"):
        compiled("SELECT " + ", ".join(f":a{n}" for n in range(101)))
    with pytest.raises(ValueError, match="limits"):
        compiled("SELECT 1 " + " " * 100_000)


@pytest.mark.parametrize(
    "value",
    [
        "x" * (MAX_VALUE + 1),
        "é" * (MAX_VALUE // 2 + 1),
        "a\x00b",
        "\ud800",
        "x" * 600_000 + "\udfff",
        SAFE_INTEGER,
        -SAFE_INTEGER,
        math.nan,
        math.inf,
        -math.inf,
    ],
    ids=lambda value: repr(value)[:12],
)
def test_what_d1_would_refuse_or_change_is_refused_here(value: Value) -> None:
    with pytest.raises(Invalid):
        bind("SELECT :a", {"a": value})


@pytest.mark.parametrize(
    "value", ["x" * MAX_VALUE, "", "\U0001f600", SAFE_INTEGER - 1, 0, -1, 1.5, None, True]
)
def test_what_fits_is_bound_as_it_is(value: Value) -> None:
    assert bind("SELECT :a", {"a": value}).values == (value,)


PLAIN = sqlite3.connect(":memory:")


def matches(pattern: str, text: str) -> bool:
    return bool(PLAIN.execute("SELECT ? LIKE ? ESCAPE '\\'", (text, pattern)).fetchone()[0])


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80))
def test_a_prefix_matches_what_starts_with_it_and_stays_within_d1s_bytes(text: str) -> None:
    pattern = like_prefix(text)
    assert len(pattern.encode()) <= MAX_LIKE
    assert matches(pattern, text + "...")


def test_wildcards_of_the_user_are_characters() -> None:
    assert matches(like_prefix("100%"), "100% sure") and not matches(like_prefix("100%"), "1000 sure")
    assert matches(like_prefix("a_b"), "a_b") and not matches(like_prefix("a_b"), "axb")
    assert matches(like_prefix("back\\slash"), "back\\slash!")


def test_an_escape_at_the_cut_is_not_left_half() -> None:
    for padding in range(40, 50):
        pattern = like_prefix("x" * padding + "%" * 20)
        assert matches(pattern, "x" * padding + "%" * 20)


class Row(BaseModel):
    n: int


def test_a_tenants_statement_must_name_the_tenant() -> None:
    db = TenantDb(SqliteDriver(), "t1")
    with pytest.raises(ValueError, match="tenant"):
        run(db.all(Row, "SELECT 1 AS n"))
    assert run(db.one(Row, "SELECT 1 AS n WHERE :tenant = 't1'")).n == 1


def test_nobody_else_says_which_tenant() -> None:
    db = TenantDb(SqliteDriver(), "t1")
    assert run(db.maybe(Row, "SELECT 1 AS n WHERE :tenant = 't2'", tenant="t2")) is None


def test_one_row_or_not_found() -> None:
    db = TenantDb(SqliteDriver(), "t1")
    with pytest.raises(NotFound):
        run(db.one(Row, "SELECT 1 AS n WHERE :tenant = ''"))


def test_expect_counts_exactly() -> None:
    for changed, wanted, fresh in ((0, 1, False), (1, 1, True), (2, 1, False), (2, 2, True)):
        driver = SqliteDriver()
        driver.connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
        statement = expect(wanted)
        batch = [bind(f"UPDATE t SET a = 9 WHERE a <= {changed}", {}), bind(statement.sql, statement.params)]
        if fresh:
            run(driver.batch(batch))
        else:
            with pytest.raises(Stale):
                run(driver.batch(batch))
            assert [row["a"] for row in driver.rows("SELECT a FROM t")] == [1, 2]


@pytest.mark.parametrize(
    ("text", "kind", "extra"),
    [
        (
            "D1_ERROR: UNIQUE constraint failed: staff.tenant_id, staff.email: SQLITE_CONSTRAINT",
            Conflict,
            {"rule": "UNIQUE", "about": "staff.tenant_id, staff.email"},
        ),
        (
            "D1_ERROR: CHECK constraint failed: five_tries: SQLITE_CONSTRAINT_CHECK",
            Conflict,
            {"rule": "CHECK", "about": "five_tries"},
        ),
        (
            "D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT",
            Conflict,
            {"rule": "FOREIGN KEY", "about": ""},
        ),
        ("D1_ERROR: some constraint failed", Conflict, {"rule": "constraint", "about": ""}),
        ("D1_ERROR: malformed JSON: SQLITE_ERROR", Stale, {}),
        ("D1_ERROR: no such column: x: SQLITE_ERROR", Mismatch, {}),
        ("D1_ERROR: Network connection lost.", Unavailable, {"cause": "D1_ERROR: Network connection lost."}),
        ("anything nobody has seen before", Unavailable, {"cause": "anything nobody has seen before"}),
    ],
)
def test_what_an_error_means(text: str, kind: type[FrontdeskError], extra: dict[str, str]) -> None:
    error = database_error(text)
    assert type(error) is kind
    assert dict(error.extra) == extra


def test_the_double_binds_numbers_as_d1_does() -> None:
    rows = json.loads(run(SqliteDriver().query(bind("SELECT typeof(:a) AS t", {"a": 1}))))
    assert rows == [{"t": "real"}]
