"""WebCrypto behind `core.platform.Crypto`."""

import os
import re
from base64 import b64decode, urlsafe_b64encode
from time import time_ns
from typing import Any

from js import Object, crypto
from pyodide.ffi import JsException, to_js

from frontdesk.core.cache import CACHE
from frontdesk.core.platform import KeyPair

NONCE = 12
_ECDH = {"name": "ECDH", "namedCurve": "P-256"}
_ARMOUR = re.compile(r"-----[A-Z ]+-----|\s")


def _js(value: Any) -> Any:
    return to_js(value, dict_converter=Object.fromEntries)


class WebCrypto:
    """The platform's own cryptography. A public key is kept as imported for `keep_ms` (real time), as secrets are."""

    def __init__(self, keep_ms: int = 0) -> None:
        self._keep_ms = keep_ms

    async def verify_rs256(self, public_key_pem: str, data: bytes, signature: bytes) -> bool:
        """RSASSA-PKCS1-v1_5 with SHA-256. A key that is not one verifies nothing."""
        try:
            now = time_ns() // 1_000_000
            key = await CACHE.get(
                f"rs256:{public_key_pem}", now, self._keep_ms, lambda: _public(public_key_pem)
            )
            return bool(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, to_js(signature), to_js(data)))
        except (JsException, ValueError):
            return False

    async def seal(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
        """AES-256-GCM, nonce first."""
        nonce = os.urandom(NONCE)
        sealed = await crypto.subtle.encrypt(_gcm(nonce, bound_to), await _aes(key, "encrypt"), to_js(plain))
        return nonce + bytes(sealed.to_bytes())

    async def unseal(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        """Raises ValueError when anything differs."""
        try:
            plain = await crypto.subtle.decrypt(
                _gcm(sealed[:NONCE], bound_to), await _aes(key, "decrypt"), to_js(sealed[NONCE:])
            )
        except JsException:
            raise ValueError("not sealed under this key") from None
        return bytes(plain.to_bytes())

    async def agree_p256(self, peer: bytes, own: KeyPair | None = None) -> tuple[bytes, bytes]:
        """ECDH. Raises ValueError when a key is none."""
        try:
            theirs = await crypto.subtle.importKey("raw", to_js(peer), _js(_ECDH), False, _js([]))
            if own is None:
                pair = await crypto.subtle.generateKey(_js(_ECDH), True, _js(["deriveBits"]))
                public = await crypto.subtle.exportKey("raw", pair.publicKey)
                point, private = bytes(public.to_bytes()), pair.privateKey
            else:
                point, private = own.public, await _p256(own, "ECDH", "deriveBits")
            secret = await crypto.subtle.deriveBits(_js({"name": "ECDH", "public": theirs}), private, 256)
        except JsException:
            raise ValueError("not a key of P-256") from None
        return point, bytes(secret.to_bytes())

    async def sign_es256(self, keys: KeyPair, data: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256."""
        try:
            key = await _p256(keys, "ECDSA", "sign")
            algorithm = _js({"name": "ECDSA", "hash": "SHA-256"})
            return bytes((await crypto.subtle.sign(algorithm, key, to_js(data))).to_bytes())
        except JsException:
            raise ValueError("not a key pair of P-256") from None

    async def encrypt_gcm(self, key: bytes, nonce: bytes, plain: bytes) -> bytes:
        """AES-GCM."""
        algorithm = _js({"name": "AES-GCM", "iv": nonce})
        sealed = await crypto.subtle.encrypt(algorithm, await _aes(key, "encrypt"), to_js(plain))
        return bytes(sealed.to_bytes())


async def _p256(keys: KeyPair, name: str, use: str) -> Any:
    """A private key can only be imported beside its public point, as a JWK (RFC 7518 section 6.2)."""
    parts = {"d": keys.private, "x": keys.public[1:33], "y": keys.public[33:]}
    texts = {part: urlsafe_b64encode(data).decode().rstrip("=") for part, data in parts.items()}
    jwk = {"kty": "EC", "crv": "P-256", **texts}
    algorithm = {"name": name, "namedCurve": "P-256"}
    return await crypto.subtle.importKey("jwk", _js(jwk), _js(algorithm), False, _js([use]))


async def _public(pem: str) -> Any:
    return await crypto.subtle.importKey(
        "spki",
        to_js(b64decode(_ARMOUR.sub("", pem))),
        _js({"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"}),
        False,
        _js(["verify"]),
    )


def _gcm(nonce: bytes, bound_to: bytes) -> Any:
    return _js({"name": "AES-GCM", "iv": nonce, "additionalData": bound_to})


async def _aes(key: bytes, use: str) -> Any:
    return await crypto.subtle.importKey("raw", to_js(key), "AES-GCM", False, _js([use]))
