"""Instants as providers write them: ISO 8601 with its dialects, and Unix seconds."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

_COLON_BEFORE_MS = re.compile(r"(T\d\d:\d\d:\d\d):(\d{1,6})")
EARLIEST = 946_684_800_000
"""2000-01-01; what lies before it, or after LATEST, is a unit mistaken, not an appointment."""
LATEST = 4_102_444_800_000


def iso_ms(text: Any, zone: ZoneInfo | None = None) -> int | None:
    """ISO 8601 as ms UTC, or None if it is no instant between 2000 and 2100.

    A time without offset is read in `zone`; without a zone it is no instant. Milliseconds may follow
    a colon, as in Wix's `2026-01-30T13:30:00:000-05:00`.
    """
    if not isinstance(text, str) or not 10 <= len(text) <= 40:
        return None
    try:
        at = datetime.fromisoformat(_COLON_BEFORE_MS.sub(r"\1.\2", text))
    except ValueError:
        return None
    if at.tzinfo is None:
        if zone is None:
            return None
        at = at.replace(tzinfo=zone)
    try:
        ms = round(at.astimezone(UTC).timestamp() * 1000)
    except (OverflowError, ValueError):
        return None
    return ms if EARLIEST <= ms < LATEST else None


def unix_ms(value: Any) -> int | None:
    """Unix seconds, as a number or as digits, as ms UTC; None if it is no instant between 2000 and 2100."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not EARLIEST <= value * 1000 < LATEST:
        return None
    return int(value * 1000)
