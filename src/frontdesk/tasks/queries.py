"""Reading tasks: the views staff work from, and what a task's priority is made of."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Json

from frontdesk.contacts.rules.warmness import Reason
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.pages import NEWEST, OLDEST, Cursor, Page, page
from frontdesk.core.parsing import dump_json
from frontdesk.tasks.rules import TaskRow, TaskType

View = Literal["overdue", "today", "upcoming", "done", "all"]


class ListedTask(TaskRow):
    """A task with the names of whom it is about and whose it is. `rank` orders open tasks."""

    contact_name: str | None
    assignee_name: str | None
    rank: int

    def row(self) -> TaskRow:
        """The task alone, as events carry it."""
        return TaskRow.model_construct(**{name: getattr(self, name) for name in TaskRow.model_fields})


class Filters(BaseModel):
    """What a list shows; None means any. `assignee` is an id, or "" for nobody's."""

    assignee: str | None = None
    type: str | None = None
    contact_id: str | None = None


_FIELDS = """
    t.id, t.type, t.title, t.note, t.contact_id, t.booking_id, t.assignee_id, t.status, t.due_at, t.priority,
    t.reasons, t.cause_kind, t.cause_id, t.trace_id, t.version, t.created_at, t.updated_at, t.done_at, t.done_by,
    t.rank,
    (SELECT trim(c.first_name || ' ' || c.last_name) FROM contacts c
     WHERE c.tenant_id = :tenant AND c.id = t.contact_id) AS contact_name,
    (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = t.assignee_id) AS assignee_name"""
_WANTED_OPEN = """
    t.tenant_id = :tenant AND t.status = 'open' AND (t.rank, t.id) > (:at, :id)
      AND t.due_at >= :due_from AND t.due_at < :due_before
      AND (:type IS NULL OR t.type = :type) AND (:assignee IS NULL OR COALESCE(t.assignee_id, '') = :assignee)
      AND (:contact_id IS NULL OR t.contact_id = :contact_id)
    ORDER BY t.rank, t.id LIMIT :limit
"""
_OPEN = f"SELECT {_FIELDS} FROM tasks t INDEXED BY tasks_open WHERE {_WANTED_OPEN}"
_OPEN_OF_CONTACT = f"""
    SELECT {_FIELDS} FROM tasks t INDEXED BY tasks_by_contact WHERE t.contact_id = :contact_id AND {_WANTED_OPEN}
"""
_WANTED_DONE = """
    t.tenant_id = :tenant AND t.status <> 'open' AND (t.done_at, t.id) < (:at, :id)
      AND (:type IS NULL OR t.type = :type) AND (:assignee IS NULL OR COALESCE(t.assignee_id, '') = :assignee)
      AND (:contact_id IS NULL OR t.contact_id = :contact_id)
    ORDER BY t.done_at DESC, t.id DESC LIMIT :limit
"""
_DONE = f"SELECT {_FIELDS} FROM tasks t INDEXED BY tasks_done WHERE {_WANTED_DONE}"
_DONE_OF_CONTACT = f"""
    SELECT {_FIELDS} FROM tasks t INDEXED BY tasks_by_contact WHERE t.contact_id = :contact_id AND {_WANTED_DONE}
"""
_WANTED = """
    t.tenant_id = :tenant AND (t.created_at, t.id) < (:at, :id)
      AND (:type IS NULL OR t.type = :type) AND (:assignee IS NULL OR COALESCE(t.assignee_id, '') = :assignee)
      AND (:contact_id IS NULL OR t.contact_id = :contact_id)
    ORDER BY t.created_at DESC, t.id DESC LIMIT :limit
"""
_ALL = f"SELECT {_FIELDS} FROM tasks t INDEXED BY tasks_by_creation WHERE {_WANTED}"
_ALL_OF_CONTACT = f"""
    SELECT {_FIELDS} FROM tasks t INDEXED BY tasks_by_contact WHERE t.contact_id = :contact_id AND {_WANTED}
"""


async def by_id(ctx: Ctx, task_id: str) -> ListedTask:
    """The task. Raises NotFound."""
    return await ctx.db.one(
        ListedTask, f"SELECT {_FIELDS} FROM tasks t WHERE t.tenant_id = :tenant AND t.id = :id", id=task_id
    )


async def by_key(ctx: Ctx, unique_key: str) -> ListedTask | None:
    """The task that was made under a key, if any."""
    return await ctx.db.maybe(
        ListedTask,
        f"SELECT {_FIELDS} FROM tasks t WHERE t.tenant_id = :tenant AND t.unique_key = :key",
        key=unique_key,
    )


async def open_(
    ctx: Ctx, filters: Filters, *, due_from: int, due_before: int, after: Cursor = OLDEST, limit: int
) -> Page[ListedTask]:
    """Open tasks due within [`due_from`, `due_before`) ms, by priority, then what is due first."""
    rows = await ctx.db.all(
        ListedTask,
        _OPEN_OF_CONTACT if filters.contact_id else _OPEN,
        due_from=due_from,
        due_before=due_before,
        **_bounds(filters, after, limit),
    )
    return page(rows, limit, lambda row: Cursor(row.rank, row.id))


async def done(ctx: Ctx, filters: Filters, *, after: Cursor = NEWEST, limit: int) -> Page[ListedTask]:
    """Tasks that are done or dismissed, the latest first."""
    sql = _DONE_OF_CONTACT if filters.contact_id else _DONE
    rows = await ctx.db.all(ListedTask, sql, **_bounds(filters, after, limit))
    return page(rows, limit, lambda row: Cursor(row.done_at or 0, row.id))


