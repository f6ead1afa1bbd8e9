"""Requests, responses and queue batches as plain values; a body is bounded before it is read."""

from collections.abc import Iterator
from time import time_ns
from typing import Any

from js import JSON, Object, Response
from pydantic_core import from_json
from pyodide.ffi import jsnull, to_js

from frontdesk.core.errors import Malformed, TooLarge
from frontdesk.core.parsing import MAX_BODY, dump_json
from frontdesk.core.platform import Bell
from frontdesk.core.web import HttpResponse
from frontdesk.integrations.inbound import Inbound


async def read(request: Any) -> Inbound:
    """The request with its whole body.

    Raises:
        TooLarge: the body is over the limit; a declared length is believed before anything is read.
        Malformed: the declared length is not a number.

    """
    raw = getattr(request, "js_object", request)
    headers = from_json(str(JSON.stringify(Object.fromEntries(raw.headers))))
    return Inbound(
        method=str(raw.method),
        url=str(raw.url),
        headers=headers,
        body=await _body(raw, headers.get("content-length")),
        received_at=time_ns() // 1_000_000,
    )


async def _body(raw: Any, length: str | None) -> bytes:
    if length is not None:
        if not (length.isascii() and length.isdigit()):
            raise Malformed("The Content-Length is not a number.")
        if len(length) > 15 or int(length) > MAX_BODY:
            raise TooLarge(f"At most {MAX_BODY} bytes are accepted.")
        return bytes((await raw.arrayBuffer()).to_bytes())
    # Asking for the body makes a stream of it, so only where there is no other way.
    if raw.body is None or raw.body is jsnull:
        return b""
    # Chunked: the length is not known, so count while reading.
    reader, chunks, size = raw.body.getReader(), [], 0
    while not (step := await reader.read()).done:
        chunks.append(bytes(step.value.to_bytes()))
        size += len(chunks[-1])
        if size > MAX_BODY:
            await reader.cancel()
            raise TooLarge(f"At most {MAX_BODY} bytes are accepted.")
    return b"".join(chunks)


def written(response: Any) -> Any:
    """The JavaScript response; one that is that already (it may carry a socket) stays. Some statuses have no body."""
    if not isinstance(response, HttpResponse):
        return response
    body = None if response.status in (101, 204, 205, 304) or not response.body else to_js(response.body)
    # As JSON text it crosses once; converted value by value it took half as long as making the response.
    init = JSON.parse(dump_json({"status": response.status, "headers": dict(response.headers)}))
    made = Response.new(body if body is not None else jsnull, init)
    for cookie in response.cookies:
        made.headers.append("set-cookie", cookie)
    return made


def bells(batch: Any) -> Iterator[Bell]:
    """The bells of a batch; a message that is not one is skipped (there is no row behind it)."""
    raw = getattr(batch, "_binding", batch)
    for message in raw.messages:
        body = message.body
        shard, tenant, id_ = (getattr(body, name, None) for name in ("shard", "tenant", "id"))
        if shard and tenant and id_:
            yield Bell(str(shard), str(tenant), str(id_))
