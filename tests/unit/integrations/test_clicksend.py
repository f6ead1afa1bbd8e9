"""ClickSend's door: which replies and receipts are believed, and what they say."""

import json
from urllib.parse import urlencode

import pytest

from frontdesk.integrations.clicksend import webhook
from frontdesk.integrations.facts import ReceiptFact, TextFact
from frontdesk.integrations.inbound import Accepted, Ignored, Inbound, Refused, SecretSet, Verdict

NOW = 1_790_000_000_000
SECRETS = SecretSet({"clicksend_path_secret": "s3cret"}, {"clicksend_path_secret": "old"})
TEXT = {
    "from": "+61491570006",
    "to": "+61480000001",
    "body": "See you then – 5€",
    "message_id": "AAAA-1",
    "original_message_id": "BBBB-1",
    "custom_string": "m1",
    "timestamp": "1789999000",
}
RECEIPT = {
    "timestamp_send": "1789998000",
    "timestamp": "1789999000",
    "message_id": "BBBB-1",
    "status": "Delivered",
    "status_code": "201",
    "status_text": "Success: Message received on handset.",
    "error_code": "",
    "error_text": "",
    "custom_string": "m1",
    "message_type": "sms",
}


def verdict(body: bytes, presented: str = "s3cret", secrets: SecretSet = SECRETS) -> Verdict:
    request = Inbound("POST", "https://desk.example/webhooks/clicksend/harbour/x", {}, body, NOW)
    return webhook.verify(request, secrets, presented=presented)


def form(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def text(body: bytes) -> TextFact:
    given = verdict(body)
    assert isinstance(given, Accepted), given
    assert given.event_type == "clicksend.text"
    return TextFact.model_validate(given.payload)


def test_a_reply_as_form_and_as_json() -> None:
    fact = text(form(TEXT))
    assert fact == text(json.dumps({**TEXT, "timestamp": 1789999000}).encode())
    assert fact == TextFact(
        provider="clicksend",
        provider_id="AAAA-1",
        sender="+61491570006",
        recipient="+61480000001",
        body="See you then – 5€",
        in_reply_to="BBBB-1",
        custom_string="m1",
        at=1_789_999_000_000,
    )
    given = verdict(form(TEXT))
    assert isinstance(given, Accepted)
    assert given.external_id == "inbound:AAAA-1"


def test_receipts_are_told_apart_by_message_and_status() -> None:
    ids = set()
    for code, state in (("200", "sent"), ("201", "delivered"), ("300", "sent"), ("301", "failed")):
        for value in (code, int(code)):
            given = verdict(json.dumps({**RECEIPT, "status_code": value}).encode())
            assert isinstance(given, Accepted)
            fact = ReceiptFact.model_validate(given.payload)
            assert (fact.state, fact.provider_id, fact.custom_string) == (state, "BBBB-1", "m1")
            ids.add(given.external_id)
    assert ids == {f"receipt:BBBB-1:{code}" for code in (200, 201, 300, 301)}
    given = verdict(form({**RECEIPT, "status_code": "999"}))
    assert isinstance(given, Ignored)


@pytest.mark.parametrize(
    ("presented", "reason"),
    [
        ("s3cret", ""),
        ("old", ""),
        ("", "bad_signature"),
        ("S3CRET", "bad_signature"),
        ("é\udcff", "bad_signature"),
    ],
)
def test_the_path_secret(presented: str, reason: str) -> None:
    given = verdict(form(TEXT), presented)
    assert (given.reason if isinstance(given, Refused) else "") == reason


def test_no_secret_configured_refuses_even_an_empty_one() -> None:
    given = verdict(form(TEXT), "", SecretSet({"clicksend_path_secret": ""}))
    assert isinstance(given, Refused)
    assert given.reason == "no_secret"


def test_bytes_that_are_no_utf8() -> None:
    assert text(b"from=%2B61491570006&body=STOP%FF&message_id=1").body == "STOP�"
    assert text(b"from=%2B61491570006&body=STOP\xff&message_id=1").body == "STOP�"
    given = verdict(b'{"from": "1", "body": "\xff"}')
    assert isinstance(given, Refused)
    assert given.status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"[" * 7_000,
        b'{"a":' * 7_000,
        b"&" * 500,
        b"a=1&" * 500,
        b"from=1",
        b"body=hi",
        b'{"from":"1","body":{}}',
    ],
)
def test_junk_behind_the_right_secret(body: bytes) -> None:
    given = verdict(body)
    assert isinstance(given, Refused)
    assert given.status in (400, 422)


def test_a_reply_without_id_is_known_by_what_it_says() -> None:
    bare = {key: value for key, value in TEXT.items() if key != "message_id"}
    first, again = text(form(bare)), text(form(bare))
    assert first.provider_id == again.provider_id
    assert first.provider_id != text(form({**bare, "body": "other"})).provider_id


def test_repeated_fields_and_long_texts() -> None:
    assert text(form(TEXT) + b"&body=second").body == TEXT["body"]
    assert len(text(form({**TEXT, "body": "x" * 50_000})).body) == 5_000
