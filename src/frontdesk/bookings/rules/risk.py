"""Whether somebody comes to an appointment: what is known of it and of them, as the rule about no-shows takes it."""

from frontdesk.bookings.rules.booking import ACTIVE, Booking
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.conditions import Appointment, no_show_risk
from frontdesk.contacts.rules.warmness import Score


def risk_of(booking: Booking, contact: Contact, *, kept: int, missed: int, now: int) -> Score | None:
    """How likely they stay away, with why; None once it began or was called off.

    `kept` and `missed` count their other appointments.
    """
    if booking.status not in ACTIVE or booking.starts_at <= now:
        return None
    return no_show_risk(
        Appointment(
            confirmed=booking.status == "confirmed",
            reachable=bool(contact.phone or contact.email),
            new_patient=not contact.existing_patient,
            kept=kept,
            missed=missed,
            booked_ahead_ms=booking.starts_at - booking.created_at,
            replied=contact.replies > 0,
        )
    )
