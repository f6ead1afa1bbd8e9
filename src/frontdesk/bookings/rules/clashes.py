"""What speaks against a time for an appointment. Staff are told and decide; nothing here refuses."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from frontdesk.bookings.rules.booking import Booking
from frontdesk.core.hours import BusinessHours

Kind = Literal["past", "closed", "practitioner", "contact"]


class Clash(BaseModel):
    """One thing that speaks against it; `booking_id` and what follows for another appointment at that time."""

    kind: Kind
    detail: str
    booking_id: str | None = None
    contact_name: str | None = None
    starts_at: int | None = None
    ends_at: int | None = None


class Other(BaseModel):
    """Another appointment around the same time."""

    id: str
    contact_id: str
    contact_name: str
    practitioner: str
    starts_at: int
    ends_at: int


def clashes(booking: Booking, others: Iterable[Other], hours: BusinessHours, now: int) -> list[Clash]:
    """All that speaks against `booking` as it would stand. An appointment without length takes its instant."""
    found: list[Clash] = []
    if booking.starts_at < now:
        found.append(Clash(kind="past", detail="This time has passed"))
    if said := _closed(booking, hours):
        found.append(Clash(kind="closed", detail=said))
    for other in others:
        overlap = other.starts_at < _end(booking) and booking.starts_at < _end(other)
        if other.id == booking.id or not overlap:
            continue
        if booking.practitioner and other.practitioner == booking.practitioner:
            found.append(_other("practitioner", f"{booking.practitioner} has another appointment", other))
        elif other.contact_id == booking.contact_id:
            found.append(_other("contact", "They have another appointment then", other))
    return found


def _other(kind: Kind, detail: str, other: Other) -> Clash:
    return Clash(
        kind=kind,
        detail=detail,
        booking_id=other.id,
        contact_name=other.contact_name,
        starts_at=other.starts_at,
        ends_at=other.ends_at,
    )


def _end(booking: Booking | Other) -> int:
    return max(booking.ends_at, booking.starts_at + 1)


def _closed(booking: Booking, hours: BusinessHours) -> str:
    """Why nobody would be there, or "". A tenant that never opens has not said its hours."""
    day = hours.day_of(booking.starts_at)
    if not any(hours.openings(day + timedelta(days=ahead)) for ahead in range(-7, 8)):
        return ""
    openings = hours.openings(day)
    if any(opens <= booking.starts_at and _end(booking) <= closes for opens, closes in openings):
        return ""
    spans = " and ".join(f"{_clock(opens, hours)} to {_clock(closes, hours)}" for opens, closes in openings)
    return f"Open {spans} on {day:%A}s" if spans else f"Closed on {day:%a} {day.day} {day:%b}"


def _clock(at: int, hours: BusinessHours) -> str:
    return f"{datetime.fromtimestamp(at / 1000, hours.zone):%H:%M}"
