"""Deciding about appointments: which word is newer, what kind of change it is, whom to tell and how."""

from typing import Literal

from pydantic import BaseModel

from frontdesk.contacts.rules import Contact

Status = Literal["scheduled", "confirmed", "completed", "cancelled", "no_show"]
Change = Literal["created", "rescheduled", "cancelled", "updated"]

ACTIVE: frozenset[Status] = frozenset({"scheduled", "confirmed"})
"""Appointments that are still to come about; only they get reminders."""


class Booking(BaseModel):
    """One appointment. Instants in ms UTC; `value_minor` in minor units of the tenant's currency."""

    id: str
    contact_id: str
    first_name: str
    phone: str | None
    email: str | None
    source: str
    external_id: str
    source_seq: int
    source_at: int
    status: Status
    service: str
    practitioner: str
    location: str
    urgency: Literal["routine", "soon", "urgent"]
    starts_at: int
    ends_at: int
    time_zone: str
    value_minor: int | None
    version: int
    created_at: int
    updated_at: int

    @property
    def active(self) -> bool:
        """Still to come about."""
        return self.status in ACTIVE


def is_news(seq: int, at: int, known_seq: int, known_at: int) -> bool:
    """Whether a provider's word is at least as new as what we know.

    Its own sequence numbers decide where both carry one; else the instants at which it says they happened.
    Two events of one change can share both; they carry the same booking, so taking either again is harmless.
    """
    return seq >= known_seq if seq and known_seq else at >= known_at


def status_after(before: Booking | None, said: Status, starts_at: int) -> Status:
    """The status a provider's word leads to. That somebody came, or did not, is not undone by an update of the rest."""
    over = before is not None and before.status in ("completed", "no_show") and before.starts_at == starts_at
    return before.status if before is not None and over and said in ACTIVE else said


def same(before: Booking, after: Booking) -> bool:
    """Whether all that anybody could notice about the appointment is as it was."""
    unseen = {"source_seq", "source_at", "version", "updated_at"}
    return before.model_dump(exclude=unseen) == after.model_dump(exclude=unseen)


def change_of(before: Booking | None, after: Booking) -> Change:
    """What happened, by comparing states rather than trusting the provider's name for its event."""
    if before is None:
        return "created" if after.active else "updated"
    if before.active and after.status == "cancelled":
        return "cancelled"
    if after.active and (after.starts_at != before.starts_at or not before.active):
        return "rescheduled"
    return "updated"


def reminders_change(before: Booking | None, after: Booking) -> bool:
    """Whether what was planned no longer fits."""
    if before is None:
        return after.active
    return _planned_for(before) != _planned_for(after)


def _planned_for(booking: Booking) -> tuple[object, ...]:
    return booking.active, booking.starts_at, booking.contact_id, booking.phone, booking.email


def channel_for(booking: Booking, contact: Contact) -> tuple[Literal["sms", "email"], str]:
    """How to reach them about a booking and where: a text if there is a number, else a mail; "" for neither.

    What was given with the booking counts alone; the contact's own is for bookings that came with nothing.
    """
    reach = booking if booking.phone or booking.email else contact
    if reach.phone or not reach.email:
        return "sms", reach.phone or ""
    return "email", reach.email


SUMMARIES: dict[Change, str] = {
    "created": "Booked {service} for {when}",
    "rescheduled": "Moved {service} to {when}",
    "cancelled": "Cancelled {service} on {when}",
    "updated": "Updated {service} on {when}: {status}",
}
