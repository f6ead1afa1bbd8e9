"""Routes from a table: permission before parsing, bounded JSON, one error shape, the right refusals."""

from functools import partial
from typing import Annotated, Any

import pytest
from fastapi import Form, Response
from pydantic import BaseModel, Field

from frontdesk.core.ctx import Actor
from frontdesk.core.door import Door, answer
from frontdesk.core.errors import Conflict, FrontdeskError, RateLimited, Unavailable
from frontdesk.core.routing import ArrivalDep, CtxDep, Route, build
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import Wiring
from frontdesk.edge import asgi
from support.calls import ask, parsed, run
from support.platform import World, make_platform, make_tenant


class Thing(BaseModel):
    name: str = Field(max_length=5)
    extra: Any = None


async def list_things(ctx: CtxDep, limit: Annotated[int, Field(le=10)] = 5) -> list[Thing]:
    """Things of this tenant."""
    return [Thing(name=ctx.tenant.slug[:5])] * limit


async def add_thing(ctx: CtxDep, thing: Thing) -> Thing:
    return thing


async def remove_thing(ctx: CtxDep, name: str) -> None:
    return None


async def where_from(request: ArrivalDep, response: Response) -> dict[str, str]:
    response.headers["set-cookie"] = "a=b"
    return {"url": request.url}


FAILURES: dict[str, Exception] = {
    "conflict": Conflict("Taken."),
    "limited": RateLimited("Slow down.", retry_after=7),
    "down": Unavailable("The database did not answer.", cause="D1_ERROR: secret internals"),
    "sql": FrontdeskError("The database refused a statement: SELECT secret"),
    "bug": KeyError("secret internals"),
}


async def fail(how: str) -> None:
    raise FAILURES[how]


async def add_openly(ctx: CtxDep, thing: Thing) -> Thing:
    return thing


async def fail_page(how: str) -> None:
    raise FAILURES[how]


ROUTES = [
    Route("GET", "/api/v1/things", list_things, "things:read", "List things"),
    Route("POST", "/api/v1/things", add_thing, "things:write", "Add a thing", status=201),
    Route("DELETE", "/api/v1/things/{name}", remove_thing, "things:write", "Remove a thing", status=204),
    Route("GET", "/api/v1/where", where_from, None, "Where from"),
    Route("PUT", "/api/v1/open", add_openly, None, "Anybody's thing"),
    Route("GET", "/api/v1/fail/{how}", fail, None, "Fail"),
    Route("GET", "/fail/{how}", fail_page, None, "Fail as a page", in_document=False),
]
TENANT = make_tenant(make_platform())
READER, WRITER = Actor("staff", "r", "viewer"), Actor("staff", "w", "owner")
API = build(ROUTES, lambda actor, may: actor == WRITER or may.endswith(":read"))


def send(world: World, actor: Actor | None, method: str, path: str, **rest: Any) -> HttpResponse:
    """One request as `actor`, through the real door and adapter."""

    async def tenant_at(platform: Any, host: str) -> Any:
        return TENANT

    async def actor_of(platform: Any, tenant: Any, request: Any) -> Actor | None:
        return actor

    door = Door(tenant_at, actor_of, partial(asgi.call, API))
    if actor:
        rest.setdefault("token", "x")
    return run(answer(world.platform, Wiring({}, {}), door, ask(method, path, **rest)))


@pytest.fixture
def world() -> World:
    return make_platform()


def problem(response: HttpResponse) -> Any:
    assert response.headers["content-type"] == "application/problem+json"
    body = parsed(response)
    assert body["status"] == response.status
    assert body["type"] == f"urn:frontdesk:problem:{body['code']}"
    assert body["trace_id"] == response.headers["x-request-id"]
    return body


def test_a_permitted_call_answers(world: World) -> None:
    response = send(world, READER, "GET", "/api/v1/things?limit=2")
    assert response.status == 200
    assert parsed(response) == [{"name": "harbo", "extra": None}] * 2
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_creation_and_removal_have_their_statuses(world: World) -> None:
    assert send(world, WRITER, "POST", "/api/v1/things", json_body={"name": "a"}).status == 201
    gone = send(world, WRITER, "DELETE", "/api/v1/things/a")
    assert (gone.status, gone.body) == (204, b"")


