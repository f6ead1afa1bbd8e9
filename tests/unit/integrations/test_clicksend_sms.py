"""Sending through ClickSend: what is asked, and what each answer is taken for."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from frontdesk.core.web import HttpResponse
from frontdesk.integrations.clicksend import sms
from frontdesk.integrations.outbound import (
    Ambiguous,
    Found,
    LookFurther,
    NotThere,
    Rejected,
    Sent,
    Throttled,
    Unclear,
)

NOW = 1_790_000_000_000

ACCOUNT = sms.Account("http://127.0.0.1:1/clicksend", "harbour", "key")


def test_the_send_request() -> None:
    request = sms.send_request(
        ACCOUNT, to="+61491570006", body="Hi “Jo”", custom_string="m1", sender="+61480000001"
    )
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:1/clicksend/v3/sms/send")
    assert request.headers["authorization"] == "Basic aGFyYm91cjprZXk="
    assert json.loads(request.body) == {
        "messages": [
            {
                "source": "frontdesk",
                "to": "+61491570006",
                "body": "Hi “Jo”",
                "custom_string": "m1",
                "from": "+61480000001",
            }
        ]
    }
    assert "key" not in repr(ACCOUNT)
    assert "Basic" not in repr(request)


def answer(status: int, data: Any, code: str = "SUCCESS", **headers: str) -> HttpResponse:
    body = {"http_code": status, "response_code": code, "response_msg": "told", "data": data}
    return HttpResponse(
        status, {k.replace("_", "-"): v for k, v in headers.items()}, json.dumps(body).encode()
    )


def told(response: HttpResponse) -> Any:
    return sms.sent(response, custom_string="m1", now_ms=NOW)


def one(**fields: Any) -> dict[str, Any]:
    message = {
        "message_id": "ID",
        "message_parts": 2,
        "message_price": "0.1584",
        "custom_string": "m1",
        "status": "SUCCESS",
    }
    return {"messages": [{**message, **fields}]}


def test_accepted() -> None:
    assert told(answer(200, one())) == Sent("ID", 2, 158_400)
    assert told(answer(200, one(message_price=0.0792, message_parts="1"))) == Sent("ID", 1, 79_200)
    assert told(answer(200, one(message_price="NaN", message_parts=None))) == Sent("ID")
    assert told(answer(200, one(custom_string=""))) == Sent("ID", 2, 158_400)
    # What is said of the message counts more than what is said of the request.
    assert told(answer(200, one(), "FAILED")) == Sent("ID", 2, 158_400)
    assert told(answer(200, None, "FAILED")) == Rejected("FAILED", "told")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("INVALID_RECIPIENT", "invalid recipient"),
        ("OPTED_OUT", "opted out"),
        ("INSUFFICIENT_CREDIT", "insufficient credit"),
        ("COUNTRY_NOT_ENABLED", "country not enabled"),
        ("INVALID_SENDER_ID", "invalid sender ID"),
    ],
)
def test_a_message_refused_inside_a_200(status: str, words: str) -> None:
    """What is said of the request as a whole ("Messages queued for delivery.") says nothing of it."""
    given = told(answer(200, one(status=status, message_id=None)))
    assert given == Rejected(
        status,
        words,
        elsewhere=status not in ("INVALID_RECIPIENT", "OPTED_OUT"),
        opted_out=status == "OPTED_OUT",
    )
    given = told(answer(200, one(status=status, message_id=None, error_text="No, thanks")))
    assert given.message == "No, thanks"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 413, 422])
def test_refused_by_status(status: int) -> None:
    assert told(answer(status, None, "BAD_REQUEST")) == Rejected("BAD_REQUEST", "told")
    given = told(HttpResponse(status, {}, b"<html>"))
    elsewhere = status in (401, 402, 403)
    assert given == Rejected(f"HTTP_{status}", f"ClickSend answered {status}", elsewhere)


@pytest.mark.parametrize(
    ("header", "ms"),
    [
        ("7", 7_000),
        ("", 60_000),
        ("soon", 60_000),
        ("0", 1_000),
        ("-5", 60_000),
        ("99999999", 86_400_000),
        ("Mon, 21 Sep 2026 14:13:30 GMT", 10_000),
        ("Mon, 21 Sep 2026 14:00:00 GMT", 1_000),
    ],
)
def test_throttled(header: str, ms: int) -> None:
    assert told(answer(429, None, "TOO_MANY_REQUESTS", retry_after=header)) == Throttled(ms)


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(500, {}, b""),
        answer(503, None, "INTERNAL_SERVER_ERROR"),
        HttpResponse(200, {}, b""),
        HttpResponse(200, {}, b'{"data":'),
        HttpResponse(200, {}, b"[" * 7_000),
        HttpResponse(302, {"location": "/"}, b""),
        HttpResponse(408, {}, b""),
        answer(200, {"messages": []}),
        answer(200, {"messages": "x"}),
        answer(200, None),
        answer(200, one(custom_string="another")),
        answer(200, one(status="WHO_KNOWS")),
        answer(200, one(message_id="")),
    ],
)
def test_whatever_may_follow_an_accepted_text_is_ambiguous(response: HttpResponse) -> None:
    given = told(response)
    assert isinstance(given, Ambiguous)
    assert not given.repeatable


def page(items: list[dict[str, Any]], current: int = 1, last: int = 1) -> HttpResponse:
    return answer(200, {"total": len(items), "current_page": current, "last_page": last, "data": items})


def test_the_history_is_asked_for_everything_since() -> None:
    request = sms.history_request(ACCOUNT, since=NOW, page=3)
    split = urlsplit(request.url)
    assert (request.method, split.path) == ("GET", "/clicksend/v3/sms/history")
    assert parse_qs(split.query) == {"date_from": [str(NOW // 1000 - 600)], "page": ["3"], "limit": ["100"]}


def test_found_on_the_page() -> None:
    other = {"message_id": "X", "custom_string": "m2", "status": "Sent"}
    mine = {"message_id": "ID", "custom_string": "m1", "message_parts": 1, "message_price": "0.0792"}
    for fields, state in (
        ({"status": "Sent", "status_code": None}, "sent"),
        ({"status": "Completed", "status_code": 201}, "delivered"),
        ({"status": "Completed", "status_code": "301"}, "failed"),
        ({"status": "INVALID_RECIPIENT"}, "failed"),
    ):
        given = sms.found(page([other, {**mine, **fields}]), custom_string="m1")
        assert isinstance(given, Found)
        assert (given.provider_id, given.state, given.cost_micros) == ("ID", state, 79_200)


def test_not_there_only_when_all_was_seen() -> None:
    other = {"message_id": "X", "custom_string": "m2", "status": "Sent"}
    assert sms.found(page([other]), custom_string="m1") == NotThere()
    assert sms.found(page([other], 1, 3), custom_string="m1") == LookFurther(2)
    assert sms.found(page([other], 3, 3), custom_string="m1") == NotThere()
    for response in (
        HttpResponse(500, {}, b""),
        HttpResponse(200, {}, b"?"),
        answer(200, {"data": []}),
        answer(200, []),
    ):
        assert isinstance(sms.found(response, custom_string="m1"), Unclear)
