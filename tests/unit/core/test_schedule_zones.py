"""Schedules over every zone there is: once a day, once a week, once a month, at the wall's time, never skipped."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.schedule import Daily, Every, in_words, next_after, share_of, spoken

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
NO_SUCH_DAY = frozenset({date(2011, 12, 30), date(1993, 8, 21), date(1994, 12, 31), date(1995, 1, 1)})
"""Days some Pacific zones never had, when they changed sides of the date line; Kwajalein, Samoa, Kiribati."""

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.integers(
    int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2038, 1, 1, tzinfo=UTC).timestamp())
)
walls = st.tuples(st.integers(0, 23), st.integers(0, 59))
shares = st.floats(0, 1, exclude_max=True)


def local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)


def exists(day: date, hour: int, minute: int, zone: ZoneInfo) -> bool:
    """Whether the wall ever reads this time."""
    wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)


@given(zone=zones, second=instants, wall=walls)
def test_daily_is_at_the_walls_time_or_after_a_skipped_hour_and_once_for_each_day(
    zone: ZoneInfo, second: int, wall: tuple[int, int]
) -> None:
    schedule = Daily(at=f"{wall[0]:02}:{wall[1]:02}")
    at, days = second * 1000, []
    for _ in range(5):
        following = next_after(schedule, zone, at)
        assert at < following <= at + 2 * DAY + 2 * HOUR
        # What comes next does not depend on when in between one asks: a late tick loses nothing.
        assert next_after(schedule, zone, following - 1) == following
        reads = local(following, zone)
        if exists(reads.date(), *wall, zone):
            assert (reads.hour, reads.minute) == wall
        days.append(reads.date())
        at = following
    missing = [
        days[0] + timedelta(days=n)
        for n in range((days[-1] - days[0]).days)
        if days[0] + timedelta(days=n) not in days
    ]
    assert len(set(days)) == 5 or any(not exists(day, *wall, zone) for day in days)
    assert all(day in NO_SUCH_DAY or not exists(day, *wall, zone) for day in missing)


@given(zone=zones, second=instants, weekday=st.integers(0, 6))
def test_nine_on_a_weekday_comes_each_week_on_that_day(zone: ZoneInfo, second: int, weekday: int) -> None:
    schedule = Daily(at="09:00", weekday=weekday)
    first = next_after(schedule, zone, second * 1000)
    second_ = next_after(schedule, zone, first)
    for at in (first, second_):
        reads = local(at, zone)
        assert (reads.weekday(), reads.hour, reads.minute) == (weekday, 9, 0) or reads.date() - timedelta(
            days=1
        ) in NO_SUCH_DAY
    assert 7 * DAY - 25 * HOUR <= second_ - first <= 7 * DAY + 25 * HOUR


@given(zone=zones, second=instants)
def test_the_first_of_the_month_at_nine_comes_each_month(zone: ZoneInfo, second: int) -> None:
    schedule = Daily(at="09:00", day=1)
    at, months = second * 1000, []
    for _ in range(4):
        at = next_after(schedule, zone, at)
        reads = local(at, zone)
        assert (reads.day, reads.hour, reads.minute) == (1, 9, 0)
        months.append(reads.year * 12 + reads.month)
    assert months == list(range(months[0], months[0] + 4))


@given(second=instants, minutes=st.sampled_from([1, 5, 15, 60, 24 * 60]), share=shares)
def test_intervals_keep_a_tenants_own_step_whoever_asks_when(second: int, minutes: int, share: float) -> None:
    schedule, after = Every(ms=minutes * MINUTE), second * 1000
    first = next_after(schedule, ZoneInfo("UTC"), after, share)
    assert after < first <= after + schedule.ms
    assert first % MINUTE == 0
    assert next_after(schedule, ZoneInfo("UTC"), first, share) == first + schedule.ms
    assert (
        next_after(schedule, ZoneInfo("UTC"), first + 3 * schedule.ms - 1, share) == first + 3 * schedule.ms
    )


@given(zone=zones, second=instants, share=shares, within=st.integers(0, 12 * 60))
def test_a_spread_day_comes_within_its_minutes_and_once(
    zone: ZoneInfo, second: int, share: float, within: int
) -> None:
    plain, spread = Daily(at="03:10"), Daily(at="03:10", within_minutes=within)
    at = next_after(spread, zone, second * 1000, share)
    own = int(share * within) * MINUTE
    assert at > second * 1000
    assert next_after(plain, zone, at - own - 1) == at - own
    assert next_after(spread, zone, at, share) - own == next_after(plain, zone, at - own)


def test_shares_are_spread_and_stay() -> None:
    shares_ = [share_of(f"01900000-0000-7000-8000-{number:012x}") for number in range(10_000)]
    assert all(0 <= share < 1 for share in shares_)
    tenths = [sum(1 for share in shares_ if int(share * 10) == tenth) for tenth in range(10)]
    assert min(tenths) > 800
    assert share_of("harbour") == share_of("harbour")


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Every(ms=15 * MINUTE), "every 15 minutes"),
        (Every(ms=MINUTE), "every minute"),
        (Every(ms=HOUR), "every hour"),
        (Every(ms=6 * HOUR), "every 6 hours"),
        (Daily(at="03:10"), "daily at 03:10"),
        (Daily(at="23:30", within_minutes=45), "daily between 23:30 and 00:15"),
        (Daily(at="09:00", weekday=0), "Mondays at 09:00"),
        (Daily(at="09:00", day=1), "on the 1st at 09:00"),
        (Daily(at="09:00", day=22), "on the 22nd at 09:00"),
        (Daily(at="09:00", day=13), "on the 13th at 09:00"),
    ],
)
def test_staff_read_when_it_comes(schedule: Daily | Every, words: str) -> None:
    assert in_words(schedule) == words
    assert spoken(schedule.model_dump_json()) == words


def test_a_schedule_of_another_release_does_not_break_the_list() -> None:
    assert spoken('{"every": "moon"}') == "by a schedule this release does not know"
