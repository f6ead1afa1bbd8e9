"""Cursors: a round trip for ours, a clear refusal for anything else."""

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.errors import Invalid
from frontdesk.core.pages import END_OF_TIME, NEWEST, OLDEST, Cursor, decode_cursor, page


def encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(st.integers(-END_OF_TIME, END_OF_TIME), st.text(st.characters(codec="utf-8"), max_size=60))
def test_ours_come_back(at: int, id_: str) -> None:
    text = Cursor(at, id_).encode()
    assert decode_cursor(text, NEWEST) == (at, id_)
    assert all(char.isalnum() or char in "-_" for char in text)


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_marker_is_the_start(nothing: str | None) -> None:
    assert decode_cursor(nothing, OLDEST) is OLDEST


HOSTILE = [
    "x",
    "....",
    "%00",
    "\ud800",
    "é",
    encoded(None),
    encoded([]),
    encoded([1]),
    encoded([1, "a", "b"]),
    encoded(["a", 1]),
    encoded([1.5, "a"]),
    encoded([None, "a"]),
    encoded({"at": 1, "id": "a"}),
    encoded([2**60, "a"]),
    encoded([-(2**60), "a"]),
    encoded([10**400, "a"]),
    encoded("[" * 5_000),
    urlsafe_b64encode(b"[" * 7_000).decode(),
    urlsafe_b64encode(b'[1,"\xff"]').decode(),
    urlsafe_b64encode(b'[NaN,"a"]').decode(),
    urlsafe_b64encode(b'[1,"\\ud800"]').decode(),
    "A" * 100_001,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_cursor(text, NEWEST)
    assert refused.value.extra["errors"][0]["field"] == "after"


@given(st.text(max_size=200))
def test_nothing_typed_is_worse_than_a_refusal(text: str) -> None:
    try:
        at, id_ = decode_cursor(text, NEWEST)
    except Invalid:
        return
    assert isinstance(at, int) and isinstance(id_, str)


def test_a_page_knows_whether_there_is_more() -> None:
    def key(n: int) -> Cursor:
        return Cursor(n, str(n))

    assert page([1, 2, 3], 2, key).model_dump() == {"items": [1, 2], "next": Cursor(2, "2").encode()}
    assert page([1, 2], 2, key).next is None
    assert page([], 2, key).model_dump() == {"items": [], "next": None}
