"""Statements of notices, who has read them, devices that take pushes, and what became of each push."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, Value
from frontdesk.core.events import EventDraft, JobDraft, Part
from frontdesk.core.ids import floor7
from frontdesk.notices.rules import BODY, DEVICES_EACH, TITLE, NoticeDraft, safe_link, shortened

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


def insert_push(
    notice_id: str, device_id: str, staff_id: str, state: str, reason: str, now: int
) -> Statement:
    """What became of one notice on its way to one device; a second word on it is a Conflict."""
    return Statement(
        """
        INSERT INTO pushes (tenant_id, notice_id, device_id, staff_id, state, reason, at)
        VALUES (:tenant, :notice_id, :device_id, :staff_id, :state, :reason, :now)
        """,
        {
            "notice_id": notice_id,
            "device_id": device_id,
            "staff_id": staff_id,
            "state": state,
            "reason": reason[:100],
            "now": now,
        },
    )


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that takes pushes for whoever's session this is."""

    id: str
    staff_id: str
    session_hash: str
    endpoint: str
    endpoint_hash: str
    p256dh: str
    auth: str
    user_agent: str


def put_device(device: Device, now: int) -> Sequence[Statement]:
    """The device, its owner's alone from now on; the oldest of more than `DEVICES_EACH` makes room."""
    return (
        Statement(
            """
            INSERT INTO push_devices (tenant_id, id, staff_id, session_hash, endpoint, endpoint_hash,
                                      p256dh, auth, user_agent, created_at)
            VALUES (:tenant, :id, :staff_id, :session_hash, :endpoint, :endpoint_hash,
                    :p256dh, :auth, :user_agent, :now)
            ON CONFLICT (tenant_id, endpoint_hash) DO UPDATE SET
              staff_id = excluded.staff_id, session_hash = excluded.session_hash, p256dh = excluded.p256dh,
              auth = excluded.auth, user_agent = excluded.user_agent, created_at = excluded.created_at
            """,
            {**asdict(device), "now": now},
        ),
        Statement(
            """
            DELETE FROM push_devices WHERE tenant_id = :tenant AND id IN (
              SELECT id FROM push_devices WHERE tenant_id = :tenant AND staff_id = :staff_id
              ORDER BY created_at DESC LIMIT -1 OFFSET :most)
            """,
            {"staff_id": device.staff_id, "most": DEVICES_EACH},
        ),
    )


def drop_device(device_id: str, staff_id: str | None = None) -> Statement:
    """It is pushed nothing any more; only its owner's when `staff_id` is given."""
    return Statement(
        """
        DELETE FROM push_devices
        WHERE tenant_id = :tenant AND id = :id AND (:staff_id IS NULL OR staff_id = :staff_id)
        """,
        {"id": device_id, "staff_id": staff_id},
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


def forget_devices(before: int) -> Statement:
    """Devices of long ago whose session is gone: nothing is pushed to them, and their browsers ask anew."""
    return Statement(
        """
        DELETE FROM push_devices WHERE tenant_id = :tenant AND created_at < :before AND NOT EXISTS (
          SELECT 1 FROM sessions
          WHERE sessions.tenant_id = :tenant AND token_hash = push_devices.session_hash)
        """,
        {"before": before},
    )
