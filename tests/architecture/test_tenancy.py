"""Tenancy is machinery: SQL is literal, stands where SQL may stand, and each table in it is pinned to a tenant."""

import ast

import pytest
import sqlglot
from architecture.sources import Literal, imports, name_of, statements, tree_of, under
from architecture.tenancy import strays

from support.sqlite import SqliteDriver

# Work across tenants, each with its reason: the tick looks at everybody, a host or a bell is somebody's, and whether
# the database works is asked of nobody.
ACROSS = {
    ("src/frontdesk/core/tick.py", "_round"),
    *(("src/frontdesk/core/cadences.py", name) for name in ("OUT_OF_STEP", "_WRITE", "_DROP", "_SETTLE")),
    ("src/frontdesk/core/rows.py", "DUE"),
    ("src/frontdesk/core/health.py", "database"),
    ("src/frontdesk/tenants/queries.py", "by_host"),
    ("src/frontdesk/tenants/queries.py", "by_slug"),
    ("src/frontdesk/tenants/queries.py", "by_id"),
}
SYSTEM_DB = {
    "src/frontdesk/core/ctx.py",
    "src/frontdesk/core/db.py",
    "src/frontdesk/core/health.py",
    "src/frontdesk/core/tick.py",
    "src/frontdesk/tenants/queries.py",
}


def tenant_tables() -> frozenset[str]:
    driver = SqliteDriver()
    names = [row["name"] for row in driver.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return frozenset(
        name
        for name in names
        if any(c["name"] == "tenant_id" for c in driver.rows(f"PRAGMA table_info({name})"))
    )


TABLES = tenant_tables()
STATEMENTS = [each for path in under("src") for each in statements(tree_of(path), name_of(path))]


def test_the_statements_are_found() -> None:
    """If SQL is written in a way the search does not see, every test here is void."""
    assert len(STATEMENTS) > 80
    assert {"contacts", "jobs", "messages", "events", "sessions"} <= TABLES


@pytest.mark.parametrize(
    "each", STATEMENTS, ids=lambda each: f"{each.file.removeprefix('src/frontdesk/')}:{each.line}"
)
def test_a_statement_stays_within_its_tenant(each: Literal) -> None:
    assert each.whole, "SQL is written out, never put together"
    assert may_hold_sql(each.file), "SQL stands in core, queries and writes"
    stray = strays(each.sql, TABLES)
    if each.place in ACROSS:
        assert stray, "this needs no exception any more"
    else:
        assert not stray


def may_hold_sql(file: str) -> bool:
    parts = file.removeprefix("src/frontdesk/").split("/")
    return parts[0] == "core" or parts[1].removesuffix(".py") in ("queries", "writes")


def test_no_exception_is_left_over() -> None:
    assert {each.place for each in STATEMENTS} >= ACROSS


def test_work_across_tenants_is_done_in_few_places() -> None:
    users = set()
    for path in under("src"):
        words = {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
        if "frontdesk.core.db.SystemDb" in imports(tree_of(path)) or "system_db" in words:
            users.add(name_of(path))
    assert users | {"src/frontdesk/core/db.py"} == SYSTEM_DB


def is_call_of(call: ast.Call, *names: str) -> bool:
    return ast.unparse(call.func).split(".")[-1] in names


def test_drivers_are_handed_to_the_seam_at_once() -> None:
    """Whoever calls a driver binds `:tenant` by hand, so only the commit and the claim do."""
    bare = set()
    for path in under("src"):
        calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        wrapped = {id(arg) for call in calls if is_call_of(call, "TenantDb", "SystemDb") for arg in call.args}
        if any(is_call_of(call, "driver_of") and id(call) not in wrapped for call in calls):
            bare.add(name_of(path))
    assert bare == {"src/frontdesk/core/ctx.py", "src/frontdesk/core/jobs.py"}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT id FROM contacts WHERE id = :id", ["contacts"]),
        ("SELECT id FROM contacts", ["contacts"]),
        ("SELECT id FROM contacts WHERE tenant_id = :id", ["contacts"]),
        ("SELECT id FROM contacts WHERE tenant_id = :tenant OR id = :id", ["contacts"]),
        ("SELECT id FROM contacts WHERE NOT (tenant_id = :tenant)", ["contacts"]),
        ("SELECT id FROM contacts WHERE tenant_id <> :tenant", ["contacts"]),
        (
            "SELECT 1 FROM messages m JOIN contacts c ON c.id = m.contact_id WHERE m.tenant_id = :tenant",
            ["contacts AS c"],
        ),
        (
            "SELECT 1 FROM messages m, contacts c WHERE tenant_id = :tenant",
            ["messages AS m", "contacts AS c"],
        ),
        ("SELECT (SELECT name FROM staff WHERE id = :id) FROM jobs WHERE tenant_id = :tenant", ["staff"]),
        (
            "SELECT id FROM jobs WHERE tenant_id = :tenant AND id IN (SELECT job_id FROM job_done)",
            ["job_done"],
        ),
        ("SELECT id FROM jobs WHERE tenant_id = :tenant UNION ALL SELECT id FROM events", ["events"]),
        ("UPDATE jobs SET state = 'void' WHERE id = :id", ["jobs"]),
        ("DELETE FROM jobs", ["jobs"]),
        ("INSERT INTO jobs (tenant_id, id) VALUES (:id, :id)", ["INSERT INTO jobs"]),
        ("INSERT INTO jobs (id) VALUES (:tenant)", ["INSERT INTO jobs"]),
        ("INSERT INTO jobs VALUES (:tenant, :id)", ["INSERT INTO jobs"]),
        ("INSERT INTO jobs (tenant_id, id) SELECT tenant_id, id FROM events", ["INSERT INTO jobs", "events"]),
        ("SELECT name FROM tenants WHERE slug = :slug", ["tenants"]),
        ("INSERT INTO tenants (id) VALUES (:id)", ["INSERT INTO tenants"]),
    ],
)
def test_the_checker_sees_what_strays(sql: str, found: list[str]) -> None:
    assert sorted(strays(sql, TABLES)) == sorted(found)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SELECT value FROM json_each(:rows)",
        "SELECT id FROM contacts WHERE (tenant_id = :tenant AND (id = :a OR id = :b))",
        "SELECT 1 FROM messages m LEFT JOIN contacts c ON c.tenant_id = :tenant AND c.id = m.contact_id"
        " WHERE m.tenant_id = :tenant",
        "SELECT name FROM tenants WHERE id = :tenant",
        "INSERT INTO jobs (id, tenant_id) SELECT :id, :tenant WHERE EXISTS"
        " (SELECT 1 FROM events WHERE tenant_id = :tenant)",
        "DELETE FROM jobs WHERE tenant_id = :tenant",
    ],
)
def test_the_checker_lets_pass_what_does_not(sql: str) -> None:
    assert strays(sql, TABLES) == []


