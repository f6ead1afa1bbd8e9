"""Statements of notices, who has read them, devices that take pushes, and what became of each push."""

from collections.abc import Sequence

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, Value
from frontdesk.core.events import EventDraft, JobDraft, Part
from frontdesk.core.ids import floor7
from frontdesk.notices.rules import BODY, TITLE, NoticeDraft, safe_link, shortened

ROWS = 2_000
"""Rows one statement of the nightly forgetting deletes at most."""


def notify(ctx: Ctx, draft: NoticeDraft) -> list[Part]:
    """The notice, its fact, and a job that alerts devices if it is urgent; nothing new for a key already told."""
    id_, told = ctx.new_id(), f"notice:{draft.unique_key}"
    shown: dict[str, Value] = {
        "title": shortened(draft.title, TITLE) or "Notice",
        "body": shortened(draft.body, BODY),
        "link": safe_link(draft.link),
        "urgent": int(draft.urgent),
    }
    row = Statement(
        """
        INSERT INTO notices (tenant_id, id, staff_id, title, body, link, urgent, unique_key,
                             cause_kind, cause_id, trace_id, created_at)
        VALUES (:tenant, :id, :staff_id, :title, :body, :link, :urgent, :unique_key,
                :cause_kind, :cause_id, :trace_id, :now)
        ON CONFLICT (tenant_id, unique_key) DO NOTHING
        """,
        {
            "id": id_,
            "staff_id": draft.staff_id,
            **shown,
            "unique_key": draft.unique_key,
            "cause_kind": ctx.cause.kind,
            "cause_id": ctx.cause.id,
            "trace_id": ctx.cause.trace,
            "now": ctx.now,
        },
    )
    fact = EventDraft(
        "notice.created",
        # `only_for`: who alone hears of it live; None is everybody.
        {"id": id_, **shown, "only_for": draft.staff_id},
        subject_kind="notice",
        subject_id=id_,
        external_id=told,
    )
    alert = JobDraft("notices.alert", key=told, payload={"notice": id_}, subject_id=id_)
    return [row, fact, *([alert] if draft.urgent else [])]


def mark_read(staff_id: str, up_to: int) -> Statement:
    """Everything up to a notice's `seq` is read; a mark never moves back, nor past what there is."""
    return Statement(
        """
        INSERT INTO notice_marks (tenant_id, staff_id, read_up_to)
        SELECT :tenant, :staff_id, coalesce(max(seq), 0) FROM notices
        WHERE tenant_id = :tenant AND seq <= :up_to
        ON CONFLICT (tenant_id, staff_id) DO UPDATE SET read_up_to = max(read_up_to, excluded.read_up_to)
        """,
        {"staff_id": staff_id, "up_to": up_to},
    )


def forget(before: int) -> Sequence[Statement]:
    """Notices and records of pushes older than an instant (ms), a bounded number of each."""
    return (
        Statement(
            """
            DELETE FROM notices WHERE tenant_id = :tenant AND id IN (
              SELECT id FROM notices WHERE tenant_id = :tenant AND id < :floor LIMIT :rows)
            """,
            {"floor": floor7(before), "rows": ROWS},
        ),
        Statement(
            """
            DELETE FROM pushes WHERE tenant_id = :tenant AND (notice_id, device_id) IN (
              SELECT notice_id, device_id FROM pushes
              WHERE tenant_id = :tenant AND at < :before LIMIT :rows)
            """,
            {"before": before, "rows": ROWS},
        ),
    )
