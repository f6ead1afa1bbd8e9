"""How long people wait for a first answer: waits kept to three digits, and what they come to."""

from collections.abc import Mapping

from frontdesk.core.clock import HOUR, MINUTE, SECOND

OPEN = "open"
"""The key of the waits nobody has ended yet."""

BUCKETS: tuple[tuple[str, int], ...] = (
    ("under 5 min", 5 * MINUTE),
    ("5 – 15 min", 15 * MINUTE),
    ("15 – 60 min", HOUR),
    ("1 – 4 h", 4 * HOUR),
    ("4 – 24 h", 24 * HOUR),
    ("over a day", 2**52),
)
"""What each is called, and the wait (ms) it ends below."""


def kept(wait_ms: int) -> str:
    """A wait as the key of a rollup: seconds, exact up to 999 and to three digits beyond, so that keys stay few."""
    seconds = max(0, wait_ms) // SECOND
    unit = 1
    while seconds // unit >= 1000:
        unit *= 10
    return str(seconds // unit * unit)


def waits_of(counts: Mapping[str, int]) -> list[tuple[int, int]]:
    """(wait in ms, how many), shortest first, without those that are still open."""
    ended = ((int(key) * SECOND, count) for key, count in counts.items() if key != OPEN and count > 0)
    return sorted(ended)


def quantile_ms(waits: list[tuple[int, int]], share: float) -> int | None:
    """The wait (ms) that `share` of them do not exceed, by nearest rank; None when there are none."""
    total = sum(count for _, count in waits)
    if not total:
        return None
    rank, seen = max(1, -(-total * round(share * 100) // 100)), 0
    for wait, count in waits:
        seen += count
        if seen >= rank:
            return wait
    raise AssertionError("a rank is at most the number of waits")


def buckets_of(waits: list[tuple[int, int]]) -> list[tuple[str, int]]:
    """How many waits each bucket has."""
    counts, at = [0] * len(BUCKETS), 0
    for wait, count in waits:
        while wait >= BUCKETS[at][1]:
            at += 1
        counts[at] += count
    return [(label, count) for (label, _), count in zip(BUCKETS, counts, strict=True)]
