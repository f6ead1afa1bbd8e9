"""Svix's webhook signatures, which Resend uses.

The Standard Webhooks scheme: HMAC-SHA256 over `id.timestamp.body`, base64, versions told apart by a prefix.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode

from frontdesk.core.clock import MINUTE
from frontdesk.integrations.inbound import Inbound, Refused, matches_any

TOLERANCE_MS = 5 * MINUTE
PREFIX = "whsec_"


def checked(request: Inbound, keys: tuple[str, ...]) -> str | Refused:
    """The message's id, which is the same in every attempt to deliver it; or why it is not believed.

    Any `v1` signature may match any of `keys`; other versions are passed over. A stamp more than five
    minutes off real time, in either direction, is refused: it could be an old message played again.
    """
    message_id = request.headers.get("svix-id", "")
    stamp = request.headers.get("svix-timestamp", "")
    given = request.headers.get("svix-signature", "")
    if not (message_id and stamp and given):
        return Refused("missing_signature", "svix-id, svix-timestamp and svix-signature are required")
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", message_id) or not re.fullmatch(r"[0-9]{1,12}", stamp):
        return Refused("malformed", "svix-id or svix-timestamp is not what it should be")
    secrets = [raw for key in keys if (raw := _key(key))]
    if not secrets:
        return Refused("no_secret", "no webhook signing secret is configured")
    signed = f"{message_id}.{stamp}.".encode() + request.body
    expected = tuple(b64encode(hmac.digest(raw, signed, hashlib.sha256)).decode() for raw in secrets)
    entries = [entry.partition(",") for entry in given.split(" ")[:20]]
    matching = [matches_any(signature, expected) for version, _, signature in entries if version == "v1"]
    if not any(matching):
        return Refused("bad_signature", "no signature matches")
    if abs(request.received_at - int(stamp) * 1000) > TOLERANCE_MS:
        return Refused("expired", "the stamp is more than five minutes off")
    return message_id


def _key(secret: str) -> bytes | None:
    """The key's bytes; None for a secret that is not base64, which then matches nothing."""
    try:
        return b64decode(secret.removeprefix(PREFIX), validate=True) or None
    except ValueError:
        return None
