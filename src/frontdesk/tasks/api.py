"""Tasks over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.contacts.rules.warmness import Reason
from frontdesk.core.ctx import Ctx
from frontdesk.core.hours import BusinessHours
from frontdesk.core.pages import NEWEST, OLDEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.core.typed import Key, Note, Title
from frontdesk.tasks import actions, queries
from frontdesk.tasks.queries import Counts, Filters, ListedTask, View
from frontdesk.tasks.rules import TaskDraft, TaskStatus, TaskType

LAST = 2**42 - 1
"""The latest a task can be due, ms UTC: the year 2109."""
Instant = Annotated[int, Field(ge=0, le=LAST)]
Assignee = Annotated[str | None, Field(max_length=64, description="`me`, `none`, or a member of staff's id")]


class TaskCause(BaseModel):
    """What made a task, and the trace that leads to its first cause."""

    kind: str
    id: str
    trace: str


class Task(BaseModel):
    """Something to do. `priority` is 0 to 100 and its reasons sum to it; instants in ms UTC."""

    id: str
    type: TaskType
    title: str
    note: str
    contact_id: str | None
    contact_name: str | None
    booking_id: str | None
    assignee_id: str | None
    assignee_name: str | None
    status: TaskStatus
    due_at: int
    priority: int
    reasons: list[Reason]
    cause: TaskCause
    version: int
    created_at: int
    done_at: int | None
    done_by: str | None


def _task(row: ListedTask) -> Task:
    shown = {name: getattr(row, name) for name in Task.model_fields if name != "cause"}
    return Task(**shown, cause=TaskCause(kind=row.cause_kind, id=row.cause_id, trace=row.trace_id))


def _assignee(ctx: Ctx, said: str | None) -> str | None:
    return {"me": ctx.actor.id, "none": "", "": None}.get(said or "", said)


async def list_tasks(
    ctx: CtxDep,
    view: View = "all",
    assignee: Assignee = None,
    type: TaskType | None = None,
    contact_id: str | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Task]:
    """Tasks. Overdue, today and upcoming by the tenant's days: highest priority first, then what is due first.

    `done` are the latest done or dismissed first, `all` the newest first.
    """
    filters = Filters(assignee=_assignee(ctx, assignee), type=type, contact_id=contact_id or None)
    if view in ("done", "all"):
        cursor = decode_cursor(after, NEWEST)
        read = queries.done if view == "done" else queries.all_
        found = await read(ctx, filters, after=cursor, limit=limit)
    else:
        today, tomorrow = BusinessHours.of(ctx.tenant).day_bounds(ctx.now)
        due_from = {"overdue": 0, "today": today, "upcoming": tomorrow}[view]
        due_before = {"overdue": today, "today": tomorrow, "upcoming": LAST + 1}[view]
        found = await queries.open_(
            ctx,
            filters,
            due_from=due_from,
            due_before=due_before,
            after=decode_cursor(after, OLDEST),
            limit=limit,
        )
    return Page(items=[_task(row) for row in found.items], next=found.next)


async def count_tasks(ctx: CtxDep, assignee: Assignee = None) -> Counts:
    """How many open tasks are overdue, of today and upcoming, by the tenant's days."""
    today, tomorrow = BusinessHours.of(ctx.tenant).day_bounds(ctx.now)
    return await queries.counts(ctx, _assignee(ctx, assignee), today=today, tomorrow=tomorrow)


class NewTask(BaseModel):
    """A task to add. `due_at` in ms UTC.

    `key`, made up by the caller, makes a repeat harmless: the first task is answered again.
    """

    model_config = ConfigDict(extra="forbid")

    type: TaskType = "other"
    title: Annotated[Title, Field(max_length=200)]
    note: Annotated[Note, Field(max_length=2000)] = ""
    contact_id: str | None = Field(default=None, min_length=1, max_length=64)
    booking_id: str | None = Field(default=None, min_length=1, max_length=64)
    assignee_id: str | None = Field(default=None, max_length=64)
    due_at: Instant
    key: Key = ""


async def add_task(ctx: CtxDep, new: NewTask) -> Task:
    """Add a task."""
    draft = TaskDraft(**new.model_dump(exclude={"key"}), unique_key=f"staff:{new.key or ctx.new_id()}")
    return _task(await actions.add(ctx, draft))


async def get_task(ctx: CtxDep, task_id: str) -> Task:
    """One task."""
    return _task(await queries.by_id(ctx, task_id))


class TaskEdit(BaseModel):
    """What to change; `version` is the one that was read. To snooze, say a later `due_at`."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    status: TaskStatus | None = None
    due_at: Instant | None = None
    assignee_id: str | None = Field(default=None, max_length=64)
    title: Annotated[Title, Field(max_length=200)] | None = None
    note: Annotated[Note, Field(max_length=2000)] | None = None


async def edit_task(ctx: CtxDep, task_id: str, edit: TaskEdit) -> Task:
    """Change a task; saying what it was takes a change back. 409 when somebody else changed it since `version`."""
    changes = edit.model_dump(exclude_unset=True, exclude={"version"})
    changes = {
        field: value for field, value in changes.items() if value is not None or field == "assignee_id"
    }
    return _task(await actions.change(ctx, task_id, edit.version, changes))
