"""When a booking's reminders are due: elapsed hours before it starts, whatever the clocks do in between."""

from collections.abc import Iterable
from typing import NamedTuple

from frontdesk.core.clock import HOUR


class Reminder(NamedTuple):
    """One planned reminder. `late`: its time had passed when it was planned, so it is skipped as too late."""

    offset_hours: int
    due_at: int
    expires_at: int
    late: bool


def planned(starts_at: int, offsets_hours: Iterable[int], now: int) -> tuple[Reminder, ...]:
    """The reminders of a booking that starts at `starts_at` (ms UTC), earliest first, one for each offset.

    A reminder due this very millisecond is on time. None is worth sending once the booking has begun.
    """
    offsets = sorted(set(offsets_hours), reverse=True)
    return tuple(Reminder(hours, due := starts_at - hours * HOUR, starts_at, due < now) for hours in offsets)
