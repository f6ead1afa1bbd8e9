"""Making two contacts one, and taking that back."""

from typing import NamedTuple

from frontdesk.auth.writes import audited
from frontdesk.contacts import queries, writes
from frontdesk.contacts.actions.standing import gone as gone_error
from frontdesk.contacts.actions.standing import known_recall
from frontdesk.contacts.queries import merging
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.merging import UNDO_MS, given_back, likeness, taken_over
from frontdesk.contacts.rules.pipeline import has_stage, recall_after, standing
from frontdesk.core.again import deciding
from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import JobDraft, Part, event
from frontdesk.core.parsing import dump_json

STRAGGLERS_MS = 2 * MINUTE
"""When a merge looks once more for what was written to the other contact by whoever had read it before."""


class Merged(NamedTuple):
    """The survivor and the merge's id, by which it can be taken back."""

    contact: Contact
    merge_id: str


async def duplicates(ctx: Ctx, contact_id: str) -> list[tuple[Contact, str]]:
    """Contacts that may be the same person, and why."""
    contact = await queries.by_id(ctx, contact_id)
    found = await merging.candidates(ctx, contact)
    shared = frozenset(each.id for each in found if each.shared)
    reasons = [(each, likeness(contact, each, shared)) for each in found]
    return [(each, why) for each, why in reasons if why]


async def merge(ctx: Ctx, contact_id: str, version: int, other_id: str, other_version: int) -> Merged:
    """All that is the other contact's becomes this one's, in one commit; the other one says where it went.

    Raises:
        NotFound; Invalid: one contact twice; Stale: either was changed since it was read.
        Conflict: either was merged into another one.

    """
    if contact_id == other_id:
        raise Invalid("A contact cannot be merged into itself.")
    return await deciding(lambda: _merge(ctx, contact_id, version, other_id, other_version))


async def _merge(ctx: Ctx, contact_id: str, version: int, other_id: str, other_version: int) -> Merged:
    kept, gone = await queries.by_id(ctx, contact_id), await queries.by_id(ctx, other_id)
    for each in (kept, gone):
        if each.merged_into:
            raise gone_error(each)
    if (kept.version, gone.version) != (version, other_version):
        raise Stale("One of these contacts was changed in the meantime; look again.")
    theirs = await queries.visits(ctx, gone.id)
    visits = [*await queries.visits(ctx, kept.id), *theirs]
    change = taken_over(kept, gone)
    recalls = [
        recall_after(known_recall(each), visits, ctx.settings, ctx.tenant.zone) for each in (kept, gone)
    ]
    recall = min((each for each in recalls if each), default=None)
    if recall != known_recall(kept):
        change["recall_due_at"] = (kept.recall_due_at, recall.at if recall else None)
        change["recall_service"] = (kept.recall_service, recall.service if recall else "")
        change["recall_derived"] = (kept.recall_derived, recall is not None and recall.derived)
    merge_id = ctx.new_id()
    after = kept.model_copy(
        update={
            **{name: new for name, (_, new) in change.items()},
            "version": version + 1,
            "updated_at": ctx.now,
        }
    )
    moved: list[Part] = []
    # Without a booking of the other one's, what staff made of the survivor stays.
    stands = standing(visits, ctx.tenant.kind) if theirs else None
    if stands and has_stage(ctx.tenant.kind, stands.stage) and stands.stage != after.stage:
        change["stage"] = (after.stage, stands.stage)
        after, moved = writes.move(ctx, after, stands.stage, f"{stands.why}, known from a merged contact")
    told = {"contact": after.model_dump(mode="json"), "gone_id": gone.id, "merge_id": merge_id}
    fields = {name: new for name, (_, new) in change.items() if name != "stage"}
    await ctx.commit(
        writes.as_heard(kept, gone),
        writes.change(kept.id, version, _columns(fields), ctx.now, heard_of=False),
        writes.merge(ctx, merge_id, kept.id, gone.id, other_version, change),
        moved,
        event("contact.merged", told, of=("contact", kept.id)),
        JobDraft("contacts.gather", key=merge_id, subject_id=merge_id, due_at=ctx.now + STRAGGLERS_MS),
        audited(ctx, "contact.merge", ("contact", kept.id), {"other": gone.id, "merge": merge_id}),
    )
    return Merged(after, merge_id)


async def undo(ctx: Ctx, merge_id: str) -> Contact:
    """Takes a merge back: what came goes back, what is new stays with the survivor.

    Returns the survivor.

    Raises:
        NotFound; Conflict: undone before, too long ago, or one of the two was merged further.

    """
    return await deciding(lambda: _undo(ctx, merge_id))


async def _undo(ctx: Ctx, merge_id: str) -> Contact:
    made = await merging.merge_by_id(ctx, merge_id)
    if made.undone_at:
        raise Conflict("This merge has been undone.")
    if ctx.now - made.at > UNDO_MS:
        raise Conflict("This merge is too long ago to be undone.")
    kept, gone = await queries.by_id(ctx, made.kept_id), await queries.by_id(ctx, made.gone_id)
    if kept.merged_into or gone.merged_into != kept.id:
        raise Conflict("One of the two was merged again since; undo that first.")
    back = given_back(kept, made.before, made.after)
    stage = back.pop("stage", None)
    after = kept.model_copy(update={**back, "version": kept.version + 1, "updated_at": ctx.now})
    moved: list[Part] = []
    if stage:
        after, moved = writes.move(ctx, after, stage, "A merge was undone")
    told = {"contact": after.model_dump(mode="json"), "gone_id": gone.id, "merge_id": merge_id}
    await ctx.commit(
        writes.as_heard(kept),
        writes.change(kept.id, kept.version, _columns(back), ctx.now, heard_of=False),
        writes.part(merge_id, kept.id, gone.id, ctx.now),
        moved,
        event("contact.unmerged", told, of=("contact", kept.id)),
        audited(ctx, "contact.unmerge", ("contact", kept.id), {"other": gone.id, "merge": merge_id}),
    )
    return after


async def gather(ctx: Ctx, merge_id: str) -> None:
    """What was written to a merged contact by somebody who had read it before follows to the survivor."""
    made = await merging.merge_by_id(ctx, merge_id)
    gone = await queries.by_id(ctx, made.gone_id)
    if made.undone_at is None and gone.merged_into:
        await ctx.commit(
            writes.still_merged(gone.id, gone.merged_into),
            writes.gather(merge_id, gone.merged_into, gone.id),
        )


def _columns(fields: dict[str, Value]) -> dict[str, Value]:
    return {name: dump_json(value) if isinstance(value, list) else value for name, value in fields.items()}
