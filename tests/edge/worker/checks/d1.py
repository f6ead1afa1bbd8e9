"""D1: what the seam of core.db takes for granted."""

import math
import re
from typing import Any

from pydantic_core import from_json
from pyodide.ffi import JsException
from same import fails, same

from frontdesk.core.db import Bound, Statement, bind, expect, like_prefix
from frontdesk.core.errors import Conflict, FrontdeskError, Invalid, Stale
from frontdesk.edge.d1 import D1Driver


async def _fresh(env: Any, *tables: str) -> D1Driver:
    driver = D1Driver(env.DB)
    for table in tables:
        name = re.split(r"[ (]", table)[0]
        await driver.batch([Bound(f"DROP TABLE IF EXISTS {name}", ()), Bound(f"CREATE TABLE {table}", ())])
    return driver


async def _rows(driver: D1Driver, sql: str, *values: Any) -> Any:
    return from_json(await driver.query(Bound(sql, values)))


def _bound(*statements: Statement) -> list[Bound]:
    return [bind(each.sql, each.params) for each in statements]


async def a_failing_batch_rolls_back_whole(env: Any) -> None:
    driver = await _fresh(env, "a (id TEXT PRIMARY KEY)")
    insert = "INSERT INTO a VALUES (?1)"
    await fails(Conflict, driver.batch([Bound(insert, ("x",)), Bound(insert, ("y",)), Bound(insert, ("x",))]))
    same(await _rows(driver, "SELECT * FROM a"), [])


async def expect_rolls_back_what_a_stale_update_came_with(env: Any) -> None:
    driver = await _fresh(env, "b (id TEXT PRIMARY KEY, version INTEGER)")
    await driver.batch([Bound("INSERT INTO b VALUES ('x', 2)", ())])
    stale = Statement("UPDATE b SET version = 3 WHERE id = 'x' AND version = :seen", {"seen": 1})
    other = Statement("INSERT INTO b VALUES ('y', 1)")
    await fails(Stale, driver.batch(_bound(other, stale, expect(1))))
    same(await _rows(driver, "SELECT * FROM b"), [{"id": "x", "version": 2}])


async def expect_lets_a_fresh_update_through(env: Any) -> None:
    driver = await _fresh(env, "c (id TEXT PRIMARY KEY, version INTEGER)")
    await driver.batch([Bound("INSERT INTO c VALUES ('x', 1)", ())])
    fresh = Statement("UPDATE c SET version = 2 WHERE id = 'x' AND version = :seen", {"seen": 1})
    same((await driver.batch(_bound(fresh, expect(1))))[1], [{"fresh": 1}])
    same(await _rows(driver, "SELECT version FROM c"), [{"version": 2}])


async def a_row_can_depend_on_the_one_before(env: Any) -> None:
    driver = await _fresh(env, "d (id TEXT PRIMARY KEY)", "dd (id TEXT)")
    once = "INSERT INTO d VALUES ('x') ON CONFLICT DO NOTHING"
    after = "INSERT INTO dd SELECT 'x' WHERE changes() = 1"
    for _ in range(2):
        await driver.batch([Bound(once, ()), Bound(after, ())])
    same(await _rows(driver, "SELECT count(*) AS n FROM dd"), [{"n": 1}])


async def numbers_bind_as_real_and_columns_make_them_integers(env: Any) -> None:
    driver = await _fresh(env, "e (n INTEGER)")
    sql = "SELECT typeof(?1) AS type, 'a' || ?1 AS text, json_object('n', ?1) AS json"
    same(await _rows(driver, sql, 1), [{"type": "real", "text": "a1.0", "json": '{"n":1.0}'}])
    await driver.batch([Bound("INSERT INTO e VALUES (?1)", (1,))])
    same(await _rows(driver, "SELECT typeof(n) AS type, n FROM e"), [{"type": "integer", "n": 1}])


async def none_is_null_and_a_raw_none_is_refused(env: Any) -> None:
    driver = await _fresh(env)
    same(
        await _rows(driver, "SELECT ?1 IS NULL AS missing, ?1 AS value", None),
        [{"missing": 1, "value": None}],
    )
    try:
        await env.DB.prepare("SELECT ?1").bind(None).all()
    except JsException as error:
        same("undefined" in str(error), True)
    else:
        raise AssertionError("D1 took undefined")


