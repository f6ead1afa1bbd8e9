"""Instants that tests speak of."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SYDNEY = ZoneInfo("Australia/Sydney")
HOUR = 3_600_000
DAY = 24 * HOUR
PATIENCE_S = 60
"""What is waited for is told as soon as it is there; a machine that does other things beside is slow at times."""
FAR = 2**45
"""Beyond the reach of any test: the year 3084."""


def ms(at: datetime) -> int:
    """An aware datetime in ms UTC."""
    return int(at.timestamp() * 1000)


def nine_in_sydney(days: int) -> int:
    """Nine in the morning in Sydney, `days` from today: in nobody's quiet hours."""
    day = datetime.now(SYDNEY).date() + timedelta(days=days)
    return ms(datetime.combine(day, time(9), SYDNEY))


def in_sydney(days: int, clock: str) -> int:
    """A time of day (`HH:MM`) in Sydney, `days` from today, in ms UTC."""
    day = datetime.now(SYDNEY).date() + timedelta(days=days)
    return ms(datetime.combine(day, time.fromisoformat(clock), SYDNEY))
