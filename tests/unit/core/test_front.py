"""The front door, the dashboard's page at every address, files at their own, nothing at a stranger's host."""

import pytest

from frontdesk import app
from frontdesk.core.door import answer
from frontdesk.core.guard import PAGE_CSP
from frontdesk.core.web import HttpResponse
from support.calls import ask, run
from support.platform import World, make_platform, make_tenant

PAGE = b"<!doctype html><title>Frontdesk</title>"


@pytest.fixture
def world() -> World:
    made = make_platform()
    make_tenant(made, "harbour")
    made.assets.kept["/app/"] = HttpResponse(200, {"content-type": "text/html; charset=utf-8"}, PAGE)
    made.assets.kept["/app/icon.svg"] = HttpResponse(200, {"content-type": "image/svg+xml"}, b"<svg/>")
    return made


def get(world: World, path: str, host: str = "harbour.localhost", method: str = "GET") -> HttpResponse:
    return run(answer(world.platform, app.WIRING, app.DOOR, ask(method, path, host=host)))


@pytest.mark.parametrize("path", ["/app/", "/app/today", "/app/contacts/01a", "/app/calendar?day=2026-11-21"])
def test_every_address_is_the_page(world: World, path: str) -> None:
    response = get(world, path)
    assert (response.status, response.body) == (200, PAGE)
    assert response.headers["content-security-policy"] == PAGE_CSP
    assert "unsafe" not in PAGE_CSP
    assert response.headers["cache-control"] == "no-cache"


def test_files_are_files_and_what_is_not_there_is_not_the_page(world: World) -> None:
    assert get(world, "/app/icon.svg").body == b"<svg/>"
    assert get(world, "/app/none.js").status == 404
    assert get(world, "/app").headers["location"] == "/app/"
    assert get(world, "/apple").status == 404


def test_a_host_without_a_business_has_no_dashboard(world: World) -> None:
    assert get(world, "/app/", host="nobody.localhost").status == 404


def test_the_front_door_says_whose_it_is_and_where_staff_go(world: World) -> None:
    make_tenant(world, "odd", name="<b>Odd</b> & Sons")
    response = get(world, "/", host="odd.localhost")
    assert (response.status, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"&lt;b&gt;Odd&lt;/b&gt; &amp; Sons" in response.body and b"<b>" not in response.body
    assert b'<a href="/app/">' in response.body
    assert response.headers["content-security-policy"] == PAGE_CSP
    assert response.headers["cache-control"] == "no-store"
    assert get(world, "/", host="odd.localhost", method="HEAD").body == b""
    assert get(world, "/", host="odd.localhost", method="POST").status == 405
    assert get(world, "/", host="nobody.localhost").status == 404