async def all_(ctx: Ctx, filters: Filters, *, after: Cursor = NEWEST, limit: int) -> Page[ListedTask]:
    """Every task, open or not, the newest first."""
    sql = _ALL_OF_CONTACT if filters.contact_id else _ALL
    rows = await ctx.db.all(ListedTask, sql, **_bounds(filters, after, limit))
    return page(rows, limit, lambda row: Cursor(row.created_at, row.id))


def _bounds(filters: Filters, after: Cursor, limit: int) -> dict[str, Value]:
    return {**filters.model_dump(), "at": after.at, "id": after.id, "limit": limit + 1}


class Counts(BaseModel):
    """How many open tasks there are: from days gone, of today, and of days to come."""

    overdue: int
    today: int
    upcoming: int


async def counts(ctx: Ctx, assignee: str | None, *, today: int, tomorrow: int) -> Counts:
    """Of everybody, or of one member of staff ("" for nobody's); `today` and `tomorrow` begin at these ms."""
    return await ctx.db.one(
        Counts,
        """
        SELECT count(CASE WHEN t.due_at < :today THEN 1 END) AS overdue,
               count(CASE WHEN t.due_at >= :today AND t.due_at < :tomorrow THEN 1 END) AS today,
               count(CASE WHEN t.due_at >= :tomorrow THEN 1 END) AS upcoming
        FROM tasks t INDEXED BY tasks_open_by_due
        WHERE t.tenant_id = :tenant AND t.status = 'open' AND t.due_at >= 0
          AND (:assignee IS NULL OR COALESCE(t.assignee_id, '') = :assignee)
        """,
        assignee=assignee,
        today=today,
        tomorrow=tomorrow,
    )


class Weighed(BaseModel):
    """An open task and what its booking adds to its priority."""

    id: str
    type: TaskType
    contact_id: str | None
    due_at: int
    priority: int
    reasons: Json[list[Reason]]
    urgency: str
    value_minor: int


async def weighed(ctx: Ctx, task_ids: Sequence[str]) -> list[Weighed]:
    """Open tasks by id, to be weighed."""
    return await ctx.db.all(
        Weighed,
        """
        SELECT t.id, t.type, t.contact_id, t.due_at, t.priority, t.reasons,
               COALESCE(b.urgency, 'routine') AS urgency, COALESCE(b.value_minor, 0) AS value_minor
        FROM json_each(:ids) j
        CROSS JOIN tasks t
        LEFT JOIN bookings b ON b.tenant_id = :tenant AND b.id = t.booking_id
        WHERE t.tenant_id = :tenant AND t.id = j.value AND t.status = 'open'
        """,
        ids=dump_json(list(task_ids)),
    )


class Worth(BaseModel):
    """How urgent a booking is, and what it is worth in minor units."""

    urgency: str = "routine"
    value_minor: int | None = None


async def worth(ctx: Ctx, booking_id: str) -> Worth | None:
    """What a booking adds to its tasks; None if there is no such booking."""
    return await ctx.db.maybe(
        Worth,
        "SELECT urgency, value_minor FROM bookings WHERE tenant_id = :tenant AND id = :id",
        id=booking_id,
    )


class _Id(BaseModel):
    id: str


async def open_ids(
    ctx: Ctx, *, contact_id: str | None = None, after: str = "", limit: int = 200
) -> list[str]:
    """Ids of open tasks, of one contact if named, in the order of ids."""
    if contact_id:
        rows = await ctx.db.all(
            _Id,
            """
            SELECT id FROM tasks INDEXED BY tasks_by_contact
            WHERE tenant_id = :tenant AND contact_id = :contact_id AND status = 'open' AND id > :after
            ORDER BY id LIMIT :limit
            """,
            contact_id=contact_id,
            after=after,
            limit=limit,
        )
    else:
        rows = await ctx.db.all(
            _Id,
            """
            SELECT id FROM tasks INDEXED BY tasks_open
            WHERE tenant_id = :tenant AND status = 'open' AND id > :after
            ORDER BY id LIMIT :limit
            """,
            after=after,
            limit=limit,
        )
    return [row.id for row in rows]


async def is_colleague(ctx: Ctx, staff_id: str) -> bool:
    """Whether a task can be given to them."""
    row = await ctx.db.maybe(
        dict, "SELECT id FROM staff WHERE tenant_id = :tenant AND id = :id AND active = 1", id=staff_id
    )
    return row is not None


class Settling(ListedTask):
    """A task that its booking makes `moot`, or one that it had and makes no more; the booking as it was read."""

    moot: bool
    booking_version: int


async def to_settle(ctx: Ctx, booking_id: str, types: str) -> list[Settling]:
    """Tasks of these `types` (a JSON list) that are open though moot, or were settled though they are not.

    Moot is what is about a booking that is cancelled or another contact's. Only the system dismisses without a name.
    """
    return await ctx.db.all(
        Settling,
        f"""
        SELECT {_FIELDS}, b.version AS booking_version,
               (b.status = 'cancelled' OR COALESCE(t.contact_id <> b.contact_id, 0)) AS moot
        FROM tasks t INDEXED BY tasks_by_booking
        JOIN bookings b ON b.tenant_id = :tenant AND b.id = t.booking_id
        WHERE t.tenant_id = :tenant AND t.booking_id = :booking_id
          AND t.type IN (SELECT value FROM json_each(:types))
          AND CASE WHEN moot THEN t.status = 'open' ELSE t.status = 'dismissed' AND t.done_by IS NULL END
        """,
        booking_id=booking_id,
        types=types,
    )
