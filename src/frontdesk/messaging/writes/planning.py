"""A message to be: its row and its job, and taking both back before they left."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement
from frontdesk.core.events import JobDraft, Part
from frontdesk.messaging.rules.gate import sentence
from frontdesk.messaging.rules.message import Draft

SEND = "messaging.send"


def plan(ctx: Ctx, draft: Draft) -> list[Part]:
    """The message's row and the job that will send it; nothing if its key was planned before."""
    id_, due_at = ctx.new_id(), ctx.now if draft.due_at is None else draft.due_at
    state = "skipped" if draft.skip else "scheduled" if due_at > ctx.now else "queued"
    row = Statement(
        """
        INSERT INTO messages (tenant_id, id, direction, channel, purpose, contact_id, booking_id, template,
                              address, subject, body, sealed_body, offset_hours, state, reason, detail, due_at,
                              expires_at, unique_key, cause_kind, cause_id, trace_id, created_at, updated_at)
        VALUES (:tenant, :id, 'out', :channel, :purpose, :contact_id, :booking_id, :template,
                :address, :subject, :body, :sealed_body, :offset_hours, :state, :reason, :detail, :due_at,
                :expires_at, :unique_key, :cause_kind, :cause_id, :trace_id, :now, :now)
        ON CONFLICT (tenant_id, unique_key) DO NOTHING
        """,
        {
            "id": id_,
            "channel": draft.channel,
            "purpose": draft.purpose,
            "contact_id": draft.contact_id,
            "booking_id": draft.booking_id,
            "template": draft.template,
            "address": draft.address,
            "subject": draft.subject,
            "body": draft.body,
            "sealed_body": draft.sealed_body,
            "offset_hours": draft.offset_hours,
            "state": state,
            "reason": draft.skip or "",
            "detail": sentence(draft.skip, draft.channel) if draft.skip else "",
            "due_at": due_at,
            "expires_at": draft.expires_at,
            "unique_key": draft.unique_key,
            "cause_kind": ctx.cause.kind,
            "cause_id": ctx.cause.id,
            "trace_id": ctx.cause.trace,
            "now": ctx.now,
        },
    )
    if draft.skip:
        return [row]
    return [row, JobDraft(SEND, key=f"{id_}:0", subject_id=id_, due_at=due_at)]


def withdraw(ctx: Ctx, booking_id: str, reason: str, *, only: str | None = None) -> list[Statement]:
    """Take back what has not left yet for a booking (`only` one template), and the jobs that would send it."""
    return [
        Statement(
            """
            UPDATE jobs INDEXED BY jobs_by_subject SET state = 'void', finished_at = :now
            WHERE tenant_id = :tenant AND kind = :send AND state = 'pending' AND subject_id IN (
              SELECT id FROM messages INDEXED BY messages_by_booking
              WHERE tenant_id = :tenant AND booking_id = :booking_id AND direction = 'out'
                AND state IN ('scheduled', 'queued') AND (:only IS NULL OR template = :only))
            """,
            {"booking_id": booking_id, "only": only, "send": SEND, "now": ctx.now},
        ),
        Statement(
            """
            UPDATE messages INDEXED BY messages_by_booking
            SET state = 'skipped', reason = :reason, detail = :detail, version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND booking_id = :booking_id AND direction = 'out'
              AND state IN ('scheduled', 'queued') AND (:only IS NULL OR template = :only)
            """,
            {
                "booking_id": booking_id,
                "only": only,
                "reason": reason,
                "detail": sentence(reason, "sms"),
                "now": ctx.now,
            },
        ),
    ]
