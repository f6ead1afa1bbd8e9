"""From a literal table of routes to the ASGI app: permission before parsing, bounded JSON, one error tree."""

import inspect
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from frontdesk.core.arrival import COOKIE, Arrival
from frontdesk.core.ctx import Actor, Ctx
from frontdesk.core.errors import (
    Forbidden,
    FrontdeskError,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    Unauthenticated,
)
from frontdesk.core.parsing import parse_body
from frontdesk.core.problems import PROBLEM, Problem

PUBLIC = "public"
"""What the document says of a route that needs no permission."""
Allowed = Callable[[Actor, str], bool]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the map. `may` is the permission it needs; None is open to the world."""

    method: str
    path: str
    endpoint: Callable[..., Coroutine[Any, Any, Any]]
    may: str | None
    summary: str
    status: int = 200
    in_document: bool = True

    @property
    def feature(self) -> str:
        """The folder the endpoint lives in: `frontdesk.contacts.api` -> `contacts`."""
        return self.endpoint.__module__.removeprefix("frontdesk.").split(".")[0]

    @property
    def operation(self) -> str:
        """Its name in the OpenAPI document, unique over the product."""
        return f"{self.feature}_{self.endpoint.__name__}"


async def _ctx(request: Request) -> Ctx:
    ctx = request.scope.get("frontdesk.ctx")
    if not isinstance(ctx, Ctx):
        raise NotFound()
    return ctx


async def _arrival(request: Request) -> Arrival:
    arrival: Arrival = request.scope["frontdesk.arrival"]
    return arrival


CtxDep = Annotated[Ctx, Depends(_ctx)]
"""The context that the door put beside the request."""
ArrivalDep = Annotated[Arrival, Depends(_arrival)]
"""The request as it arrived, for the few endpoints that ask where it came from."""


class _BoundedRequest(Request):
    """Starlette's `json()` is `json.loads`, which deep nesting turns into the end of the isolate."""

    async def json(self) -> Any:
        return parse_body(await self.body())

    def form(self, **limits: Any) -> Any:
        raise Malformed("Forms are not taken here; send application/json.")


class _GuardedRoute(APIRoute):
    """Asks for the permission before FastAPI reads the body: its own dependencies run after."""

    may: str | None
    allowed: Allowed

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if self.may is not None:
                actor = (await _ctx(request)).actor
                if actor.kind != "staff":
                    raise Unauthenticated("Sign in to do this.")
                if not self.allowed(actor, self.may):
                    raise Forbidden(f"This needs the permission {self.may}.")
            return await handle(_BoundedRequest(request.scope, request.receive))

        return guarded


class _Api(FastAPI):
    """FastAPI with our error shape and both ways to sign in written into its document."""

    @cached_property
    def _document(self) -> dict[str, Any]:
        document = get_openapi(
            title=self.title, version=self.version, description=self.description, routes=self.routes
        )
        components = document.setdefault("components", {})
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        components.setdefault("schemas", {}).update(schema.pop("$defs", {}), Problem=schema)
        components["securitySchemes"] = {
            "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
        return document

    def openapi(self) -> dict[str, Any]:
        return self._document


def build(
    routes: Sequence[Route], allowed: Allowed, *, title: str = "Frontdesk", version: str = "1"
) -> FastAPI:
    """The app behind the door. It answers what routes answer and raises everything else, for one handler.

    Raises:
        TypeError: a route that would run in a thread or read a form; neither exists in the Worker.
        ValueError: two routes with the same name, or with the same method and path.

    """
    app = _Api(
        title=title,
        version=version,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={HTTPException: _refused, RequestValidationError: _invalid},
    )
    seen: set[str] = set()
    for route in routes:
        for name in (route.operation, f"{route.method} {route.path}"):
            if name in seen:
                raise ValueError(f"two routes are {name}")
            seen.add(name)
        app.router.routes.append(_made(route, allowed))
    return app


def _made(route: Route, allowed: Allowed) -> APIRoute:
    if not inspect.iscoroutinefunction(route.endpoint):
        raise TypeError(f"{route.operation} must be async: the Worker has no threads")
    # The class attributes are read while the route is constructed, hence one class a route.
    kind = type("_GuardedRoute", (_GuardedRoute,), {"may": route.may, "allowed": staticmethod(allowed)})
    refusals = [400, 401, 403, 404, 409, 413, 422, 429] if route.may else [400, 404, 409, 413, 422, 429]
    made: APIRoute = kind(
        route.path,
        route.endpoint,
        methods=[route.method],
        status_code=route.status,
        tags=[route.feature],
        summary=route.summary,
        operation_id=route.operation,
        include_in_schema=route.in_document,
        responses={status: _refusal(status) for status in refusals},
        openapi_extra={
            "x-permission": route.may or PUBLIC,
            "security": [{"session": []}, {"bearer": []}] if route.may else [],
        },
    )
    if made.body_field is not None and isinstance(made.body_field.field_info, Form):
        raise TypeError(f"{route.operation} must take JSON, not a form")
    return made


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _REFUSALS[status], "content": {PROBLEM: {"schema": schema}}}


_REFUSALS = {
    400: "The body could not be read",
    401: "Nobody is signed in",
    403: "The role lacks the permission",
    404: "Not found, or another tenant's",
    409: "It conflicts with what is there, or was changed in the meantime",
    413: "The body is too large",
    422: "Some fields are not valid",
    429: "Too many requests",
}


async def _refused(request: Request, error: Exception) -> Response:
    """The framework's own refusals as ours. OPTIONS is answered from the table."""
    assert isinstance(error, HTTPException)
    cause = error.__cause__
    if isinstance(cause, FrontdeskError):
        raise cause
    if error.status_code == 405:
        allow = _methods_at(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"allow": allow})
        raise NotAllowed(f"There is no {request.method} here.", allow=allow) from None
    if error.status_code == 404:
        raise NotFound("There is nothing at this address.") from None
    if error.status_code < 500:
        raise Malformed("The request could not be read.") from None
    raise error


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [{"field": _field(item["loc"]), "message": item["msg"]} for item in error.errors()]
    raise Invalid("Some fields are not valid.", errors=problems) from None


def _field(loc: Sequence[str | int]) -> str:
    """`("body", "sms", "sender")` -> `sms.sender`; the whole body is `body`."""
    return ".".join(str(part) for part in loc[1:]) or str(loc[0])


def _methods_at(request: Request) -> str:
    """Every method of every route at this path: Starlette names only those of the first."""
    found: set[str] = {"OPTIONS"}
    for route in request.app.router.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            found |= route.methods or set()
    if "GET" in found:
        found.add("HEAD")
    return ", ".join(sorted(found))
