"""Whom to remind of an appointment and where, and what becomes of what was planned when it changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel

from frontdesk.bookings.rules.booking import Booking
from frontdesk.messaging.rules.reminders import Reminder, planned

TEMPLATE = "booking.reminder"
WAITING = frozenset({"scheduled", "queued"})
LEFT = frozenset({"sending", "sent", "delivered", "unknown"})
"""States of a message that has gone out, or may have."""


class Reachable(Protocol):
    """Somebody or something with a number or an address."""

    @property
    def phone(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...


def channel_for(booking: Booking, contact: Reachable) -> tuple[Literal["sms", "email"], str]:
    """How to reach them about a booking and where: a text if there is a number, else a mail; "" for neither.

    What was given with the booking counts alone; the contact's own is for bookings that came with nothing.
    """
    reach: Reachable = booking if booking.phone or booking.email else contact
    if reach.phone or not reach.email:
        return "sms", reach.phone or ""
    return "email", reach.email


def reminders_change(before: Booking | None, after: Booking) -> bool:
    """Whether what was planned no longer fits."""
    if before is None:
        return after.active
    return _planned_for(before) != _planned_for(after)


def _planned_for(booking: Booking) -> tuple[object, ...]:
    return booking.active, booking.starts_at, booking.contact_id, booking.phone, booking.email


def plannable(booking: Booking, now: int) -> bool:
    """Whether there is anything to remind of: it stands, and has not begun."""
    return booking.active and booking.starts_at > now


def withdrawal(after: Booking) -> tuple[str, str | None]:
    """Why what is waiting is taken back, and of which template (None: all of it).

    A confirmation still in line goes with the new date; only a booking that is off takes everything back.
    """
    if after.active:
        return "rescheduled", TEMPLATE
    return ("cancelled", None) if after.status == "cancelled" else ("too_late", TEMPLATE)


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that has left: for how many hours before which start, and to whom."""

    offset_hours: int
    starts_at: int
    address: str


class Line(BaseModel):
    """One line of a booking's reminder ledger, with what deciding about it needs."""

    template: str
    offset_hours: int | None
    state: str
    reason: str
    detail: str
    address: str
    due_at: int
    expires_at: int | None
    sent_at: int | None


def gone(ledger: Iterable[Line]) -> frozenset[Sent]:
    """The reminders that have left, by what they reminded of: one that expires at a start was for that start."""
    return frozenset(
        Sent(each.offset_hours, each.expires_at, each.address)
        for each in ledger
        if each.offset_hours is not None and each.expires_at is not None and each.state in LEFT
    )


Kind = Literal["moves", "stays", "withdrawn", "sent already", "skipped", "planned"]


class Fate(BaseModel):
    """What a change does to the reminder `offset_hours` before; `was_at` and `at` in ms UTC, None: there is none."""

    offset_hours: int
    was_at: int | None
    at: int | None
    fate: Kind
    detail: str


def fates(
    before: Booking,
    after: Booking,
    ledger: Sequence[Line],
    *,
    address: str,
    offsets: Iterable[int],
    now: int,
    say: Callable[[int], str],
    leaves_at: Callable[[int], int],
) -> list[Fate]:
    """What `before` becoming `after` does to each reminder, earliest first.

    `address`: where the new ones go. `say` puts an instant in words, `leaves_at` tells when a reminder that is
    due then really leaves: the end of quiet hours.
    """
    lines = [each for each in ledger if each.template == TEMPLATE and each.offset_hours is not None]
    change = reminders_change(before, after)
    coming = {each.offset_hours: each for each in planned(after.starts_at, offsets, now)}
    if not plannable(after, now):
        coming = {}
    told: list[Fate] = []
    for hours in sorted({*coming, *(each.offset_hours or 0 for each in lines)}, reverse=True):
        of_these = [each for each in lines if each.offset_hours == hours]
        again = Sent(hours, after.starts_at, address) not in gone(of_these)
        new = coming.get(hours)
        fate = (
            _moved(hours, of_these, new, again, say, leaves_at)
            if change
            else _kept(of_these, before.starts_at)
        )
        if fate is not None:
            told.append(fate)
    return told


def _kept(lines: Sequence[Line], starts_at: int) -> Fate | None:
    """Nothing changes for the reminders of this start: what waits stays, what went has gone."""
    lines = [each for each in lines if each.expires_at == starts_at]
    if not lines:
        return None
    order = {**dict.fromkeys(LEFT, 1), **dict.fromkeys(WAITING, 2)}
    line = max(lines, key=lambda each: order.get(each.state, 0))
    hours = line.offset_hours or 0
    if line.state in WAITING:
        return _fate(hours, line.due_at, line.due_at, "stays", "")
    if line.state in LEFT:
        return _fate(hours, line.sent_at or line.due_at, None, "sent already", "")
    return _fate(hours, line.due_at, None, "skipped", line.detail or line.reason)


def _moved(
    hours: int,
    lines: Sequence[Line],
    new: Reminder | None,
    again: bool,
    say: Callable[[int], str],
    leaves_at: Callable[[int], int],
) -> Fate | None:
    waiting = next((each for each in lines if each.state in WAITING), None)
    left = next((each for each in reversed(lines) if each.state in LEFT), None)
    was_at = waiting.due_at if waiting else (left.sent_at or left.due_at) if left else None
    comes = new is not None and not new.late
    if left and not waiting:
        if new is not None and comes and again:
            return _fate(
                hours, was_at, new.due_at, "sent already", f"goes again {say(leaves_at(new.due_at))}"
            )
        return _fate(
            hours, was_at, None, "sent already", "" if new is None or not again else "too late to go again"
        )
    if new is None:
        return _fate(hours, was_at, None, "withdrawn", "nothing is left to remind of") if waiting else None
    if not again:
        return _fate(hours, was_at, None, "withdrawn", "went out for this time already")
    if new.late:
        passed = f"{say(new.due_at)} has passed"
        return _fate(hours, was_at, None, "withdrawn" if waiting else "skipped", passed)
    really = leaves_at(new.due_at)
    detail = f"waits for the end of quiet hours, {say(really)}" if really > new.due_at else ""
    return _fate(hours, was_at, new.due_at, "moves" if waiting else "planned", detail)


def _fate(hours: int, was_at: int | None, at: int | None, fate: Kind, detail: str) -> Fate:
    return Fate(offset_hours=hours, was_at=was_at, at=at, fate=fate, detail=detail)
