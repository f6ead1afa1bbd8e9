"""Outbound requests: every kind of answer, and every kind of none."""

import time
from typing import Any

from same import fails, same

from frontdesk.core.web import HttpRequest, TransportError
from frontdesk.edge.http import FetchHttp


def _request(env: Any, path: str, **more: Any) -> HttpRequest:
    return HttpRequest("POST", f"{env.OUTSIDE}{path}", **more)


async def an_answer_is_an_answer_whatever_its_status(env: Any) -> None:
    request = _request(env, "/teapot", headers={"x-said": "hello"}, body=bytes(range(256)))
    answer = await FetchHttp(5_000).send(request)
    same((answer.status, answer.headers["x-heard"], answer.body), (418, "hello", bytes(range(256))))


async def redirects_are_not_followed(env: Any) -> None:
    answer = await FetchHttp(5_000).send(_request(env, "/away"))
    same((answer.status, answer.headers["location"]), (302, "/teapot"))


async def silence_ends_at_the_timeout(env: Any) -> None:
    started = time.time()
    await fails(TransportError, FetchHttp(200).send(_request(env, "/hang")))
    await fails(TransportError, FetchHttp(5_000).send(_request(env, "/hang", timeout_ms=200)))
    same(time.time() - started < 10, True)


async def half_an_answer_is_none(env: Any) -> None:
    await fails(TransportError, FetchHttp(2_000).send(_request(env, "/half")))


async def a_refused_connection_is_none(env: Any) -> None:
    await fails(TransportError, FetchHttp(2_000).send(HttpRequest("POST", "http://127.0.0.1:9/")))


async def a_failure_says_its_kind_and_nothing_that_was_sent(env: Any) -> None:
    quoted = _request(env, "/teapot", headers={"authorization": "Basic c2VjcmV0\n\x00"})
    refused = await fails(TransportError, FetchHttp(2_000).send(quoted))
    hung = await fails(TransportError, FetchHttp(200).send(_request(env, "/hang")))
    same((str(refused), str(hung)), ("TypeError", "TimeoutError"))
