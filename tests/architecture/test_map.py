"""The map is complete: every job has a handler, every handler a way to it, every failpoint its place."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from architecture.sources import PACKAGE, name_of, tree_of, under

from frontdesk import app, routes
from frontdesk.auth.rules import PERMISSIONS
from frontdesk.core.failpoints import FAILPOINTS
from frontdesk.core.rows import EVALUATE

ROOMS = [path for path in under("src") if path != PACKAGE / "app.py"]


def constants() -> dict[str, str]:
    """Texts by the name a module gives them; names that mean two things are left out."""
    found: dict[str, set[str]] = {}
    for path in ROOMS:
        for node in tree_of(path).body:
            if isinstance(node, ast.Assign):
                for target, value in _pairs(node):
                    found.setdefault(target, set()).add(value)
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def _pairs(node: ast.Assign) -> Iterator[tuple[str, str]]:
    target, value = node.targets[0], node.value
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    values = value.elts if isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple) else [value]
    for name, each in zip(names, values, strict=False):
        if isinstance(name, ast.Name) and isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield name.id, each.value


def patterns(node: ast.expr, known: dict[str, str]) -> list[str]:
    """What a first argument can be, as regular expressions."""
    match node:
        case ast.Constant(value=str(text)):
            return [re.escape(text)]
        case ast.JoinedStr(values=parts):
            return [
                "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in parts)
            ]
        case ast.IfExp(body=body, orelse=orelse):
            return patterns(body, known) + patterns(orelse, known)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return [re.escape(known[name])] if name in known else []
    return []


def called_with(*functions: str, place: int = 0) -> set[str]:
    """What these functions are called with all over the house."""
    known = constants()
    return {
        pattern
        for path in ROOMS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in functions
        and len(node.args) > place
        for pattern in patterns(node.args[place], known)
    }


def test_every_kind_of_job_has_a_handler() -> None:
    asked = called_with("JobDraft")
    assert asked
    for pattern in asked:
        assert any(re.fullmatch(pattern, kind) for kind in app.JOBS), pattern
    for kind in [
        *(kind for kinds in app.EVENTS.values() for kind in kinds),
        *(c.kind for c in app.CADENCES.values()),
    ]:
        assert kind in app.JOBS


def test_every_handler_can_be_reached() -> None:
    ways = {kind for kinds in app.EVENTS.values() for kind in kinds} | {c.kind for c in app.CADENCES.values()}
    ways.add(EVALUATE)  # by the commit itself, where a rule waits for the event
    asked = called_with("JobDraft")
    lost = [kind for kind in app.JOBS if kind not in ways and not any(re.fullmatch(p, kind) for p in asked)]
    assert lost == []


def test_every_event_with_a_handler_is_told_by_somebody() -> None:
    told = called_with("event", "EventDraft") | called_with("Accepted", place=1)
    unheard = [name for name in app.EVENTS if not any(re.fullmatch(pattern, name) for pattern in told)]
    assert unheard == []


def test_what_is_told_live_is_told_by_somebody_and_takes_a_permission_that_exists() -> None:
    assert set(app.LIVE.values()) <= set(PERMISSIONS)
    told = {pattern.partition(r"\.")[0] for pattern in called_with("event", "EventDraft")}
    assert [topic for topic in app.LIVE if not any(re.fullmatch(pattern, topic) for pattern in told)] == []
    assert "auth" not in app.LIVE, "codes and sessions are nobody's news"


def test_a_cadences_bell_is_its_jobs() -> None:
    assert {name: c.bell for name, c in app.CADENCES.items()} == {
        name: app.JOBS[c.kind].bell for name, c in app.CADENCES.items()
    }


def test_every_job_belongs_to_the_feature_it_is_named_after() -> None:
    for kind, job in app.JOBS.items():
        assert job.handler.__module__.startswith(f"frontdesk.{kind.split('.')[0]}."), kind


def test_every_failpoint_is_reached_in_one_place_by_its_name() -> None:
    reached: Counter[str] = Counter()
    for path in ROOMS:
        if name_of(path) in ("src/frontdesk/edge/runtime.py", "src/frontdesk/core/failpoints.py"):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("platform.reach"):
                (name,) = node.args
                assert isinstance(name, ast.Constant), f"{name_of(path)}:{node.lineno} is not a literal"
                reached[str(name.value)] += 1
    assert reached == dict.fromkeys(FAILPOINTS, 1)


def test_every_route_needs_a_permission_that_exists_or_is_open_on_purpose() -> None:
    open_ = {f"{route.method} {route.path}" for route in routes.ROUTES if route.may is None}
    assert open_ == {
        "POST /api/v1/auth/codes",
        "POST /api/v1/auth/sessions",
        "GET /",
        "GET /app",
        "GET /app/{path:path}",
        "GET /docs/api",
        "GET /unsubscribe/{token}",
        "POST /unsubscribe/{token}",
    }
    assert {route.may for route in routes.ROUTES if route.may} <= set(PERMISSIONS)


def test_what_changes_something_needs_more_than_reading() -> None:
    for route in routes.ROUTES:
        # A preview is posted because a template is long; it changes nothing. So are a rule read out, or tried.
        if (
            route.may
            and route.method != "GET"
            and not route.path.endswith(("/preview", "/sentence", "/dry-run"))
        ):
            assert not route.may.endswith(":read"), route.path


def test_the_reading_of_calls_sees_every_way_to_write_a_name() -> None:
    known = {"SEND": "a.send"}
    tree = ast.parse("f('a.b')\nf(SEND)\nf(writes.SEND)\nf(f'a.{x}')\nf('a' if y else SEND)\nf(unknown)")
    calls = [
        node.value for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert [patterns(call.args[0], known) for call in calls] == [
        [r"a\.b"],
        [r"a\.send"],
        [r"a\.send"],
        [r"a\.\w+"],
        ["a", r"a\.send"],
        [],
    ]
