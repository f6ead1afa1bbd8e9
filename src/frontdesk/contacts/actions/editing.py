"""Editing contacts by hand: nobody's change is lost, nobody's number is taken."""

from frontdesk.auth.writes import audited
from frontdesk.contacts import queries, writes
from frontdesk.contacts.actions.standing import checked_stage, gone
from frontdesk.contacts.rules import Contact, Person
from frontdesk.contacts.rules.pipeline import label_of
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import Part, event
from frontdesk.core.mailbox import mailbox
from frontdesk.core.parsing import dump_json
from frontdesk.core.phone import to_e164

CLEARABLE = frozenset({"phone", "email", "time_zone", "intent", "recall_due_at"})
"""Fields of a contact that may be unknown; a name that is not is the empty text."""


async def edit(
    ctx: Ctx, contact_id: str, version: int, changes: dict[str, str | int | list[str] | None]
) -> Contact:
    """Change fields a person may change, if nobody else did since `version`.

    Raises:
        NotFound; Invalid for a phone number or address that is none, and for null where something must be.
        Conflict: changed in the meantime (Stale), or the number or address is another contact's.

    """
    contact = await queries.by_id(ctx, contact_id)
    if contact.merged_into:
        raise gone(contact)
    if contact.version != version:
        raise Stale("This contact was changed in the meantime; reload it and try again.")
    missing = [name for name, value in changes.items() if value is None and name not in CLEARABLE]
    if missing:
        raise Invalid(
            "Some fields cannot be empty.",
            errors=[{"field": name, "message": "cannot be null"} for name in missing],
        )
    if "stage" in changes and changes["stage"] != contact.stage:
        checked_stage(ctx, str(changes["stage"]))
    if "phone" in changes:
        phone = changes["phone"]
        changes["phone"] = to_e164(str(phone), ctx.tenant.country) if phone else None
    if "email" in changes:
        changes["email"] = mailbox(str(changes["email"])) if changes["email"] else None
    changed = {name: value for name, value in changes.items() if value != getattr(contact, name)}
    reached_by = Person(source="staff", phone=_text(changed.get("phone")), email=_text(changed.get("email")))
    owners, _ = await queries.by_identities(ctx, reached_by.identities)
    for (kind, _value), owner in owners.items():
        if owner != contact_id:
            raise Conflict(f"Another contact has this {kind}; merge the two instead.", contact_id=owner)
    columns: dict[str, Value] = {
        key: dump_json(value) if isinstance(value, list) else value for key, value in changes.items()
    }
    if changed.keys() & {"recall_due_at", "recall_service"}:
        columns["recall_derived"] = 0
    moved = "stage" in changed
    after = contact.model_copy(
        update={
            **changes,
            **({"stage_since": ctx.now} if moved else {}),
            **({"recall_derived": False} if "recall_derived" in columns else {}),
            "version": version + 1,
            "updated_at": ctx.now,
        }
    )
    why = f"Moved to {label_of(ctx.tenant.kind, after.stage)} by hand"
    await ctx.commit(
        writes.change(contact_id, version, columns, ctx.now),
        writes.release(_reached(contact) - _reached(after), contact_id),
        writes.attach(reached_by.identities, contact_id, owners, ctx.now),
        writes.moved(ctx, contact.stage, after, why) if moved else [],
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


def _reached(contact: Contact) -> set[tuple[str, str]]:
    return set(Person(source="", phone=contact.phone, email=contact.email).identities)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
