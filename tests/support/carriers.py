"""ClickSend and Resend as strict doubles in memory: what they took, and faults on request."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from frontdesk.core.web import HttpRequest, HttpResponse, TransportError


@dataclass
class Carriers:
    """`faults` are what the next sends meet, `lookup_faults` what the next questions meet; then all is well.

    ok, throttled, rejected; 500 and hang (not taken); 500-taken and drop (taken, the answer lost).
    """

    faults: list[str] = field(default_factory=list)
    lookup_faults: list[str] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    payloads: list[tuple[str, bytes]] = field(default_factory=list)
    lookups: int = 0
    page: int = 100
    now: Callable[[], int] = lambda: 0
    before_answer: Callable[[], None] = lambda: None

    def answer(self, request: HttpRequest) -> HttpResponse:
        """One request of ours."""
        path = urlsplit(request.url).path
        if path == "/v3/sms/send":
            return self._text(json.loads(request.body)["messages"][0])
        if path == "/v3/sms/history":
            return self._history(parse_qs(urlsplit(request.url).query))
        if path == "/emails":
            return self._mail(request)
        raise AssertionError(f"nobody answers at {request.url}")

    def _fault(self, taken: Callable[[], Any]) -> HttpResponse | None:
        fault = self.faults.pop(0) if self.faults else "ok"
        if fault in ("500-taken", "drop"):
            taken()
        if fault in ("hang", "drop"):
            raise TransportError("no answer within the timeout")
        if fault.startswith("500"):
            return HttpResponse(500, {}, b"")
        if fault == "throttled":
            return HttpResponse(429, {"retry-after": "30"}, b"{}")
        assert fault in ("ok", "rejected"), fault
        return HttpResponse(0) if fault == "rejected" else None

    def _text(self, message: dict[str, Any]) -> HttpResponse:
        def take() -> dict[str, Any]:
            taken = {**message, "message_id": f"CS-{len(self.texts) + 1}", "date": self.now() // 1000}
            self.texts.append(taken)
            return taken

        fault = self._fault(take)
        if fault and fault.status:
            return fault
        entry = {**message, "status": "INVALID_RECIPIENT"} if fault else {**take(), "status": "SUCCESS"}
        self.before_answer()
        return _json({"response_code": "SUCCESS", "data": {"messages": [entry]}})

    def _history(self, query: dict[str, list[str]]) -> HttpResponse:
        self.lookups += 1
        fault = self.lookup_faults.pop(0) if self.lookup_faults else "ok"
        if fault == "hang":
            raise TransportError("no answer within the timeout")
        if fault != "ok":
            return HttpResponse(int(fault), {}, b"")
        known = [each for each in self.texts if each["date"] >= int(query["date_from"][0])]
        number = int(query["page"][0])
        shown = known[(number - 1) * self.page : number * self.page]
        last = max(1, -(-len(known) // self.page))
        items = [{**each, "status": "Delivered", "status_code": each.get("code", "201")} for each in shown]
        return _json({"data": {"data": items, "current_page": number, "last_page": last}})

    def _mail(self, request: HttpRequest) -> HttpResponse:
        key = request.headers["idempotency-key"]
        self.payloads.append((key, request.body))
        payload = json.loads(request.body)

        def take() -> str:
            for mail in self.mails:
                if mail["key"] == key:
                    return str(mail["id"]) if mail["payload"] == payload else ""
            self.mails.append({"key": key, "payload": payload, "id": f"RS-{len(self.mails) + 1}"})
            return str(self.mails[-1]["id"])

        fault = self._fault(take)
        if fault and fault.status:
            return fault
        if fault:
            return _json({"name": "validation_error", "message": "no such domain"}, 422)
        id_ = take()
        self.before_answer()
        return _json({"id": id_}) if id_ else _json({"name": "invalid_idempotent_request"}, 409)


def _json(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(status, {}, json.dumps(value).encode())
