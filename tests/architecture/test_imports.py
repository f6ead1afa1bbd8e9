"""Who may know whom: the layers, the edge, and what no room may call."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from architecture.sources import PACKAGE, ROOT, SRC, imports, name_of, tree_of, under

RUNTIME = ("js", "pyodide", "pyodide_js", "workers", "_pyodide")


def of_runtime(tree: ast.Module) -> set[str]:
    """What a module imports that exists only inside workerd."""
    return {name for name in imports(tree) if name.split(".")[0] in RUNTIME}


def at_the_edge(path: Path) -> bool:
    return path in (SRC / "main.py", PACKAGE / "objects.py") or path.is_relative_to(PACKAGE / "edge")


def raw_json(tree: ast.Module) -> bool:
    """Whether a module could parse JSON with the standard library, whose recursion kills the isolate."""
    return any(name == "json" or name.startswith("json.") for name in imports(tree))


def test_only_the_edge_knows_cloudflare() -> None:
    found = {name_of(path): of_runtime(tree_of(path)) for path in under("src") if not at_the_edge(path)}
    assert {name: names for name, names in found.items() if names} == {}


def test_everything_else_imports_under_plain_python() -> None:
    """The edge may not be imported by what is tested here, the ASGI bridge aside: it awaits nothing of theirs."""
    users = {
        name_of(path): sorted(name for name in imports(tree_of(path)) if name.startswith("frontdesk.edge"))
        for path in under("src")
        if not at_the_edge(path)
    }
    assert {name for name, used in users.items() if used} <= {"src/frontdesk/app.py"}
    assert set(users["src/frontdesk/app.py"]) <= {"frontdesk.edge", "frontdesk.edge.asgi"}


AT_IMPORT = """
import os, random, secrets, sys, time, uuid
import fastapi, jinja2, phonenumbers, pydantic

def refuse(*args, **named):
    raise OSError("not while it is imported")

for module, names in {os: "urandom", time: "time time_ns monotonic", random: "random randint choice",
                      secrets: "randbits token_bytes token_hex token_urlsafe", uuid: "uuid4"}.items():
    for name in names.split():
        setattr(module, name, refuse)
import frontdesk.app
"""


def test_nothing_is_random_and_nobody_asks_the_time_while_it_is_imported() -> None:
    """A deployment keeps the memory as it is after the imports; Cloudflare refuses both until a request comes."""
    done = subprocess.run(
        [sys.executable, "-c", AT_IMPORT],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_untrusted_bytes_never_meet_the_standard_parser() -> None:
    assert [name_of(path) for path in under("src") if raw_json(tree_of(path))] == []


def test_rules_decide_and_do_not_wait() -> None:
    waiting = [
        name_of(path)
        for path in under("src")
        if "rules" in path.with_suffix("").parts
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    ]
    assert waiting == []


def test_writes_describe_and_do_not_wait() -> None:
    waiting = [
        name_of(path)
        for path in under("src")
        if "writes" in path.with_suffix("").parts
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    ]
    assert waiting == []


@pytest.mark.parametrize(
    "source",
    [
        "import js",
        "from js import Object",
        "import pyodide.ffi",
        "from pyodide.ffi import to_js",
        "def late():\n    from workers import Response",
        "import importlib\nimportlib.import_module('js')",
    ],
)
def test_the_checker_sees_the_runtime(source: str) -> None:
    assert of_runtime(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["import json", "from json import loads", "import json as j", "import json.decoder"]
)
def test_the_checker_sees_the_standard_parser(source: str) -> None:
    assert raw_json(ast.parse(source))


def test_the_checkers_let_others_pass() -> None:
    innocent = ast.parse(
        "import jsonschema\nfrom frontdesk.core.parsing import parse_json\nfrom .js import x"
    )
    assert not raw_json(innocent) and not of_runtime(innocent)


def layers(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(command), "--no-cache", "--config", str(config)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_the_layers_hold() -> None:
    result = layers(SRC, ROOT / "pyproject.toml")
    assert result.returncode == 0, result.stdout


def test_a_layer_that_is_broken_is_noticed(tmp_path: Path) -> None:
    """The same contracts over a house in which the core imports a feature."""
    for path in under("src"):
        if path.is_relative_to(PACKAGE):
            copy = tmp_path / path.relative_to(SRC)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text())
    core = tmp_path / "frontdesk/core/clock.py"
    core.write_text(core.read_text() + "\nfrom frontdesk.contacts import rules\n")
    result = layers(tmp_path, ROOT / "pyproject.toml")
    assert result.returncode != 0
    assert "frontdesk.core.clock -> frontdesk.contacts.rules" in result.stdout
