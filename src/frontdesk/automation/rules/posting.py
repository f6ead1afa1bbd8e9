"""A signed call to an address of the tenant's choosing: where it may go, what it says, how it is signed.

Signatures follow the Standard Webhooks specification 1.0.0: HMAC-SHA256 over `id.timestamp.body`, base64,
`v1,` in front; during a rotation one for each secret.
"""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from frontdesk.bookings.rules import Booking
from frontdesk.contacts.rules import Contact
from frontdesk.core.clock import SECOND
from frontdesk.core.parsing import dump_json

SECRET = "webhook_signing_secret"  # noqa: S105 - its name
MAX_BODY = 100_000
# What others are told; they build on these names, so none goes away.
OF_CONTACT = {
    "id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "time_zone",
    "stage",
    "source",
    "tags",
    "created_at",
}
OF_BOOKING = {
    "id",
    "contact_id",
    "status",
    "service",
    "practitioner",
    "location",
    "urgency",
    "starts_at",
    "ends_at",
    "time_zone",
    "value_minor",
}
KEEP = 1_000
"""Characters of an answer that are kept, for whoever looks why it failed."""
_NAME = re.compile(r"([a-z0-9_-]+\.)+[a-z][a-z0-9-]+")
_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home", ".corp", ".intranet", ".test")


def refused_for(url: str, *, platform_domain: str, development: bool) -> str:
    """Why a call must not go there, or an empty text. In development anywhere goes."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "it is no address"
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        return "it is no address"
    if development:
        return ""
    if parts.scheme != "https":
        return "only https is called"
    if parts.port not in (None, 443):
        return "only port 443 is called"
    if host == platform_domain or host.endswith(f".{platform_domain}"):
        return "it is an address of this platform"
    # Only names, and plainly written: what `fetch` would read as another host than we do is refused with the rest.
    if not _NAME.fullmatch(host) or host.endswith(_INSIDE):
        return "it is not on the internet"
    return ""


def body_of(
    id_: str,
    at: int,
    *,
    rule: Mapping[str, Any],
    event: Mapping[str, Any] | None,
    contact: Contact | None,
    booking: Booking | None,
) -> str:
    """What is posted: JSON with the rule, the event that caused it, and whom it is about."""
    told: dict[str, Any] = {
        "id": id_,
        "type": "rule.ran",
        "at": at,
        "rule": dict(rule),
        "event": dict(event) if event else None,
        "contact": contact.model_dump(mode="json", include=OF_CONTACT) if contact else None,
        "booking": booking.model_dump(mode="json", include=OF_BOOKING) if booking else None,
    }
    body = dump_json(told)
    return body if len(body) <= MAX_BODY else dump_json({**told, "event": None})


def signed(id_: str, body: str, secrets: Sequence[str], real: int) -> dict[str, str]:
    """The headers of a call made at `real` (ms). Raises ValueError for a secret that is none."""
    at = str(real // SECOND)
    signatures = [
        b64encode(hmac.digest(key_of(secret), f"{id_}.{at}.{body}".encode(), "sha256")).decode()
        for secret in secrets
    ]
    return {
        "content-type": "application/json",
        "user-agent": "Frontdesk/1",
        "webhook-id": id_,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def key_of(secret: str) -> bytes:
    """The bytes of `whsec_<base64>`. Raises ValueError."""
    key = b64decode(secret.removeprefix("whsec_"), validate=True)
    if len(key) < 16:
        raise ValueError("the secret is too short")
    return key
