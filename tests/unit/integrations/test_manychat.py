"""ManyChat's door: the secret in the header, the subscriber in whatever shape the flow sends, one event a minute."""

import json
from typing import Any

import pytest

from frontdesk.integrations import manychat
from frontdesk.integrations.facts import LeadFact
from frontdesk.integrations.inbound import Accepted, Inbound, Refused, SecretSet, Verdict

MINUTE = 60_000
NOW = 1_790_000_000_000 // MINUTE * MINUTE
SECRETS = SecretSet({"manychat_secret": "s3cret"}, {"manychat_secret": "old"})
PERSON = {
    "key": "user:100",
    "id": "100",
    "page_id": "900",
    "first_name": "Ana",
    "last_name": "Reyes",
    "name": "Ana Reyes",
    "timezone": "UTC+11",
    "last_input_text": "How much is an MRI?",
    "phone": "0491 570 006",
    "email": "Ana@Example.com",
    "last_interaction": "2026-09-21T13:33:20+00:00",
    "custom_fields": {"service": "MRI", "urgent": True, "blank": None, "deep": {"x": 1}},
}


def verdict(body: Any, secret: str | None = "s3cret", at: int = NOW, page: str = "") -> Verdict:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {"x-frontdesk-secret": secret}
    request = Inbound("POST", "https://desk.example/webhooks/manychat/harbour", headers, raw, at)
    return manychat.verify(request, SECRETS, page=page)


def accepted(body: Any, **more: Any) -> Accepted:
    given = verdict(body, **more)
    assert isinstance(given, Accepted), given
    return given


def lead(body: Any) -> LeadFact:
    return LeadFact.model_validate(accepted(body).payload)


def reason(given: Verdict) -> str:
    return given.reason if isinstance(given, Refused) else ""


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("s3cret", ""),
        ("old", ""),
        (None, "missing_signature"),
        ("", "missing_signature"),
        ("S3CRET", "bad_signature"),
        ("é\udcff", "bad_signature"),
    ],
)
def test_the_secret(secret: str | None, why: str) -> None:
    assert reason(verdict(PERSON, secret)) == why


def test_an_empty_secret_is_none() -> None:
    request = Inbound("POST", "https://x/", {"x-frontdesk-secret": ""}, b"{}", NOW)
    assert reason(manychat.verify(request, SecretSet({"manychat_secret": ""}))) == "missing_signature"
    request = Inbound("POST", "https://x/", {"x-frontdesk-secret": "x"}, b"{}", NOW)
    assert reason(manychat.verify(request, SecretSet())) == "no_secret"


def test_the_subscriber_at_the_top_or_below() -> None:
    top = lead(PERSON)
    assert (top.contact.external_id, top.contact.first_name, top.contact.phone) == (
        "100",
        "Ana",
        "0491 570 006",
    )
    assert (top.text, top.fields) == ("How much is an MRI?", {"service": "MRI", "urgent": "yes"})
    below = lead({"subscriber": PERSON, "text": "Call me", "fields": {"service": "CT", "budget": 300}})
    assert below.contact == top.contact
    assert (below.text, below.fields) == ("Call me", {"service": "CT", "budget": "300", "urgent": "yes"})
    only_name = lead({"id": 100, "name": "Ana Maria Reyes", "timezone": "Australia/Sydney"}).contact
    assert (only_name.first_name, only_name.last_name) == ("Ana", "Maria Reyes")
    assert (only_name.external_id, only_name.time_zone) == ("100", "Australia/Sydney")


def test_the_answer_is_an_empty_dynamic_block() -> None:
    reply = accepted(PERSON).reply
    assert reply is not None
    assert json.loads(reply.body) == {"version": "v2", "content": {"messages": []}}


def test_the_same_words_count_once_a_minute() -> None:
    first = accepted(PERSON).external_id
    assert first == accepted({**PERSON, "live_chat_url": "https://x/2"}, at=NOW + 59_999).external_id
    others = [
        accepted(PERSON, at=NOW + MINUTE),
        accepted({**PERSON, "id": "101"}),
        accepted({**PERSON, "text": "Hello"}),
        accepted({**PERSON, "fields": {"a": "1"}}),
        accepted({**PERSON, "last_interaction": "2026-09-21T13:33:25+00:00"}),
    ]
    ids = {first, *(each.external_id for each in others)}
    assert len(ids) == len(others) + 1


def test_the_page_counts_when_the_tenant_named_one() -> None:
    assert reason(verdict(PERSON, page="900")) == ""
    assert reason(verdict(PERSON, page="901")) == "wrong_account"
    assert reason(verdict({"id": "1"}, page="901")) == "wrong_account"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 7_000, b'{"a":' * 7_000])
def test_junk(body: bytes) -> None:
    assert reason(verdict(body)) == "malformed"


@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": {}}, {"subscriber": {"name": "x"}}, {"id": True}])
def test_nobody(body: Any) -> None:
    assert reason(verdict(body)) == "unreadable"


def test_too_much_is_cut() -> None:
    fact = lead({"id": "1", "text": "x" * 9_000, "fields": {f"f{n}": "v" * 900 for n in range(200)}})
    assert (len(fact.text), len(fact.fields)) == (5_000, 50)
