"""Cryptography: signatures both ways, sealing, and tokens signed by an independent library."""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64decode
from typing import Any

from js import Object, crypto
from pyodide.ffi import to_js
from same import fails, same

from frontdesk.core.platform import KeyPair
from frontdesk.edge.crypto import WebCrypto
from frontdesk.integrations.webpush import Keys, bytes_of, encrypted, unpadded


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


# RFC 8291, appendix A: WebCrypto must come to what the RFC's authors came to.
_SENDER = KeyPair(
    bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    bytes_of("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"),
)
_RECEIVER = KeyPair(
    bytes_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
    bytes_of("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
)
_BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


async def a_push_is_encrypted_as_the_rfc_says(env: Any) -> None:
    keys = Keys(_RECEIVER.public, bytes_of("BTBZMqHH6r4Tts7J_aSIgg"))
    plain = b"When I grow up, I want to be a watermelon"
    body = await encrypted(WebCrypto(), keys, plain, bytes_of("DGv6ra1nlYgDCS1FRnbzlw"), _SENDER)
    same(unpadded(body), _BODY)


async def both_ends_agree_on_a_secret_and_each_time_on_another(env: Any) -> None:
    point, secret = await WebCrypto().agree_p256(_RECEIVER.public)
    same((await WebCrypto().agree_p256(point, _RECEIVER))[1], secret)
    same((await WebCrypto().agree_p256(_RECEIVER.public))[1] == secret, False)


async def a_signature_verifies_under_its_public_point(env: Any) -> None:
    signature = await WebCrypto().sign_es256(_SENDER, b"token")
    same(len(signature), 64)
    algorithm = _js({"name": "ECDSA", "namedCurve": "P-256"})
    key = await crypto.subtle.importKey("raw", to_js(_SENDER.public), algorithm, False, _js(["verify"]))
    how = _js({"name": "ECDSA", "hash": "SHA-256"})
    same(bool(await crypto.subtle.verify(how, key, to_js(signature), to_js(b"token"))), True)
    same(bool(await crypto.subtle.verify(how, key, to_js(signature), to_js(b"tokem"))), False)


async def what_is_no_point_of_the_curve_is_refused(env: Any) -> None:
    for peer in (b"", b"\x04" + bytes(64), b"\x04" + b"\xff" * 64):
        await fails(ValueError, WebCrypto().agree_p256(peer))
    await fails(ValueError, WebCrypto().sign_es256(KeyPair(bytes(32), _SENDER.public), b"x"))
