"""When a tenant is open: business hours by its own clock, across daylight saving and days it stays closed.

Instants are ms UTC. Openings are wall-clock times of the tenant's zone: an opening in an hour that is skipped
begins an hour later, one in an hour that comes twice begins the first time. Working time is what really passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from frontdesk.core.clock import DAY
from frontdesk.core.settings import DayHours, Hours, Tenant

LOOK_AHEAD_DAYS = 400
"""A tenant closed for longer than this counts as never open."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """A tenant's week, its closed days and its zone. Every answer is total: never open means any time will do."""

    zone: ZoneInfo
    hours: Hours = field(default_factory=Hours)
    closed_days: frozenset[date] = frozenset()

    @classmethod
    def of(cls, tenant: Tenant) -> "BusinessHours":
        """The hours a tenant has set."""
        return cls(tenant.zone, tenant.settings.hours, frozenset(tenant.settings.closed_days))

    def day_of(self, at: int) -> date:
        """The tenant's date at an instant."""
        return datetime.fromtimestamp(at / 1000, self.zone).date()

    def day_bounds(self, at: int) -> tuple[int, int]:
        """The first instant of the tenant's day that `at` is in, and the first of the next; 23 to 25 hours."""
        day = self.day_of(at)
        return self._instant(day, "00:00"), self._instant(day + timedelta(days=1), "00:00")

    def openings(self, day: date) -> list[tuple[int, int]]:
        """From when to when it is open on a date, in order; empty when closed."""
        if day in self.closed_days:
            return []
        spans = []
        for each in self._week()[day.weekday()]:
            ends_on = day + timedelta(days=1) if each.closes == "00:00" else day
            opens, closes = self._instant(day, each.opens), self._instant(ends_on, each.closes)
            if opens < closes:
                spans.append((opens, closes))
        # Where an hour is skipped, one opening may run into the next.
        return [
            (max(opens, before), closes)
            for (_, before), (opens, closes) in pairwise([(0, 0), *spans])
            if max(opens, before) < closes
        ]

    def is_open(self, at: int) -> bool:
        """Whether somebody is there."""
        return any(opens <= at < closes for opens, closes in self.openings(self.day_of(at)))

    def next_opening(self, at: int) -> int:
        """`at` itself while open, else when it opens next; `at` when it never does."""
        return next((max(at, opens) for opens, closes in self._spans_from(at) if closes > at), at)

    def end_of_business_day(self, at: int) -> int:
        """The last closing of the day, if `at` comes before it; else of the next day that is open.

        24 hours from `at` when it never opens.
        """
        last, opened_on = 0, None
        for opens, closes in self._spans_from(at):
            if last > at and self.day_of(opens) != opened_on:
                break
            last, opened_on = closes, self.day_of(opens)
        return last if last > at else at + DAY

    def add_working(self, at: int, ms: int) -> int:
        """The instant when `ms` of opening time have passed since `at`; nothing to add: the next opening.

        Plain time counts once it does not open any more.
        """
        left, last = max(0, ms), at
        for opens, closes in self._spans_from(at):
            begins = max(opens, at)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return begins + left
            left, last = left - (closes - begins), closes
        return last + left

    def _spans_from(self, at: int) -> Iterator[tuple[int, int]]:
        day = self.day_of(at)
        for ahead in range(LOOK_AHEAD_DAYS):
            yield from self.openings(day + timedelta(days=ahead))

    def _week(self) -> tuple[DayHours, ...]:
        week = self.hours
        return (
            week.monday, week.tuesday, week.wednesday, week.thursday, week.friday, week.saturday, week.sunday
        )  # fmt: skip

    def _instant(self, day: date, wall: str) -> int:
        hour, minute = int(wall[:2]), int(wall[3:])
        return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone).timestamp() * 1000)
