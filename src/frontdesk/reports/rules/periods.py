"""Weeks and months in the tenant's own days: where they begin and end on its clock, and what people call them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from frontdesk.core.clock import HOUR

Kind = Literal["weekly", "monthly"]

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
"""The days anybody may ask about."""


class LocalDay(NamedTuple):
    """A day on the tenant's clock; its instants are `start` <= at < `end`, ms UTC. DST makes it 23 or 25 hours."""

    day: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday or a month from the 1st; `end` is the day after the last. `previous` starts the one before."""

    kind: Kind
    previous: date
    start: date
    end: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> int:
        """Its first instant, ms UTC."""
        return midnight(self.start, self.zone)

    @property
    def ends_at(self) -> int:
        """The first instant after it, ms UTC."""
        return midnight(self.end, self.zone)

    @property
    def label(self) -> str:
        """What people call it: `16 – 22 Nov 2026`, `November 2026`."""
        return label_of(self.kind, self.start)

    @property
    def previous_label(self) -> str:
        """What people call the one before."""
        return label_of(self.kind, self.previous)

    @property
    def days(self) -> list[str]:
        """Its days, in order."""
        return [(self.start + timedelta(days=n)).isoformat() for n in range((self.end - self.start).days)]


def midnight(day: date, zone: ZoneInfo) -> int:
    """The first instant (ms UTC) of a day on a zone's clock, also where DST skips or doubles midnight."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def local_day(day: date, zone: ZoneInfo) -> LocalDay:
    """The day with its instants."""
    return LocalDay(day.isoformat(), midnight(day, zone), midnight(day + timedelta(days=1), zone))


def days_of_hours(hours: Iterable[int], zone: ZoneInfo) -> dict[int, list[date]]:
    """The one or two local days that each hour since the epoch lies in: zones are not whole hours off UTC."""
    found: dict[int, list[date]] = {}
    for hour in hours:
        first = datetime.fromtimestamp(hour * 3600, zone).date()
        last = datetime.fromtimestamp(hour * 3600 + 3599, zone).date()
        found[hour] = [first] if first == last else [first, last]
    return found


def hours_of(start: int, end: int) -> tuple[int, int]:
    """The hours since the epoch that lie partly in `start` <= at < `end` (ms): the first, and one past the last."""
    return start // HOUR, -(-end // HOUR)


def period_of(kind: Kind, day: date, zone: ZoneInfo) -> Period:
    """The week or month that a day is in."""
    if kind == "weekly":
        start = day - timedelta(days=day.weekday())
        return Period(kind, start - timedelta(days=7), start, start + timedelta(days=7), zone)
    start = day.replace(day=1)
    return Period(kind, _month_before(start), start, (start + timedelta(days=31)).replace(day=1), zone)


def last_whole(kind: Kind, at: int, zone: ZoneInfo) -> Period:
    """The latest week or month that was over at an instant (ms)."""
    running = period_of(kind, datetime.fromtimestamp(at / 1000, zone).date(), zone)
    return period_of(kind, running.previous, zone)


def label_of(kind: Kind, start: date) -> str:
    """What people call the week or month that begins on a day."""
    if kind == "monthly":
        return f"{start:%B} {start.year}"
    last = start + timedelta(days=6)
    if start.year != last.year:
        return f"{start.day} {start:%b} {start.year} – {last.day} {last:%b} {last.year}"
    first = f"{start.day}" if start.month == last.month else f"{start.day} {start:%b}"
    return f"{first} – {last.day} {last:%b} {last.year}"


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
