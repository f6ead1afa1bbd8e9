"""The platform's cryptography on the host, with the `cryptography` library where the Worker has WebCrypto."""

import os
from types import SimpleNamespace
from typing import cast

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontdesk.core.platform import Platform
from frontdesk.core.settings import PlatformSettings


class HostCrypto:
    """`core.platform.Crypto` under CPython."""

    async def verify_rs256(self, public_key_pem: str, data: bytes, signature: bytes) -> bool:
        """RSASSA-PKCS1-v1_5 with SHA-256."""
        try:
            key = serialization.load_pem_public_key(public_key_pem.encode())
            if not isinstance(key, rsa.RSAPublicKey):
                return False
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    async def seal(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
        """AES-256-GCM, nonce first."""
        nonce = os.urandom(12)
        return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)

    async def unseal(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        """Raises ValueError when anything differs."""
        try:
            return AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to)
        except InvalidTag:
            raise ValueError("not sealed under this key") from None


def sealing_platform(master_key: str) -> Platform:
    """As much of a platform as sealing needs."""
    settings = PlatformSettings(environment="development", master_key_current=master_key)
    return cast(Platform, SimpleNamespace(crypto=HostCrypto(), settings=settings))
