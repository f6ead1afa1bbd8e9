"""Where contacts stand, changed: by staff on the board, and by what becomes of their bookings."""

from frontdesk.auth.writes import audited
from frontdesk.contacts import queries, writes
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.pipeline import (
    Recall,
    Visit,
    answered,
    has_stage,
    label_of,
    recall_after,
    stages,
    standing,
    unfounded,
    without_booking,
)
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import Part, event


def gone(contact: Contact) -> Conflict:
    """What is said to whoever wants to change a contact that is another one now."""
    return Conflict("This contact was merged into another one.", contact_id=contact.merged_into)


def checked_stage(ctx: Ctx, stage: str) -> str:
    """A stage of the tenant's pipeline. Raises Invalid for any other."""
    if not has_stage(ctx.tenant.kind, stage):
        known = ", ".join(each.key for each in stages(ctx.tenant.kind))
        raise Invalid("There is no such stage.", errors=[{"field": "stage", "message": f"one of {known}"}])
    return stage


async def move(ctx: Ctx, contact_id: str, stage: str, version: int) -> Contact:
    """A contact to another stage, by a person.

    Raises:
        NotFound; Invalid: no such stage; Stale: changed since `version`; Conflict: merged into another contact.

    """
    contact = await queries.by_id(ctx, contact_id)
    if contact.merged_into:
        raise gone(contact)
    if contact.version != version:
        raise Stale("This contact was changed in the meantime; reload it and try again.")
    if checked_stage(ctx, stage) == contact.stage:
        return contact
    kind = ctx.tenant.kind
    change = {"stage": [contact.stage, stage]}
    after, parts = writes.move(ctx, contact, stage, f"Moved to {label_of(kind, stage)} by hand")
    await ctx.commit(parts, audited(ctx, "contact.move", ("contact", contact_id), change))
    return after


async def follow(
    ctx: Ctx, contact_id: str, *, moves: bool, service: str | None = None, formerly: str = ""
) -> None:
    """Bring stage, existing patient and recall in line with a contact's bookings as they are now.

    Whatever order the news comes in, the last one to be handled sees all of it. Without `moves` the stage
    stays: a changed detail of an appointment does not undo what staff decided. Nor does an appointment for a
    `service` that asks for no recall change theirs, unless it answers it; None: for any service.
    `formerly`: the contact whose appointment it was until now; they are brought in line with what is left to them.
    """
    contact = await queries.current(ctx, contact_id)
    parts = await _followed(ctx, contact, contact_id, moves=moves, service=service)
    if formerly and (before := await queries.current(ctx, formerly)).id != contact.id:
        parts += await _followed(ctx, before, formerly, moves=True, service=None, left=True)
    if parts:
        await ctx.commit(parts)


async def _followed(
    ctx: Ctx, contact: Contact, called: str, *, moves: bool, service: str | None, left: bool = False
) -> list[Part]:
    # What was booked for a contact in the moment it became part of this one is still called theirs.
    ids = {contact.id, called}
    visits = await queries.visits(ctx, *ids)
    if not (visits or left):
        return []
    changes = _owed(ctx, contact, visits, service)
    parts: list[Part] = []
    after = contact
    if changes:
        after = contact.model_copy(update={**changes, "version": contact.version + 1, "updated_at": ctx.now})
        parts += [
            *writes.change(contact.id, contact.version, changes, ctx.now, heard_of=False),
            event("contact.updated", after, of=("contact", contact.id)),
        ]
    target = standing(visits, ctx.tenant.kind) if moves else None
    if left and not visits:
        target = without_booking(contact.stage, existing_patient=contact.existing_patient)
    if target and has_stage(ctx.tenant.kind, target.stage):
        parts += writes.move(ctx, after, target.stage, target.why).parts
    return [writes.as_visited(ids, visits), *parts] if parts else []


def known_recall(contact: Contact) -> Recall | None:
    """When they are to come again, as far as is known."""
    due = contact.recall_due_at
    return None if due is None else Recall(due, contact.recall_service, contact.recall_derived)


def _owed(ctx: Ctx, contact: Contact, visits: list[Visit], service: str | None) -> dict[str, Value]:
    recall = known_recall(contact)
    offer = ctx.settings.service(service) if service else None
    asks = service is None or (offer is not None and offer.recall_months is not None)
    if asks or (recall and (answered(recall, visits) or unfounded(recall, visits))):
        recall = recall_after(recall, visits, ctx.settings, ctx.tenant.zone)
    wanted: dict[str, Value] = {
        "existing_patient": contact.existing_patient or any(each.status == "completed" for each in visits),
        "recall_due_at": recall.at if recall else None,
        "recall_service": recall.service if recall else "",
        "recall_derived": recall is not None and recall.derived,
    }
    return {field: value for field, value in wanted.items() if getattr(contact, field) != value}
