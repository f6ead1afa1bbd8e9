"""The platform's cryptography on the host, with the `cryptography` library where the Worker has WebCrypto."""

import os
from types import SimpleNamespace
from typing import cast

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontdesk.core.platform import KeyPair, Platform
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

    async def agree_p256(self, peer: bytes, own: KeyPair | None = None) -> tuple[bytes, bytes]:
        """ECDH. Raises ValueError when a key is none."""
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), peer)
        private = ec.generate_private_key(ec.SECP256R1()) if own is None else _private(own)
        public = private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return public, private.exchange(ec.ECDH(), theirs)

    async def sign_es256(self, keys: KeyPair, data: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256."""
        signature = _private(keys).sign(data, ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(signature)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    async def encrypt_gcm(self, key: bytes, nonce: bytes, plain: bytes) -> bytes:
        """AES-GCM."""
        return AESGCM(key).encrypt(nonce, plain, None)


def _private(keys: KeyPair) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(keys.private, "big"), ec.SECP256R1())


def sealing_platform(master_key: str) -> Platform:
    """As much of a platform as sealing needs."""
    settings = PlatformSettings(environment="development", master_key_current=master_key)
    return cast(Platform, SimpleNamespace(crypto=HostCrypto(), settings=settings))
