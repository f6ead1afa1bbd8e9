"""STOP is a word, not a substring."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.messaging.rules.keywords import WORDS, keyword


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("STOP", "stop"),
        ("stop", "stop"),
        ("Stop.", "stop"),
        ("  stop  ", "stop"),
        ("STOP!!!", "stop"),
        ("STOP" + "!" * 300, "stop"),
        ("STOP" + " \n" * 300, "stop"),
        ("🛑" * 100 + "STOP", "stop"),
        ("STOP STOP STOP", "stop"),
        ("Stop. Unsubscribe!", "stop"),
        ("HELP 🆘 help", "help"),
        ('"STOP"', "stop"),
        ("*stop*", "stop"),
        ("Stop 🛑", "stop"),
        ("stop\r\n", "stop"),
        ("st\u200bop\u200f", "stop"),
        ("ＳＴＯＰ", "stop"),
        ("stop\ufe0f", "stop"),
        ("Stop All", "stop"),
        ("STOPALL", "stop"),
        ("opt out", "stop"),
        ("Opt-Out", "stop"),
        ("opt\u00a0 out", "stop"),
        ("OptOut", "stop"),
        ("unsubscribe", "stop"),
        ("Cancel", "stop"),
        ("END", "stop"),
        ("quit", "stop"),
        ("Revoke", "stop"),
        ("start", "start"),
        ("UNSTOP", "start"),
        ("help?", "help"),
        ("please stop by at 5", None),
        ("stop please", None),
        ("stop start", None),
        ("don't stop", None),
        ("stopping", None),
        ("s t o p", None),
        ("cancel my appointment", None),
        ("helpful", None),
        ("yes", None),
        ("", None),
        ("...", None),
        ("stop" * 100, None),
    ],
)
def test_keywords(text: str, wanted: str | None) -> None:
    assert keyword(text) == wanted


EDGES = st.text(st.sampled_from(string.punctuation + string.whitespace + "…¡🙂\u200b\u00a0"), max_size=8)


@given(EDGES, st.sampled_from(sorted(WORDS)), EDGES)
def test_decoration_never_matters(before: str, word: str, after: str) -> None:
    shouted = "".join(c.upper() if i % 2 else c for i, c in enumerate(word))
    assert keyword(before + shouted + after) == WORDS[word]


@given(
    st.sampled_from(sorted(WORDS)),
    st.text(st.sampled_from(string.ascii_letters + string.digits), min_size=1, max_size=9),
)
def test_a_further_word_makes_it_a_message(word: str, other: str) -> None:
    if not {other.lower(), f"{word} {other}".lower()} & WORDS.keys():
        assert keyword(f"{word} {other}") is None


@given(st.text())
def test_any_text(text: str) -> None:
    keyword(text)
