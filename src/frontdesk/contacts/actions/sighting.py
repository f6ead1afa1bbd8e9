"""Verbs on contacts. `sighted` only gathers: its parts belong into the commit of whatever made us hear of them."""

from typing import NamedTuple

from frontdesk.auth.writes import audited
from frontdesk.contacts import queries, rules, writes
from frontdesk.contacts.rules import Contact, Person
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import Part, event
from frontdesk.core.mailbox import mailbox
from frontdesk.core.parsing import dump_json
from frontdesk.core.phone import to_e164

CLEARABLE = frozenset({"phone", "email", "time_zone"})
"""Fields of a contact that may be unknown; a name that is not is the empty text."""


class Sighting(NamedTuple):
    """The contact as it will be once `parts` are committed."""

    contact: Contact
    parts: list[Part]
    created: bool


async def sighted(ctx: Ctx, person: Person) -> Sighting:
    """Match a person by provider id, phone or e-mail, or make a contact of them.

    The parts conflict with a concurrent sighting of the same stranger; run inside `deciding`.

    Raises:
        Invalid: nothing to recognise the person by.

    """
    if not person.identities:
        raise Invalid("A contact needs a phone number, an e-mail address or a provider's id.")
    owners, known = await queries.by_identities(ctx, person.identities)
    owner = rules.strongest(person, owners)
    if owner is None:
        return _created(ctx, person)
    contact = known[owner]
    changes = rules.seen_again(contact, person)
    if not changes:
        parts: list[Part] = [writes.seen(contact.id, ctx.now)]
    else:
        version = contact.version
        contact = contact.model_copy(update={**changes, "version": version + 1})
        parts = [
            writes.change(contact.id, version, changes, ctx.now),
            event("contact.updated", contact, of=("contact", contact.id)),
        ]
    parts += writes.attach(rules.recognised_by(contact, person), contact.id, owners, ctx.now)
    return Sighting(contact, parts, created=False)


def _created(ctx: Ctx, person: Person) -> Sighting:
    contact = Contact.model_validate(
        {
            "id": ctx.new_id(),
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "phone": person.phone,
            "time_zone": person.time_zone,
            "existing_patient": False,
            "pipeline": "main",
            "stage": "lead",
            "source": person.source,
            "tags": "[]",
            "version": 1,
            "last_seen_at": ctx.now,
            "created_at": ctx.now,
            "updated_at": ctx.now,
        }
    )
    parts: list[Part] = [
        writes.insert(contact),
        *writes.attach(person.identities, contact.id, (), ctx.now),
        event("contact.created", contact, of=("contact", contact.id)),
    ]
    return Sighting(contact, parts, created=True)


async def edit(
    ctx: Ctx, contact_id: str, version: int, changes: dict[str, str | int | list[str] | None]
) -> Contact:
    """Change fields a person may change, if nobody else did since `version`.

    Raises:
        NotFound; Invalid for a phone number or address that is none, and for null where something must be.
        Conflict: changed in the meantime (Stale), or the number or address is another contact's.

    """
    contact = await queries.by_id(ctx, contact_id)
    if contact.version != version:
        raise Stale("This contact was changed in the meantime; reload it and try again.")
    missing = [name for name, value in changes.items() if value is None and name not in CLEARABLE]
    if missing:
        raise Invalid(
            "Some fields cannot be empty.",
            errors=[{"field": name, "message": "cannot be null"} for name in missing],
        )
    if "phone" in changes:
        phone = changes["phone"]
        changes["phone"] = to_e164(str(phone), ctx.tenant.country) if phone else None
    if "email" in changes:
        changes["email"] = mailbox(str(changes["email"])) if changes["email"] else None
    reached_by = Person(source="staff", phone=_text(changes.get("phone")), email=_text(changes.get("email")))
    owners, _ = await queries.by_identities(ctx, reached_by.identities)
    for (kind, _value), owner in owners.items():
        if owner != contact_id:
            raise Conflict(f"Another contact has this {kind}; merge the two instead.", contact_id=owner)
    columns: dict[str, Value] = {
        key: dump_json(value) if isinstance(value, list) else value for key, value in changes.items()
    }
    after = contact.model_copy(update={**changes, "version": version + 1, "updated_at": ctx.now})
    await ctx.commit(
        writes.change(contact_id, version, columns, ctx.now),
        writes.attach(reached_by.identities, contact_id, owners, ctx.now),
        event("contact.updated", after, of=("contact", contact_id)),
        _readdressed(contact, after),
        audited(ctx, "contact.edit", ("contact", contact_id), changes),
    )
    return after


def _readdressed(before: Contact, after: Contact) -> list[Part]:
    """A number or address put right by staff: what is still to come for the old one goes to the new one."""
    moved = {
        field: [getattr(before, field), getattr(after, field)]
        for field in ("phone", "email")
        if getattr(before, field) and getattr(before, field) != getattr(after, field)
    }
    return [event("contact.readdressed", moved, of=("contact", after.id))] if moved else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
