"""Wix's door: both signings, every forgery, every shape of event, with tokens made by another library."""

import asyncio
import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic_core import from_json

from frontdesk.integrations import wix
from frontdesk.integrations.facts import BookingFact
from frontdesk.integrations.inbound import Accepted, Ignored, Inbound, Refused, SecretSet, Verdict
from seed.host import HostCrypto

FIXTURES = Path(__file__).parents[2] / "fixtures" / "wix"
SITE = "5d5c8a1e-6a14-4b3e-9f0a-2f6c1f0c1a01"
NOW = 1_790_000_000_000


def keypair() -> tuple[RSAKey, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return RSAKey.import_key(private), public.decode()


KEY, PEM = keypair()
OTHER_KEY, OTHER_PEM = keypair()
SECRETS = SecretSet({"wix_public_key": PEM, "wix_hmac_secret": "current"}, {"wix_hmac_secret": "previous"})


def event(name: str = "created") -> dict[str, Any]:
    value = from_json((FIXTURES / f"{name}.json").read_bytes())
    assert isinstance(value, dict)
    return value


def envelope(inner: Any, instance: str = SITE) -> dict[str, Any]:
    return {
        "eventType": f"{inner.get('entityFqdn')}_{inner.get('slug')}" if isinstance(inner, dict) else "",
        "instanceId": instance,
        "identity": json.dumps({"identityType": "ANONYMOUS_VISITOR"}),
        "data": inner if isinstance(inner, str) else json.dumps(inner),
    }


def token(outer: Any, key: RSAKey = KEY, **claims: Any) -> bytes:
    at = NOW // 1000
    whole = {"data": json.dumps(outer), "iat": at, "exp": at + 3_600, **claims}
    return jwt.encode({"alg": "RS256"}, whole, key).encode()


def verdict(body: bytes, secrets: SecretSet = SECRETS, *, instance: str = SITE, **headers: str) -> Verdict:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Inbound("POST", "https://desk.example/webhooks/wix/harbour", named, body, NOW)
    return asyncio.run(wix.verify(HostCrypto(), request, secrets, instance=instance))


def accepted(body: bytes, *, instance: str = SITE, **headers: str) -> BookingFact:
    given = verdict(body, SECRETS, instance=instance, **headers)
    assert isinstance(given, Accepted), given
    return BookingFact.model_validate(given.payload)


def refused(body: bytes, secrets: SecretSet = SECRETS, *, instance: str = SITE, **headers: str) -> str:
    given = verdict(body, secrets, instance=instance, **headers)
    assert isinstance(given, Refused), given
    return given.reason


def signed(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def b64(value: Any) -> bytes:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def test_created_becomes_a_fact() -> None:
    given = verdict(token(envelope(event())))
    assert isinstance(given, Accepted)
    assert given.event_type == "wix.booking"
    assert given.external_id == "e4f1c0de-0000-4000-8000-000000000001"
    assert given.account == SITE
    fact = BookingFact.model_validate(given.payload)
    assert given.occurred_at == fact.changed_at == 1_789_997_590_123
    assert fact == BookingFact(
        source="wix",
        action="created",
        external_id="b00c0000-0000-4000-8000-000000000001",
        status="confirmed",
        provider_status="CONFIRMED",
        starts_at=1_790_290_800_000,
        ends_at=1_790_292_600_000,
        time_zone="Australia/Sydney",
        service="MRI knee",
        service_id="5e4f1ce0-0000-4000-8000-000000000001",
        practitioner="Dr Ada Lim",
        location="Harbour Street",
        participants=1,
        contact=fact.contact,
        sequence=1,
        changed_at=1_789_997_590_123,
    )
    assert fact.contact.model_dump(exclude_defaults=True) == {
        "external_id": "c0117ac7-0000-4000-8000-000000000001",
        "first_name": "Jo",
        "last_name": "O'Neill",
        "email": "jo@example.com",
        "phone": "0491 570 006",
        "country": "AU",
    }


@pytest.mark.parametrize(
    ("name", "action", "status"),
    [
        ("updated", "updated", "confirmed"),
        ("rescheduled", "rescheduled", "confirmed"),
        ("canceled", "cancelled", "cancelled"),
    ],
)
def test_other_events_carry_the_whole_booking(name: str, action: str, status: str) -> None:
    fact = accepted(token(envelope(event(name))))
    assert (fact.action, fact.status, fact.external_id) == (
        action,
        status,
        "b00c0000-0000-4000-8000-000000000001",
    )


def test_entities_as_json_text_read_the_same() -> None:
    plain = event("rescheduled")
    nested = {**plain, "actionEvent": {"bodyAsJson": json.dumps(plain["actionEvent"]["body"])}}
    assert accepted(token(envelope(nested))) == accepted(token(envelope(plain)))
    plain = event("created")
    nested = {**plain, "createdEvent": {"entityAsJson": json.dumps(plain["createdEvent"]["entity"])}}
    assert accepted(token(envelope(nested))) == accepted(token(envelope(plain)))


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
    began = time.perf_counter()
    assert isinstance(verdict(body, x_wix_webhook_signature="00"), Refused)
    assert time.perf_counter() - began < 1


def test_depth_and_size() -> None:
    deep = "[" * 7_000 + "]" * 7_000
    assert refused(token(envelope(deep))) == "unreadable"
    assert refused(jwt.encode({"alg": "RS256"}, {"data": deep}, KEY).encode()) == "unreadable"
    body = deep.encode()
    assert refused(b"{" + body, x_wix_webhook_signature=signed(b"{" + body, "current")) == "unreadable"
    huge = verdict(b"x" * 1_000_001)
    assert isinstance(huge, Refused)
    assert (huge.reason, huge.status) == ("too_large", 413)


def test_of_no_interest() -> None:
    for change in (
        {"entityFqdn": "wix.contacts.v4.contact"},
        {"slug": "deleted"},
        {"slug": ["created"]},
        {"slug": None},
    ):
        given = verdict(token(envelope({**event(), **change})))
        assert isinstance(given, Ignored), change
        assert given.reason == "not_a_booking"
    given = verdict(token(envelope({**event(), "triggeredByAnonymizeRequest": True})))
    assert isinstance(given, Ignored)
    waiting = event()
    waiting["createdEvent"]["entity"]["status"] = "WAITING_LIST"
    assert isinstance(verdict(token(envelope(waiting))), Ignored)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), None),
        (("id",), ""),
        (("id",), "x" * 201),
        (("createdEvent",), None),
        (("createdEvent", "entity"), "not json"),
        (("createdEvent", "entity"), []),
        (("createdEvent", "entity", "status"), "MAYBE"),
        (("createdEvent", "entity", "status"), {"a": 1}),
    ],
)
def test_a_genuine_but_unreadable_event_is_sent_again_by_wix(path: tuple[str, ...], value: Any) -> None:
    whole = event()
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    given = verdict(token(envelope(whole)))
    assert isinstance(given, Refused)
    assert (given.reason, given.status) == ("unreadable", 422)


