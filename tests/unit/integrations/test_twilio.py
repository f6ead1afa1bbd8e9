"""Twilio's door: the signature against the official client's validator, and what each callback is taken for."""

import hashlib
import json
import warnings
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.integrations.facts import ReceiptFact, TextFact
from frontdesk.integrations.inbound import Accepted, Ignored, Inbound, Refused, SecretSet, Verdict
from frontdesk.integrations.twilio import webhook
from frontdesk.integrations.twilio.signature import FORM, checked, signature

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from twilio.request_validator import RequestValidator

NOW = 1_790_000_000_000
SID = "AC" + "0" * 31 + "1"
TOKEN = "12345"
SECRETS = SecretSet({"twilio_auth_token": TOKEN}, {"twilio_auth_token": "old"})
URL = "https://harbour.frontdesk.example/webhooks/twilio/harbour"
TEXT = {
    "MessageSid": "SM1",
    "SmsSid": "SM1",
    "SmsStatus": "received",
    "AccountSid": SID,
    "From": "+61491570006",
    "To": "+61480000001",
    "Body": "See you then – 5€ + tip & all",
    "NumMedia": "0",
    "FromCity": "",
}
STATUS = {
    "MessageSid": "SM2",
    "MessageStatus": "delivered",
    "SmsStatus": "delivered",
    "AccountSid": SID,
    "From": "+61480000001",
    "To": "+61491570006",
}


class Repeated(dict[str, list[str]]):
    """Parameters that come more than once, as web frameworks hand them to the validator."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def call(
    fields: Any, *, url: str = URL, token: str = TOKEN, signed_url: str = "", body: bytes | None = None
) -> Inbound:
    """A form as Twilio posts it, signed by Twilio's own client."""
    sign = RequestValidator(token).compute_signature(signed_url or url, fields)
    raw = urlencode(fields, doseq=True).encode() if body is None else body
    return Inbound("POST", url, {"content-type": FORM, "x-twilio-signature": sign}, raw, NOW)


def verdict(request: Inbound, secrets: SecretSet = SECRETS) -> Verdict:
    return webhook.verify(request, secrets, account_sid=SID)


def reason(given: Verdict) -> str:
    return given.reason if isinstance(given, Refused) else ""


# Lone surrogates cannot stand in a request.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FIELDS = st.dictionaries(WORDS.filter(bool), st.lists(WORDS, min_size=1, max_size=3), max_size=8)
URLS = st.sampled_from(
    [
        URL,
        URL + "?message=m1",
        URL.replace(".example/", ".example:8443/"),
        "http://127.0.0.1:8787/x",
        "http://a/",
    ]
)


@settings(max_examples=300, deadline=None)
@given(fields=FIELDS, url=URLS, token=WORDS)
def test_signatures_are_twilios(fields: dict[str, list[str]], url: str, token: str) -> None:
    oracle = RequestValidator(token)
    pairs = [(name, value) for name, values in fields.items() for value in values]
    ours = signature(token, url, pairs)
    assert ours == oracle.compute_signature(url, Repeated(fields))
    body = urlencode(pairs).encode()
    request = Inbound("POST", url, {"content-type": FORM, "x-twilio-signature": ours}, body, NOW)
    assert oracle.validate(url, Repeated(fields), ours)
    assert checked(request, (token,)) == pairs
    assert isinstance(checked(request, (token + "x",)), Refused)


@pytest.mark.parametrize(
    ("seen", "signed"),
    [
        (URL, URL),
        (URL, URL.replace(".example/", ".example:443/")),
        (URL.replace(".example/", ".example:443/"), URL),
        (URL.replace(".example/", ".example:8443/"), URL),
        (URL.replace("https", "http"), URL.replace("https", "http").replace(".example/", ".example:80/")),
    ],
)
def test_with_and_without_the_port(seen: str, signed: str) -> None:
    assert RequestValidator(TOKEN).validate(
        seen, TEXT, RequestValidator(TOKEN).compute_signature(signed, TEXT)
    )
    assert isinstance(verdict(call(TEXT, url=seen, signed_url=signed)), Accepted)


def test_another_port_another_path_another_query_are_another_url() -> None:
    for url in (URL.replace(".example/", ".example:8443/"), URL + "/", URL + "?message=m2"):
        assert reason(verdict(call(TEXT, signed_url=url))) == "bad_signature"


def test_what_no_url_is_made_of_is_refused_not_raised() -> None:
    for url in ("https://x:99999/", "https://[x/", "nonsense"):
        request = Inbound("POST", url, {"content-type": FORM, "x-twilio-signature": "?"}, b"a=1", NOW)
        assert reason(verdict(request)) == "bad_signature"


def json_call(body: bytes, url: str) -> Inbound:
    sign = RequestValidator(TOKEN).compute_signature(url, {})
    return Inbound("POST", url, {"content-type": "application/json", "x-twilio-signature": sign}, body, NOW)


