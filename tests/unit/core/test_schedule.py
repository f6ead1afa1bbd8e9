"""When a schedule comes next, by the tenant's clock, through both changes of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from frontdesk.core.clock import DAY, HOUR
from frontdesk.core.schedule import SCHEDULE, Daily, Every, next_after

SYDNEY, CHICAGO, UTC_ZONE = ZoneInfo("Australia/Sydney"), ZoneInfo("America/Chicago"), ZoneInfo("UTC")


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def walls(schedule: Daily, zone: ZoneInfo, after: str, count: int) -> list[str]:
    """The next instants on the wall."""
    at, seen = utc(after), []
    for _ in range(count):
        at = next_after(schedule, zone, at)
        seen.append(f"{datetime.fromtimestamp(at / 1000, zone):%a %d %b %H:%M}")
    return seen


def test_daily_follows_the_wall_when_sydney_goes_forward() -> None:
    assert walls(Daily(at="02:30"), SYDNEY, "2026-10-02T00:00", 3) == [
        "Sat 03 Oct 02:30",
        "Sun 04 Oct 03:30",  # 02:30 does not exist; an hour later does
        "Mon 05 Oct 02:30",
    ]


def test_daily_comes_once_when_sydney_goes_back() -> None:
    assert walls(Daily(at="02:30"), SYDNEY, "2026-04-03T20:00", 3) == [
        "Sun 05 Apr 02:30",
        "Mon 06 Apr 02:30",
        "Tue 07 Apr 02:30",
    ]
    first = next_after(Daily(at="02:30"), SYDNEY, utc("2026-04-04T00:00"))
    assert next_after(Daily(at="02:30"), SYDNEY, first) - first == 25 * HOUR


def test_chicago_both_ways() -> None:
    assert walls(Daily(at="02:15"), CHICAGO, "2026-03-07T12:00", 2) == [
        "Sun 08 Mar 03:15",
        "Mon 09 Mar 02:15",
    ]
    assert walls(Daily(at="01:30"), CHICAGO, "2026-10-31T12:00", 2) == [
        "Sun 01 Nov 01:30",
        "Mon 02 Nov 01:30",
    ]


def test_utc_is_plain() -> None:
    at = next_after(Daily(at="09:00"), UTC_ZONE, utc("2026-10-04T09:00"))
    assert at == utc("2026-10-05T09:00")


def test_weekly_and_monthly() -> None:
    assert walls(Daily(at="09:00", weekday=0), SYDNEY, "2026-09-28T12:00", 3) == [
        "Mon 05 Oct 09:00",  # the first Monday after the change
        "Mon 12 Oct 09:00",
        "Mon 19 Oct 09:00",
    ]
    assert walls(Daily(at="09:00", day=1), CHICAGO, "2026-12-15T00:00", 3) == [
        "Fri 01 Jan 09:00",
        "Mon 01 Feb 09:00",
        "Mon 01 Mar 09:00",
    ]
    assert walls(Daily(at="00:00", day=28), UTC_ZONE, "2027-02-27T00:00", 2) == [
        "Sun 28 Feb 00:00",
        "Sun 28 Mar 00:00",
    ]


@pytest.mark.parametrize(
    "zone", [SYDNEY, CHICAGO, UTC_ZONE, ZoneInfo("Asia/Kolkata"), ZoneInfo("Pacific/Apia")]
)
@given(
    after=st.integers(0, 4_000_000_000_000), weekday=st.none() | st.integers(0, 6), hour=st.integers(0, 23)
)
def test_the_next_time_is_later_and_never_more_than_a_week_and_a_day_away(
    zone: ZoneInfo, after: int, weekday: int | None, hour: int
) -> None:
    at = next_after(Daily(at=f"{hour:02}:00", weekday=weekday), zone, after)
    assert after < at <= after + (2 * DAY if weekday is None else 8 * DAY) + HOUR


def test_intervals_keep_step_and_skip_what_was_missed() -> None:
    quarter = Every(ms=15 * 60_000)
    assert next_after(quarter, SYDNEY, utc("2026-10-04T00:00")) == utc("2026-10-04T00:15")
    assert next_after(quarter, SYDNEY, utc("2026-10-04T07:31")) == utc("2026-10-04T07:45")


@pytest.mark.parametrize(
    "spec",
    [
        '{"every": "interval", "ms": 1000}',
        '{"every": "day", "at": "24:00"}',
        '{"every": "day", "at": "9:00"}',
        '{"every": "day", "at": "09:00", "day": 31}',
        '{"every": "day", "at": "09:00", "weekday": 7}',
        '{"every": "day", "at": "09:00", "weekday": 1, "day": 1}',
        '{"every": "never"}',
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(spec: str) -> None:
    with pytest.raises(ValidationError):
        SCHEDULE.validate_json(spec)
