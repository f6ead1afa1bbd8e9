"""Weeks and months on the tenant's own clock, also where that clock jumps."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.clock import HOUR
from frontdesk.reports.rules.periods import (
    EARLIEST,
    LATEST,
    Kind,
    days_of_hours,
    hours_of,
    last_whole,
    local_day,
    midnight,
    period_of,
)

SYDNEY = ZoneInfo("Australia/Sydney")
ZONES = st.sampled_from(
    [
        *("Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "America/Sao_Paulo"),
        *("America/Havana", "Africa/Casablanca", "Pacific/Apia", "UTC", "America/St_Johns"),
    ]
).map(ZoneInfo)
KINDS: st.SearchStrategy[Kind] = st.sampled_from(["weekly", "monthly"])
DAYS = st.dates(EARLIEST, LATEST)


@given(KINDS, DAYS, ZONES)
def test_periods_follow_each_other_without_a_gap(kind: Kind, day: date, zone: ZoneInfo) -> None:
    period = period_of(kind, day, zone)
    assert period.start <= day < period.end
    assert period.start.weekday() == 0 if kind == "weekly" else period.start.day == 1
    assert period_of(kind, period.start - timedelta(days=1), zone).start == period.previous
    assert period_of(kind, period.end, zone).previous == period.start
    assert period_of(kind, period.previous, zone).ends_at == period.starts_at
    assert period.days[0] == period.start.isoformat()
    assert len(period.days) == (period.end - period.start).days


@given(DAYS, ZONES)
def test_every_instant_is_in_the_day_its_clock_shows(day: date, zone: ZoneInfo) -> None:
    start, end = local_day(day, zone)[1:]
    for at in range(start, end, HOUR // 2):
        assert datetime.fromtimestamp(at / 1000, zone).date() == day
    if end > start:
        assert datetime.fromtimestamp((start - 1) / 1000, zone).date() < day
        assert datetime.fromtimestamp(end / 1000, zone).date() > day


@given(DAYS, ZONES)
def test_the_hours_of_a_day_lead_back_to_it(day: date, zone: ZoneInfo) -> None:
    one = local_day(day, zone)
    first, end = hours_of(one.start, one.end)
    found = days_of_hours(range(first, end), zone)
    assert all(day in days for days in found.values())


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 10, 4), 23), (date(2026, 10, 5), 24), (date(2027, 4, 4), 25)],
)
def test_a_day_on_which_the_clock_changes_is_shorter_or_longer(day: date, hours: int) -> None:
    _, start, end = local_day(day, SYDNEY)
    assert end - start == hours * HOUR


def test_midnight_that_does_not_exist_is_when_the_day_begins() -> None:
    sao_paulo = ZoneInfo("America/Sao_Paulo")
    at = datetime.fromtimestamp(midnight(date(2018, 11, 4), sao_paulo) / 1000, sao_paulo)
    assert (at.day, at.hour) == (4, 1)


@pytest.mark.parametrize(
    ("kind", "at", "start"),
    [
        ("weekly", datetime(2026, 11, 23, 9, tzinfo=SYDNEY), date(2026, 11, 16)),
        ("weekly", datetime(2026, 11, 22, 23, 59, tzinfo=SYDNEY), date(2026, 11, 9)),
        ("monthly", datetime(2026, 3, 1, 9, tzinfo=SYDNEY), date(2026, 2, 1)),
        ("monthly", datetime(2027, 1, 1, 9, tzinfo=SYDNEY), date(2026, 12, 1)),
    ],
)
def test_the_last_whole_one(kind: Kind, at: datetime, start: date) -> None:
    assert last_whole(kind, int(at.timestamp() * 1000), SYDNEY).start == start


@pytest.mark.parametrize(
    ("kind", "day", "label"),
    [
        ("weekly", date(2026, 11, 18), "16 – 22 Nov 2026"),
        ("weekly", date(2026, 12, 1), "30 Nov – 6 Dec 2026"),
        ("weekly", date(2026, 12, 31), "28 Dec 2026 – 3 Jan 2027"),
        ("monthly", date(2026, 2, 28), "February 2026"),
    ],
)
def test_what_people_call_it(kind: Kind, day: date, label: str) -> None:
    assert period_of(kind, day, SYDNEY).label == label
