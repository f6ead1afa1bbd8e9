"""scripts/deploy: it fails before it touches anything, and migrates before it uploads."""

import json
import sqlite3
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from devtools import deploy as deploying
from devtools.deploy import deploy, missing
from local import child
from local.child import ROOT

FILLED: dict[str, Any] = {
    "vars": {
        "ENVIRONMENT": "production",
        "PLATFORM_DOMAIN": "desk.test",
        "RESEND_API": "https://api.resend.com",
    },
    "routes": [{"pattern": f"{name}/*", "zone_name": "desk.test"} for name in ("desk.test", "*.desk.test")],
    "d1_databases": [{"database_name": "frontdesk", "database_id": "5b1c0f6e-8a53-4c43-9c1c-b0a1d1e2f3a4"}],
    "kv_namespaces": [{"binding": "KV", "id": "0f2ac74b498b48028cb68387c421e279"}],
}
ALL = ["MASTER_KEY_CURRENT", "VAPID_PUBLIC_KEY", "VAPID_PRIVATE_KEY", "VAPID_SUBJECT"]
LOOK = "d1 execute DB --remote --env production --json --command"
MIGRATE = "d1 execute DB --remote --env production --yes --file"
LIST = "secret list --env production --format json"


WRANGLER = """#!{python}
import json, os, sqlite3, sys
os.chdir("{tree}")
asked = sys.argv[1:]
*words, last = asked
shown = "..." if words[-1:] == ["--command"] else last.split("/")[-1]
with open("asked", "a") as file:
    print(*words, shown, file=file)
if open("fails").read() in (asked[0], shown):
    sys.exit(1)
if asked[0] == "secret":
    print(open("secrets").read())
if asked[0] == "d1":
    database = sqlite3.connect("database")
    if words[-1] == "--file":
        database.executescript("BEGIN;" + open(last).read() + "COMMIT;")
    else:
        make, ask = last.split(";")
        database.execute(make)
        rows = [dict(name=name) for name, in database.execute(ask)]
        print(json.dumps([dict(results=[]), dict(results=rows)]))
"""
MIGRATIONS = sorted(path.name for path in (ROOT / "migrations").glob("*.sql"))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that is ready to deploy, and a wrangler that writes down what it is asked, with a database."""
    wrangler = tmp_path / "node_modules" / ".bin" / "wrangler"
    wrangler.parent.mkdir(parents=True)
    wrangler.write_text(WRANGLER.format(python=sys.executable, tree=tmp_path))
    wrangler.chmod(0o755)
    (tmp_path / "migrations").symlink_to(ROOT / "migrations")
    (tmp_path / "fails").write_text("nothing")
    set_secrets(tmp_path, ALL)
    variables = "\n".join(f'{name} = "{value}"' for name, value in FILLED["vars"].items())
    routes = ", ".join(
        f'{{ pattern = "{route["pattern"]}", zone_name = "desk.test" }}' for route in FILLED["routes"]
    )
    (tmp_path / "wrangler.toml").write_text(
        f"[env.production]\nroutes = [{routes}]\n[env.production.vars]\n{variables}\n"
    )
    monkeypatch.setattr(deploying, "ROOT", tmp_path)
    monkeypatch.setattr(child, "ROOT", tmp_path)
    return tmp_path


def set_secrets(tree: Path, names: list[str]) -> None:
    (tree / "secrets").write_text(json.dumps([{"name": name, "type": "secret_text"} for name in names]))


def asked(tree: Path) -> list[str]:
    return (tree / "asked").read_text().splitlines()


def test_what_is_complete_is_migrated_and_then_uploaded(tree: Path) -> None:
    deploy("production", ["--minify"])
    uploaded = "deploy --env production --minify"
    assert asked(tree) == [LIST, f"{LOOK} ...", *(f"{MIGRATE} {name}" for name in MIGRATIONS), uploaded]
    database = sqlite3.connect(tree / "database")
    assert [name for (name,) in database.execute("SELECT name FROM d1_migrations ORDER BY id")] == MIGRATIONS
    triggers = database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()
    assert triggers[0] > 10
    (tree / "asked").unlink()
    deploy("production", ["--minify"])
    assert asked(tree) == [LIST, f"{LOOK} ...", uploaded]


def test_a_migration_that_fails_is_the_next_deployments_first(tree: Path) -> None:
    (tree / "fails").write_text(MIGRATIONS[2])
    with pytest.raises(SystemExit, match="wrangler d1 execute failed"):
        deploy("production", [])
    assert asked(tree)[-1] == f"{MIGRATE} {MIGRATIONS[2]}"
    (tree / "fails").write_text("nothing")
    (tree / "asked").unlink()
    deploy("production", [])
    assert asked(tree)[2] == f"{MIGRATE} {MIGRATIONS[2]}"
    assert asked(tree)[-1] == "deploy --env production"


@pytest.mark.parametrize("lacking", [[*ALL[1:]], ALL[:2]])
def test_a_secret_that_is_not_set_stops_it_before_anything_is_changed(
    tree: Path, lacking: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    set_secrets(tree, lacking)
    with pytest.raises(SystemExit, match="nothing was changed"):
        deploy("production", [])
    assert asked(tree) == [LIST]
    told = capsys.readouterr().out
    for name in set(ALL) - set(lacking):
        assert f"`wrangler secret put {name} --env production`" in told


def test_pushes_may_be_left_out_whole(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_secrets(tree, ALL[:1])
    deploy("production", [])
    assert asked(tree)[-1] == "deploy --env production"
    assert "no browser is pushed anything" in capsys.readouterr().out


def test_whoever_is_not_signed_in_is_told_how(tree: Path) -> None:
    (tree / "fails").write_text("secret")
    with pytest.raises(SystemExit, match="wrangler login"):
        deploy("production", [])
    assert asked(tree) == [LIST]


def test_code_is_not_uploaded_over_a_database_it_does_not_know(tree: Path) -> None:
    (tree / "fails").write_text("d1")
    with pytest.raises(SystemExit, match="nothing was changed"):
        deploy("production", [])
    assert asked(tree) == [LIST, f"{LOOK} ..."]


def test_a_dry_run_only_builds(tree: Path) -> None:
    deploy("production", ["--dry-run"])
    assert asked(tree) == ["deploy --env production --dry-run"]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_committed_placeholders_are_all_found(environment: str) -> None:
    committed = tomllib.loads((ROOT / "wrangler.toml").read_text())["env"][environment]
    found = "\n".join(missing(environment, committed))
    assert found.count("\n") == 2
    for word in ("PLATFORM_DOMAIN", "database_id", "KV"):
        assert word in found


def test_nothing_is_found_in_what_is_filled_in() -> None:
    assert missing("production", FILLED) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("RESEND_API", "http://127.0.0.1:8788/resend"),
    ],
)
def test_a_variable_of_somewhere_else_is_found(name: str, value: str) -> None:
    [found] = missing("production", {**FILLED, "vars": {**FILLED["vars"], name: value}})
    assert name in found


def test_a_domain_that_is_not_ones_own_or_that_no_route_brings_here_is_found() -> None:
    told = "\n".join(
        missing("production", {**FILLED, "vars": {**FILLED["vars"], "PLATFORM_DOMAIN": "localhost"}})
    )
    assert "PLATFORM_DOMAIN is 'localhost'" in told
    [found] = missing("production", {**FILLED, "routes": FILLED["routes"][:1]})
    assert "no route brings *.desk.test/* here" in found


@pytest.mark.parametrize(
    ("zone", "fine"), [("desk.test", True), ("test", True), ("frontdesk.example", False)]
)
def test_a_route_of_another_zone_is_found(zone: str, fine: bool) -> None:
    found = missing(
        "production", {**FILLED, "routes": [{**each, "zone_name": zone} for each in FILLED["routes"]]}
    )
    assert len(found) == (0 if fine else 2)
