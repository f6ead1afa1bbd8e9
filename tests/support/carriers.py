"""ClickSend, Twilio and Resend as strict doubles in memory: what they took, and faults on request."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from frontdesk.core.web import HttpRequest, HttpResponse, TransportError


@dataclass
class Carriers:
    """`faults` are what the next sends meet, `lookup_faults` what the next questions meet; then all is well.

    ok, throttled, rejected; 500 and hang (not taken); 500-taken and drop (taken, the answer lost); for ClickSend
    also any of its own statuses, for Twilio any of its error codes, for Resend any status.
    """

    faults: list[str] = field(default_factory=list)
    lookup_faults: list[str] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    twilio_faults: list[str] = field(default_factory=list)
    twilio_texts: list[dict[str, Any]] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    payloads: list[tuple[str, bytes]] = field(default_factory=list)
    lookups: int = 0
    page: int = 100
    history_code: str = "201"
    now: Callable[[], int] = lambda: 0
    before_answer: Callable[[], None] = lambda: None

    def answer(self, request: HttpRequest) -> HttpResponse:
        """One request of ours."""
        path = urlsplit(request.url).path
        if path == "/v3/sms/send":
            return self._text(json.loads(request.body)["messages"][0])
        if path == "/v3/sms/history":
            return self._history(parse_qs(urlsplit(request.url).query))
        if path.startswith("/2010-04-01/Accounts/") and path.endswith("/Messages.json"):
            return self._twilio(request) if request.method == "POST" else self._twilio_list(request)
        if path == "/emails":
            return self._mail(request)
        raise AssertionError(f"nobody answers at {request.url}")

    def _fault(self, taken: Callable[[], Any], faults: list[str] | None = None) -> HttpResponse | None:
        faults = self.faults if faults is None else faults
        fault = faults.pop(0) if faults else "ok"
        if fault in ("500-taken", "drop"):
            taken()
        if fault in ("hang", "drop"):
            raise TransportError("no answer within the timeout")
        if fault.startswith("500"):
            return HttpResponse(500, {}, b"")
        if fault == "throttled":
            return HttpResponse(429, {"retry-after": "30"}, b"{}")
        assert fault in ("ok", "rejected") or fault.isupper() or fault.isdigit(), fault
        reason = "INVALID_RECIPIENT" if fault == "rejected" else fault
        return None if fault == "ok" else HttpResponse(0, {}, reason.encode())

    def _text(self, message: dict[str, Any]) -> HttpResponse:
        def take() -> dict[str, Any]:
            taken = {**message, "message_id": f"CS-{len(self.texts) + 1}", "date": self.now() // 1000}
            self.texts.append(taken)
            return taken

        fault = self._fault(take)
        if fault and fault.status:
            return fault
        entry = {**message, "status": fault.body.decode()} if fault else {**take(), "status": "SUCCESS"}
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
        items = [
            {**each, "status": "Delivered", "status_code": each.get("code", self.history_code)}
            for each in shown
        ]
        return _json({"data": {"data": items, "current_page": number, "last_page": last}})

    def _twilio(self, request: HttpRequest) -> HttpResponse:
        fields = dict(parse_qsl(request.body.decode()))

        def take() -> dict[str, Any]:
            taken = {
                "sid": f"SM-{len(self.twilio_texts) + 1}",
                "status": "queued",
                "direction": "outbound-api",
                "to": fields["To"],
                "body": fields["Body"],
                "date_created": formatdate(self.now() / 1000),
                "callback": fields["StatusCallback"],
            }
            self.twilio_texts.append(taken)
            return taken

        fault = self._fault(take, self.twilio_faults)
        if fault and fault.status:
            return fault
        if fault:
            return _json({"code": int(fault.body), "message": "no"}, 400)
        taken = take()
        self.before_answer()
        return _json(taken, 201)

    def _twilio_list(self, request: HttpRequest) -> HttpResponse:
        self.lookups += 1
        to = parse_qs(urlsplit(request.url).query)["To"][0]
        found = [each for each in reversed(self.twilio_texts) if each["to"] == to]
        return _json({"messages": found, "next_page_uri": None})

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
            status = int(fault.body) if fault.body.isdigit() else 422
            return _json({"name": "validation_error", "message": "no such domain"}, status)
        id_ = take()
        self.before_answer()
        return _json({"id": id_}) if id_ else _json({"name": "invalid_idempotent_request"}, 409)


def _json(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(status, {}, json.dumps(value).encode())