def test_the_search_sees_statements_wherever_they_are_put_together() -> None:
    source = """
QUERY = "SELECT id FROM contacts"
def read(table, where):
    run(f"SELECT id FROM {table}")
    run("DELETE FROM contacts " + where)
    run("UPDATE contacts SET {}".format(where))
    return "select your seat"
"""
    found = [(each.owner, each.whole) for each in statements(ast.parse(source), "x.py")]
    assert found == [("QUERY", True), ("read", False), ("read", False), ("read", False)]


def test_a_statement_may_be_filled_with_its_modules_constants_and_is_read_whole() -> None:
    source = """
_FIELDS = "id, name"
_SHOWN = f"SELECT {_FIELDS} FROM contacts"
def read(_fields):
    run(f"SELECT {_FIELDS} FROM contacts WHERE id = {_OTHER}")
    run(f"SELECT {_fields} FROM contacts")
    run(f"SELECT {_FIELDS} FROM contacts" + where)
"""
    found = [(each.sql, each.whole) for each in statements(ast.parse(source), "x.py")]
    assert found == [
        ("SELECT id, name FROM contacts", True),
        ("SELECT id, name FROM contacts WHERE id = ?", False),
        ("SELECT ? FROM contacts", False),
        ("SELECT id, name FROM contacts", False),
    ]


def test_every_statement_is_one_statement() -> None:
    assert [each.place for each in STATEMENTS if len(sqlglot.parse(each.sql, dialect="sqlite")) != 1] == []
