"""Cryptography: signatures both ways, sealing, and tokens signed by an independent library."""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64decode
from typing import Any

from js import Object, crypto
from pyodide.ffi import to_js
from same import fails, same

from frontdesk.edge.crypto import WebCrypto


def _js(value: Any) -> Any:
    return to_js(value, dict_converter=Object.fromEntries)


def _token(env: Any) -> tuple[bytes, bytes]:
    data, signature = str(env.ORACLE_TOKEN).rsplit(".", 1)
    return data.encode(), urlsafe_b64decode(signature + "==")


async def a_token_signed_elsewhere_verifies(env: Any) -> None:
    data, signature = _token(env)
    same(await WebCrypto().verify_rs256(str(env.ORACLE_KEY), data, signature), True)


async def a_changed_token_does_not(env: Any) -> None:
    data, signature = _token(env)
    verify = WebCrypto().verify_rs256
    same(await verify(str(env.ORACLE_KEY), data + b"x", signature), False)
    same(await verify(str(env.ORACLE_KEY), data, signature[:-1] + bytes([signature[-1] ^ 1])), False)
    same(await verify(str(env.ORACLE_KEY), data, b""), False)


async def what_is_no_key_verifies_nothing(env: Any) -> None:
    data, signature = _token(env)
    for key in ("", "not a key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        same(await WebCrypto().verify_rs256(key, data, signature), False)


async def another_key_verifies_nothing(env: Any) -> None:
    algorithm = {
        "name": "RSASSA-PKCS1-v1_5",
        "modulusLength": 2048,
        "publicExponent": b"\x01\x00\x01",
        "hash": "SHA-256",
    }
    pair = await crypto.subtle.generateKey(_js(algorithm), True, _js(["sign", "verify"]))
    spki = bytes((await crypto.subtle.exportKey("spki", pair.publicKey)).to_bytes())
    pem = f"-----BEGIN PUBLIC KEY-----\n{b64encode(spki).decode()}\n-----END PUBLIC KEY-----"
    data, signature = _token(env)
    same(await WebCrypto().verify_rs256(pem, data, signature), False)
    own = bytes((await crypto.subtle.sign("RSASSA-PKCS1-v1_5", pair.privateKey, to_js(data))).to_bytes())
    same(await WebCrypto().verify_rs256(pem, data, own), True)


async def sealed_opens_only_under_its_key_and_what_it_is_bound_to(env: Any) -> None:
    box, key = WebCrypto(), bytes(range(32))
    sealed = await box.seal(key, b"secret", b"tenant")
    same(await box.unseal(key, sealed, b"tenant"), b"secret")
    same(b"secret" in sealed, False)
    for other_key, other_sealed, other_bound in (
        (bytes(32), sealed, b"tenant"),
        (key, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"tenant"),
        (key, sealed, b"another tenant"),
        (key, sealed[:20], b"tenant"),
    ):
        await fails(ValueError, box.unseal(other_key, other_sealed, other_bound))


async def sealing_twice_gives_two_texts(env: Any) -> None:
    box = WebCrypto()
    same(len({await box.seal(bytes(32), b"x", b"") for _ in range(20)}), 20)


async def hmac_agrees_with_the_published_vector(env: Any) -> None:
    """RFC 4231, test case 2."""
    digest = hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256")
    same(digest.hex(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    same(hmac.compare_digest(digest, bytes(digest)), True)
    same(hmac.compare_digest(digest, digest[:-1]), False)


async def hmac_agrees_with_webcrypto(env: Any) -> None:
    algorithm = _js({"name": "HMAC", "hash": "SHA-256"})
    key = await crypto.subtle.importKey("raw", to_js(b"key"), algorithm, False, _js(["sign"]))
    theirs = bytes((await crypto.subtle.sign("HMAC", key, to_js(b"data"))).to_bytes())
    same(hmac.digest(b"key", b"data", "sha256"), theirs)


async def password_hashing_is_webcrypto_alone(env: Any) -> None:
    """There is no OpenSSL: code that needs these must not count on hashlib."""
    same([hasattr(hashlib, name) for name in ("scrypt", "pbkdf2_hmac")], [False, False])
