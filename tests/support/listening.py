"""A WebSocket client (RFC 6455) that hears what staff would: text frames, closes, nothing clever."""

import base64
import json
import os
import socket
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from frontdesk.core.ids import uuid7
from local.client import Runtime
from seed.api import Api
from seed.office import Office
from support.times import PATIENCE_S

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Refused(Exception):
    """The upgrade was answered with something else than 101."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers, body

    @property
    def problem(self) -> Any:
        return json.loads(self.body)


class HungUp(Exception):
    """The other end closed; `code` is 1006 when it did so without a word."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Told(NamedTuple):
    """What was said, and when we had it (ms on this machine's clock)."""

    message: Any
    at: float


class Socket:
    """One open socket."""

    def __init__(self, line: socket.socket, rest: bytes) -> None:
        self._line, self._buffer = line, rest

    @classmethod
    def open(cls, url: str, host: str, headers: Mapping[str, str]) -> "Socket":
        """Connects and upgrades. Raises Refused."""
        parts = urlsplit(url)
        line = socket.create_connection(("127.0.0.1", parts.port or 80), timeout=PATIENCE_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        wanted = {
            "host": host,
            "upgrade": "websocket",
            "connection": "Upgrade",
            "sec-websocket-version": "13",
            "sec-websocket-key": base64.b64encode(os.urandom(16)).decode(),
            **headers,
        }
        lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in wanted.items() if value)]
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        buffer = b""
        while b"\r\n\r\n" not in buffer:
            if not (piece := line.recv(65_536)):
                raise HungUp(1006)
            buffer += piece
        head, rest = buffer.split(b"\r\n\r\n", 1)
        first, *fields = head.decode().split("\r\n")
        answered = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
        status = int(first.split()[1])
        if status != 101:
            length = int(answered.get("content-length", 0))
            while len(rest) < length:
                rest += line.recv(65_536)
            line.close()
            raise Refused(status, answered, rest)
        return cls(line, rest)

    def hear(self, within_s: float = PATIENCE_S) -> Told:
        """The next message. Raises TimeoutError, HungUp."""
        deadline = time.monotonic() + within_s
        while True:
            kind, body = self._frame(deadline)
            if kind == TEXT:
                text = body.decode()
                return Told(text if text == "pong" else json.loads(text), time.time() * 1000)
            if kind == CLOSE:
                raise HungUp(struct.unpack("!H", body[:2])[0] if len(body) >= 2 else 1005)

    def say(self, text: str) -> None:
        """One text frame."""
        self._send(TEXT, text.encode())

    def close(self) -> None:
        """Says goodbye and hangs up."""
        with suppress(OSError):
            self._send(CLOSE, struct.pack("!H", 1000))
        self._line.close()

    def _send(self, kind: int, body: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(body))
        self._line.sendall(bytes([0x80 | kind, 0x80 | len(body)]) + mask + masked)

    def _frame(self, deadline: float) -> tuple[int, bytes]:
        first, second = self._read(2, deadline)
        length = second & 127
        if length > 125:
            size, form = (2, "!H") if length == 126 else (8, "!Q")
            length = struct.unpack(form, self._read(size, deadline))[0]
        return first & 15, self._read(length, deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        while len(self._buffer) < count:
            self._line.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                piece = self._line.recv(65_536)
            except ConnectionError:
                piece = b""
            if not piece:
                raise HungUp(1006)
            self._buffer += piece
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken


class Listening:
    """Somebody's dashboard, as far as the line is concerned: remembers how far it has heard."""

    socket: Socket

    def __init__(self, api: Api, seq: int | None = None) -> None:
        self.api = api
        self.seq = seq
        self.hints: list[Any] = []
        self.reloads = 0
        self.at = 0.0
        self.connect()

    def connect(self, **headers: str) -> None:
        """A new socket that says what was heard; until the server has said hello."""
        if hasattr(self, "socket"):
            self.socket.close()
        since = "" if self.seq is None else f"?since={self.seq}"
        self.socket = knock(self.api, f"/live{since}", **headers)
        while self.take()["type"] != "hello":
            pass

    def take(self, within_s: float = PATIENCE_S) -> Any:
        """The next message, put where it belongs."""
        message, self.at = self.socket.hear(within_s)
        self.seq = message["seq"]
        self.hints += message.get("items", [])
        self.reloads += message["type"] == "reload"
        return message

    def until(self, type_: str, within_s: float = PATIENCE_S, count: int = 1) -> Any:
        """The hint of this type, as soon as there are so many of them."""
        deadline = time.monotonic() + within_s
        while len(found := [hint for hint in self.hints if hint["type"] == type_]) < count:
            self.take(max(0.001, deadline - time.monotonic()))
        return found[-1]

    def silent(self, for_s: float = 0.4) -> bool:
        """Whether nothing comes for a while."""
        try:
            self.take(for_s)
        except TimeoutError:
            return True
        return False


def knock(api: Api, path: str = "/live", **headers: str) -> Socket:
    """An upgrade as the tenant's own page asks for it: the cookie and our Origin, unless `headers` say otherwise."""
    origin = f"http://{api.host}"
    common = {"cookie": f"fd_session={api.token}", "origin": origin, **api.headers}
    return Socket.open(api.url._replace(path="").geturl() + path, api.host, {**common, **headers})


Listens = Callable[..., Listening]
"""Opens somebody's line, from a seq on."""


def tag(api: Api, contact: dict[str, Any], *tags: str) -> dict[str, Any]:
    """A change somebody may want to hear of; the contact after it."""
    change = {"version": contact["version"], "tags": list(tags)}
    after: dict[str, Any] = api.patch(f"/api/v1/contacts/{contact['id']}", change)
    return after


def committed_in_silence(runtime: Runtime, office: Office, contact_id: str) -> None:
    """A fact whose publish was lost: the row is there, nobody was told."""
    now = runtime.now_ms()
    runtime.d1(
        "INSERT INTO events (tenant_id, id, type, source, external_id, subject_kind, subject_id, payload, cause_kind,"
        " cause_id, trace_id, occurred_at, recorded_at)"
        " VALUES (?1, ?2, 'contact.updated', 'frontdesk', ?2, 'contact', ?3, '{}', 'test', 't', 't', ?4, ?4)",
        office.tenant.id,
        uuid7(now),
        contact_id,
        now,
    )