def test_json_is_vouched_for_by_its_hash_in_the_url() -> None:
    body = json.dumps({"MessageSid": "SM1"}).encode()
    url = f"{URL}?a=1&bodySHA256={hashlib.sha256(body).hexdigest()}"
    request = json_call(body, url)
    assert RequestValidator(TOKEN).validate(url, body.decode(), request.headers["x-twilio-signature"])
    assert checked(request, (TOKEN,)) == []
    for forged in (
        json_call(body + b" ", url),
        json_call(body, URL),
        json_call(body, url + "&bodySHA256=" + "0" * 64),
        json_call(body, URL + "?bodySHA256="),
    ):
        assert reason(verdict(forged)) == "bad_signature"
    # A form with a hash in its URL is signed as a form.
    assert isinstance(verdict(call(TEXT, url=URL + "?bodySHA256=0")), Accepted)


def test_two_tokens_count_at_once_and_no_others() -> None:
    for token in (TOKEN, "old"):
        assert isinstance(verdict(call(TEXT, token=token)), Accepted)
    assert reason(verdict(call(TEXT, token="older"))) == "bad_signature"
    assert reason(verdict(call(TEXT, token=""), SecretSet({"twilio_auth_token": ""}))) == "no_secret"
    bare = Inbound("POST", URL, {"content-type": FORM}, urlencode(TEXT).encode(), NOW)
    assert reason(verdict(bare)) == "missing_signature"


def test_a_change_after_signing_is_seen() -> None:
    signed = call(TEXT)
    for body in (
        urlencode({**TEXT, "Body": "STOP"}).encode(),
        urlencode(TEXT).encode() + b"&Extra=1",
        urlencode({k: v for k, v in TEXT.items() if k != "NumMedia"}).encode(),
        b"",
        b"a=1&" * 300,
        b"\xff\xfe",
    ):
        forged = Inbound("POST", URL, signed.headers, body, NOW)
        assert reason(verdict(forged)) in ("bad_signature", "malformed")


@pytest.mark.parametrize("account", ["", "AC" + "f" * 32, SID + " "])
def test_another_account_is_refused(account: str) -> None:
    assert reason(verdict(call({**TEXT, "AccountSid": account}))) == "wrong_account"
    given = webhook.verify(call({**TEXT, "AccountSid": ""}), SECRETS, account_sid="")
    assert reason(given) == "wrong_account"


def test_a_text() -> None:
    given = verdict(call(TEXT))
    assert isinstance(given, Accepted)
    assert (given.external_id, given.event_type, given.reply) == ("inbound:SM1", "twilio.text", webhook.TWIML)
    assert TextFact.model_validate(given.payload) == TextFact(
        provider="twilio",
        provider_id="SM1",
        sender="+61491570006",
        recipient="+61480000001",
        body="See you then – 5€ + tip & all",
        at=NOW,
    )


def test_pictures_and_other_channels() -> None:
    given = verdict(call({**TEXT, "Body": "", "NumMedia": "2"}))
    assert isinstance(given, Accepted)
    assert given.payload["body"] == "[2 attached]"
    given = verdict(call({**TEXT, "From": "whatsapp:+61491570006"}))
    assert isinstance(given, Ignored)
    assert (given.reason, given.detail, given.reply) == ("not_sms", "whatsapp", webhook.TWIML)


def test_a_status_names_our_message_by_the_callbacks_query() -> None:
    url = webhook.callback_url("https://harbour.frontdesk.example", "harbour", "0190-m1")
    assert url == URL + "?message=0190-m1"
    ids = set()
    for status, state in (
        ("queued", "sent"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("undelivered", "failed"),
        ("failed", "failed"),
    ):
        given = verdict(call({**STATUS, "MessageStatus": status, "ErrorCode": "30003"}, url=url))
        assert isinstance(given, Accepted)
        fact = ReceiptFact.model_validate(given.payload)
        assert (fact.state, fact.provider_id, fact.custom_string) == (state, "SM2", "0190-m1")
        assert (fact.code, fact.detail, fact.opted_out) == (
            "30003",
            "the phone is switched off or out of reach (Twilio 30003)",
            False,
        )
        assert given.reply is not None and given.reply.status == 204
        ids.add(given.external_id)
    assert (webhook.in_words("12345"), webhook.in_words("")) == ("Twilio error 12345", "")
    given = verdict(call({**STATUS, "MessageStatus": "failed", "ErrorCode": "21610"}, url=url))
    assert isinstance(given, Accepted)
    assert given.payload["opted_out"] is True
    assert ids == {f"receipt:SM2:{s}" for s in ("queued", "sent", "delivered", "undelivered", "failed")}
    assert isinstance(verdict(call({**STATUS, "MessageStatus": "partially_delivered"})), Ignored)
    # Without the query, as for a text somebody sent by hand, Twilio's own id is all there is.
    given = verdict(call(STATUS))
    assert isinstance(given, Accepted)
    assert given.payload["custom_string"] == ""


def test_what_is_neither() -> None:
    for missing in ("MessageSid", "From", "Body"):
        fields = {k: v for k, v in TEXT.items() if k not in (missing, "SmsSid")}
        assert reason(verdict(call(fields))) == "unreadable"