def test_odd_values_do_not_lose_a_booking() -> None:
    whole = event()
    booking = whole["createdEvent"]["entity"]
    whole["entityEventSequence"] = "9" * 30
    booking["contactDetails"] = {
        "firstName": "A" * 5_000,
        "lastName": "B\u0000\n C",
        "phone": 61491570006,
        "email": None,
    }
    booking["totalParticipants"] = -3
    booking["endDate"] = "2001-01-01T00:00:00Z"
    fact = accepted(token(envelope(whole)))
    assert fact.sequence is None
    assert (len(fact.contact.first_name), fact.contact.last_name) == (200, "B C")
    assert (fact.contact.phone, fact.contact.email) == ("61491570006", "")
    assert fact.participants == 1
    assert fact.ends_at == fact.starts_at
    booking["contactDetails"] = None
    assert accepted(token(envelope(whole))).contact.phone == ""


def test_without_event_time_the_bookings_own_counts() -> None:
    whole = {**event(), "eventTime": "yesterday"}
    assert accepted(token(envelope(whole))).changed_at == 1_789_997_590_000
    del whole["createdEvent"]["entity"]["updatedDate"]
    assert refused(token(envelope(whole))) == "unreadable"


def test_times_without_offset_are_read_in_the_slots_zone() -> None:
    whole = event()
    booking = whole["createdEvent"]["entity"]
    with_offset = accepted(token(envelope(whole))).starts_at
    del booking["startDate"]
    booking["bookedEntity"]["slot"]["startDate"] = "2026-09-25T09:00:00:000+10:00"
    assert accepted(token(envelope(whole))).starts_at == with_offset
    booking["bookedEntity"]["slot"]["startDate"] = "2026-09-25T09:00:00"
    assert accepted(token(envelope(whole))).starts_at == with_offset
    booking["bookedEntity"]["slot"]["timezone"] = "Mars/Olympus"
    assert refused(token(envelope(whole))) == "unreadable"
