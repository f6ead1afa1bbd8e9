"""Two contacts that are one person: what makes us think so, and what the survivor takes over."""

from collections.abc import Mapping
from typing import Any

from frontdesk.contacts.rules.person import Contact
from frontdesk.core.clock import DAY

UNDO_MS = 30 * DAY
"""How long a merge can be taken back."""
MOST_TAGS = 30


def taken_over(kept: Contact, gone: Contact) -> dict[str, tuple[Any, Any]]:
    """The survivor's fields that change, each as (before, after): blanks are filled, nothing is replaced."""
    after: dict[str, Any] = {
        field: getattr(kept, field) or getattr(gone, field) for field in ("email", "phone", "time_zone")
    }
    if not kept.name:
        after |= {"first_name": gone.first_name, "last_name": gone.last_name}
    after |= {
        "tags": list(dict.fromkeys([*kept.tags, *gone.tags]))[:MOST_TAGS],
        "existing_patient": kept.existing_patient or gone.existing_patient,
        "last_in_at": _latest(kept.last_in_at, gone.last_in_at),
        "last_out_at": _latest(kept.last_out_at, gone.last_out_at),
        "replies": kept.replies + gone.replies,
        "intent": _latest(kept.intent, gone.intent),
    }
    return {
        field: (getattr(kept, field), value)
        for field, value in after.items()
        if getattr(kept, field) != value
    }


def given_back(kept: Contact, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The survivor's fields that go back to what they were: those that nobody changed since the merge."""
    return {field: before[field] for field, value in after.items() if getattr(kept, field) == value}


def likeness(contact: Contact, other: Contact, shared: frozenset[str]) -> str:
    """Why the two may be one person, strongest reason first; empty: no reason."""
    if contact.phone and contact.phone == other.phone:
        return "The same phone number"
    if contact.email and contact.email == other.email:
        return "The same e-mail address"
    if other.id in shared:
        return "Was written to at the same number or address"
    if contact.name and contact.name.casefold() == other.name.casefold():
        return "The same name"
    return ""


def _latest(one: int | None, other: int | None) -> int | None:
    known = [each for each in (one, other) if each is not None]
    return max(known, default=None)
