"""Two clocks: real time for leases and lifetimes, business time for everything a person plans by."""

from collections.abc import Callable
from dataclasses import dataclass

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Clock:
    """Milliseconds UTC. `offset` is zero unless a local control door moved the business clock."""

    real: Callable[[], int]
    offset: Callable[[], int] = lambda: 0

    def now(self) -> int:
        """Business time: what is due, late, too early or asleep is judged by it."""
        return self.real() + self.offset()
