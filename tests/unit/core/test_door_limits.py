"""How often somebody may ask: strangers by their network, who is signed in by their session."""

import hashlib
from collections.abc import Mapping
from typing import Any

from frontdesk.core.arrival import network_of
from frontdesk.core.cache import CACHE
from frontdesk.core.ctx import Actor
from frontdesk.core.door import Door, answer
from frontdesk.core.errors import NotFound
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import Wiring
from support.calls import ask, parsed, run
from support.platform import World, make_platform, make_tenant

SHOP = "https://shop.example"
HERE = "http://harbour.localhost:8787"
TENANT = make_tenant(make_platform(), settings=f'{{"allowed_origins": ["{SHOP}"]}}')


async def tenant_at(platform: Any, host: str) -> Any:
    if not host.startswith("harbour."):
        raise NotFound("No business at this address.")
    return TENANT


async def actor_of(platform: Any, tenant: Any, request: Any) -> Actor | None:
    made_up = request.headers.get("authorization") == "Bearer made-up"
    return None if made_up else Actor("staff", "s", "owner")


async def call(request: Any, beside: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(200, {"content-type": "application/json"}, b"{}")


def send(world: World, method: str, path: str = "/api/v1/x", **rest: Any) -> HttpResponse:
    return run(
        answer(world.platform, Wiring({}, {}), Door(tenant_at, actor_of, call), ask(method, path, **rest))
    )


def guard_key(token: str) -> str:
    return hashlib.sha256(f"{TENANT.id}:{token}".encode()).hexdigest()


def test_limits_per_network_and_per_session() -> None:
    world = make_platform()
    world.limiter.refused.add(("ip", "203.0.113.7"))
    response = send(world, "GET")
    assert (response.status, parsed(response)["code"], response.headers["retry-after"]) == (
        429,
        "rate_limited",
        "60",
    )
    assert send(world, "GET", ip="203.0.113.8").status == 200
    world.limiter.refused.add(("session", guard_key("mine")))
    assert send(world, "GET", token="mine", ip="203.0.113.8").status == 429
    assert send(world, "GET", token="other", ip="203.0.113.8").status == 200


def test_who_is_signed_in_is_not_counted_with_their_network() -> None:
    """Twelve desks of one clinic ask more often than any stranger may, and share an address with the waiting room."""
    world = make_platform()
    assert send(world, "GET", token="mine").status == 200
    world.limiter.refused.add(("ip", "203.0.113.7"))
    assert send(world, "GET", token="mine").status == 200
    assert send(world, "POST", headers={"cookie": "fd_session=t", "origin": HERE}).status == 429, (
        "another session, not seen yet"
    )
    for rest in ({}, {"token": "made-up"}, {"token": "mine", "host": "harbour.example"}):
        assert send(world, "GET", **rest).status == 429, rest
    for path in ("/health", "/health/ready", "/api/openapi.json"):
        assert send(world, "GET", path, token="mine").status == 429, "no session's limit counts these"
    world.real += 59_000
    assert send(world, "GET", token="mine").status == 200
    world.real += 59_000
    assert send(world, "GET", token="mine").status == 200, "each call renews it"
    world.real += 60_000
    assert send(world, "GET", token="mine").status == 429
    assert "mine" not in str(CACHE.__dict__)


def test_a_token_somebody_made_up_spares_nobody() -> None:
    world = make_platform()
    assert send(world, "GET", token="made-up").status == 200, "to ask without a session is no crime"
    world.limiter.refused.add(("ip", "203.0.113.7"))
    assert send(world, "GET", token="made-up").status == 429


def test_networks() -> None:
    assert network_of(ask("GET", "/", ip="2001:db8:1:2:3::1")) == network_of(
        ask("GET", "/", ip="2001:db8:1:2::9")
    )
    assert network_of(ask("GET", "/", ip="2001:db8:1:2::1")) != network_of(
        ask("GET", "/", ip="2001:db8:1:3::1")
    )
    assert network_of(ask("GET", "/", ip="::ffff:203.0.113.7")) == "203.0.113.7"
    for odd in ("", "1.2.3.4, 5.6.7.8", "x" * 5000, "1.2.3.4\r\nx: y"):
        assert network_of(ask("GET", "/", ip=odd)) == "unknown"


def test_a_listed_origin_reads_errors_too() -> None:
    world = make_platform()
    world.limiter.refused.add(("session", guard_key("t")))
    response = send(world, "GET", token="t", headers={"origin": SHOP})
    assert (response.status, response.headers["retry-after"]) == (429, "60")
    assert response.headers["access-control-allow-origin"] == SHOP
