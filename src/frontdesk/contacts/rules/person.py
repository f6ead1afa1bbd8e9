"""Who is who: what a person is recognised by, and what a new sighting changes about a known contact."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, Json


class Contact(BaseModel):
    """A person as the tenant knows them. One that was merged into another says into which.

    `recall_derived`: the recall follows from what they came for; else it is what staff made of it.
    """

    id: str
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    time_zone: str | None
    existing_patient: bool
    pipeline: str
    stage: str
    source: str
    tags: Json[list[str]]
    version: int
    last_seen_at: int
    created_at: int
    updated_at: int
    last_in_at: int | None = None
    last_out_at: int | None = None
    replies: int = 0
    intent: int | None = None
    stage_since: int = 0
    recall_due_at: int | None = None
    recall_service: str = ""
    recall_derived: bool = False
    merged_into: str | None = None

    @property
    def name(self) -> str:
        """First and last name, or whatever there is."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a provider told us about. `phone` is E.164, `email` lower-case, `external` (kind, id)."""

    source: str
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    phone: str | None = None
    external: tuple[str, str] | None = None
    time_zone: str | None = None

    @property
    def identities(self) -> list[tuple[str, str]]:
        """What they can be recognised by, strongest first: a provider's own id, then phone, then e-mail."""
        found = [self.external] if self.external else []
        found += [("phone", self.phone)] if self.phone else []
        found += [("email", self.email)] if self.email else []
        return found


def strongest(person: Person, owners: dict[tuple[str, str], str]) -> str | None:
    """The contact that owns the strongest of the person's identities, if any is owned."""
    return next((owners[each] for each in person.identities if each in owners), None)


def seen_again(contact: Contact, person: Person) -> dict[str, str | None]:
    """What a sighting changes: it fills blanks and replaces nothing.

    Anybody can type somebody's e-mail into a booking form. If the number beside it replaced theirs, all we have
    to tell them would go to a stranger. Staff may change it; the booking itself keeps what came with it.
    """
    return {
        field: said
        for field in ("first_name", "last_name", "email", "phone", "time_zone")
        if (said := getattr(person, field)) and not getattr(contact, field)
    }


def recognised_by(contact: Contact, person: Person) -> list[tuple[str, str]]:
    """The identities of a sighting that are the contact's: a provider's id, and what we reach them by."""
    reached = {("phone", contact.phone), ("email", contact.email)}
    return [each for each in person.identities if each == person.external or each in reached]


def summary_of(text: str, fields: Mapping[str, str]) -> str:
    """What a lead said, on one line: their words, then their answers."""
    answers = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return " · ".join(part for part in (" ".join(text.split()), answers) if part) or "Opened a conversation"
