"""The door of API and pages: from a request to its answer, through limits, tenant, caller and framework."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.core import guard, health
from frontdesk.core.arrival import Arrival, Credential, credential_of, host_of, path_of
from frontdesk.core.cache import CACHE
from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Actor, Cause, Ctx
from frontdesk.core.errors import NotAllowed
from frontdesk.core.ids import uuid7
from frontdesk.core.log import redacted
from frontdesk.core.platform import Platform
from frontdesk.core.problems import answer_to
from frontdesk.core.settings import Tenant
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import Wiring

PUBLIC = Actor("public", "")
"""Nobody we know."""
OPENAPI = "/api/openapi.json"
HEALTH, READY = "/health", "/health/ready"
SEEN_MS = MINUTE
"""How long after a session's last call its next ones do not count against its network (real time)."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the door asks others: whose host this is, who calls, and what the framework makes of it."""

    tenant_at: Callable[[Platform, str], Awaitable[Tenant]]
    actor_of: Callable[[Platform, Tenant, Arrival], Awaitable[Actor | None]]
    call: Callable[[Arrival, Mapping[str, Any]], Awaitable[HttpResponse]]


async def answer(platform: Platform, wiring: Wiring, door: Door, request: Arrival) -> HttpResponse:
    """The answer to one request, whatever happens on the way; never raises."""
    id_, started = uuid7(platform.clock.real()), platform.clock.real()
    allowed: tuple[str, ...] = ()
    tenant: Tenant | None = None
    deployed = platform.settings.environment != "development"
    try:
        if not _is_seen(platform, request):
            await guard.within_ip_limit(platform.limiter, request)
        response = guard.to_https(request) if deployed else None
        if response is None:
            response = await _without_tenant(platform, door, request)
        if response is None:
            tenant = await door.tenant_at(platform, host_of(request))
            allowed = tenant.settings.allowed_origins
            response = guard.preflight(request, allowed)
        if response is None:
            assert tenant is not None
            response = await _called(platform, wiring, door, request, tenant, id_)
    except Exception as error:
        response = answer_to(error, id_, request, platform.log)
    platform.log.info(
        "request",
        tenant=tenant.slug if tenant else "",
        cause=f"request:{id_}",
        trace=id_,
        method=request.method,
        path=redacted(path_of(request)),
        status=response.status,
        ms=platform.clock.real() - started,
    )
    return guard.dressed(request, response, allowed, id_, deployed=deployed)


async def guarded(platform: Platform, work: Callable[[], Awaitable[HttpResponse]]) -> HttpResponse:
    """Whatever `work` raises before a request is known (its body was too large, say), as a problem."""
    try:
        return await work()
    except Exception as error:
        id_ = uuid7(platform.clock.real())
        problem = answer_to(error, id_, None, platform.log)
        platform.log.info("request refused", status=problem.status, trace=id_)
        always = guard.security_headers(problem, secure=False)
        return HttpResponse(problem.status, {**always, "x-request-id": id_, **problem.headers}, problem.body)


def _is_seen(platform: Platform, request: Arrival) -> bool:
    """Whether this isolate has just served this session here, so that its own limit is what counts.

    A business behind one address has many desks, and each asks again for what a hint concerns: together they are over
    any figure that suits a stranger. And whoever sits in the waiting room must not use up what the desks need.
    """
    if path_of(request) in (HEALTH, READY, OPENAPI):
        return False
    credential = credential_of(request)
    return bool(credential and CACHE.has(_session_key(request, credential), platform.clock.real()))


def _session_key(request: Arrival, credential: Credential) -> str:
    host = host_of(request).partition(":")[0].rstrip(".")
    return f"seen:{host}:{hashlib.sha256(credential.token.encode()).hexdigest()}"


async def _without_tenant(platform: Platform, door: Door, request: Arrival) -> HttpResponse | None:
    path = path_of(request)
    if path not in (HEALTH, READY, OPENAPI):
        return None
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed(allow="GET, HEAD")
    if path == OPENAPI:
        return await door.call(request, {})
    return health.alive() if path == HEALTH else await health.ready(platform)


async def _called(
    platform: Platform, wiring: Wiring, door: Door, request: Arrival, tenant: Tenant, id_: str
) -> HttpResponse:
    actor = None
    credential = credential_of(request)
    if credential:
        guard.intended(request, credential, tenant.settings.allowed_origins)
        actor = await _caller(platform, door, request, tenant, credential)
        if actor:
            CACHE.put(_session_key(request, credential), platform.clock.real() + SEEN_MS, True)
    ctx = Ctx(platform, wiring, tenant, actor or PUBLIC, Cause("request", id_, id_), request_id=id_)
    return await door.call(request, {"frontdesk.ctx": ctx, "frontdesk.arrival": request})


async def _caller(
    platform: Platform, door: Door, request: Arrival, tenant: Tenant, credential: Credential
) -> Actor | None:
    """Side by side: each waits for something outside the isolate, and neither needs the other.

    Whatever becomes of one, the other ends before the answer goes out: what a request leaves behind can wedge the
    isolate's event loop for all that follow (cloudflare/workerd#6624).
    """
    actor, excess = await asyncio.gather(
        door.actor_of(platform, tenant, request),
        guard.within_session_limit(platform.limiter, tenant.id, credential),
        return_exceptions=True,
    )
    if isinstance(excess, BaseException):
        raise excess
    if isinstance(actor, BaseException):
        raise actor
    return actor