@pytest.mark.parametrize("body", [b"{not json", b"[" * 7000, b"\xff\xfe", b"x" * 900_000])
def test_permission_comes_before_the_body(world: World, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    nobody = send(world, None, "POST", "/api/v1/things", body=body, headers=headers)
    assert problem(nobody)["code"] == "unauthenticated"
    assert nobody.headers["www-authenticate"].startswith("Bearer")
    reader = send(world, READER, "POST", "/api/v1/things", body=body, headers=headers)
    assert problem(reader)["code"] == "forbidden"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{not json", 400),
        (b"[" * 7000, 400),
        (b'{"name":' + b"[" * 7000 + b"]" * 7000 + b"}", 400),
        (b'{"name": "\xff"}', 400),
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": NaN}', 400),
        (b'{"name": 1' + b"0" * 5000 + b"}", 400),
        (b'"' + b"x" * 1_000_001 + b'"', 413),
        (b"[]", 422),
        (b"null", 422),
        (b"", 422),
        (b'{"name": "too long"}', 422),
    ],
)
def test_bad_bodies_are_the_callers_fault(world: World, body: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    response = send(world, WRITER, "POST", "/api/v1/things", body=body, headers=headers)
    assert problem(response)["status"] == status
    assert send(world, WRITER, "POST", "/api/v1/things", json_body={"name": "a"}).status == 201


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ({f"k{n}": n for n in range(5_001)}, 413),
        ([[0] * 100] * 60, 413),
        ([{"a": 0}] * 2_600, 413),
        ([[]] * 5_001, 413),
        ([{"a": 0}] * 2_000, 201),
    ],
)
def test_a_body_has_so_many_values(world: World, field: Any, status: int) -> None:
    """Each one a model refuses is written down: by the hundred thousand that held up everybody."""
    body = {"name": "a", "extra": field}
    assert send(world, WRITER, "POST", "/api/v1/things", json_body=body).status == status


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data; boundary=x", "image/png", "/;;=\x01"]
)
def test_only_json_is_parsed(world: World, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    response = send(world, WRITER, "POST", "/api/v1/things", body=b'{"name": "a"}', headers=headers)
    assert problem(response)["status"] == 422


def test_fields_at_fault_are_named_without_their_values(world: World) -> None:
    response = send(world, WRITER, "POST", "/api/v1/things", json_body={"name": "hunter2"})
    assert problem(response)["errors"] == [
        {"field": "name", "message": "String should have at most 5 characters"}
    ]
    assert b"hunter2" not in response.body
    response = send(world, READER, "GET", "/api/v1/things?limit=11")
    assert problem(response)["errors"][0]["field"] == "limit"


@pytest.mark.parametrize(
    ("how", "status", "retry"),
    [
        ("conflict", 409, None),
        ("limited", 429, "7"),
        ("down", 503, "5"),
        ("sql", 500, None),
        ("bug", 500, None),
    ],
)
def test_errors_become_problems(world: World, how: str, status: int, retry: str | None) -> None:
    response = send(world, None, "GET", f"/api/v1/fail/{how}")
    assert problem(response)["status"] == status
    assert response.headers.get("retry-after") == retry
    assert b"secret" not in response.body
    assert (any('"traceback"' in line for line in world.lines)) == (status >= 500)


def test_people_get_a_page(world: World) -> None:
    response = send(world, None, "GET", "/fail/conflict", headers={"accept": "text/html,*/*"})
    assert response.status == 409
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert b"Taken." in response.body
    assert "script" not in response.headers["content-security-policy"].replace("script-src", "")


def test_unknown_paths_and_methods(world: World) -> None:
    assert problem(send(world, None, "GET", "/api/v1/nothing"))["code"] == "not_found"
    assert problem(send(world, None, "GET", "/api/v1/things/"))["code"] == "not_found"
    refused = send(world, WRITER, "PATCH", "/api/v1/things")
    assert problem(refused)["code"] == "method_not_allowed"
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    for odd in ("TRACE", "BREW", "get"):
        assert send(world, WRITER, odd, "/api/v1/things").status == 405


def test_head_and_options(world: World) -> None:
    head = send(world, READER, "HEAD", "/api/v1/things")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-type"] == "application/json"
    assert send(world, None, "HEAD", "/api/v1/things").status == 401
    options = send(world, None, "OPTIONS", "/api/v1/things")
    assert (options.status, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_the_document_tells_each_permission(world: World) -> None:
    response = send(world, None, "GET", "/api/openapi.json")
    assert response.status == 200
    document = parsed(response)
    add = document["paths"]["/api/v1/things"]["post"]
    assert add["x-permission"] == "things:write"
    assert add["operationId"].endswith("_add_thing")
    assert add["security"] == [{"session": []}, {"bearer": []}]
    assert add["responses"]["403"]["content"]["application/problem+json"]["schema"]["$ref"].endswith(
        "/Problem"
    )
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert {"Problem", "FieldProblem", "Thing"} <= document["components"]["schemas"].keys()
    assert document["paths"]["/api/v1/where"]["get"]["x-permission"] == "public"
    assert "/fail/{how}" not in document["paths"]
    assert set(document["components"]["securitySchemes"]) == {"session", "bearer"}


def test_every_reference_of_the_document_resolves() -> None:
    document = API.openapi()

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if "$ref" in value else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    schemas = document["components"]["schemas"]
    assert {each.rpartition("/")[2] for each in references(document)} <= schemas.keys()


def test_no_page_of_documentation_and_no_redirects(world: World) -> None:
    assert send(world, None, "GET", "/docs").status == 404
    assert send(world, None, "GET", "/redoc").status == 404


def test_a_table_with_a_mistake_is_refused() -> None:
    def threaded() -> None: ...

    async def form(name: Annotated[str, Form()]) -> None: ...

    def yes(actor: Actor, may: str) -> bool:
        return True

    with pytest.raises(TypeError, match="must be async"):
        build([Route("GET", "/a", threaded, None, "")], yes)  # type: ignore[arg-type]
    with pytest.raises((TypeError, RuntimeError)):
        build([Route("POST", "/a", form, None, "")], yes)
    with pytest.raises(ValueError, match="two routes"):
        build([ROUTES[0], ROUTES[0]], yes)
