"""A running provider sandbox, its accounts as the Worker sees them, and a server to be called back."""

import base64
import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx

from sandbox.client import Sandbox
from support.times import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Heard:
    """One request the sandbox made to us."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Hears callbacks; answers 200, or the statuses queued for it; 0 hangs until the test is over."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, count: int) -> list[Heard]:
        """Everything heard, once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.heard) >= count, PATIENCE_S), self.heard
            return list(self.heard)


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver = self.receiver
        with receiver.changed:
            receiver.heard.append(Heard(self.command, self.path, headers, body))
            status = receiver.answers.pop(0) if receiver.answers else 200
            receiver.changed.notify_all()
        if status == 0:
            receiver.over.wait(10)
            return
        self.send_response(status)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Running:
    """A sandbox process."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/sandbox"), "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready = json.loads(self.process.stdout.readline())
        assert ready["ready"] is True
        self.sandbox = Sandbox(ready["url"])

    def stop(self) -> int:
        """Ends it the way a terminal does; its exit code."""
        self.process.terminate()
        code = self.process.wait(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@dataclass
class Texting:
    """A ClickSend account whose callbacks go to the receiver, and the API as the Worker sees it."""

    sandbox: Sandbox
    http: httpx.Client
    username: str = "harbour"
    key: str = "K-1"
    number: str = "+61280000001"

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        token = base64.b64encode(f"{self.username}:{self.key}".encode()).decode()
        return self.http.request(
            method,
            self.sandbox.clicksend_api + path,
            headers={"authorization": f"Basic {token}"},
            **options,
        )

    def send(self, to: str, body: str = "Hello", custom_string: str = "", **more: Any) -> httpx.Response:
        message = {"to": to, "body": body, "custom_string": custom_string, **more}
        return self.call("POST", "/v3/sms/send", json={"messages": [message]})

    def sent(self, to: str, body: str = "Hello", custom_string: str = "") -> dict[str, Any]:
        message: dict[str, Any] = self.send(to, body, custom_string).json()["data"]["messages"][0]
        assert message["status"] == "SUCCESS"
        return message


@dataclass
class Mailing:
    """A Resend account whose events go to the receiver."""

    sandbox: Sandbox
    http: httpx.Client
    name: str = "harbour"
    key: str = "re_harbour"
    secret: str = ""

    def send(self, key: str | None = None, **changes: Any) -> httpx.Response:
        body = {
            "from": "Harbour <desk@harbour.example>",
            "to": ["ana@example.com"],
            "subject": "Hi",
            "text": "Yo",
        }
        headers = {
            "authorization": f"Bearer {self.key}",
            **({"idempotency-key": key} if key is not None else {}),
        }
        payload = {
            name: value for name, value in {**body, "text": "Yo", **changes}.items() if value is not None
        }
        return self.http.post(f"{self.sandbox.resend_api}/emails", headers=headers, json=payload)

    def get(self, email_id: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}"}
        return self.http.get(f"{self.sandbox.resend_api}/emails/{email_id}", headers=headers)


@dataclass
class Site:
    """A site with the app installed, whose webhooks go to the receiver."""

    app_id: str
    instance_id: str
    public_key_pem: str
    hmac_secret: str
