"""What can change about tasks, as statements for somebody's commit."""

from collections.abc import Mapping

from frontdesk.contacts.rules.warmness import Score
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, Value, expect
from frontdesk.core.events import EventDraft, Part
from frontdesk.core.parsing import dump_json
from frontdesk.tasks.rules import TaskDraft, TaskRow, Weights, priority


def add(ctx: Ctx, draft: TaskDraft, weights: Weights | None = None, id_: str | None = None) -> list[Part]:
    """A task and its event, nothing if its key was used before.

    Without `weights` it gets its type's priority now, and its full one from the event's handler.
    """
    score = priority(weights or Weights(draft.type))
    fields: dict[str, Value] = {
        "id": id_ or ctx.new_id(),
        "type": draft.type,
        "title": draft.title[:200],
        "note": draft.note[:2000],
        "contact_id": draft.contact_id,
        "booking_id": draft.booking_id,
        "assignee_id": draft.assignee_id,
        "due_at": draft.due_at,
        "priority": score.score,
        "reasons": dump_json([each.model_dump() for each in score.reasons]),
        "cause_kind": ctx.cause.kind,
        "cause_id": ctx.cause.id,
        "trace_id": ctx.cause.trace,
    }
    row = Statement(
        """
        INSERT INTO tasks (tenant_id, id, type, title, note, contact_id, booking_id, assignee_id, due_at, priority,
                           reasons, unique_key, cause_kind, cause_id, trace_id, created_at, updated_at)
        VALUES (:tenant, :id, :type, :title, :note, :contact_id, :booking_id, :assignee_id, :due_at, :priority,
                :reasons, :unique_key, :cause_kind, :cause_id, :trace_id, :now, :now)
        ON CONFLICT (tenant_id, unique_key) DO NOTHING
        """,
        {**fields, "unique_key": draft.unique_key, "now": ctx.now},
    )
    task = TaskRow.model_validate(
        {
            **fields,
            "status": "open",
            "version": 1,
            "created_at": ctx.now,
            "updated_at": ctx.now,
            "done_at": None,
            "done_by": None,
        }
    )
    # Its own external id: told twice, the event and its handlers are not there twice either.
    created = EventDraft(
        "task.created",
        task.model_dump(mode="json"),
        subject_kind="task",
        subject_id=task.id,
        external_id=f"task:{draft.unique_key}",
    )
    return [row, created]


def still_at(booking_id: str, version: int) -> Statement:
    """Stale unless a booking is at the version it was read at."""
    return Statement(
        """
        SELECT CASE WHEN EXISTS (
          SELECT 1 FROM bookings WHERE tenant_id = :tenant AND id = :id AND version = :version
        ) THEN 1 ELSE json('stale') END AS fresh
        """,
        {"id": booking_id, "version": version},
    )


FIELDS = (
    "title", "note", "assignee_id", "due_at", "status", "done_at", "done_by", "priority", "reasons"
)  # fmt: skip
"""What `change` can change."""


def change(task_id: str, version: int, changes: Mapping[str, Value], now: int) -> list[Statement]:
    """Fields of a task, if nobody changed it since `version`; fields not named stay."""
    return [
        Statement(
            """
            UPDATE tasks SET
              title = CASE WHEN :set_title THEN :title ELSE title END,
              note = CASE WHEN :set_note THEN :note ELSE note END,
              assignee_id = CASE WHEN :set_assignee_id THEN :assignee_id ELSE assignee_id END,
              due_at = CASE WHEN :set_due_at THEN :due_at ELSE due_at END,
              status = CASE WHEN :set_status THEN :status ELSE status END,
              done_at = CASE WHEN :set_done_at THEN :done_at ELSE done_at END,
              done_by = CASE WHEN :set_done_by THEN :done_by ELSE done_by END,
              priority = CASE WHEN :set_priority THEN :priority ELSE priority END,
              reasons = CASE WHEN :set_reasons THEN :reasons ELSE reasons END,
              updated_at = :now, version = version + 1
            WHERE tenant_id = :tenant AND id = :id AND version = :version
            """,
            {
                **{f"set_{field}": int(field in changes) for field in FIELDS},
                **{field: changes.get(field) for field in FIELDS},
                "id": task_id,
                "version": version,
                "now": now,
            },
        ),
        expect(1),
    ]


def rank(scores: Mapping[str, Score]) -> Statement:
    """New priorities of open tasks by id; no new version: nobody edited them."""
    weighed = [[id_, s.score, [each.model_dump() for each in s.reasons]] for id_, s in scores.items()]
    return Statement(
        """
        UPDATE tasks INDEXED BY sqlite_autoindex_tasks_1 SET
          priority = (SELECT value ->> 1 FROM json_each(:weighed) WHERE value ->> 0 = tasks.id),
          reasons = (SELECT value ->> 2 FROM json_each(:weighed) WHERE value ->> 0 = tasks.id)
        WHERE tenant_id = :tenant AND id IN (SELECT value ->> 0 FROM json_each(:weighed)) AND status = 'open'
        """,
        {"weighed": dump_json(weighed)},
    )
