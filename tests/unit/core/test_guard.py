"""What every request must pass and every answer carries: limits, origins, intent, headers."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from frontdesk.core import guard
from frontdesk.core.arrival import Credential, credential_of
from frontdesk.core.ctx import Actor
from frontdesk.core.door import Door, answer, guarded
from frontdesk.core.errors import Forbidden, NotFound, TooLarge, Unavailable
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import Wiring
from support.calls import ask, parsed, run
from support.platform import World, make_platform, make_tenant

SHOP = "https://shop.example"
HERE = "http://harbour.localhost:8787"
TENANT = make_tenant(make_platform(), settings=f'{{"allowed_origins": ["{SHOP}"]}}')
COOKIE = {"cookie": "fd_session=t"}


async def tenant_at(platform: Any, host: str) -> Any:
    if not host.startswith("harbour."):
        raise NotFound("No business at this address.")
    return TENANT


async def actor_of(platform: Any, tenant: Any, request: Any) -> Actor:
    return Actor("staff", "s", "owner")


async def call(request: Any, beside: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(200, {"content-type": "application/json"}, beside["frontdesk.ctx"].actor.id.encode())


def send(world: World, method: str, path: str = "/api/v1/x", **rest: Any) -> HttpResponse:
    return run(
        answer(world.platform, Wiring({}, {}), Door(tenant_at, actor_of, call), ask(method, path, **rest))
    )


@pytest.mark.parametrize(
    ("headers", "fine"),
    [
        ({"origin": HERE}, True),
        ({"origin": HERE.upper()}, True),
        ({"origin": SHOP}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://blue.localhost:8787"}, False),
        ({"origin": "https://harbour.localhost:8787"}, False),
        ({"origin": "http://harbour.localhost"}, False),
        ({"origin": HERE + ".evil.example"}, False),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"referer": HERE}, False),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_a_cookie_alone_changes_nothing(headers: dict[str, str], fine: bool, method: str) -> None:
    response = send(make_platform(), method, headers={**COOKIE, **headers})
    assert response.status == (200 if fine else 403)


@pytest.mark.parametrize("path", ["/api/v1/x", "/%61pi/v1/x", "/api%2Fv1/x"])
@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_cookie_with_a_forms_body_is_refused(kind: str, path: str) -> None:
    headers = {**COOKIE, "origin": HERE, "content-type": kind}
    assert send(make_platform(), "POST", path, body=b"{}", headers=headers).status == 403
    headers["content-type"] = "application/json; charset=utf-8"
    assert send(make_platform(), "POST", path, body=b"{}", headers=headers).status == 200


@pytest.mark.parametrize("path", ["/api/v1/x", "/%61pi/v1/x", "/%61%70%69%2fv1/x"])
def test_the_api_is_the_api_however_its_path_is_written(path: str) -> None:
    response = send(make_platform(), "GET", path, headers={"origin": SHOP})
    assert response.headers["access-control-allow-origin"] == SHOP
    assert (response.headers["vary"], response.headers["cache-control"]) == ("Origin", "no-store")
    missed = send(make_platform(), "GET", path, host="nobody.localhost", headers={"accept": "text/html"})
    assert missed.headers["content-type"] == "application/problem+json"


def test_a_token_needs_no_origin_and_hides_the_cookie() -> None:
    assert send(make_platform(), "POST", token="t").status == 200
    assert credential_of(ask("GET", "/", headers={**COOKIE, "authorization": "Bearer abc"})) == Credential(
        "abc", False
    )
    for odd in ("", "Basic abc", "Bearer", "Bearer a b", "bearer"):
        assert credential_of(ask("GET", "/", headers={**COOKIE, "authorization": odd})) is None


def test_the_cookie_has_the_host_prefix_over_https() -> None:
    planted = {"cookie": "fd_session=planted; other=1; __Host-fd_session=real"}
    assert credential_of(ask("GET", "/", headers=planted, scheme="https")) == Credential("real", True)
    assert credential_of(ask("GET", "/", headers=COOKIE, scheme="https")) is None
    assert credential_of(ask("GET", "/", headers=planted)) == Credential("planted", True)


@pytest.mark.parametrize("space", ["\u00a0", "\u2000", "\u3000", "\x85", "\x1c", "\x0b"])
def test_a_sibling_plants_no_cookie_behind_odd_space(space: str) -> None:
    """To a browser this is another name, free of the prefix's rules; so it is one to us."""
    planted = {"cookie": f"{space}__Host-fd_session=planted; \t__Host-fd_session=real "}
    assert credential_of(ask("GET", "/", headers=planted, scheme="https")) == Credential("real", True)


def test_reading_with_a_cookie_needs_no_origin() -> None:
    assert send(make_platform(), "GET", headers=COOKIE).status == 200


def test_preflight_for_a_listed_origin() -> None:
    asks = {"origin": SHOP, "access-control-request-method": "PATCH"}
    response = send(make_platform(), "OPTIONS", headers=asks)
    assert response.status == 204
    assert response.headers["access-control-allow-origin"] == SHOP
    assert response.headers["access-control-allow-credentials"] == "true"
    assert "PATCH" in response.headers["access-control-allow-methods"]
    assert "authorization" in response.headers["access-control-allow-headers"]
    assert response.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "*", "https://shop.example.evil.example"])
