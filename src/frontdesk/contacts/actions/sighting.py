"""Meeting people. `sighted` only gathers: its parts belong into the commit of whatever made us hear of them."""

from collections.abc import Sequence
from typing import NamedTuple

from frontdesk.auth.writes import audited
from frontdesk.contacts import queries, rules, writes
from frontdesk.contacts.rules import Contact, Person
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict, Invalid
from frontdesk.core.events import Part, event
from frontdesk.core.parsing import dump_json
from frontdesk.core.typed import visible


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
        parts: list[Part] = [*writes.seen(contact.id, ctx.now)]
    else:
        version = contact.version
        contact = contact.model_copy(update={**changes, "version": version + 1})
        parts = [
            writes.change(contact.id, version, changes, ctx.now),
            event("contact.updated", contact, of=("contact", contact.id)),
        ]
    parts += writes.attach(rules.recognised_by(contact, person), contact.id, owners, ctx.now)
    return Sighting(contact, parts, created=False)


def _created(ctx: Ctx, person: Person, tags: Sequence[str] = (), key: str = "") -> Sighting:
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
            "tags": dump_json(list(tags)),
            "version": 1,
            "last_seen_at": ctx.now,
            "created_at": ctx.now,
            "updated_at": ctx.now,
            "stage_since": ctx.now,
        }
    )
    parts: list[Part] = [
        writes.insert(contact, key or None),
        *writes.attach(person.identities, contact.id, (), ctx.now),
        event("contact.created", contact, of=("contact", contact.id)),
    ]
    return Sighting(contact, parts, created=True)


async def create(ctx: Ctx, person: Person, tags: list[str], note: str = "", key: str = "") -> Contact:
    """A contact made by staff; a name is enough. `key` is the caller's own: the same one again makes no second one.

    Raises:
        Invalid: neither a name nor anything to reach them by.
        Conflict: the number or address is another contact's, or `key` made one, whose id is in it.

    """
    if key and (known := await queries.by_made_key(ctx, key)):
        return _repeated(known, person)
    if not (person.identities or visible(person.first_name + person.last_name)):
        raise Invalid("A contact needs a name, a phone number or an e-mail address.")
    owners, _ = await queries.by_identities(ctx, person.identities) if person.identities else ({}, {})
    for (kind, _value), owner in owners.items():
        raise Conflict(f"Another contact has this {kind} already.", contact_id=owner)
    contact, parts, _ = _created(ctx, person, tags, key)
    shown = {"name": contact.name, "phone": contact.phone, "email": contact.email, "tags": tags}
    noted = [writes.touchpoint(ctx, contact.id, "note", note)] if note else []
    try:
        await ctx.commit(parts, noted, audited(ctx, "contact.create", ("contact", contact.id), shown))
    except Conflict:
        # The same key at the same time: the other one made it.
        known = await queries.by_made_key(ctx, key) if key else None
        if known is None:
            raise
        return _repeated(known, person)
    return contact


def _repeated(known: Contact, person: Person) -> Contact:
    said = (person.first_name, person.last_name, person.phone, person.email)
    if said != (known.first_name, known.last_name, known.phone, known.email):
        raise Conflict("Another contact was made with this key.", contact_id=known.id)
    return known
