"""Quiet hours: whether an instant is inside the recipient's night, and the first one that is not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from frontdesk.core.settings import QuietHours

DAYS_AHEAD = 4
"""More than the end of one night is needed only where a whole day is missing (Samoa, 30 December 2011)."""


def minutes(clock: str) -> int:
    """`HH:MM` as minutes since midnight."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def is_quiet(at_ms: int, quiet: QuietHours, zone: ZoneInfo) -> bool:
    """Whether the wall clock in `zone` reads a time from `start` up to, not including, `end`.

    A window over midnight wraps; one that ends where it starts is empty.
    """
    start, end = minutes(quiet.start), minutes(quiet.end)
    local = _local(at_ms, zone)
    now = local.hour * 60 + local.minute
    return start <= now < end if start <= end else now >= start or now < end


def first_allowed(at_ms: int, quiet: QuietHours | None, zone: ZoneInfo) -> int:
    """The earliest instant (ms UTC) not before `at_ms` that is outside the quiet hours.

    It follows the wall clock through changes of the zone's offset: an end that the clock skips is reached
    at the skip, and an hour that comes twice is judged twice.
    """
    if quiet is None or not is_quiet(at_ms, quiet, zone):
        return at_ms
    end = minutes(quiet.end)
    day = _local(at_ms, zone).date()
    ends: list[int] = []
    for ahead in range(DAYS_AHEAD):
        date = day + timedelta(days=ahead)
        wall = datetime(date.year, date.month, date.day, end // 60, end % 60, tzinfo=zone)
        ends += (_ms(wall.replace(fold=fold)) for fold in (0, 1))
    best = min(e for e in ends if e > at_ms and not is_quiet(e, quiet, zone))
    if _offset(best, zone) != _offset(at_ms, zone):
        change = _change(at_ms, best, zone)
        if not is_quiet(change, quiet, zone):
            return change
    return best


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """The instant within (before, after] from which the zone's offset is another, to the millisecond."""
    old = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _local(at_ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, zone)


def _offset(at_ms: int, zone: ZoneInfo) -> timedelta | None:
    return _local(at_ms, zone).utcoffset()


def _ms(wall: datetime) -> int:
    return round(wall.astimezone(UTC).timestamp()) * 1000