def test_no_cors_for_anybody_else(origin: str) -> None:
    asks = {"origin": origin, "access-control-request-method": "PATCH"}
    for response in (
        send(make_platform(), "OPTIONS", headers=asks),
        send(make_platform(), "GET", headers={"origin": origin}),
    ):
        assert not any(name.startswith("access-control-allow-") for name in response.headers)
        assert response.headers["vary"] == "Origin"


def test_deployed_answers_carry_hsts_and_pages_their_policy() -> None:
    request = ask("GET", "/", scheme="https")
    page = HttpResponse(200, {"content-type": "text/html; charset=utf-8"}, b"<p>")
    dressed = guard.dressed(request, page, (), "id", deployed=True)
    assert dressed.headers["strict-transport-security"].startswith("max-age=")
    assert dressed.headers["content-security-policy"].startswith("default-src 'self'")
    assert dressed.headers["cache-control"] == "no-store"
    assert "unsafe" not in dressed.headers["content-security-policy"]
    for plain, deployed in ((ask("GET", "/"), True), (request, False)):
        assert (
            "strict-transport-security" not in guard.dressed(plain, page, (), "id", deployed=deployed).headers
        )


def test_a_deployed_domain_is_reached_over_https_alone() -> None:
    world = make_platform()
    world.settings = world.settings.model_copy(update={"environment": "production"})
    for method, path in (("GET", "/app/?q=1"), ("HEAD", "/"), ("GET", "/health"), ("GET", "/api/v1/x")):
        moved = send(world, method, path, host="harbour.example", token="t")
        assert (moved.status, moved.headers["location"]) == (308, f"https://harbour.example{path}")
    assert send(world, "POST", token="t").status == 403
    assert send(world, "OPTIONS", headers={"origin": SHOP}).status == 403
    assert send(world, "GET", scheme="https", token="t").status == 200
    assert send(make_platform(), "GET", token="t").status == 200, "on a developer's machine there is no https"


def test_what_a_route_says_itself_wins_and_vary_adds_up() -> None:
    own = HttpResponse(200, {"cache-control": "max-age=60", "vary": "Accept"}, b"")
    dressed = guard.dressed(ask("GET", "/api/v1/x"), own, (), "id", deployed=False)
    assert dressed.headers["cache-control"] == "max-age=60"
    assert dressed.headers["vary"] == "Accept, Origin"


def test_unknown_hosts_have_no_api_but_health() -> None:
    world = make_platform()
    response = send(world, "GET", host="nobody.localhost")
    assert (response.status, parsed(response)["detail"]) == (404, "No business at this address.")
    assert parsed(send(world, "GET", "/health", host="nobody.localhost")) == {"status": "ok"}
    assert send(world, "POST", "/health").headers["allow"] == "GET, HEAD"


def test_readiness_names_the_part_that_fails() -> None:
    world = make_platform()
    fine = send(world, "GET", "/health/ready")
    assert (fine.status, parsed(fine)["status"]) == (200, "ok")
    assert {name: check["ok"] for name, check in parsed(fine)["checks"].items()} == {
        "database": True,
        "kv": True,
        "files": True,
    }
    world.driver.fail = ["before"]
    broken = send(world, "GET", "/health/ready")
    assert (broken.status, parsed(broken)["checks"]["database"]["ok"]) == (503, False)
    assert b"went away" not in broken.body


def test_every_request_leaves_one_line_without_query_or_credentials() -> None:
    world = make_platform()
    response = send(world, "GET", "/api/v1/x?code=hush", token="hush")
    lines = [line for line in world.lines if '"message":"request"' in line]
    assert len(lines) == 1 and response.headers["x-request-id"] in lines[0]
    assert "hush" not in lines[0]


def test_guarded_turns_early_failures_into_problems() -> None:
    async def too_large() -> HttpResponse:
        raise TooLarge("At most 1000000 bytes are accepted.")

    async def down() -> HttpResponse:
        raise Unavailable()

    world = make_platform()
    refused = run(guarded(world.platform, too_large))
    assert (refused.status, refused.headers["x-content-type-options"]) == (413, "nosniff")
    assert parsed(refused)["trace_id"] == refused.headers["x-request-id"]
    assert refused.headers["x-request-id"] in world.lines[-1]
    assert run(guarded(make_platform().platform, down)).headers["retry-after"] == "5"


def test_intent_is_only_asked_of_cookies() -> None:
    guard.intended(ask("POST", "/"), None, ())
    guard.intended(ask("POST", "/"), Credential("t", by_cookie=False), ())
    with pytest.raises(Forbidden):
        guard.intended(ask("POST", "/"), Credential("t", by_cookie=True), ())
    listed = replace(ask("POST", "/"), headers={"origin": SHOP})
    guard.intended(listed, Credential("t", by_cookie=True), (SHOP,))


def test_nothing_is_left_behind_when_a_session_asks_too_often() -> None:
    ended = []

    async def slowly(platform: Any, tenant: Any, request: Any) -> Actor:
        for _ in range(9):
            await asyncio.sleep(0)
        ended.append(True)
        return Actor("staff", "s", "owner")

    async def refuses(name: str, key: str) -> bool:
        return name != "session"

    world = make_platform()
    world.limiter.allows = refuses  # type: ignore[method-assign]
    door = Door(tenant_at, slowly, call)

    async def asked() -> HttpResponse:
        request = ask("GET", "/api/v1/x", headers={"authorization": "Bearer t"})
        response = await answer(world.platform, Wiring({}, {}), door, request)
        assert ended == [True]
        return response

    assert run(asked()).status == 429
