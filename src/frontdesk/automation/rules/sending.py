"""How a rule's message goes: by which channel, once for what, and until when it makes sense."""

from typing import Literal

from frontdesk.automation.rules.definition import Send
from frontdesk.bookings.rules import Booking, channel_for
from frontdesk.contacts.rules import Contact
from frontdesk.core.clock import DAY
from frontdesk.messaging.rules.gate import Channel

KEEP_MS = 3 * DAY
"""A message that could not go for so long is about a past that nobody remembers."""
ONCE = {"booking.confirmation": "confirmation"}
"""What stands for a template in the key of a message that goes once for each booking."""


def channel_of(
    wanted: Literal["auto", "sms", "email"], contact: Contact, booking: Booking | None
) -> tuple[Channel, str]:
    """The channel and the address. Left to us: about a booking as it says, else a text, and a mail without number."""
    if wanted == "auto":
        if booking:
            return channel_for(booking, contact)
        return (
            ("email", contact.email) if contact.email and not contact.phone else ("sms", contact.phone or "")
        )
    field: Literal["phone", "email"] = "phone" if wanted == "sms" else "email"
    given = getattr(booking, field) if booking else None
    return wanted, given or getattr(contact, field) or ""


def once_key(action: Send, contact_id: str, booking_id: str | None) -> str:
    """The key of a message that goes once for a booking or contact, whichever rule sends it; else empty."""
    name = ONCE.get(action.template, action.template)
    if action.once == "booking" and booking_id:
        return f"{name}:{booking_id}"
    if action.once == "contact" or (action.once == "booking" and not booking_id):
        return f"{name}:{contact_id}"
    return ""


def expiry_of(booking: Booking | None, now: int) -> int:
    """When the appointment it speaks of starts, if that is to come; else after three days."""
    return booking.starts_at if booking and booking.starts_at > now else now + KEEP_MS
