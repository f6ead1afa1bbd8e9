"""Wix's door: both signings and every forgery, with tokens made by another library."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode

import pytest
from joserfc import jwt

from frontdesk.integrations.inbound import Accepted, Refused, SecretSet
from support.wix import (
    KEY,
    NOW,
    OTHER_KEY,
    OTHER_PEM,
    PEM,
    SITE,
    accepted,
    b64,
    envelope,
    event,
    refused,
    signed,
    token,
    verdict,
)


def test_both_keys_are_valid_during_a_rotation() -> None:
    rotated = SecretSet({"wix_public_key": OTHER_PEM}, {"wix_public_key": PEM})
    assert isinstance(verdict(token(envelope(event())), rotated), Accepted)
    assert isinstance(verdict(token(envelope(event()), OTHER_KEY), rotated), Accepted)
    assert refused(token(envelope(event()), OTHER_KEY)) == "bad_signature"


def test_relayed_json_is_signed_by_hmac() -> None:
    body = json.dumps(envelope(event())).encode()
    for secret in ("current", "previous"):
        assert accepted(body, x_wix_webhook_signature=signed(body, secret)).service == "MRI knee"
    assert refused(body) == "missing_signature"
    assert refused(body, x_wix_webhook_signature=signed(body, "guess")) == "bad_signature"
    assert refused(body, x_wix_webhook_signature=signed(body + b" ", "current")) == "bad_signature"
    assert refused(body, x_wix_webhook_signature="Ä") == "bad_signature"
    claims = json.dumps({"data": json.dumps(envelope(event()))}).encode()
    assert accepted(claims, x_wix_webhook_signature=signed(claims, "current")).service == "MRI knee"


def test_no_secret_refuses_all() -> None:
    body = json.dumps(envelope(event())).encode()
    empty = SecretSet({"wix_public_key": "", "wix_hmac_secret": ""})
    assert refused(token(envelope(event())), empty) == "no_secret"
    assert refused(body, empty, x_wix_webhook_signature=signed(body, "")) == "no_secret"


def test_the_algorithm_is_not_the_tokens_to_choose() -> None:
    claims = {"data": json.dumps(envelope(event()))}
    for name in ("none", "None", "HS256", "rs256", "RS512", None, 1):
        unsigned = b64({"alg": name}) + b"." + b64(claims)
        mac = hmac.new(PEM.encode(), unsigned, hashlib.sha256).digest()
        assert refused(unsigned + b"." + urlsafe_b64encode(mac).rstrip(b"=")) == "bad_signature"
        assert refused(unsigned + b".") == "bad_signature"
    assert refused(b64({"alg": "RS256"}) + b"." + b64(claims) + b".") == "bad_signature"
    assert refused(b64({"alg": "RS256", "crit": ["x"]}) + b"." + b64(claims) + b".AAAA") == "bad_signature"


def test_tampering_is_noticed() -> None:
    head, body, tail = token(envelope(event())).split(b".")
    other = token(envelope(event("canceled"))).split(b".")[1]
    assert refused(b".".join((head, other, tail))) == "bad_signature"
    assert refused(b".".join((head, body, tail[:-4]))) == "bad_signature"


@pytest.mark.parametrize("instance", ["", "another", SITE.upper(), "None"])
def test_another_sites_genuine_event_is_refused(instance: str) -> None:
    assert (
        refused(
            token(envelope(event(), instance="another" if instance != "another" else SITE)), instance=instance
        )
        == "wrong_account"
    )
    without = {key: value for key, value in envelope(event()).items() if key != "instanceId"}
    assert refused(token(without), instance=instance) == "wrong_account"


def test_time_bounds() -> None:
    at = NOW // 1000
    assert refused(token(envelope(event()), exp=at - 31)) == "expired"
    assert isinstance(verdict(token(envelope(event()), exp=at - 29)), Accepted)
    assert refused(token(envelope(event()), iat=at + 31)) == "expired"
    assert refused(token(envelope(event()), exp="soon")) == "unreadable"
    assert isinstance(verdict(token(envelope(event()), exp=None, iat=None)), Accepted)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"\xff\xfe\x00",
        b"a.b",
        b"a.b.c.d",
        b"..",
        b"!.!.!",
        b"[" * 7_000,
        b"{" * 7_000,
        b'{"a":' * 7_000,
        b"a" * 999_999,
    ],
)
def test_junk_is_refused_quickly(body: bytes) -> None:
    began = time.process_time()
    assert isinstance(verdict(body, x_wix_webhook_signature="00"), Refused)
    assert time.process_time() - began < 1


def test_depth_and_size() -> None:
    deep = "[" * 7_000 + "]" * 7_000
    assert refused(token(envelope(deep))) == "unreadable"
    assert refused(jwt.encode({"alg": "RS256"}, {"data": deep}, KEY).encode()) == "unreadable"
    body = deep.encode()
    assert refused(b"{" + body, x_wix_webhook_signature=signed(b"{" + body, "current")) == "unreadable"
    huge = verdict(b"x" * 1_000_001)
    assert isinstance(huge, Refused)
    assert (huge.reason, huge.status) == ("too_large", 413)
