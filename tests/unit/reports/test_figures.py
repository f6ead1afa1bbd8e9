"""Figures as they are kept and shown: waits, money, cells of a sheet, words of a mail."""

import csv
import io
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.contacts.rules.attribution import WHOLE
from frontdesk.reports.rules import money, response, sheet, words
from frontdesk.reports.rules.tally import Conversion, Facts, shared, tallied


@given(st.lists(st.integers(0, 40 * 86_400_000), max_size=60))
def test_waits_lose_less_than_half_a_percent(waits: list[int]) -> None:
    counts: dict[str, int] = {}
    for wait in waits:
        counts[response.kept(wait)] = counts.get(response.kept(wait), 0) + 1
    ended = response.waits_of({**counts, response.OPEN: 3})
    assert sum(count for _, count in ended) == len(waits)
    assert sum(count for _, count in response.buckets_of(ended)) == len(waits)
    for share, exact in ((0.5, median_low(waits) if waits else None), (0.9, _nearest(waits, 0.9))):
        found = response.quantile_ms(ended, share)
        assert (found is None) == (exact is None)
        if found is not None and exact is not None:
            assert found <= exact <= found * 1.01 + 1000


def _nearest(waits: list[int], share: float) -> int | None:
    return sorted(waits)[-(-len(waits) * round(share * 100) // 100) - 1] if waits else None


@pytest.mark.parametrize(
    ("ms", "key"), [(999, "0"), (999_999, "999"), (1_000_000, "1000"), (12_345_678, "12300"), (-5, "0")]
)
def test_waits_are_kept_to_three_digits(ms: int, key: str) -> None:
    assert response.kept(ms) == key


@pytest.mark.parametrize(
    ("minor", "currency", "decimal", "spoken"),
    [
        (123_456, "AUD", "1234.56", "AUD 1,234.56"),
        (5, "USD", "0.05", "USD 0.05"),
        (-5, "USD", "-0.05", "USD -0.05"),
        (-123_456, "USD", "-1234.56", "USD -1,234.56"),
        (1_500, "JPY", "1500", "JPY 1,500"),
        (1_500, "KWD", "1.500", "KWD 1.500"),
        (0, "EUR", "0.00", "EUR 0.00"),
    ],
)
def test_money(minor: int, currency: str, decimal: str, spoken: str) -> None:
    assert money.decimal(minor, currency) == decimal
    assert money.spoken(minor, currency) == spoken


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_every_cell_reads_back(text: str) -> None:
    cell = sheet.safe(text)
    assert isinstance(cell, str)
    assert not cell.lstrip(" ").startswith(("=", "+", "@", "\t", "\r")) or cell.startswith("'")
    assert cell in (text, f"'{text}")
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell, "x"])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [cell, "x"]


@pytest.mark.parametrize("value", ["-12.50", "12.50", -3, 2.5])
def test_our_own_numbers_stay_numbers(value: str | float) -> None:
    assert sheet.safe(value) == value


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (None, "–"),
        (20_000, "under a minute"),
        (240_000, "4 min"),
        (4_800_000, "1 h 20 min"),
        (7_200_000, "2 h"),
        (183_600_000, "2 d 3 h"),
    ],
)
def test_durations(ms: int | None, said: str) -> None:
    assert words.duration(ms) == said


def conversion(*touches: tuple[int, str, str], source: str = "wix", value: int = 100) -> Conversion:
    return Conversion.model_construct(
        day="2026-11-16", what="earned", source=source, converted_at=1_000, value=value, touches=list(touches)
    )


def test_what_nothing_preceded_is_credited_to_where_it_was_made() -> None:
    assert set(map(str, shared(conversion(source="clicksend"), WHOLE).values())) == {"{'sms': 1000000}"}


def test_that_a_contact_came_is_no_touch_of_its_own_beside_what_they_came_with() -> None:
    came, wrote, called = (0, "", "manychat"), (0, "t1", "manychat"), (500, "t2", "phone")
    assert shared(conversion(came, wrote, called), 90)["linear"] == {"manychat": 45, "phone": 45}
    assert shared(conversion((0, "", "referral"), called), 90)["linear"] == {"referral": 45, "phone": 45}


def test_shares_add_up_whatever_they_are_of() -> None:
    touches = [(n, f"t{n}", source) for n, source in enumerate(("a", "b", "c", "a", "d"))]
    figures = tallied(Facts(conversions=[conversion(*touches, value=101)]))
    for model in ("first", "last", "linear", "decay", "position"):
        assert sum(value for (_, metric, _), value in figures.items() if metric == f"earned.{model}") == 101
