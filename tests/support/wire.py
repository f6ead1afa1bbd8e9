"""Bytes to the Worker exactly as a test wrote them: http.client would correct what is wrong on purpose."""

import contextlib
import json
import socket
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from seed.api import Answer


def spoken(url: str, raw: bytes) -> Answer:
    """The answer to one request; status 0 when the line was closed without one."""
    port = urlsplit(url).port or 80
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        # The answer may come before we have said everything, and the line may close under us.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(raw)
        reply = HTTPResponse(line, method=raw.split(b" ", 1)[0].decode("latin-1"))
        try:
            reply.begin()
            body = reply.read()
        except (HTTPException, ConnectionResetError):
            return Answer(0, {}, b"")
        finally:
            reply.close()
    return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, body)


def request(
    method: str | bytes,
    target: str | bytes,
    host: str | bytes,
    body: bytes = b"",
    *headers: str | bytes,
    chunked: bool = False,
    length: str | None = None,
) -> bytes:
    """One HTTP/1.1 request. `length` overrides what Content-Length says; `chunked` says none."""
    first = b" ".join((_bytes(method), _bytes(target), b"HTTP/1.1"))
    lines = [first, b"host: " + _bytes(host), b"connection: close", *map(_bytes, headers)]
    if chunked:
        lines.append(b"transfer-encoding: chunked")
        pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        lines.append(f"content-length: {len(body) if length is None else length}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def is_problem(answer: Answer) -> bool:
    """Whether it is problem details (RFC 9457) that agree with the status and give nothing of the inside away."""
    if answer.headers.get("content-type") != "application/problem+json":
        return False
    told = json.loads(answer.body)
    inside = any(word in answer.body for word in (b"Traceback", b"sqlite", b"SQLITE", b"pydantic", b".py"))
    return bool(told["status"] == answer.status and told["code"] and told["title"] and not inside)
