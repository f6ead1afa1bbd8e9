"""When a cadence comes next: plain intervals, or a wall-clock time in the tenant's zone across DST."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, TypeAdapter, model_validator

from frontdesk.core.settings import ClockTime


class Every(BaseModel):
    """Each `ms` of business time, in step with the epoch."""

    every: Literal["interval"] = "interval"
    ms: Annotated[int, Field(ge=60_000)]


class Daily(BaseModel):
    """Each day at a wall-clock time; `weekday` (0 is Monday) or `day` of the month narrow it, never both."""

    every: Literal["day"] = "day"
    at: ClockTime
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    day: Annotated[int, Field(ge=1, le=28)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Daily":
        if self.weekday is not None and self.day is not None:
            raise ValueError("a weekday or a day of the month, not both")
        return self


Schedule = Annotated[Every | Daily, Field(discriminator="every")]
SCHEDULE: TypeAdapter[Every | Daily] = TypeAdapter(Schedule)


def next_after(schedule: Every | Daily, zone: ZoneInfo, after: int) -> int:
    """The first instant (ms) after `after` (ms). A time DST skips comes an hour later, a doubled one once."""
    if isinstance(schedule, Every):
        return (after // schedule.ms + 1) * schedule.ms
    hour, minute = (int(part) for part in schedule.at.split(":"))
    local = datetime.fromtimestamp(after / 1000, zone)
    for ahead in range(0, 63):
        date = (local + timedelta(days=ahead)).date()
        if schedule.weekday is not None and date.weekday() != schedule.weekday:
            continue
        if schedule.day is not None and date.day != schedule.day:
            continue
        at = int(datetime(date.year, date.month, date.day, hour, minute, tzinfo=zone).timestamp() * 1000)
        if at > after:
            return at
    raise AssertionError("a day of the month up to 28 comes within 62 days")
