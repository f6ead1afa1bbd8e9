"""What keeps tasks true: priorities that follow their contacts and the calendar, and tasks that have become moot."""

from collections.abc import Sequence

from frontdesk.contacts.rules.warmness import Score
from frontdesk.core.again import deciding
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.events import EVENT_BY_ID, Event, JobDraft, Part, event
from frontdesk.core.parsing import dump_json
from frontdesk.core.rows import Job
from frontdesk.tasks import actions, queries, writes
from frontdesk.tasks.queries import Settling
from frontdesk.tasks.rules import MOOT_WITHOUT_BOOKING

MOOT = dump_json(sorted(MOOT_WITHOUT_BOOKING))
AT_ONCE = 100
"""Tasks one job weighs; the next job goes on from there."""


async def weigh(ctx: Ctx, job: Job) -> None:
    """A new task: its priority from what is known of its contact and booking.

    A rule looked at the booking some time before it made the task: what was called off meanwhile needs none.
    """
    await deciding(lambda: _weigh(ctx, job.subject_id))


async def _weigh(ctx: Ctx, task_id: str) -> None:
    row = (await queries.by_id(ctx, task_id)).row()
    if row.booking_id and row.cause_kind == "run":
        moot = [each for each in await queries.to_settle(ctx, row.booking_id, MOOT) if each.id == task_id]
        if moot:
            await ctx.commit(_settled(ctx, moot))
            return
    scores = await actions.weighed(ctx, [task_id])
    if score := scores.get(task_id):
        after = row.model_copy(update={"priority": score.score, "reasons": score.reasons})
        await ctx.commit(writes.rank(scores), event("task.changed", after, of=("task", row.id)))


async def weigh_of_contact(ctx: Ctx, job: Job) -> None:
    """Somebody was heard from: what is to be done about them presses more."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    ids = await queries.open_ids(ctx, contact_id=heard.subject_id, limit=AT_ONCE)
    await _commit(ctx, _ranked(await actions.weighed(ctx, ids)))


async def weigh_all(ctx: Ctx, job: Job) -> None:
    """Each night: another day late, another day colder. In steps, each going on from the last one's marker."""
    after = str(job.payload.get("after", ""))
    ids = await queries.open_ids(ctx, after=after, limit=AT_ONCE)
    parts = _ranked(await actions.weighed(ctx, ids))
    if len(ids) == AT_ONCE:
        parts.append(JobDraft("tasks.weigh_all", key=f"{job.id}:{ids[-1]}", payload={"after": ids[-1]}))
    await _commit(ctx, parts)


async def settle_booking(ctx: Ctx, job: Job) -> None:
    """A booking was called off, or is another contact's: nobody is to be welcomed to it. Or it stands again."""
    await deciding(lambda: _settle(ctx, job.subject_id))


async def _settle(ctx: Ctx, booking_id: str) -> None:
    await _commit(ctx, _settled(ctx, await queries.to_settle(ctx, booking_id, MOOT)))


def _settled(ctx: Ctx, found: Sequence[Settling]) -> list[Part]:
    """Tasks of one booking dismissed, or open again, if it still stands as it was read."""
    parts: list[Part] = [writes.still_at(each.booking_id or "", each.booking_version) for each in found[:1]]
    for task in found:
        change: dict[str, Value] = {
            "status": "dismissed" if task.moot else "open",
            "done_at": ctx.now if task.moot else None,
            "done_by": None,
        }
        after = task.row().model_copy(update={**change, "version": task.version + 1, "updated_at": ctx.now})
        parts += writes.change(task.id, task.version, change, ctx.now)
        parts.append(event("task.changed", after, of=("task", task.id)))
    return parts


def _ranked(scores: dict[str, Score]) -> list[Part]:
    return [writes.rank(scores)] if scores else []


async def _commit(ctx: Ctx, parts: list[Part]) -> None:
    if parts:
        await ctx.commit(parts)
