"""How a body is written into a column and read back."""

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.deliveries import DeliveryDraft, beginning, insert_delivery, written


@given(st.binary(max_size=200))
def test_what_is_written_can_be_read_back(body: bytes) -> None:
    text, form = written(body)
    assert (b64decode(text) if form == "base64" else text.encode()) == body


def test_text_stays_text() -> None:
    assert written('{"name":"Zoë"}'.encode()) == ('{"name":"Zoë"}', "text")
    assert written(b"a\x00b")[1] == written(b"\xff")[1] == "base64"


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(0, 80))
def test_a_beginning_never_ends_within_a_character(text: str, size: int) -> None:
    body = text.encode()
    cut = beginning(body, size)
    assert body.startswith(cut) and min(size, len(body)) - 3 <= len(cut) <= size
    assert cut.decode() == text[: len(cut.decode())]


@given(st.binary(max_size=60), st.integers(0, 80))
def test_of_other_bytes_it_drops_three_at_most(body: bytes, size: int) -> None:
    cut = beginning(body, size)
    assert body.startswith(cut) and min(size, len(body)) - 3 <= len(cut) <= size


@pytest.mark.parametrize("name", ["authorization", "cookie", "x-wix-webhook-signature", "svix-signature"])
def test_no_credential_of_the_caller_is_kept(name: str) -> None:
    draft = DeliveryDraft(
        "d", "wix", "accepted", "", "/", "", "text", 0, "", 0, headers={name: "x", "user-agent": "W"}
    )
    assert insert_delivery(draft).params["headers"] == '{"user-agent":"W"}'
