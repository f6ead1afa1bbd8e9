"""Segments against a brute force, and the arithmetic everybody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.messaging.rules.segments import BASIC, EXTENSION, cost_micros, segmented, width


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "gsm7", 0, 0),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        ("a" * 152 + "€" + "a" * 10, "gsm7", 164, 2),
        ("ç", "ucs2", 1, 1),  # the table has the capital only
        ("é" * 160, "gsm7", 160, 1),
        ("’" * 70, "ucs2", 70, 1),
        ("’" * 71, "ucs2", 71, 2),
        ("’" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 36, "ucs2", 72, 2),
        ("a" * 66 + "😀" * 3, "ucs2", 72, 2),
    ],
)
def test_known(text: str, encoding: str, units: int, count: int) -> None:
    made = segmented(text)
    assert (made.encoding, made.units, made.count) == (encoding, units, count)


def test_neither_an_escape_nor_a_surrogate_pair_is_cut() -> None:
    assert segmented("a" * 152 + "€" + "a" * 10).parts[0] == "a" * 152
    assert segmented("a" * 66 + "😀" * 3).parts[0] == "a" * 66


def test_the_table_has_128_places() -> None:
    assert len(BASIC) == 127  # and the escape
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


def test_cost() -> None:
    assert cost_micros(3, 79_200) == 237_600


def fewest(widths: list[int], limit: int) -> int:
    """The least number of runs of at most `limit`, by trying every first cut."""
    best = [0] * (len(widths) + 1)
    for start in range(len(widths) - 1, -1, -1):
        used, options = 0, []
        for end in range(start, len(widths)):
            used += widths[end]
            if used > limit:
                break
            options.append(1 + best[end + 1])
        best[start] = min(options)
    return best[0]


ALPHABET = (
    st.sampled_from(sorted(BASIC | EXTENSION)) | st.sampled_from("€[]😀’é") | st.characters(codec="utf-8")
)


@given(st.text(st.sampled_from("ab€["), max_size=500) | st.text(ALPHABET, max_size=250))
def test_against_brute_force(text: str) -> None:
    made = segmented(text)
    widths = [width(character, made.encoding) for character in text]
    alone, joined = {"gsm7": (160, 153), "ucs2": (70, 67)}[made.encoding]
    assert "".join(made.parts) == text
    assert made.units == sum(widths)
    if made.encoding == "ucs2":
        assert made.units == len(text.encode("utf-16-le")) // 2
    if made.units <= alone:
        assert made.count == (1 if text else 0)
        return
    assert made.count == fewest(widths, joined)
    for part in made.parts:
        assert 0 < sum(width(character, made.encoding) for character in part) <= joined
