"""The story is told at any hour of any day: its reminders fall into daylight, and it ends now."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.settings import QuietHours
from frontdesk.messaging.rules.quiet import is_quiet
from story.calendar import calendar

ZONE = ZoneInfo("Australia/Sydney")
# Around both changes of Sydney's clock in 2026 (5 April, 4 October), and an ordinary week.
WEEKS = [
    datetime(2026, 4, 1, tzinfo=UTC),
    datetime(2026, 9, 30, tzinfo=UTC),
    datetime(2026, 11, 18, tzinfo=UTC),
]


@pytest.mark.parametrize("week", WEEKS, ids=["autumn", "spring", "ordinary"])
def test_any_hour_of_ten_days(week: datetime) -> None:
    for half_hours in range(10 * 48):
        now = int((week + timedelta(minutes=30 * half_hours + 7)).timestamp() * 1000)
        when = calendar(now, ZONE)
        assert when.booked < when.answered < when.moved < when.second - 48 * HOUR < when.stopped
        assert when.booked < when.first - 48 * HOUR, "three reminders are planned for the first appointment"
        assert when.first < when.second
        assert when.stopped < when.second - 2 * HOUR <= now, "the last reminder's time has come"
        for start in (when.first, when.second):
            assert datetime.fromtimestamp(start / 1000, ZONE).weekday() < 5
            for hours in (48, 24, 2):
                assert not is_quiet(start - hours * HOUR, QuietHours(), ZONE)
        assert when.asked < when.followed_up < when.booked
        for told in (when.followed_up - 20 * MINUTE, when.followed_up, when.booked):
            assert not is_quiet(told, QuietHours(), ZONE)
