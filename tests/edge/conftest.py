"""The contract Worker, and the world it calls: a server that misbehaves, and a token by an independent signer."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from local.client import Runtime

LONG_S = 20
"""Longer than any timeout of the checks, so that it is the timeout that ends a hang."""
HERE = Path(__file__).parent
SRC = HERE.parents[1] / "src"


class Misbehaving(BaseHTTPRequestHandler):
    """One path, one fault."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/teapot":
            self._send(418, body, ("x-heard", self.headers.get("x-said", "")))
        elif self.path == "/away":
            self._send(302, b"", ("location", "/teapot"))
        elif self.path == "/hang":
            time.sleep(LONG_S)
        elif self.path == "/half":
            self.send_response(200)
            self.send_header("content-length", "100")
            self.end_headers()
            self.wfile.write(b"half")

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Not a word."""


@pytest.fixture(scope="session")
def outside() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def contract(outside: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    key = RSAKey.generate_key(2048)
    variables = {
        "OUTSIDE": outside,
        "ORACLE_TOKEN": jwt.encode({"alg": "RS256"}, {"data": "signed elsewhere"}, key),
        "ORACLE_KEY": key.as_pem(private=False).decode(),
    }
    state = tmp_path_factory.mktemp("contract")
    config = HERE / "wrangler.toml"
    with Runtime.start(
        state=state, config=config, app=[HERE / "worker", SRC], variables=variables, quiet=True
    ) as runtime:
        yield runtime
