"""Business hours: daylight saving, closed days, and arithmetic that never runs backwards."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.hours import BusinessHours
from frontdesk.core.settings import Hours

SYDNEY = ZoneInfo("Australia/Sydney")
OFFICE = BusinessHours(SYDNEY)
SPLIT = BusinessHours(
    SYDNEY,
    Hours.model_validate(
        {"monday": [{"opens": "14:00", "closes": "17:00"}, {"opens": "08:00", "closes": "12:00"}]}
    ),
)
NEVER = BusinessHours(SYDNEY, Hours(monday=(), tuesday=(), wednesday=(), thursday=(), friday=()))
AROUND = BusinessHours(
    SYDNEY,
    Hours.model_validate(
        {
            day: [{"opens": "00:00", "closes": "00:00"}]
            for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        }
    ),
)


def sydney(text: str, zone: ZoneInfo = SYDNEY) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def test_an_office_is_open_from_nine_to_five_on_weekdays() -> None:
    assert OFFICE.is_open(sydney("2026-11-23T09:00"))
    assert not OFFICE.is_open(sydney("2026-11-23T08:59"))
    assert not OFFICE.is_open(sydney("2026-11-23T17:00"))
    assert not OFFICE.is_open(sydney("2026-11-22T12:00"))  # a Sunday


def test_the_end_of_the_business_day_is_todays_while_it_lasts() -> None:
    assert OFFICE.end_of_business_day(sydney("2026-11-23T10:00")) == sydney("2026-11-23T17:00")
    assert OFFICE.end_of_business_day(sydney("2026-11-23T05:00")) == sydney("2026-11-23T17:00")
    assert OFFICE.end_of_business_day(sydney("2026-11-23T17:00")) == sydney("2026-11-24T17:00")
    assert OFFICE.end_of_business_day(sydney("2026-11-27T18:00")) == sydney(
        "2026-11-30T17:00"
    )  # Friday evening
    assert SPLIT.end_of_business_day(sydney("2026-11-23T09:00")) == sydney("2026-11-23T17:00")


def test_a_closed_day_is_stepped_over() -> None:
    holidays = BusinessHours(SYDNEY, closed_days=frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
    eve = sydney("2026-12-24T18:00")
    assert holidays.next_opening(eve) == sydney("2026-12-29T09:00")
    assert holidays.end_of_business_day(eve) == sydney("2026-12-29T17:00")
    assert holidays.add_working(sydney("2026-12-24T16:00"), 2 * HOUR) == sydney("2026-12-29T10:00")


def test_a_lunch_break_is_no_working_time() -> None:
    assert SPLIT.openings(date(2026, 11, 23)) == [
        (sydney("2026-11-23T08:00"), sydney("2026-11-23T12:00")),
        (sydney("2026-11-23T14:00"), sydney("2026-11-23T17:00")),
    ]
    assert SPLIT.add_working(sydney("2026-11-23T11:30"), HOUR) == sydney("2026-11-23T14:30")
    assert SPLIT.next_opening(sydney("2026-11-23T12:00")) == sydney("2026-11-23T14:00")


def test_working_time_is_what_passes_when_clocks_change() -> None:
    """Sydney: on 4 October 2026 two o'clock becomes three, on 5 April 2026 three becomes two again."""
    assert AROUND.add_working(sydney("2026-10-04T01:30"), HOUR) == sydney("2026-10-04T03:30")
    assert AROUND.add_working(sydney("2026-04-05T01:30"), 2 * HOUR) == sydney("2026-04-05T02:30") + HOUR
    first, after = AROUND.day_bounds(sydney("2026-10-04T12:00"))
    assert after - first == 23 * HOUR
    first, after = AROUND.day_bounds(sydney("2026-04-05T12:00"))
    assert after - first == 25 * HOUR


