"""How each provider signs what it sends: Svix, Twilio, Wix's RS256 JWT, Wix's HMAC header.

Written from the schemes' descriptions alone (Svix: HMAC-SHA256 over `id.timestamp.body`; JWT: RFC 7515),
so that the tests can check it against the libraries of others.
"""

import base64
import hashlib
import hmac
import secrets
import time
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.store import Json, dumps

JWT_LIFETIME_S = 3_600_000  # as seen on real tokens: iat and exp are 3.6 million seconds apart (check)


def new_private_key() -> str:
    """A fresh 2048-bit RSA key as PKCS#8 PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@cache
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("a Wix app signs with an RSA key")
    return key


@cache
def public_pem(private_pem: str) -> str:
    """The public half, as the Wix dashboard shows it."""
    return (
        _private(private_pem)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def new_webhook_secret() -> str:
    """A Svix endpoint secret: `whsec_` and 24 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def svix_signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One `v1,<base64>` entry of the svix-signature header."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def svix_headers(
    signing_secrets: list[str], message_id: str, body: bytes, timestamp: int | None = None
) -> dict[str, str]:
    """The three headers; several secrets (during a rotation) give several signatures."""
    at = int(time.time()) if timestamp is None else timestamp
    signatures = [svix_signature(secret, message_id, at, body) for secret in signing_secrets if secret]
    return {"svix-id": message_id, "svix-timestamp": str(at), "svix-signature": " ".join(signatures)}


def hex_hmac(secret: str, body: bytes) -> str:
    """Hex HMAC-SHA256, as in X-Wix-Webhook-Signature."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def twilio_signature(token: str, url: str, fields: dict[str, str]) -> str:
    """X-Twilio-Signature of a form: HMAC-SHA1 over the URL and the fields by name, in base64."""
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(header: Json, claims: Json, private_pem: str) -> str:
    """A compact RS256 JWS over the claims."""
    signing_input = f"{_b64url(dumps(header).encode())}.{_b64url(dumps(claims).encode())}"
    signature = _private(private_pem).sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signing_input}.{_b64url(signature)}"


def wix_claims(data: Json, issued_at: int | None = None) -> Json:
    """The claims of a Wix webhook: the data is itself a JSON string."""
    at = int(time.time()) if issued_at is None else issued_at
    return {"data": dumps(data), "iat": at, "exp": at + JWT_LIFETIME_S}


def wix_token(data: Json, private_pem: str, issued_at: int | None = None) -> str:
    """The whole body of a Wix webhook."""
    return jwt({"kid": "sandbox", "alg": "RS256"}, wix_claims(data, issued_at), private_pem)


def unsigned_token(data: Json) -> str:
    """A forgery that claims `alg: none`."""
    return f"{_b64url(dumps({'alg': 'none'}).encode())}.{_b64url(dumps(wix_claims(data)).encode())}."


def confused_token(data: Json, pem: str) -> str:
    """A forgery that signs HS256 with the public key's text (the classic algorithm confusion)."""
    signing_input = f"{_b64url(dumps({'alg': 'HS256'}).encode())}.{_b64url(dumps(wix_claims(data)).encode())}"
    signature = hmac.new(pem.encode(), signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{_b64url(signature)}"
