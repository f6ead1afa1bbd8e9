"""A compact JWS signed with RS256 and nothing else (RFC 7515; RFC 7518, section 3.3)."""

import re
from base64 import urlsafe_b64decode
from typing import Any

from pydantic_core import from_json

from frontdesk.integrations.inbound import Refused, VerifiesRs256

_COMPACT = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")
MAX_HEADER = 2_000
LEEWAY_S = 30
"""How far the sender's clock may be off, in either direction."""


def _decoded(part: bytes) -> bytes:
    """Base64url without padding. Raises ValueError when the length is impossible."""
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = from_json(raw, allow_inf_nan=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


async def opened(
    crypto: VerifiesRs256, token: bytes, keys: tuple[str, ...], now_ms: int
) -> dict[str, Any] | Refused:
    """The claims of a token that one of `keys` (PEM) signed, or why not.

    The header chooses nothing: its `alg` must say RS256, so neither `none` nor an HMAC made with the
    public key gets anywhere. `exp` and `iat` are held against real time when they are there.
    """
    match = _COMPACT.fullmatch(token)
    if match is None:
        return Refused("malformed", "the body is not a compact JWS of three parts")
    head, body, tail = match.groups()
    try:
        header = _object(_decoded(head)) if len(head) <= MAX_HEADER else None
        signature = _decoded(tail)
    except ValueError:
        return Refused("malformed", "the body is not base64url")
    if header is None:
        return Refused("malformed", "the token's header is not a JSON object")
    if header.get("alg") != "RS256" or "crit" in header:
        return Refused("bad_signature", "the token's algorithm is not RS256")
    signed = token[: match.end(2)]
    for key in keys:
        if await crypto.verify_rs256(key, signed, signature):
            break
    else:
        return Refused("bad_signature", "no valid key made this signature")
    try:
        claims = _object(_decoded(body))
    except ValueError:
        claims = None
    if claims is None:
        return Refused("unreadable", "the token's payload is not a JSON object")
    return _in_time(claims, now_ms) or claims


def _in_time(claims: dict[str, Any], now_ms: int) -> Refused | None:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Refused("unreadable", f"{name} is not a number")
        if name == "exp" and value + LEEWAY_S <= now_ms / 1000:
            return Refused("expired", "the token has expired")
        if name != "exp" and value - LEEWAY_S > now_ms / 1000:
            return Refused("expired", "the token is from the future")
    return None
