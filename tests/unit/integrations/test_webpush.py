"""Web Push against the RFCs' own vector, an independent JWT library, and a service as strict as they ask."""

import asyncio
import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools.vapid import made
from frontdesk.core.platform import KeyPair
from frontdesk.core.web import HttpResponse
from frontdesk.integrations import webpush
from frontdesk.integrations.webpush import MOST_PLAIN, Push, bytes_of, is_service, unpadded
from sandbox.push import Unwelcome, decrypted, verify_sender
from seed.host import HostCrypto
from support.pushing import browser

# RFC 8291 section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_POINT = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
NOON_S = 1_790_000_000


def test_the_vector_of_the_rfc() -> None:
    keys = webpush.browser_keys(RECEIVER_POINT, AUTH)
    own = KeyPair(bytes_of(SENDER), bytes_of(SENDER_POINT))
    body = asyncio.run(webpush.encrypted(HostCrypto(), keys, PLAIN, bytes_of(SALT), own))
    assert unpadded(body) == BODY
    receiver = ec.derive_private_key(int.from_bytes(bytes_of(RECEIVER), "big"), ec.SECP256R1())
    assert decrypted(receiver, bytes_of(AUTH), body) == PLAIN


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=MOST_PLAIN))
def test_what_is_encrypted_opens_for_its_browser_alone(plain: bytes) -> None:
    private, keys = browser()
    body = asyncio.run(webpush.encrypted(HostCrypto(), keys, plain, os.urandom(16)))
    assert len(body) <= 4096
    assert decrypted(private, keys.auth, body) == plain
    with pytest.raises(Unwelcome):
        decrypted(browser()[0], keys.auth, body)
    with pytest.raises(Unwelcome):
        decrypted(private, os.urandom(16), body)


def test_two_of_the_same_are_not_the_same() -> None:
    _, keys = browser()
    one, other = (asyncio.run(webpush.encrypted(HostCrypto(), keys, b"x", os.urandom(16))) for _ in range(2))
    assert one[16:] != other[16:]


def test_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        asyncio.run(webpush.encrypted(HostCrypto(), browser()[1], b"x" * (MOST_PLAIN + 1), os.urandom(16)))


def test_the_token_satisfies_an_independent_library(monkeypatch: pytest.MonkeyPatch) -> None:
    private, public = made()
    sender = webpush.sender(public, private, "mailto:desk@frontdesk.example")
    endpoint = "https://fcm.googleapis.com/fcm/send/abc"
    header = asyncio.run(webpush.vapid(HostCrypto(), sender, endpoint, NOON_S * 1000))
    monkeypatch.setattr("sandbox.push.time.time", lambda: NOON_S)
    claims = verify_sender(header, public, "https://fcm.googleapis.com")
    assert claims == {
        "aud": "https://fcm.googleapis.com",
        "exp": NOON_S + 12 * 3600,
        "sub": "mailto:desk@frontdesk.example",
    }
    for key, origin in ((public, "https://elsewhere.example"), (made()[1], "https://fcm.googleapis.com")):
        with pytest.raises(Unwelcome):
            verify_sender(header, key, origin)
    other = "B" if header[-100] == "A" else "A"
    with pytest.raises(Unwelcome):
        verify_sender(header[:-100] + other + header[-99:], public, "https://fcm.googleapis.com")


def test_the_request_says_what_a_service_asks_for() -> None:
    private, keys = browser()
    own, public = made()
    sender = webpush.sender(public, own, "https://frontdesk.example")
    push = Push("https://updates.push.services.mozilla.com/wpush/v2/x", keys, b"{}", 60, "t" * 32)
    sent = asyncio.run(webpush.request(HostCrypto(), sender, push, salt=os.urandom(16), real=NOON_S * 1000))
    headers = sent.headers
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == ("60", "high", "t" * 32)
    assert headers["content-encoding"] == "aes128gcm"
    assert decrypted(private, keys.auth, sent.body) == b"{}"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/a:b",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://wns2-par02p.notify.windows.com/w/?token=x%2b",
        "https://web.push.apple.com/QOz",
    ],
)
def test_browsers_services_are_known(endpoint: str) -> None:
    assert is_service(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com/",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example#@fcm.googleapis.com/x",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://notify.windows.com/x",
        "https://xnotify.windows.com/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://127.0.0.1/x",
        "https://fcm.googleapis.com:99999999/x",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\nx: y",
        "https://ｆcm.googleapis.com/x",
        "//fcm.googleapis.com/x",
        "",
    ],
)
def test_nobody_else_is(endpoint: str) -> None:
    assert not is_service(endpoint)


def test_the_simulated_service_is_one_only_where_it_is_named() -> None:
    also = "http://127.0.0.1:8788/push/"
    assert is_service("http://127.0.0.1:8788/push/send/x", also)
    for endpoint in (
        "http://127.0.0.1:8788/clicksend",
        "http://127.0.0.1:8788/push/../clicksend",
        "http://127.0.0.1:87880/push/",
    ):
        assert not is_service(endpoint, also)
    assert not is_service("http://127.0.0.1:8788/push/send/x")


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        (RECEIVER_POINT, "AAAA"),
        (RECEIVER_POINT[:-4], AUTH),
        (unpadded(b"\x04" + bytes(64)), AUTH),
        (unpadded(b"\x04" + b"\xff" * 64), AUTH),
        (unpadded(b"\x02" + bytes(32)), AUTH),
        ("not base64!", AUTH),
        (RECEIVER_POINT, "é"),
    ],
)
def test_what_is_no_key_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError, match=r"keys|curve|base64url"):
        webpush.browser_keys(p256dh, auth)


@pytest.mark.parametrize(
    ("meaning", "statuses"),
    [("taken", (201, 202)), ("gone", (404, 410)), ("later", (429, 503)), ("refused", (302, 403, 413))],
)
def test_what_an_answer_means(meaning: str, statuses: tuple[int, ...]) -> None:
    assert {webpush.meaning(HttpResponse(status)) for status in statuses} == {meaning}
