"""How somebody or something stood at an earlier instant, from what the event log said of them by then."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from frontdesk.automation.rules.facts import Scene
from frontdesk.bookings.rules import Booking
from frontdesk.contacts.rules import Contact
from frontdesk.core.parsing import dump_json

_UNSAID = frozenset({"last_in_at", "last_out_at", "replies", "last_seen_at", "merged_into"})
"""What changes without an event about the contact: the log does not know it."""


def contact_then(now: Contact, said: Mapping[str, Any] | None) -> Contact:
    """The contact as its latest event said, with what events do not say as it is now; as it is now without one."""
    if not said:
        return now
    nested = said.get("contact")
    fields = nested if isinstance(nested, dict) else said
    known = {
        name: value for name, value in fields.items() if name in Contact.model_fields and name not in _UNSAID
    }
    if isinstance(known.get("tags"), list):
        known["tags"] = dump_json(known["tags"])
    try:
        return Contact.model_validate({**now.model_dump(), "tags": dump_json(now.tags), **known})
    except ValidationError:
        return now


def booking_then(now: Booking, said: Mapping[str, Any] | None) -> Booking:
    """The booking as its latest event said; as it is now without one."""
    if not said:
        return now
    known = {name: value for name, value in said.items() if name in Booking.model_fields}
    try:
        return Booking.model_validate({**now.model_dump(), **known})
    except ValidationError:
        return now


def with_contact(seen: Scene, contact: Contact | None) -> Scene:
    """The same scene with the contact as it stood then."""
    return seen.model_copy(update={"contact": contact})
