"""The adapter: one call, the whole body in, the whole answer out."""

from typing import Any

import pytest

from frontdesk.edge.asgi import call
from support.calls import ask, run

seen: list[Any] = []


def app(*messages: dict[str, Any]) -> Any:
    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        seen[:] = [scope, await receive()]
        for message in messages:
            await send(message)

    return asgi


START = {"type": "http.response.start", "status": 200, "headers": [(b"X-A", b"1")]}


def test_the_scope_is_what_asgi_says() -> None:
    request = ask("POST", "/a%20b%2Fc/%C3%A9?q=%20x&q=2", body=b"abc", headers={"X-Name": "caf\u00e9\u20ac"})
    response = run(call(app(START, {"type": "http.response.body", "body": b"ok"}), request, {"beside": 1}))
    scope, message = seen
    assert (response.status, response.headers, response.body) == (200, {"x-a": "1"}, b"ok")
    assert scope["path"] == "/a b/c/é"
    assert scope["raw_path"] == b"/a%20b%2Fc/%C3%A9"
    assert scope["query_string"] == b"q=%20x&q=2"
    assert (b"x-name", b"caf\xe9?") in scope["headers"]
    assert scope["beside"] == 1
    assert message == {"type": "http.request", "body": b"abc", "more_body": False}


def test_parts_are_joined_and_head_is_asked_as_get() -> None:
    parts = [{"type": "http.response.body", "body": each, "more_body": True} for each in (b"a", b"b")]
    response = run(call(app(START, *parts, {"type": "http.response.body"}), ask("HEAD", "/"), {}))
    assert seen[0]["method"] == "GET"
    assert response.body == b"ab"


def test_what_the_app_raises_is_raised() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        run(call(broken, ask("GET", "/"), {}))


def test_repeated_headers_are_joined_but_cookies_cannot_be() -> None:
    twice = {**START, "headers": [(b"vary", b"a"), (b"Vary", b"b")]}
    assert run(call(app(twice), ask("GET", "/"), {})).headers == {"vary": "a, b"}
    cookies = {**START, "headers": [(b"set-cookie", b"a=1"), (b"Set-Cookie", b"b=2")]}
    answered = run(call(app(cookies), ask("GET", "/"), {}))
    assert (answered.cookies, answered.headers) == (("a=1", "b=2"), {})
