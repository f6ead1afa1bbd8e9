"""WebCrypto behind `core.platform.Crypto`."""

import os
import re
from base64 import b64decode
from typing import Any

from js import Object, crypto
from pyodide.ffi import JsException, to_js

NONCE = 12
_ARMOUR = re.compile(r"-----[A-Z ]+-----|\s")


def _js(value: Any) -> Any:
    return to_js(value, dict_converter=Object.fromEntries)


class WebCrypto:
    """The platform's own cryptography; keys are imported per call, which costs less than keeping them."""

    async def verify_rs256(self, public_key_pem: str, data: bytes, signature: bytes) -> bool:
        """RSASSA-PKCS1-v1_5 with SHA-256. A key that is not one verifies nothing."""
        try:
            key = await crypto.subtle.importKey(
                "spki",
                to_js(b64decode(_ARMOUR.sub("", public_key_pem))),
                _js({"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"}),
                False,
                _js(["verify"]),
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


def _gcm(nonce: bytes, bound_to: bytes) -> Any:
    return _js({"name": "AES-GCM", "iv": nonce, "additionalData": bound_to})


async def _aes(key: bytes, use: str) -> Any:
    return await crypto.subtle.importKey("raw", to_js(key), "AES-GCM", False, _js([use]))
