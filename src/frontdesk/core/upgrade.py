"""The door of live sockets: who may listen, decided as for any other request, before a socket exists."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from frontdesk.core import guard
from frontdesk.core.arrival import Arrival, credential_of, host_of
from frontdesk.core.errors import Forbidden, Invalid, NotAllowed, Unauthenticated, UpgradeRequired
from frontdesk.core.ids import uuid7
from frontdesk.core.live import Listener
from frontdesk.core.pages import END_OF_TIME
from frontdesk.core.platform import Platform
from frontdesk.core.problems import answer_to
from frontdesk.core.settings import Tenant

PATH = "/live"


class Caller(NamedTuple):
    """A member of staff whose session counts right now."""

    staff_id: str
    role: str
    session_hash: str


@dataclass(frozen=True, slots=True)
class LiveDoor:
    """What the door asks others: whose host this is, whose session, and what a role may hear of."""

    tenant_at: Callable[[Platform, str], Awaitable[Tenant]]
    caller_of: Callable[[Platform, Tenant, str], Awaitable[Caller | None]]
    topics_of: Callable[[str], Collection[str]]


async def answer(
    platform: Platform,
    door: LiveDoor,
    request: Arrival,
    hand_over: Callable[[Listener], Awaitable[Any]],
) -> Any:
    """What `hand_over` made of an admitted listener, else a problem; never raises."""
    id_ = uuid7(platform.clock.real())
    try:
        listener = await admitted(platform, door, request)
        response = await hand_over(listener)
        platform.log.info(
            "live", tenant=listener.tenant_id, staff=listener.staff_id, since=listener.seq, trace=id_
        )
        return response
    except Exception as error:
        refused = answer_to(error, id_, request, platform.log)
        deployed = platform.settings.environment != "development"
        platform.log.info("live refused", status=refused.status, trace=id_)
        return guard.dressed(request, refused, (), id_, deployed=deployed)


async def admitted(platform: Platform, door: LiveDoor, request: Arrival) -> Listener:
    """Who listens.

    A cookie comes along with any site's socket, sibling tenants' too, and no preflight asks; so the Origin must be
    ours. A program's bearer token is its own proof.

    Raises:
        RateLimited; NotAllowed; UpgradeRequired: a plain request. Unauthenticated: no session, or one that is over.
        Forbidden: a page of another origin. Invalid: `since` is no number.

    """
    await guard.within_ip_limit(platform.limiter, request)
    if request.method != "GET":
        raise NotAllowed(allow="GET")
    if request.headers.get("upgrade", "").strip().lower() != "websocket":
        raise UpgradeRequired("This address speaks WebSocket.")
    tenant = await door.tenant_at(platform, host_of(request))
    credential = credential_of(request)
    if credential is None:
        raise Unauthenticated("Sign in to listen.")
    origin = request.headers.get("origin")
    if origin is None and credential.by_cookie:
        raise Forbidden("A socket with a session cookie must say its Origin; programs use a bearer token.")
    if origin is not None and not guard.is_ours(request, origin, tenant.settings.allowed_origins):
        raise Forbidden("This socket comes from a page of another origin.")
    await guard.within_session_limit(platform.limiter, tenant.id, credential)
    caller = await door.caller_of(platform, tenant, credential.token)
    if caller is None:
        raise Unauthenticated("Sign in to listen.")
    return Listener(
        shard=tenant.shard,
        tenant_id=tenant.id,
        staff_id=caller.staff_id,
        session_hash=caller.session_hash,
        role=caller.role,
        topics=frozenset(door.topics_of(caller.role)),
        seq=_since(request),
    )


def _since(request: Arrival) -> int | None:
    given = parse_qs(urlsplit(request.url).query).get("since", [""])[0]
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 16 and int(given) <= END_OF_TIME):
        raise Invalid("`since` is the seq of the last thing heard.")
    return int(given)
