"""The product's own API as a tenant's staff use it: the Host names the tenant, a bearer token the person."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from sandbox.client import Sandbox


class Answer(NamedTuple):
    """Status, headers in lower case (a repeated one on a line for each), and the body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Refused(Exception):
    """The API answered 4xx or 5xx to a call that should have succeeded."""

    def __init__(self, call: str, answer: Answer) -> None:
        super().__init__(f"{call}: {answer.status} {answer.body[:500].decode('utf-8', 'replace')}")
        self.answer = answer


class Api:
    """One tenant's API. `url` is where the Worker listens, `host` what it is called there."""

    def __init__(
        self,
        url: str,
        slug: str,
        *,
        domain: str = "localhost",
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.url = urlsplit(url)
        self.headers = headers or {}
        self.host = f"{slug}.{domain}:{self.url.port}" if domain == "localhost" else f"{slug}.{domain}"
        self.token = token

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One request, whatever its answer."""
        sent = {"host": self.host, **self.headers, **(headers or {})}
        if self.token and "authorization" not in sent:
            sent["authorization"] = f"Bearer {self.token}"
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        given = {name: value for name, value in (query or {}).items() if value is not None}
        line: http.client.HTTPConnection
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        line = kind(self.url.hostname or "127.0.0.1", self.url.port, timeout=30)
        try:
            line.request(method, f"{path}?{urlencode(given)}" if given else path, raw, sent)
            reply = line.getresponse()
            told: dict[str, str] = {}
            for name, value in reply.getheaders():
                lower = name.lower()
                told[lower] = f"{told[lower]}\n{value}" if lower in told else value
            return Answer(reply.status, told, reply.read())
        finally:
            line.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET. Raises Refused."""
        return self._must("GET", path, None, query)

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON of a POST. Raises Refused."""
        return self._must("POST", path, body, {})

    def patch(self, path: str, body: Any) -> Any:
        """The JSON of a PATCH. Raises Refused."""
        return self._must("PATCH", path, body, {})

    def items(self, path: str, **query: Any) -> list[Any]:
        """Every item of a list, page after page."""
        found: list[Any] = []
        after = None
        while True:
            page = self.get(path, **query, after=after)
            found += page["items"]
            after = page["next"]
            if after is None:
                return found

    def _must(self, method: str, path: str, body: Any, query: Mapping[str, Any]) -> Any:
        answer = self.call(method, path, body, query=query)
        if not 200 <= answer.status < 300:
            raise Refused(f"{method} {path}", answer)
        return answer.json if answer.body else None

    def sign_in(self, sandbox: Sandbox, address: str) -> "Api":
        """Ask for a code, read it in the sandbox's outbox, trade it for a session; this API, signed in."""
        before = max((mail["seq"] for mail in sandbox.emails(to=address)), default=0)
        asked = self.post("/api/v1/auth/codes", {"email": address})
        code = sandbox.sign_in_code(address, after=before, timeout_ms=15_000)
        session = self.post("/api/v1/auth/sessions", {"sign_in_id": asked["sign_in_id"], "code": code})
        self.token = session["token"]
        return self
