"""Sending through Twilio: the request, what each answer is taken for, and what its list can tell."""

import json
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

import pytest

from frontdesk.core.web import HttpResponse
from frontdesk.integrations.outbound import Ambiguous, Found, NotThere, Rejected, Sent, Throttled, Unclear
from frontdesk.integrations.twilio import sms

NOW = 1_790_000_000_000
MINUTE = 60_000
SID = "AC" + "0" * 31 + "1"
JO = "+61491570006"
ACCOUNT = sms.Account("http://127.0.0.1:1/twilio", SID, "s3cret")


def answer(status: int, body: Any, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, named, json.dumps(body).encode())


def refusal(status: int, code: int, message: str = "told") -> HttpResponse:
    return answer(status, {"code": code, "message": message, "more_info": "...", "status": status})


def told(response: HttpResponse) -> Any:
    return sms.sent(response, now_ms=NOW)


def test_the_request() -> None:
    request = sms.send_request(
        ACCOUNT, to=JO, body="Hi “Jo” & co", sender="+61480000001", callback="https://x.example/w?message=m1"
    )
    assert (request.method, request.url) == (
        "POST",
        f"http://127.0.0.1:1/twilio/2010-04-01/Accounts/{SID}/Messages.json",
    )
    assert dict(parse_qsl(request.body.decode())) == {
        "To": JO,
        "From": "+61480000001",
        "Body": "Hi “Jo” & co",
        "StatusCallback": "https://x.example/w?message=m1",
        "SmartEncoded": "false",
    }
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"].startswith("Basic ")
    assert "s3cret" not in repr(ACCOUNT) and "Basic" not in repr(request)
    service = "MG" + "0" * 32
    through = sms.send_request(ACCOUNT, to=JO, body="Hi", sender=service, callback="")
    assert dict(parse_qsl(through.body.decode()))["MessagingServiceSid"] == service


def test_taken() -> None:
    message = {"sid": "SM1", "status": "queued", "num_segments": "2", "price": None}
    assert told(answer(201, message)) == Sent("SM1", 2)
    assert told(answer(201, {**message, "num_segments": "0", "price": "-0.01580"})) == Sent(
        "SM1", None, 15_800
    )


@pytest.mark.parametrize(
    ("status", "code", "elsewhere"),
    [
        (401, 20003, True),
        (403, 20005, True),
        (400, 21408, True),
        (403, 21408, True),
        (400, 21606, True),
        (400, 21609, True),
        (400, 21211, False),
        (400, 21610, False),
        (403, 21610, False),
        (400, 21614, False),
        (400, 21617, False),
        (400, 12345, False),
    ],
)
def test_refused(status: int, code: int, elsewhere: bool) -> None:
    assert told(refusal(status, code)) == Rejected(str(code), "told", elsewhere, opted_out=code == 21610)


def test_refused_without_a_word() -> None:
    assert told(HttpResponse(401, {}, b"<html>")) == Rejected("HTTP_401", "Twilio answered 401", True)
    assert told(HttpResponse(404, {}, b"")) == Rejected("HTTP_404", "Twilio answered 404", False)


def test_refused_after_it_was_made() -> None:
    message = {"sid": "SM1", "status": "failed", "error_code": 30002, "error_message": "Account suspended"}
    assert told(answer(201, message)) == Rejected("30002", "Account suspended", True)
    assert told(answer(201, {**message, "error_code": None, "error_message": None})) == Rejected(
        "failed", "Twilio says failed", False
    )


def test_not_yet() -> None:
    assert told(refusal(429, 20429)) == Throttled(sms.THROTTLE_MS)
    assert told(answer(429, {"code": 20429}, retry_after="7")) == Throttled(7_000)
    assert told(refusal(400, 21611)) == Throttled(sms.THROTTLE_MS)


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(500, {}, b""),
        HttpResponse(503, {}, b"{}"),
        HttpResponse(201, {}, b""),
        HttpResponse(201, {}, b"[" * 7_000),
        HttpResponse(302, {"location": "/"}, b""),
        HttpResponse(408, {}, b""),
        answer(200, {"status": "queued"}),
    ],
)
def test_whatever_may_follow_a_taken_text_is_ambiguous(response: HttpResponse) -> None:
    assert isinstance(told(response), Ambiguous)


def entry(sid: str, ago_ms: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "sid": sid,
        "to": JO,
        "body": "Your appointment",
        "status": "sent",
        "direction": "outbound-api",
        "date_created": formatdate((NOW - ago_ms) / 1000),
        "num_segments": "1",
        **more,
    }


def look(*entries: Any, known: frozenset[str] = frozenset(), **more: Any) -> Any:
    listed = {"messages": list(entries), "next_page_uri": None, **more}
    return sms.found(answer(200, listed), to=JO, body="Your  appointment ", since=NOW, known=known)


def test_the_question_misses_nothing_that_is_still_queued() -> None:
    request = sms.list_request(ACCOUNT, to=JO)
    assert request.url.endswith("/Messages.json?To=%2B61491570006&PageSize=1000")


def test_found_by_recipient_words_and_time() -> None:
    assert look(entry("SM1", status="delivered")) == Found("SM1", "delivered", "delivered", 1)
    assert look(entry("SM1", status="undelivered", error_code=30003)) == Found(
        "SM1", "failed", "the phone is switched off or out of reach (Twilio 30003)", 1
    )
    assert look(entry("SM1", status="queued")) == Found("SM1", "sent", "queued", 1)
    assert look(entry("SM1", status="failed", error_code=21610)) == Found(
        "SM1", "failed", "they said STOP to Twilio (Twilio 21610)", 1, opted_out=True
    )


def test_of_two_the_oldest_that_is_not_another_message_of_ours() -> None:
    older, newer = entry("SM1", 2 * MINUTE), entry("SM2", MINUTE)
    assert look(newer, older).provider_id == "SM1"
    assert look(newer, older, known=frozenset({"SM1"})).provider_id == "SM2"
    assert look(newer, older, known=frozenset({"SM1", "SM2"})) == NotThere()


@pytest.mark.parametrize(
    "other",
    [
        entry("SM1", body="Other words"),
        entry("SM1", to="+61491570007"),
        entry("SM1", direction="inbound"),
        entry("SM1", sms.MARGIN_MS + MINUTE),
    ],
)
def test_what_is_not_ours(other: dict[str, Any]) -> None:
    assert look(other) == NotThere()
    assert look() == NotThere()


def test_what_the_list_cannot_tell() -> None:
    assert isinstance(look(entry("SM1", body="")), Unclear)  # redacted
    assert isinstance(look("?"), Unclear)
    assert isinstance(look(entry("SM1", date_created=None)), Unclear)
    assert isinstance(look(entry("SM1", date_created="soon")), Unclear)
    assert isinstance(look(entry("", status="sent")), Unclear)
    assert isinstance(look(entry("SM1", body="Other"), next_page_uri="/more"), Unclear)
    assert look(entry("SM1", body="Other"), entry("SM0", 60 * MINUTE), next_page_uri="/more") == NotThere()
    for response in (HttpResponse(500, {}, b""), HttpResponse(200, {}, b"?"), answer(200, {"messages": {}})):
        assert isinstance(sms.found(response, to=JO, body="x", since=NOW, known=()), Unclear)
