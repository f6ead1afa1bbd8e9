"""Unsubscribe links: the address, and a proof that we wrote the link (RFC 8058 wants one that needs no sign-in)."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

PROOF_BYTES = 16


def _proof(key: bytes, tenant_id: str, address: str) -> bytes:
    return hmac.digest(key, f"{tenant_id}\n{address}".encode(), "sha256")[:PROOF_BYTES]


def token(key: bytes, tenant_id: str, address: str) -> str:
    """The last segment of the link; it names one address of one tenant and can do nothing else."""
    return urlsafe_b64encode(_proof(key, tenant_id, address) + address.encode()).decode().rstrip("=")


def address_of(text: str, keys: Sequence[bytes], tenant_id: str) -> str | None:
    """The address a link of this tenant names, or None for a link we did not write."""
    if len(text) > 500:
        return None
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        address = raw[PROOF_BYTES:].decode()
    except ValueError:
        return None
    genuine = [hmac.compare_digest(raw[:PROOF_BYTES], _proof(key, tenant_id, address)) for key in keys]
    return address if any(genuine) else None
