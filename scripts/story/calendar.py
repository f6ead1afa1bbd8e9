"""When the story takes place: it begins some days ago and ends now, so that nothing of it lies in the future."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from frontdesk.core.clock import HOUR, MINUTE

SILENCE = 4 * HOUR
"""After as long without an answer a lead is followed up; the quarters of an hour are looked at by then."""

FIRST, LAST = time(10, 30), time(17, 30)
"""Appointments between these have all their reminders, the same hour and two hours before, by daylight."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The instants of one telling, ms UTC. It begins with a lead's question; the appointment is at `first`, later at
    `second`."""

    asked: int
    booked: int
    answered: int
    moved: int
    first: int
    second: int

    @property
    def followed_up(self) -> int:
        """When the clock has seen that nobody answered the lead."""
        return self.asked + SILENCE + 20 * MINUTE

    @property
    def stopped(self) -> int:
        """When STOP is texted: a little after the reminder of the day before."""
        return self.second - 24 * HOUR + 12 * MINUTE


def calendar(now: int, zone: ZoneInfo) -> Calendar:
    """The latest appointment whose last reminder, two hours before it, is due by `now` (ms UTC)."""
    latest = datetime.fromtimestamp((now + 2 * HOUR) / 1000, zone)
    at = latest.replace(minute=latest.minute // 30 * 30, second=0, microsecond=0, fold=0)
    if at.time() > LAST:
        at = datetime.combine(at.date(), LAST, zone)
    elif at.time() < FIRST:
        at = datetime.combine(at.date() - timedelta(days=1), LAST, zone)
    if at.weekday() >= SATURDAY:
        at = datetime.combine(_weekday_before(at.date()), LAST, zone)
    day = _weekday_before(at.date())
    first = datetime.combine(day, at.time(), zone)
    booked = _ms(datetime.combine(day - timedelta(days=3), at.time(), zone)) - 20 * MINUTE
    return Calendar(
        asked=booked - 5 * HOUR,
        booked=booked,
        answered=booked + 9 * MINUTE,
        moved=booked + 55 * MINUTE,
        first=_ms(first),
        second=_ms(at),
    )


def _weekday_before(day: date) -> date:
    before = day - timedelta(days=1)
    return before if before.weekday() < SATURDAY else _weekday_before(before)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
