"""ClickSend and Resend as they were in the past: mostly fine, sometimes not, and never in the sandbox."""

import json
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from frontdesk.core.clock import MINUTE, SECOND
from frontdesk.core.web import HttpRequest, HttpResponse, TransportError

Receipt = Callable[[int, dict[str, Any], str], None]
"""Told of each receipt to come: after how many ms, the text or mail, and the provider's code."""


class PastCarriers:
    """Answers what the Worker sends. What follows an accepted message is handed to `receipt`."""

    def __init__(self, dice: Random, now: Callable[[], int], receipt: Receipt) -> None:
        self._dice, self._now, self._receipt = dice, now, receipt
        self._texts: list[dict[str, Any]] = []
        self._mails: dict[str, dict[str, Any]] = {}
        self._deaf_until = 0

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request to a provider. Raises TransportError where the line breaks."""
        parts = urlsplit(request.url)
        if parts.path == "/v3/sms/send":
            return self._text(json.loads(request.body)["messages"][0])
        if parts.path == "/v3/sms/history":
            return self._history(parse_qs(parts.query))
        return self._mail(request.headers["idempotency-key"], json.loads(request.body))

    def _text(self, message: dict[str, Any]) -> HttpResponse:
        luck = self._dice.random()
        if luck < 0.003:
            return _json({"response_code": "TOO_MANY_REQUESTS"}, 429, {"retry-after": "5"})
        if luck < 0.013:
            return _answer({**message, "status": "INVALID_RECIPIENT", "error_text": "no such number"})
        taken = {
            **message,
            "message_id": f"{self._dice.getrandbits(64):016X}",
            "date": self._now() // SECOND,
            "status": "SUCCESS",
        }
        self._texts.append(taken)
        if luck < 0.018:
            # Nobody will ever say what became of this one: it lasts longer than the gate waits an outage out.
            self._deaf_until = self._now() + 30 * MINUTE
        else:
            self._follow(taken)
        if luck < 0.026:
            raise TransportError("no answer within 10000 ms")
        return _answer(taken)

    def _follow(self, text: dict[str, Any]) -> None:
        luck, soon = self._dice.random(), self._dice.randint(1_500, 9_000)
        if luck < 0.945:
            self._receipt(soon, text, "201")
        elif luck < 0.985:
            self._receipt(soon + MINUTE, text, "301")

    def _history(self, query: dict[str, list[str]]) -> HttpResponse:
        if self._now() < self._deaf_until:
            return HttpResponse(503, {}, b"")
        since = int(query["date_from"][0])
        items = [text for text in self._texts if text["date"] >= since]
        return _json({"data": {"data": items, "current_page": 1, "last_page": 1}})

    def _mail(self, key: str, payload: dict[str, Any]) -> HttpResponse:
        mail = self._mails.get(key)
        if mail is None:
            mail = self._mails[key] = {"id": f"{self._dice.getrandbits(64):016x}", "to": payload["to"]}
            bounced = self._dice.random() < 0.06
            self._receipt(
                self._dice.randint(900, 5_000), mail, "email.bounced" if bounced else "email.delivered"
            )
        return _json({"id": mail["id"]})


def _answer(message: dict[str, Any]) -> HttpResponse:
    return _json({"response_code": "SUCCESS", "data": {"messages": [message]}})


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(status, headers or {}, json.dumps(value).encode())
