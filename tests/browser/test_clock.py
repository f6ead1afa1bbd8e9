"""Times of the dashboard are the business's, whatever the browser's own zone, and across changes of the clock."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from seed.office import Office
from support.stage import Stage, new_phone
from support.times import SYDNEY

Opened = Callable[..., Page]
DAY_MS = 86_400_000
ZONES = (
    "Australia/Sydney",
    "America/Chicago",
    "Europe/London",
    "Asia/Kathmandu",
    "UTC",
    "Australia/Lord_Howe",
)


def test_days_begin_at_local_midnight(opened: Opened) -> None:
    """Every midnight of a year in six zones, against Python's own calendar."""
    page = opened("/app/", who=None, timezone_id="America/Anchorage")
    for zone in ZONES:
        tz = ZoneInfo(zone)
        days = [datetime(2026, 1, 1, tzinfo=tz) + timedelta(days=n) for n in range(366)]
        expected = [int(day.timestamp() * 1000) for day in days]
        found = page.evaluate(
            """async ([zone, start]) => {
                const time = await import("/app/core/time.js");
                time.setClock(zone, "en-AU");
                return Array.from({length: 366}, (_, n) => time.startOfDay(start, n));
            }""",
            [zone, expected[0] + 12 * 3_600_000],
        )
        assert found == expected, zone


def test_weeks_begin_on_monday_and_days_have_names(opened: Opened) -> None:
    page = opened("/app/", who=None, timezone_id="America/Anchorage")
    at = int(datetime(2026, 10, 4, 3, 30, tzinfo=ZoneInfo("Australia/Sydney")).timestamp() * 1000)
    found = page.evaluate(
        """async (at) => {
            const time = await import("/app/core/time.js");
            time.setClock("Australia/Sydney", "en-AU");
            const week = time.dayKey(time.startOfWeek(at));
            return [time.dayKey(at), week, time.clock(at), time.dayOf("2026-10-04"), time.dayOf("x")];
        }""",
        at,
    )
    midnight = int(datetime(2026, 10, 4, tzinfo=ZoneInfo("Australia/Sydney")).timestamp() * 1000)
    assert found == ["2026-10-04", "2026-09-28", "03:30", midnight, None]


def test_today_is_the_business_s_when_its_clock_is_another(
    stage: Stage, clinic: Office, opened: Opened
) -> None:
    """Three days on by the server's clock: the day, what is booked on it, and what is late follow it."""
    stage.set_clock(3 * DAY_MS)
    start = stage.runtime.now_ms() + 60_000
    stage.book(clinic, start=start, phone=new_phone(), first_name="Ava", last_name="Nguyen")
    stage.drain()
    day = datetime.fromtimestamp(start / 1000, SYDNEY)
    said = re.compile(rf"^{day:%A},? {day.day} {day:%B}")
    page = opened("/app/today")
    expect(page.locator("h1 + .count")).to_have_text(said)
    coming = page.get_by_role("region", name="Bookings")
    expect(coming.get_by_role("link", name=re.compile("Ava"))).to_be_visible()
    # Painted from memory, before the server has said who we are.
    page.route("**/api/v1/me", lambda route: None)
    page.reload()
    expect(page.locator("h1 + .count")).to_have_text(said)
