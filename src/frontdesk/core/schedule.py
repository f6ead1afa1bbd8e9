"""When a cadence comes next: plain intervals, or a wall-clock time in the tenant's zone across DST.

Thousands of tenants share one database, so what need not come to the minute is spread: each tenant has a `share`
in [0, 1), its own place in an interval or in the minutes after a wall-clock time.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from zlib import crc32
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.settings import ClockTime


class Every(BaseModel):
    """Each `ms` of business time; the whole minute within it at which it comes is the tenant's own."""

    model_config = ConfigDict(frozen=True)

    every: Literal["interval"] = "interval"
    ms: Annotated[int, Field(ge=60_000)]


class Daily(BaseModel):
    """Each day at a wall-clock time; `weekday` (0 is Monday) or `day` of the month narrow it, never both.

    `within_minutes`: it may come that much later, and each tenant's has its own minute.
    """

    model_config = ConfigDict(frozen=True)

    every: Literal["day"] = "day"
    at: ClockTime
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    day: Annotated[int, Field(ge=1, le=28)] | None = None
    within_minutes: Annotated[int, Field(ge=0, le=12 * 60)] = 0

    @model_validator(mode="after")
    def _one_of_both(self) -> "Daily":
        if self.weekday is not None and self.day is not None:
            raise ValueError("a weekday or a day of the month, not both")
        return self


Schedule = Annotated[Every | Daily, Field(discriminator="every")]
SCHEDULE: TypeAdapter[Every | Daily] = TypeAdapter(Schedule)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS_AHEAD = 63
"""More than two months: a day of the month up to 28 comes within them."""


def share_of(tenant_id: str) -> float:
    """A tenant's place among all, evenly spread over [0, 1) and the same for ever."""
    return crc32(tenant_id.encode()) / 2**32


def next_after(schedule: Every | Daily, zone: ZoneInfo, after: int, share: float = 0.0) -> int:
    """The first instant (ms) after `after` (ms). A time DST skips comes an hour later, a doubled one once."""
    if isinstance(schedule, Every):
        own = int(share * (schedule.ms // MINUTE)) * MINUTE
        return ((after - own) // schedule.ms + 1) * schedule.ms + own
    own = int(share * schedule.within_minutes) * MINUTE
    hour, minute = (int(part) for part in schedule.at.split(":"))
    local = datetime.fromtimestamp((after - own) / 1000, zone)
    for ahead in range(DAYS_AHEAD):
        date = (local + timedelta(days=ahead)).date()
        if schedule.weekday is not None and date.weekday() != schedule.weekday:
            continue
        if schedule.day is not None and date.day != schedule.day:
            continue
        at = (
            int(datetime(date.year, date.month, date.day, hour, minute, tzinfo=zone).timestamp() * 1000) + own
        )
        if at > after:
            return at
    raise AssertionError("a day of the month up to 28 comes within 62 days")


def in_words(schedule: Every | Daily) -> str:
    """A schedule as staff read it: `every 15 minutes`, `Mondays at 09:00`."""
    if isinstance(schedule, Every):
        if schedule.ms % HOUR == 0:
            return "every hour" if schedule.ms == HOUR else f"every {schedule.ms // HOUR} hours"
        return "every minute" if schedule.ms == MINUTE else f"every {schedule.ms // MINUTE} minutes"
    at = f"between {schedule.at} and {_later(schedule)}" if schedule.within_minutes else f"at {schedule.at}"
    if schedule.weekday is not None:
        return f"{WEEKDAYS[schedule.weekday]}s {at}"
    if schedule.day is not None:
        return f"on the {_nth(schedule.day)} {at}"
    return f"daily {at}"


def spoken(spec: str) -> str:
    """The schedule of a row in words; one of another release reads as what it is."""
    try:
        return in_words(SCHEDULE.validate_json(spec))
    except ValidationError:
        return "by a schedule this release does not know"


def _later(schedule: Daily) -> str:
    hour, minute = (int(part) for part in schedule.at.split(":"))
    hour, minute = divmod(hour * 60 + minute + schedule.within_minutes, 60)
    return f"{hour % 24:02}:{minute:02}"


def _nth(day: int) -> str:
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
