"""A browser vendor's push service, and the browsers that subscribe to it; as strict as RFC 8030, 8291 and 8292 are.

The Worker's door is /push/send/<token>; a browser is made by the operator (or by a page that stands in for one).
"""

import hmac
import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.accounts import Refused
from sandbox.console import door, wait_for
from sandbox.faults import answer
from sandbox.store import Json
from sandbox.world import World, world_of

MOST_BYTES = 4096
DAY_S = 86_400
MOST_TTL_S = 28 * DAY_S
URGENCIES = ("very-low", "low", "normal", "high")
POINT = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint


class Unwelcome(Exception):
    """A request a service would refuse."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def unpadded(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """The bytes of base64url text."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def decrypted(private: ec.EllipticCurvePrivateKey, auth: bytes, body: bytes) -> bytes:
    """The message (RFC 8188 section 2, RFC 8291 section 3). Raises Unwelcome."""
    if len(body) < 21 + 65 + 17:
        raise Unwelcome(400, "shorter than a header and one record")
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    point, record = body[21 : 21 + length], body[21 + length :]
    if length != 65 or size < 18 or len(record) > size:
        raise Unwelcome(400, "not one record of a P-256 sender")
    public = private.public_key().public_bytes(*POINT)
    try:
        secret = private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        )
    except ValueError:
        raise Unwelcome(400, "the sender's key is no point") from None
    ikm = _expanded(hmac.digest(auth, secret, "sha256"), b"WebPush: info\0" + public + point, 32)
    prk = hmac.digest(salt, ikm, "sha256")
    key = _expanded(prk, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _expanded(prk, b"Content-Encoding: nonce\0", 12)
    try:
        padded = AESGCM(key).decrypt(nonce, record, None)
    except InvalidTag:
        raise Unwelcome(400, "it does not decrypt") from None
    plain = padded.rstrip(b"\0")
    if not plain.endswith(b"\x02"):
        raise Unwelcome(400, "the last record must end in 2")
    return plain[:-1]


def _expanded(prk: bytes, info: bytes, length: int) -> bytes:
    return hmac.digest(prk, info + b"\x01", "sha256")[:length]


def verify_sender(authorization: str, server_key: str, origin: str) -> Json:
    """The claims of a VAPID token (RFC 8292 sections 2 and 3). Raises Unwelcome."""
    found = re.fullmatch(r"vapid t=([\w.-]+), ?k=([\w-]+)", authorization)
    if not found:
        raise Unwelcome(401, "no vapid token")
    token, key = found.groups()
    if key != server_key:
        raise Unwelcome(403, "not the key this browser subscribed with")
    point = bytes_of(key)
    try:
        jwk = ECKey.import_key(
            {"kty": "EC", "crv": "P-256", "x": unpadded(point[1:33]), "y": unpadded(point[33:])}
        )
        claims = jwt.decode(token, jwk, algorithms=["ES256"]).claims
    except (JoseError, ValueError):
        raise Unwelcome(403, "the token is not signed with its key") from None
    if claims.get("aud") != origin:
        raise Unwelcome(403, f"the token is for {claims.get('aud')}")
    if not time.time() < int(claims.get("exp", 0)) <= time.time() + DAY_S:
        raise Unwelcome(403, "the token has expired or lives longer than a day")
    if not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
        raise Unwelcome(403, "nobody to write to")
    return dict(claims)


async def send(request: Request) -> Response:
    """POST /push/send/<token>: one message for one browser."""
    world = world_of(request)
    browser = world.store.row("SELECT * FROM browsers WHERE token = ?", request.path_params["token"])
    body = await request.body()
    fault = world.faults.take("push", browser["label"] if browser else "", "send", [])

    async def act() -> Response:
        try:
            return _taken(world, request, browser, body)
        except Unwelcome as refusal:
            return _refused(refusal)

    return await answer(
        request, fault, act, lambda status, fault: _refused(Unwelcome(status, fault.reason or "no"))
    )


def _refused(refusal: Unwelcome) -> Response:
    return JSONResponse({"code": refusal.status, "error": str(refusal)}, refusal.status)


def _taken(world: World, request: Request, browser: Json | None, body: bytes) -> Response:
    if browser is None:
        raise Unwelcome(404, "no such subscription")
    if browser["gone"]:
        raise Unwelcome(410, "unsubscribed")
    headers, base = request.headers, urlsplit(str(request.base_url))
    verify_sender(headers.get("authorization", ""), browser["server_key"], f"{base.scheme}://{base.netloc}")
    ttl, topic = headers.get("ttl", ""), headers.get("topic", "")
    if not ttl.isdigit() or int(ttl) > MOST_TTL_S:
        raise Unwelcome(400, "TTL must say seconds")
    if topic and not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", topic):
        raise Unwelcome(400, "Topic must be at most 32 characters of base64url")
    if headers.get("urgency", "normal") not in URGENCIES:
        raise Unwelcome(400, "no such Urgency")
    if headers.get("content-encoding") != "aes128gcm":
        raise Unwelcome(415, "Content-Encoding must be aes128gcm")
    if len(body) > MOST_BYTES:
        raise Unwelcome(413, "too large")
    key = serialization.load_pem_private_key(browser["private_pem"].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    plain = decrypted(key, bytes_of(browser["auth"]), body).decode()
    # One that waits under the same topic is replaced; here nothing waits, so it is counted.
    seq = world.store.insert(
        "pushes",
        {
            "browser": browser["id"],
            "plain": plain,
            "ttl_s": int(ttl),
            "topic": topic,
            "urgency": headers.get("urgency", "normal"),
            "at_ms": world.now(),
        },
    )
    world.live.changed()
    return Response(status_code=201, headers={"location": f"{request.base_url}push/message/{seq}"})


async def subscribe(world: World, request: Request, body: Json) -> Json:
    """A browser subscribes with a server's key: its `PushSubscription`, as `toJSON()` gives it."""
    server_key = str(body.get("application_server_key", ""))
    if len(bytes_of(server_key)) != 65:
        raise Refused("application_server_key must be an uncompressed P-256 point")
    private, auth = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
    token = secrets.token_urlsafe(32)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    row = {
        "token": token,
        "label": str(body.get("label", "")),
        "server_key": server_key,
        "private_pem": pem.decode(),
        "auth": unpadded(auth),
    }
    id_ = world.store.insert("browsers", row)
    world.live.changed()
    keys = {"p256dh": unpadded(private.public_key().public_bytes(*POINT)), "auth": unpadded(auth)}
    endpoint = f"{request.base_url}push/send/{token}"
    return {"id": id_, "subscription": {"endpoint": endpoint, "expirationTime": None, "keys": keys}}


async def unsubscribe(world: World, request: Request, body: Json) -> Json:
    """The browser wants no more: 410 from now on."""
    world.store.run("UPDATE browsers SET gone = 1 WHERE id = ?", request.path_params["browser_id"])
    world.live.changed()
    return {}


async def pushes(world: World, request: Request, body: Json) -> Json:
    """What browsers were pushed, oldest first. `browser, label, at_least, timeout_ms`."""
    wanted = request.query_params

    def look() -> list[Json]:
        rows = world.store.rows(
            "SELECT p.seq, p.browser, b.label, p.plain, p.ttl_s, p.topic, p.urgency, p.at_ms"
            " FROM pushes p JOIN browsers b ON b.id = p.browser ORDER BY p.seq"
        )
        return [
            {**row, "data": json.loads(row.pop("plain"))}
            for row in rows
            if wanted.get("browser", str(row["browser"])) == str(row["browser"])
            and wanted.get("label", row["label"]) == row["label"]
        ]

    return await wait_for(world, request, look)


ROUTES = [Route("/send/{token}", send, methods=["POST"])]
OPERATOR = [
    door("/push/browsers", "POST", subscribe),
    door("/push/browsers/{browser_id:int}", "DELETE", unsubscribe),
    door("/push/messages", "GET", pushes),
]
