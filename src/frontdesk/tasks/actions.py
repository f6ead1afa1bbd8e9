"""Verbs on tasks: add, change, take back, and weigh anew."""

from collections.abc import Mapping, Sequence

from frontdesk.auth.writes import audited
from frontdesk.contacts import queries as contacts
from frontdesk.contacts.rules.warmness import Score
from frontdesk.contacts.writes import touchpoint
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value, expect
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import Part, event
from frontdesk.core.hours import BusinessHours
from frontdesk.core.parsing import dump_json
from frontdesk.tasks import queries, writes
from frontdesk.tasks.queries import ListedTask, Worth
from frontdesk.tasks.rules import LABELS, TaskDraft, TaskRow, TaskType, Weights, priority


async def add(ctx: Ctx, draft: TaskDraft) -> ListedTask:
    """A task made by staff, once for its key: the same one again is answered with the first task.

    Raises:
        NotFound: no such contact. Invalid: no such booking, or nobody of this id works here.
        Conflict: the contact was merged into another one, or the key made a task about something else.

    """
    if known := await queries.by_key(ctx, draft.unique_key):
        return _repeated(known, draft)
    await _check(ctx, draft.assignee_id)
    if draft.contact_id:
        contact = await contacts.by_id(ctx, draft.contact_id)
        if contact.merged_into:
            raise Conflict("This contact was merged into another one.", contact_id=contact.merged_into)
    if draft.booking_id and await queries.worth(ctx, draft.booking_id) is None:
        raise _unknown("booking_id")
    weights = await _weights(ctx, draft.type, draft.contact_id, draft.booking_id, draft.due_at)
    id_ = ctx.new_id()
    shown = {"type": draft.type, "title": draft.title, "due_at": draft.due_at}
    row, *told = writes.add(ctx, draft, weights, id_)
    try:
        await ctx.commit(row, expect(1), told, audited(ctx, "task.add", ("task", id_), shown))
    except Stale:
        # The same key at the same time: the other one made it.
        known = await queries.by_key(ctx, draft.unique_key)
        if known is None:
            raise
        return _repeated(known, draft)
    return await queries.by_id(ctx, id_)


def _repeated(known: ListedTask, draft: TaskDraft) -> ListedTask:
    if (draft.type, draft.title) != (known.type, known.title):
        raise Conflict("Another task was made with this key.", task_id=known.id)
    return known


async def change(ctx: Ctx, task_id: str, version: int, changes: Mapping[str, Value]) -> ListedTask:
    """Change what is named: snooze (`due_at`), assign, rename, mark as done or dismissed, or open again.

    Raises:
        NotFound; Stale: somebody changed it since `version`; Invalid: nobody of this id works here.

    """
    before = await queries.by_id(ctx, task_id)
    if before.version != version:
        raise Stale("This task was changed in the meantime; look again.")
    named = {field: value for field, value in changes.items() if getattr(before, field) != value}
    if not named:
        return before
    if "assignee_id" in named:
        await _check(ctx, _text(named["assignee_id"]))
    wanted: dict[str, Value] = dict(named)
    if "status" in named:
        ended = named["status"] != "open"
        wanted |= {"done_at": ctx.now if ended else None, "done_by": ctx.actor.id if ended else None}
    after = before.row().model_copy(update={**wanted, "version": version + 1, "updated_at": ctx.now})
    if after.status == "open" and named.keys() & {"due_at", "status"}:
        score = priority(await _weights(ctx, after.type, after.contact_id, after.booking_id, after.due_at))
        wanted |= {
            "priority": score.score,
            "reasons": dump_json([each.model_dump() for each in score.reasons]),
        }
        after = after.model_copy(update={"priority": score.score, "reasons": score.reasons})
    await ctx.commit(
        writes.change(task_id, version, wanted, ctx.now),
        event("task.done" if named.get("status") == "done" else "task.changed", after, of=("task", task_id)),
        _on_timeline(ctx, after) if "status" in named else [],
        audited(
            ctx,
            "task.change",
            ("task", task_id),
            {field: [getattr(before, field), value] for field, value in named.items()},
        ),
    )
    return await queries.by_id(ctx, task_id)


async def weighed(ctx: Ctx, task_ids: Sequence[str]) -> dict[str, Score]:
    """The priorities these open tasks should have by now, of those that have another one."""
    found = await queries.weighed(ctx, task_ids) if task_ids else []
    warm = await contacts.warmths(ctx, sorted({each.contact_id for each in found if each.contact_id}))
    changed: dict[str, Score] = {}
    for each in found:
        score = priority(
            Weights(
                each.type,
                urgency=each.urgency,
                warmness=warm[each.contact_id].score if each.contact_id in warm else 0,
                days_late=days_late(ctx, each.due_at),
                value_minor=each.value_minor,
            )
        )
        if score.score != each.priority or score.reasons != each.reasons:
            changed[each.id] = score
    return changed


def days_late(ctx: Ctx, due_at: int) -> int:
    """How many of the tenant's days ago something was due."""
    hours = BusinessHours.of(ctx.tenant)
    return max(0, (hours.day_of(ctx.now) - hours.day_of(due_at)).days)


async def _weights(
    ctx: Ctx, type_: TaskType, contact_id: str | None, booking_id: str | None, due_at: int
) -> Weights:
    warm = await contacts.warmths(ctx, [contact_id]) if contact_id else {}
    worth = (await queries.worth(ctx, booking_id) if booking_id else None) or Worth()
    return Weights(
        type_,
        urgency=worth.urgency,
        warmness=warm[contact_id].score if contact_id in warm else 0,
        days_late=days_late(ctx, due_at),
        value_minor=worth.value_minor or 0,
    )


def _on_timeline(ctx: Ctx, task: TaskRow) -> list[Part]:
    if not task.contact_id:
        return []
    said = {"done": "done", "dismissed": "dismissed", "open": "opened again"}[task.status]
    summary = f"{LABELS[task.type]} {said}: {task.title}"
    return [touchpoint(ctx, task.contact_id, f"task.{task.status}", summary, subject=("task", task.id))]


async def _check(ctx: Ctx, staff_id: str | None) -> None:
    if staff_id is not None and not await queries.is_colleague(ctx, staff_id):
        raise _unknown("assignee_id")


def _unknown(field: str) -> Invalid:
    return Invalid("There is no such record.", errors=[{"field": field, "message": "unknown"}])


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