def test_an_opening_in_a_skipped_hour_begins_an_hour_later() -> None:
    night = BusinessHours(
        SYDNEY,
        Hours.model_validate(
            {"sunday": [{"opens": "02:15", "closes": "02:45"}, {"opens": "03:00", "closes": "05:00"}]}
        ),
    )
    spans = night.openings(date(2026, 10, 4))
    # The second one begins when the first is over, so that no minute counts twice.
    assert spans == [
        (sydney("2026-10-04T03:15"), sydney("2026-10-04T03:45")),
        (sydney("2026-10-04T03:45"), sydney("2026-10-04T05:00")),
    ]


def test_who_never_opens_keeps_no_hours() -> None:
    at = sydney("2026-11-23T10:00")
    assert not NEVER.is_open(at)
    assert NEVER.next_opening(at) == at
    assert NEVER.end_of_business_day(at) == at + DAY
    assert NEVER.add_working(at, 5 * HOUR) == at + 5 * HOUR


def test_more_than_a_year_of_work_still_ends() -> None:
    at = sydney("2026-11-23T10:00")
    assert OFFICE.add_working(at, 1000 * DAY) > at + 1000 * DAY - HOUR


@pytest.mark.parametrize(
    "openings",
    [
        [{"opens": "09:00", "closes": "08:00"}],
        [{"opens": "09:00", "closes": "09:00"}],
        [{"opens": "09:00", "closes": "12:00"}, {"opens": "11:00", "closes": "13:00"}],
        [{"opens": "09:00", "closes": "00:00"}, {"opens": "11:00", "closes": "13:00"}],
        [{"opens": "9:00", "closes": "12:00"}],
    ],
)
def test_hours_that_cannot_be_are_refused(openings: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        Hours.model_validate({"monday": openings})


ZONES = st.sampled_from(
    ["Australia/Sydney", "America/New_York", "Europe/London", "Asia/Kolkata", "UTC", "Pacific/Apia"]
)
INSTANTS = st.integers(1_577_836_800_000, 2_208_988_800_000)


@st.composite
def days(draw: st.DrawFn) -> list[dict[str, str]]:
    times = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), max_size=6)))
    pairs = zip(times[::2], times[1::2], strict=False)
    return [
        {"opens": f"{a // 60:02d}:{a % 60:02d}", "closes": f"{b // 60:02d}:{b % 60:02d}"} for a, b in pairs
    ]


@st.composite
def businesses(draw: st.DrawFn) -> BusinessHours:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return BusinessHours(ZoneInfo(draw(ZONES)), Hours.model_validate({name: draw(days()) for name in names}))


@given(businesses(), INSTANTS, st.integers(0, 40 * HOUR), st.integers(0, 40 * HOUR))
def test_working_time_adds_up_and_never_runs_backwards(
    business: BusinessHours, at: int, first: int, second: int
) -> None:
    one = business.add_working(at, first)
    both = business.add_working(at, first + second)
    assert at <= one <= both
    if second:
        assert business.add_working(one, second) == both


@given(businesses(), INSTANTS, st.integers(0, 3 * DAY))
def test_later_starts_end_no_earlier(business: BusinessHours, at: int, later: int) -> None:
    assert business.next_opening(at) <= business.next_opening(at + later)
    assert business.end_of_business_day(at) <= business.end_of_business_day(at + later)
    assert business.add_working(at, 90 * MINUTE) <= business.add_working(at + later, 90 * MINUTE)


@given(businesses(), INSTANTS)
def test_answers_agree_with_each_other(business: BusinessHours, at: int) -> None:
    opening = business.next_opening(at)
    assert opening >= at
    assert business.is_open(at) == (
        opening == at and bool(business.openings(business.day_of(at)))
    ) or not any(business.openings(date(2026, 11, 23 + day)) for day in range(7))
    if opening > at:
        assert business.is_open(opening)
    assert business.end_of_business_day(at) > at
    first, after = business.day_bounds(at)
    assert first <= at < after