async def integers_from_two_to_the_53_are_read_back_rounded(env: Any) -> None:
    driver = await _fresh(env)
    same(await _rows(driver, "SELECT 9007199254740993 AS n"), [{"n": 9007199254740992}])
    same(await _rows(driver, "SELECT '9007199254740993' AS n"), [{"n": "9007199254740993"}])
    try:
        bind("SELECT :n", {"n": 2**53})
    except Invalid:
        return
    raise AssertionError("the seam took an integer D1 would round")


async def not_a_number_becomes_null(env: Any) -> None:
    driver = await _fresh(env)
    same(await _rows(driver, "SELECT ?1 IS NULL AS missing", math.nan), [{"missing": 1}])


async def refusals_say_which_rule(env: Any) -> None:
    driver = await _fresh(
        env,
        "f (id TEXT PRIMARY KEY, tries INTEGER CHECK (tries <= 5), name TEXT NOT NULL)",
        "ff (id TEXT REFERENCES f (id))",
    )
    await driver.batch([Bound("INSERT INTO f VALUES ('x', 1, 'n')", ())])
    refused = {
        "INSERT INTO f VALUES ('x', 1, 'n')": ("UNIQUE", "f.id"),
        "INSERT INTO f VALUES ('y', 6, 'n')": ("CHECK", "tries <= 5"),
        "INSERT INTO f VALUES ('y', 1, NULL)": ("NOT NULL", "f.name"),
        "INSERT INTO ff VALUES ('nobody')": ("FOREIGN KEY", ""),
    }
    for sql, (rule, about) in refused.items():
        error = await fails(Conflict, driver.batch([Bound(sql, ())]))
        same((error.extra["rule"], error.extra["about"]), (rule, about))
    same(await _rows(driver, "SELECT count(*) AS n FROM f"), [{"n": 1}])


async def a_wrong_statement_is_a_mismatch_that_another_release_may_heal(env: Any) -> None:
    driver = await _fresh(env)
    for sql in ("SELECT * FROM nowhere", "SELEC 1", "SELECT 1 WHERE '' MATCH 1"):
        error = await fails(FrontdeskError, driver.query(Bound(sql, ())))
        same((error.code, error.retryable), ("mismatch", True))


async def a_hundred_parameters_are_the_most(env: Any) -> None:
    driver = await _fresh(env)
    marks = ", ".join(f"?{n}" for n in range(1, 101))
    same(len((await _rows(driver, f"SELECT {marks}", *range(100)))[0]), 100)
    await fails(FrontdeskError, driver.query(Bound(f"SELECT {marks}, ?101", tuple(range(101)))))


async def a_value_near_the_limit_is_kept_and_the_seam_stops_a_larger_one(env: Any) -> None:
    driver = await _fresh(env, "g (text TEXT)")
    await driver.batch(_bound(Statement("INSERT INTO g VALUES (:text)", {"text": "é" * 940_000})))
    same(await _rows(driver, "SELECT length(text) AS n FROM g"), [{"n": 940_000}])
    try:
        bind("INSERT INTO g VALUES (:text)", {"text": "é" * 960_000})
    except Invalid:
        return
    raise AssertionError("the seam took a value that production refuses")


async def a_prefix_is_found_by_a_pattern_of_fifty_bytes(env: Any) -> None:
    driver = await _fresh(env, "h (name TEXT)")
    await driver.batch([Bound("INSERT INTO h VALUES (?1), (?2)", ("50%_off " + "x" * 80, "500 off"))])
    for text in ("50%", "50%_off", "50%_off " + "x" * 80):
        pattern = like_prefix(text)
        same(len(pattern.encode()) <= 50, True)
        sql = "SELECT count(*) AS n FROM h WHERE name LIKE ?1 ESCAPE '\\'"
        same(await _rows(driver, sql, pattern), [{"n": 1}])


async def a_batch_returns_the_rows_of_each_statement(env: Any) -> None:
    driver = await _fresh(env, "j (n INTEGER)")
    bounds = [Bound("INSERT INTO j VALUES (1), (2) RETURNING n", ()), Bound("DELETE FROM j", ())]
    same(await driver.batch(bounds), [[{"n": 1}, {"n": 2}], []])


async def text_survives_as_it_is(env: Any) -> None:
    driver = await _fresh(env)
    for text in ("", "Zoë 🙂 – “quoted”", "a\r\nb\tc", "'; DROP TABLE x; --", "\u2028\ufeff"):
        same(await _rows(driver, "SELECT ?1 AS text", text), [{"text": text}])
