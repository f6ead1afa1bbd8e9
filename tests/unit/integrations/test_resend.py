"""Resend: signatures checked against Svix's own library, events translated, answers interpreted."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from svix.webhooks import Webhook

from frontdesk.core.web import HttpResponse
from frontdesk.integrations import resend
from frontdesk.integrations.facts import ReceiptFact
from frontdesk.integrations.inbound import Accepted, Ignored, Inbound, Refused, SecretSet, Verdict
from frontdesk.integrations.outbound import Ambiguous, Rejected, Sent, Throttled

NOW = 1_790_000_000_000
SECRET = "whsec_" + b64encode(b"k" * 24).decode()
OLD = "whsec_" + b64encode(b"o" * 24).decode()
SECRETS = SecretSet({"resend_signing_secret": SECRET}, {"resend_signing_secret": OLD})
ACCOUNT = resend.Account("http://127.0.0.1:1/resend", "re_key")


def body(kind: str = "email.delivered", **data: Any) -> bytes:
    inner = {
        "email_id": "e1",
        "from": "desk@harbour.example",
        "to": ["jo@example.com"],
        "subject": "Hi",
        **data,
    }
    return json.dumps({"type": kind, "created_at": "2026-09-21T14:13:00.000Z", "data": inner}).encode()


def headers(raw: bytes, *secrets: str, at: int = NOW // 1000, id_: str = "msg_1") -> dict[str, str]:
    signer = (Webhook(secret).sign(id_, datetime.fromtimestamp(at, UTC), raw.decode()) for secret in secrets)
    return {"svix-id": id_, "svix-timestamp": str(at), "svix-signature": " ".join(signer)}


def verdict(raw: bytes, given: dict[str, str], secrets: SecretSet = SECRETS) -> Verdict:
    return resend.verify(
        Inbound("POST", "https://desk.example/webhooks/resend/harbour", given, raw, NOW), secrets
    )


def reason(raw: bytes, given: dict[str, str], secrets: SecretSet = SECRETS) -> str:
    said = verdict(raw, given, secrets)
    return said.reason if isinstance(said, Refused) else ""


def test_what_svix_signs_is_accepted() -> None:
    for keys in ((SECRET,), (OLD,), ("whsec_AAAA", SECRET), (OLD, SECRET)):
        given = verdict(body(), headers(body(), *keys))
        assert isinstance(given, Accepted)
        assert (given.external_id, given.event_type) == ("msg_1", "resend.receipt")
    bare = SecretSet({"resend_signing_secret": SECRET.removeprefix("whsec_")})
    assert reason(body(), headers(body(), SECRET), bare) == ""


def test_what_svix_refuses_is_refused() -> None:
    good = headers(body(), SECRET)
    assert reason(body(), headers(body(), "whsec_AAAA")) == "bad_signature"
    assert reason(body() + b" ", good) == "bad_signature"
    assert reason(body(), {**good, "svix-id": "msg_2"}) == "bad_signature"
    assert (
        reason(body(), {**good, "svix-signature": good["svix-signature"].replace("v1,", "v2,")})
        == "bad_signature"
    )
    assert reason(body(), {**good, "svix-signature": "v1,"}) == "bad_signature"
    assert reason(body(), {**good, "svix-signature": "v1"}) == "bad_signature"
    for name in good:
        assert (
            reason(body(), {key: value for key, value in good.items() if key != name}) == "missing_signature"
        )
    for stamp in ("1e9", "-5", "１２３", "99999999999999"):
        assert reason(body(), {**good, "svix-timestamp": stamp}) == "malformed"


def test_the_stamp_may_be_five_minutes_off() -> None:
    now = NOW // 1000
    for at, wanted in ((now - 300, ""), (now + 300, ""), (now - 301, "expired"), (now + 301, "expired")):
        assert reason(body(), headers(body(), SECRET, at=at)) == wanted


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "not base64"])
def test_an_unusable_secret_matches_nothing(secret: str) -> None:
    assert (
        reason(body(), headers(body(), SECRET), SecretSet({"resend_signing_secret": secret})) == "no_secret"
    )


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("email.sent", "sent"),
        ("email.delivery_delayed", "sent"),
        ("email.delivered", "delivered"),
        ("email.bounced", "failed"),
        ("email.failed", "failed"),
        ("email.complained", "delivered"),
        ("email.suppressed", "failed"),
    ],
)
def test_events(kind: str, state: str) -> None:
    raw = body(kind, bounce={"type": "Permanent", "subType": "General", "message": "no such user"})
    given = verdict(raw, headers(raw, SECRET))
    assert isinstance(given, Accepted)
    fact = ReceiptFact.model_validate(given.payload)
    assert (fact.state, fact.provider_id, fact.at) == (state, "e1", 1_790_000_000_000 - 20_000)
    assert fact.complaint == (kind == "email.complained")
    assert fact.opted_out == (kind == "email.suppressed")
    assert fact.detail == "Permanent: General: no such user"


@pytest.mark.parametrize(("kind", "opted_out"), [("General", False), ("Suppressed", True), (None, False)])
def test_a_bounce_of_an_address_nothing_is_delivered_to(kind: str | None, opted_out: bool) -> None:
    raw = body("email.bounced", bounce={"type": "Permanent", "subType": kind})
    given = verdict(raw, headers(raw, SECRET))
    assert isinstance(given, Accepted)
    assert ReceiptFact.model_validate(given.payload).opted_out == opted_out


@pytest.mark.parametrize(
    ("tags", "id_"),
    [
        ({"message": "m1", "kind": "x"}, "m1"),
        ([{"name": "kind", "value": "x"}, {"name": "message", "value": "m1"}, "?"], "m1"),
        ({"message": {"m": 1}}, ""),
        ("m1", ""),
        (None, ""),
    ],
)
def test_our_id_comes_back_as_a_tag(tags: object, id_: str) -> None:
    raw = body(tags=tags)
    given = verdict(raw, headers(raw, SECRET))
    assert isinstance(given, Accepted)
    assert ReceiptFact.model_validate(given.payload).custom_string == id_


def test_of_no_interest_or_unreadable() -> None:
    for kind in ("email.opened", "email.clicked", "contact.created", "email.received"):
        assert isinstance(verdict(body(kind), headers(body(kind), SECRET)), Ignored)
    unreadable = (b"", b"[]", b'{"type": "email.sent"}', b"[" * 7_000, b'{"type":"email.sent","data":{}}')
    for raw in unreadable:
        assert reason(raw, headers(raw, SECRET)) == "unreadable"


def test_the_send_request() -> None:
    mail = resend.Email(
        "Harbour <desk@harbour.example>",
        "jo@example.com",
        "Hi",
        "text",
        headers={"List-Unsubscribe": "<https://x>"},
    )
    request = resend.send_request(ACCOUNT, mail, idempotency_key="m1")
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:1/resend/emails")
    assert request.headers["idempotency-key"] == "m1"
    assert request.headers["authorization"] == "Bearer re_key"
    assert json.loads(request.body) == {
        "from": "Harbour <desk@harbour.example>",
        "to": ["jo@example.com"],
        "subject": "Hi",
        "text": "text",
        "tags": [{"name": "message", "value": "m1"}],
        "headers": {"List-Unsubscribe": "<https://x>"},
    }
    assert "re_key" not in repr((ACCOUNT, request))


def told(status: int, answer: Any, **named: str) -> Any:
    given = {name.replace("_", "-"): value for name, value in named.items()}
    return resend.sent(HttpResponse(status, given, json.dumps(answer).encode()), now_ms=NOW)


def test_answers() -> None:
    assert told(200, {"id": "e1"}) == Sent("e1")
    assert told(200, {}) == Ambiguous("the answer has no id", repeatable=True)
    error = {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."}
    assert told(422, error) == Rejected("validation_error", "Invalid `to` field.")
    # About our account: of a try before, it says nothing.
    assert told(403, "?") == Rejected("http_403", "Resend answered 403", elsewhere=True)
    assert told(429, {"name": "rate_limit_exceeded"}, retry_after="1") == Throttled(1_000)
    assert told(429, {"name": "daily_quota_exceeded"}) == Throttled(3_600_000)
    assert told(409, {"name": "concurrent_idempotent_requests"}) == Throttled(2_000)
    assert told(409, {"name": "invalid_idempotent_request"}).repeatable is False
    assert told(500, {"name": "application_error"}) == Ambiguous("Resend answered 500", repeatable=True)
