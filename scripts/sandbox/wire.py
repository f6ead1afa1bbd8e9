"""One HTTP request on a connection of its own: nothing is pooled, so cutting one short harms no other."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11


class WireError(Exception):
    """The request could not be made, or its answer could not be read."""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, whatever it holds."""
        return self.body.decode("utf-8", "replace")


async def request(method: str, url: str, headers: dict[str, str], body: bytes, timeout_ms: int) -> Reply:
    """Sends and reads the whole answer. Raises TimeoutError after `timeout_ms`, WireError on any failure."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WireError(f"not an HTTP address: {url!r}")
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    sent = {"host": parts.netloc, "connection": "close", "content-length": str(len(body)), **headers}
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line = h11.Connection(h11.CLIENT)
    async with asyncio.timeout(timeout_ms / 1000):
        try:
            reader, writer = await asyncio.open_connection(_address(parts.hostname), port, ssl=secure or None)
        except OSError:
            raise WireError(f"cannot connect to {parts.hostname}:{port}") from None
        try:
            for event in (
                h11.Request(method=method, target=target, headers=list(sent.items())),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                writer.write(line.send(event) or b"")
            return await _read(line, reader)
        except (OSError, h11.ProtocolError, ValueError) as error:
            raise WireError(f"{type(error).__name__}: {error}") from None
        finally:
            writer.transport.abort()


def _address(host: str) -> str:
    """Names under localhost are this machine (RFC 6761), whatever the resolver knows of them."""
    return "127.0.0.1" if host.endswith(".localhost") else host


async def _read(line: h11.Connection, reader: asyncio.StreamReader) -> Reply:
    status, headers, body = 0, dict[str, str](), b""
    while True:
        event = line.next_event()
        if event is h11.NEED_DATA:
            line.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            return Reply(status, headers, body)
