"""Outbound requests behind `core.platform.Http`: one fetch, one timeout, no redirects followed."""

from typing import Any

from js import AbortSignal, Object, fetch
from pyodide.ffi import JsException, to_js

from frontdesk.core.web import HttpRequest, HttpResponse, TransportError


class FetchHttp:
    """`fetch` with a timeout on the whole exchange, body included; the platform's (real ms) bounds each request's."""

    def __init__(self, timeout_ms: int) -> None:
        self._timeout_ms = timeout_ms

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer. Raises TransportError when it did not come whole and in time."""
        options = {
            "method": request.method,
            "headers": dict(request.headers),
            "redirect": "manual",
            "signal": AbortSignal.timeout(min(request.timeout_ms, self._timeout_ms)),
        }
        if request.body:
            options["body"] = to_js(request.body)
        try:
            response = await fetch(request.url, to_js(options, dict_converter=Object.fromEntries))
            body = await _body(response, request.keep_bytes)
        except JsException as error:
            # JavaScript's message may quote the URL, which names an account, or a header, which holds a key.
            raise TransportError(str(error.name)) from None
        headers = {str(pair[0]): str(pair[1]) for pair in response.headers}
        return HttpResponse(int(response.status), headers, body)


async def _body(response: Any, most: int | None) -> bytes:
    """The answer's body; of one that has no end (or might have none) its beginning, in whole chunks."""
    if most is None:
        return bytes((await response.arrayBuffer()).to_bytes())
    if response.body is None:
        return b""
    reader, body = response.body.getReader(), b""
    while len(body) < most:
        chunk = await reader.read()
        if chunk.done:
            return body
        body += bytes(chunk.value.to_bytes())
    await reader.cancel()
    return body
