"""Wix's side of its door: envelopes, tokens signed by another library, and the verdict on them."""

import asyncio
import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic_core import from_json

from frontdesk.integrations import wix
from frontdesk.integrations.facts import BookingFact
from frontdesk.integrations.inbound import Accepted, Inbound, Refused, SecretSet, Verdict
from seed.host import HostCrypto

FIXTURES = Path(__file__).parents[1] / "fixtures" / "wix"
SITE = "5d5c8a1e-6a14-4b3e-9f0a-2f6c1f0c1a01"
NOW = 1_790_000_000_000


def keypair() -> tuple[RSAKey, str]:
    """A private key, and its public half as PEM."""
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
    """What Wix posts of a booking, as recorded."""
    value = from_json((FIXTURES / f"{name}.json").read_bytes())
    assert isinstance(value, dict)
    return value


def envelope(inner: Any, instance: str = SITE) -> dict[str, Any]:
    """An event as Wix wraps it, for a site."""
    return {
        "eventType": f"{inner.get('entityFqdn')}_{inner.get('slug')}" if isinstance(inner, dict) else "",
        "instanceId": instance,
        "identity": json.dumps({"identityType": "ANONYMOUS_VISITOR"}),
        "data": inner if isinstance(inner, str) else json.dumps(inner),
    }


def token(outer: Any, key: RSAKey = KEY, **claims: Any) -> bytes:
    """An envelope signed with the app's key, within its hour."""
    at = NOW // 1000
    whole = {"data": json.dumps(outer), "iat": at, "exp": at + 3_600, **claims}
    return jwt.encode({"alg": "RS256"}, whole, key).encode()


def verdict(body: bytes, secrets: SecretSet = SECRETS, *, instance: str = SITE, **headers: str) -> Verdict:
    """What the door says to a body with these headers (`x_y` is `x-y`)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Inbound("POST", "https://desk.example/webhooks/wix/harbour", named, body, NOW)
    return asyncio.run(wix.verify(HostCrypto(), request, secrets, instance=instance))


def accepted(body: bytes, *, instance: str = SITE, **headers: str) -> BookingFact:
    """The fact in a body that is believed."""
    given = verdict(body, SECRETS, instance=instance, **headers)
    assert isinstance(given, Accepted), given
    return BookingFact.model_validate(given.payload)


def refused(body: bytes, secrets: SecretSet = SECRETS, *, instance: str = SITE, **headers: str) -> str:
    """Why a body is not believed."""
    given = verdict(body, secrets, instance=instance, **headers)
    assert isinstance(given, Refused), given
    return given.reason


def signed(body: bytes, secret: str) -> str:
    """The signature of a relayed body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def b64(value: Any) -> bytes:
    """A value as a part of a token."""
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
