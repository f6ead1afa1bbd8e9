"""The house stays readable: sizes, names, first sentences, and nothing left lying about."""

import ast
import re
import tomllib

import pytest
from architecture.sources import PACKAGE, ROOT, name_of, tracked, tree_of, under

from support.sqlite import SqliteDriver

MOST_LINES = 400
ROOMS = frozenset({"api", "pages", "actions", "rules", "queries", "writes", "jobs"})
# Not a feature: the seams, the edge, the providers.
NO_FEATURE = frozenset({"core", "edge", "integrations"})
# Opening a secret is no query (it decrypts) and no rule (it awaits); one file says so.
ODD_ROOMS = frozenset({("tenants", "secrets")})
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|services?)($|_)")
VAGUE_CLASS = re.compile(r"(Utils?|Helpers?|Manager|Service|Repository|Container)$")

PYTHON = under("src", "scripts", "tests")
OURS = PYTHON + under("public", "scripts", "tests", "src", suffixes=(".js", ".mjs", ".css", ".sh"))
TEXTS = [path for path in tracked() if path.suffix not in (".png", ".jpg", ".woff2", ".ico", ".webp", ".gz")]


def test_no_file_is_longer_than_a_reader_stands() -> None:
    long = {
        name_of(path): count for path in OURS if (count := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_the_median_file_is_short() -> None:
    sizes = sorted(len(path.read_text().splitlines()) for path in under("src"))
    assert sizes[len(sizes) // 2] <= 130


def test_a_feature_has_these_rooms_and_no_others() -> None:
    odd = set()
    for path in under("src"):
        if not path.is_relative_to(PACKAGE):
            continue
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if len(parts) > 1 and parts[0] not in NO_FEATURE and parts[1] not in ROOMS | {"__init__"}:
            odd.add(parts[:2])
    assert odd == ODD_ROOMS


def test_above_the_rooms_there_is_only_the_map() -> None:
    assert {path.name for path in under("src") if path.parent == PACKAGE} <= {
        "__init__.py",
        "app.py",
        "objects.py",
        "routes.py",
        "webhooks.py",
    }


def test_no_name_says_nothing() -> None:
    files = PYTHON + under("public", suffixes=(".js", ".css"))
    vague = [
        name_of(path) for path in files if any(VAGUE.search(part) for part in path.with_suffix("").parts)
    ]
    assert vague == []
    classes = [
        f"{name_of(path)}: {node.name}"
        for path in PYTHON
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name)
    ]
    assert classes == []


def opening_of(tree: ast.Module) -> str:
    return (ast.get_docstring(tree) or "").split("\n")[0]


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_a_module_opens_with_one_sentence(path: object) -> None:
    assert isinstance(path, type(PACKAGE))
    if path.name == "__init__.py" and not path.read_text().strip():
        return  # a folder that needs no word
    opening = opening_of(tree_of(path))
    assert opening and opening[-1] in ".?!:", f"{name_of(path)} opens with {opening!r}"


MAP = (ROOT / "docs" / "architecture.md").read_text()


def rooms() -> set[str]:
    """The modules and packages of the house itself."""
    ours = [path.relative_to(PACKAGE) for path in under("src") if path.is_relative_to(PACKAGE)]
    return {path.parts[0].removesuffix(".py") for path in ours}


def test_every_room_and_every_module_of_core_and_edge_is_on_the_map() -> None:
    told = {word for words in re.findall(r"`([^`]+)`", MAP) for word in re.findall(r"\w+", words)}
    modules = {path.stem for path in under("src") if path.parent in (PACKAGE / "core", PACKAGE / "edge")}
    assert (rooms() | modules) - told - {"__init__"} == set()


def test_the_layers_that_hold_are_those_of_the_map_and_leave_no_room_out() -> None:
    (shown,) = re.findall(r"```\nmain\n(.*?)\n```", MAP, re.DOTALL)
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers, apart = config["tool"]["importlinter"]["contracts"]
    assert shown.splitlines() == [re.sub(r"[()]", "", layer) for layer in layers["layers"]]
    knowing = {"app", "objects", "edge", "__init__"}
    assert {name.removeprefix("frontdesk.") for name in apart["source_modules"]} == rooms() - knowing


def test_what_was_promised_is_played_by_tests_there_are() -> None:
    testing = (ROOT / "docs" / "testing.md").read_text()
    told = re.findall(r"`(test_\w+)::(test_\w+)`", testing)
    assert len(told) > 100
    there = {
        (path.stem, node.name)
        for path in under("tests")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
    }
    assert set(told) - there == set()
    files = {name_of(path.with_suffix("")) for path in under("tests")}
    named = re.findall(r"`((?:\w+/)*test_\w+)`", testing)
    assert [name for name in named if not any(file.endswith(f"/{name}") for file in files)] == []


def test_nothing_is_put_off_by_a_note() -> None:
    words = ["".join(halves) for halves in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"))]
    notes = re.compile(rf"\b({'|'.join(words)})\b")
    found = [name_of(path) for path in TEXTS if notes.search(path.read_text(errors="replace"))]
    assert found == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    folders = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w")
    registries = re.compile(
        r"registry\.npm" r"js|files\.python" r"hosted|py" r"pi\.org|npm" r"js\.com|deb\.deb" r"ian"
    )
    found = {
        f"{name_of(path)}:{number}"
        for path in TEXTS
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if folders.search(line) or registries.search(line)
    }
    assert found == set()


def test_tables_are_strict_and_begin_with_their_tenant() -> None:

    driver = SqliteDriver()
    across = {"jobs_due", "jobs_leased", "cadences_due"}  # what the tick looks at
    for table in driver.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ):
        assert re.search(r"\bSTRICT\b", table["sql"]), table["name"]
        columns = [column["name"] for column in driver.rows(f"PRAGMA table_info({table['name']})")]
        if "tenant_id" not in columns:
            assert table["name"] == "tenants"
            continue
        for index in driver.rows(f"PRAGMA index_list({table['name']})"):
            first = driver.rows(f"PRAGMA index_info({index['name']})")[0]["name"]
            assert first == "tenant_id" or index["name"] in across or table["name"] == "domains", index[
                "name"
            ]


def test_no_index_is_there_twice() -> None:
    seen: dict[str, str] = {}
    for index in SqliteDriver().rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''"
    ):
        over = " ".join(index["sql"].partition(" ON ")[2].split())
        assert over not in seen, f"{index['name']} is {seen.get(over)}"
        seen[over] = index["name"]
