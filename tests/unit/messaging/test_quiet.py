"""Quiet hours against a brute force over the wall clock, through every kind of clock change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.settings import QuietHours
from frontdesk.messaging.rules.quiet import first_allowed, is_quiet

SYDNEY = ZoneInfo("Australia/Sydney")
NIGHT = QuietHours(start="21:00", end="08:00")


def ms(text: str, zone: ZoneInfo = SYDNEY, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-01T20:59:59", "2026-03-01T20:59:59"),
        ("2026-03-01T21:00:00", "2026-03-02T08:00:00"),
        ("2026-03-02T00:00:00", "2026-03-02T08:00:00"),
        ("2026-03-02T07:59:59", "2026-03-02T08:00:00"),
        ("2026-03-02T08:00:00", "2026-03-02T08:00:00"),
        ("2026-10-03T22:00:00", "2026-10-04T08:00:00"),  # the night an hour shorter
        ("2026-04-04T22:00:00", "2026-04-05T08:00:00"),  # the night an hour longer
    ],
)
def test_over_midnight(at: str, allowed: str) -> None:
    assert first_allowed(ms(at), NIGHT, SYDNEY) == ms(allowed)


def test_nights_of_change_differ_in_length() -> None:
    assert first_allowed(ms("2026-10-03T22:00"), NIGHT, SYDNEY) - ms("2026-10-03T22:00") == 9 * HOUR
    assert first_allowed(ms("2026-04-04T22:00"), NIGHT, SYDNEY) - ms("2026-04-04T22:00") == 11 * HOUR


def test_within_a_day_and_empty() -> None:
    noon = QuietHours(start="12:00", end="13:30")
    assert first_allowed(ms("2026-03-01T12:00"), noon, SYDNEY) == ms("2026-03-01T13:30")
    assert first_allowed(ms("2026-03-01T11:59"), noon, SYDNEY) == ms("2026-03-01T11:59")
    at = ms("2026-03-01T03:00")
    assert first_allowed(at, QuietHours(start="03:00", end="03:00"), SYDNEY) == at
    assert first_allowed(at, None, SYDNEY) == at


def test_an_end_that_the_clock_skips() -> None:
    quiet = QuietHours(start="22:00", end="02:30")  # 2:00 becomes 3:00 on 4 October 2026
    assert first_allowed(ms("2026-10-03T23:00"), quiet, SYDNEY) == ms("2026-10-04T03:00")


def test_an_hour_that_comes_twice_is_judged_twice() -> None:
    quiet = QuietHours(start="02:30", end="02:45")  # 3:00 becomes 2:00 on 5 April 2026
    assert first_allowed(ms("2026-04-05T02:30"), quiet, SYDNEY) == ms("2026-04-05T02:45")
    assert first_allowed(ms("2026-04-05T02:30", fold=1), quiet, SYDNEY) == ms("2026-04-05T02:45", fold=1)
    late = QuietHours(start="02:30", end="06:00")
    assert first_allowed(ms("2026-04-05T02:45"), late, SYDNEY) == ms("2026-04-05T02:00", fold=1)


def test_a_day_that_never_was() -> None:
    apia = ZoneInfo("Pacific/Apia")  # no 30 December 2011
    allowed = first_allowed(ms("2011-12-29T23:00", apia), NIGHT, apia)
    assert datetime.fromtimestamp(allowed / 1000, apia).isoformat() == "2011-12-31T08:00:00+14:00"


ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Australia/Sydney",
            "America/Chicago",
            "Australia/Lord_Howe",
            "Asia/Kolkata",
            "UTC",
            "Pacific/Apia",
            "America/St_Johns",
            "Africa/Casablanca",
        )
    ]
)
CLOCK = st.times().map(lambda t: f"{t.hour:02d}:{t.minute:02d}")
# Around the changes of 2026 in those zones, and anywhere else in the year.
CHANGES = st.sampled_from(
    [ms("2026-04-05T03:00"), ms("2026-10-04T02:00"), 1_772_956_800_000, 1_793_520_000_000, 1_776_000_000_000]
)
INSTANTS = st.builds(
    lambda near, off: near + off * MINUTE, CHANGES, st.integers(-3_000, 3_000)
) | st.integers(1_767_225_600_000 // MINUTE, 1_798_761_600_000 // MINUTE).map(lambda minute: minute * MINUTE)


@settings(max_examples=150, deadline=None)
@given(INSTANTS, CLOCK, CLOCK, ZONES)
def test_the_first_minute_the_wall_clock_allows(at: int, start: str, end: str, zone: ZoneInfo) -> None:
    quiet = QuietHours(start=start, end=end)
    allowed = first_allowed(at, quiet, zone)
    assert at <= allowed <= at + 2 * DAY
    assert not is_quiet(allowed, quiet, zone)
    for minute in range(at, allowed, MINUTE):
        assert is_quiet(minute, quiet, zone)


@settings(max_examples=200, deadline=None)
@given(INSTANTS, st.integers(0, 3 * DAY), CLOCK, CLOCK, ZONES)
def test_later_never_becomes_earlier(at: int, more: int, start: str, end: str, zone: ZoneInfo) -> None:
    quiet = QuietHours(start=start, end=end)
    assert first_allowed(at, quiet, zone) <= first_allowed(at + more, quiet, zone)
    assert first_allowed(first_allowed(at, quiet, zone), quiet, zone) == first_allowed(at, quiet, zone)
