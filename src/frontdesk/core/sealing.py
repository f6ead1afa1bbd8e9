"""Sealed text: AES-GCM under the platform's versioned master keys, bound to a tenant and a name.

A sealed value reads `v1.<base64url of nonce and ciphertext>`; the version names the master key, so that a
new key can come (MASTER_KEY_CURRENT) while what the old one sealed still opens (MASTER_KEY_PREVIOUS).
"""

import binascii
import hmac
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from frontdesk.core.errors import FrontdeskError
from frontdesk.core.platform import Platform
from frontdesk.core.settings import Tenant


class Unsealable(FrontdeskError):
    """Sealed under a master key we do not have, for something else, or damaged. Trying again is no use."""

    code, title = "unsealable", "A sealed value could not be opened"


class MasterKey(NamedTuple):
    """One master key: its version, such as `v1`, and 32 bytes."""

    version: str
    key: bytes


def master_keys(platform: Platform) -> tuple[MasterKey, ...]:
    """The current key, then the previous one if there is one.

    Raises:
        FrontdeskError: a key in the environment is not `<version>:<base64 of 32 bytes>`.

    """
    settings = platform.settings
    return tuple(
        _parsed(text) for text in (settings.master_key_current, settings.master_key_previous) if text
    )


def _parsed(text: str) -> MasterKey:
    version, _, encoded = text.partition(":")
    try:
        key = b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not version.isalnum() or len(key) != 32:
        raise FrontdeskError("A master key is not <version>:<base64 of 32 bytes>.")
    return MasterKey(version, key)


def derived_keys(platform: Platform, label: str) -> tuple[bytes, ...]:
    """Keys for one purpose: HMAC-SHA256 of its label under each master key, the current one first."""
    return tuple(
        hmac.digest(each.key, f"frontdesk:{label}".encode(), "sha256") for each in master_keys(platform)
    )


async def seal(platform: Platform, tenant: Tenant, name: str, plain: str) -> str:
    """`plain` under the current master key; it opens only for the same tenant and name."""
    master = master_keys(platform)[0]
    sealed = await platform.crypto.seal(master.key, plain.encode(), _bound(tenant, name))
    return f"{master.version}.{urlsafe_b64encode(sealed).decode().rstrip('=')}"


async def unseal(platform: Platform, tenant: Tenant, name: str, sealed: str) -> str:
    """What was sealed. Raises Unsealable."""
    version, _, encoded = sealed.partition(".")
    try:
        data = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        for master in master_keys(platform):
            if master.version == version:
                return (await platform.crypto.unseal(master.key, data, _bound(tenant, name))).decode()
    except ValueError:
        raise Unsealable(f"{name} does not open under key {version[:10]}.") from None
    raise Unsealable(f"{name} needs master key {version[:10]}.")


def _bound(tenant: Tenant, name: str) -> bytes:
    return f"{tenant.id}\0{name}".encode()
