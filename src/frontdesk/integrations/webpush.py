"""Web Push: the request that carries one encrypted message to a browser's push service, and what its answer means.

RFC 8030 (the protocol), RFC 8291 (the encryption), RFC 8188 (its content coding), RFC 8292 (who sends: VAPID).
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from frontdesk.core.clock import HOUR, SECOND
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Crypto, KeyPair
from frontdesk.core.web import HttpRequest, HttpResponse, retry_after_ms

RECORD = 4096
"""One record holds the whole message; services need not take more (RFC 8291 section 4)."""
MOST_PLAIN = RECORD - 86 - 16 - 1
TOKEN_MS = 12 * HOUR
"""A VAPID token may say at most a day (RFC 8292 section 2)."""
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_SERVICES = re.compile(
    r"fcm\.googleapis\.com|([a-z0-9-]+\.)*push\.services\.mozilla\.com|([a-z0-9-]+\.)+notify\.windows\.com"
    r"|([a-z0-9-]+\.)*push\.apple\.com"
)
"""Google (Chrome, Edge on Android), Mozilla, Microsoft, Apple: who runs push services for browsers."""

Meaning = Literal["taken", "gone", "later", "refused"]


class Keys(NamedTuple):
    """A browser's end: its P-256 point (65 bytes, uncompressed) and its secret (16 bytes)."""

    p256dh: bytes
    auth: bytes


class Sender(NamedTuple):
    """Our end: the VAPID key pair and whom a service may write to (`mailto:` or `https:`)."""

    keys: KeyPair
    subject: str


class Push(NamedTuple):
    """One message. `topic`: a newer one of the same topic replaces it while it waits."""

    endpoint: str
    keys: Keys
    plain: bytes
    ttl_s: int
    topic: str
    urgent: bool = True


def unpadded(data: bytes) -> str:
    """base64url without padding, as all of Web Push writes it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """The bytes of base64url text, padded or not. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*=*", text):
        raise ValueError("not base64url")
    text = text.rstrip("=")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def browser_keys(p256dh: str, auth: str) -> Keys:
    """The keys of a subscription. Raises ValueError: not a point of P-256, or not 16 bytes."""
    point, secret = bytes_of(p256dh), bytes_of(auth)
    if len(point) != 65 or point[0] != 4 or len(secret) != 16:
        raise ValueError("not the keys of a subscription")
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    if x >= _P or y >= _P or (y * y - (x * x * x - 3 * x + _B)) % _P:
        raise ValueError("not a point of the curve")
    return Keys(point, secret)


def sender(public: str, private: str, subject: str) -> Sender:
    """Our end from its settings. Raises ValueError when they are no key pair's sizes or nobody can be written to."""
    pair = KeyPair(bytes_of(private), bytes_of(public))
    if len(pair.private) != 32 or len(pair.public) != 65 or not subject.startswith(("mailto:", "https://")):
        raise ValueError("not a VAPID key pair")
    return Sender(pair, subject)


def is_service(endpoint: str, also: str = "") -> bool:
    """Whether we send there: https at a service of a known browser, or below the one prefix of development.

    A subscription's endpoint is whatever a caller of our API says it is; without this list the Worker would post
    to any address for them.
    """
    if (
        also
        and endpoint.startswith(also)
        and ".." not in endpoint
        and endpoint.isascii()
        and endpoint.isprintable()
    ):
        return True
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    plain = (
        re.fullmatch(r"https://[A-Za-z0-9.-]+(:443)?/[!-~]*", endpoint) is not None and "\\" not in endpoint
    )
    return plain and port in (None, 443) and _SERVICES.fullmatch(parts.hostname or "") is not None


async def encrypted(
    crypto: Crypto, keys: Keys, plain: bytes, salt: bytes, own: KeyPair | None = None
) -> bytes:
    """The body: header and one record (RFC 8188 section 2), keyed as RFC 8291 section 3.4 says.

    `own` is the sender's key pair for this one message, a fresh one unless a test vector brings its own.

    Raises:
        ValueError: too long, or the browser's key is none.

    """
    if len(plain) > MOST_PLAIN:
        raise ValueError(f"at most {MOST_PLAIN} bytes fit into a push")
    public, secret = await crypto.agree_p256(keys.p256dh, own)
    prk = hmac.digest(keys.auth, secret, "sha256")
    ikm = hmac.digest(prk, b"WebPush: info\0" + keys.p256dh + public + b"\x01", "sha256")
    prk = hmac.digest(salt, ikm, "sha256")
    key = hmac.digest(prk, b"Content-Encoding: aes128gcm\0\x01", "sha256")[:16]
    nonce = hmac.digest(prk, b"Content-Encoding: nonce\0\x01", "sha256")[:12]
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return header + await crypto.encrypt_gcm(key, nonce, plain + b"\x02")


async def vapid(crypto: Crypto, sender: Sender, endpoint: str, real: int) -> str:
    """The Authorization header: a token for the endpoint's origin, and the key that signed it (RFC 8292)."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": (real + TOKEN_MS) // SECOND,
        "sub": sender.subject,
    }
    head = unpadded(dump_json({"typ": "JWT", "alg": "ES256"}).encode())
    signed = f"{head}.{unpadded(dump_json(claims).encode())}"
    signature = await crypto.sign_es256(sender.keys, signed.encode())
    return f"vapid t={signed}.{unpadded(signature)}, k={unpadded(sender.keys.public)}"


async def request(crypto: Crypto, sender: Sender, push: Push, *, salt: bytes, real: int) -> HttpRequest:
    """The one call. Raises ValueError as `encrypted` does."""
    headers = {
        "authorization": await vapid(crypto, sender, push.endpoint, real),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(push.ttl_s),
        "topic": push.topic,
        "urgency": "high" if push.urgent else "normal",
    }
    body = await encrypted(crypto, push.keys, push.plain, salt)
    return HttpRequest("POST", push.endpoint, headers, body)


def meaning(answer: HttpResponse) -> Meaning:
    """What a service's status means (RFC 8030 sections 5 and 7.3).

    A 403 is about our own key (RFC 8292 section 4.2): a mistake in our settings must not cost anybody a device.
    """
    if answer.status in (200, 201, 202, 204):
        return "taken"
    if answer.status in (404, 410):
        return "gone"
    return "later" if answer.status in (408, 429) or answer.status >= 500 else "refused"


def wait_ms(headers: Mapping[str, str], now: int, default_ms: int) -> int:
    """How long a service asks us to wait."""
    return retry_after_ms(headers, now, default_ms)
