"""Requests as tests write them, sent through the same door that the Worker opens."""

import asyncio
import json
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from frontdesk.core.web import HttpResponse
from frontdesk.integrations.inbound import Inbound

Got = TypeVar("Got")


def ask(
    method: str,
    path: str,
    *,
    host: str = "harbour.localhost:8787",
    scheme: str = "http",
    json_body: Any = None,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    token: str = "",
    ip: str = "203.0.113.7",
) -> Inbound:
    """One request to a tenant's host."""
    given = {"cf-connecting-ip": ip, **{name.lower(): value for name, value in (headers or {}).items()}}
    if json_body is not None:
        body = json.dumps(json_body).encode()
        given.setdefault("content-type", "application/json")
    if token:
        given["authorization"] = f"Bearer {token}"
    return Inbound(method, f"{scheme}://{host}{path}", given, body, 0)


def parsed(response: HttpResponse) -> Any:
    """The JSON of an answer."""
    return json.loads(response.body)


def run(work: Awaitable[Got]) -> Got:
    """Run one story in an event loop of its own."""

    async def main() -> Got:
        return await work

    return asyncio.run(main())
