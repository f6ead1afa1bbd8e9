"""A message to be: its row and its job, and taking both back before they left."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.events import JobDraft, Part, event
from frontdesk.messaging.rules.gate import sentence
from frontdesk.messaging.rules.message import Draft, Message
from frontdesk.messaging.writes.conversations import keep, keep_or_end
from frontdesk.messaging.writes.told import About, about, told

SEND = "messaging.send"
TAKEN_BACK = "taken_back"
"""The reason of a message that a person took back before it left."""


def send_job(id_: str, message: About, *, attempt: int = 0, due_at: int | None = None) -> JobDraft:
    """The job that sends a message, once for each `attempt`."""
    return JobDraft(
        SEND, key=f"{id_}:{attempt}", subject_id=id_, due_at=due_at, payload={"about": about(message)}
    )


def plan(ctx: Ctx, draft: Draft) -> list[Part]:
    """The message's row and the job that will send it; nothing if its key was planned before."""
    return _planned(ctx, draft, ctx.new_id())


def write(ctx: Ctx, draft: Draft, id_: str) -> list[Part]:
    """The same of what a person wrote: a key planned before makes the commit Stale."""
    row, *rest = _planned(ctx, draft, id_)
    return [row, expect(1), *rest, keep(draft.contact_id)]


def _planned(ctx: Ctx, draft: Draft, id_: str) -> list[Part]:
    due_at = ctx.now if draft.due_at is None else draft.due_at
    state = "skipped" if draft.skip else "scheduled" if due_at > ctx.now else "queued"
    row = Statement(
        """
        INSERT INTO messages (tenant_id, id, direction, channel, purpose, contact_id, booking_id, template,
                              address, subject, body, sealed_body, offset_hours, state, reason, detail, due_at,
                              expires_at, unique_key, author_id, request_hash,
                              cause_kind, cause_id, trace_id, created_at, updated_at)
        VALUES (:tenant, :id, 'out', :channel, :purpose, :contact_id, :booking_id, :template,
                :address, :subject, :body, :sealed_body, :offset_hours, :state, :reason, :detail, :due_at,
                :expires_at, :unique_key, :author_id, :request_hash,
                :cause_kind, :cause_id, :trace_id, :now, :now)
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
            "author_id": draft.author_id,
            "request_hash": draft.request_hash,
            "cause_kind": ctx.cause.kind,
            "cause_id": ctx.cause.id,
            "trace_id": ctx.cause.trace,
            "now": ctx.now,
        },
    )
    if draft.purpose == "auth":
        # That a code was asked for is in the log already.
        return [row, send_job(id_, draft, due_at=due_at)]
    if draft.skip:
        return [row, told("skipped", id_, draft, reason=draft.skip, if_changed=True, more={"due_at": due_at})]
    return [
        row,
        told("planned", id_, draft, if_changed=True, more={"due_at": due_at}),
        send_job(id_, draft, due_at=due_at),
    ]


def again(ctx: Ctx, message: Message, expires_at: int) -> list[Part]:
    """The same message once more, as a row of its own: the first one was withdrawn and never left. Once for each."""
    assert message.purpose != "inbound" and message.channel != "manychat"
    draft = Draft(
        channel=message.channel,
        purpose=message.purpose,
        address=message.address,
        contact_id=message.contact_id,
        booking_id=message.booking_id,
        template=message.template,
        expires_at=expires_at,
        unique_key=f"again:{message.id}",
    )
    return plan(ctx, draft)


def take_back(message: Message, now: int) -> list[Part]:
    """A person changed their mind: it does not go, nor does the job. Stale if it changed since it was read."""
    detail = sentence(TAKEN_BACK, "sms")
    return [
        Statement(
            """
            UPDATE messages SET state = 'skipped', reason = :reason, detail = :detail,
                                version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND version = :version AND direction = 'out'
              AND state IN ('scheduled', 'queued')
            """,
            {
                "id": message.id,
                "version": message.version,
                "reason": TAKEN_BACK,
                "detail": detail,
                "now": now,
            },
        ),
        expect(1),
        Statement(
            """
            UPDATE jobs INDEXED BY jobs_by_subject SET state = 'void', finished_at = :now
            WHERE tenant_id = :tenant AND kind = :send AND state = 'pending' AND subject_id = :id
            """,
            {"id": message.id, "send": SEND, "now": now},
        ),
        told("skipped", message.id, message, reason=TAKEN_BACK),
        keep_or_end(message.contact_id),
    ]


def readdress(contact_id: str, channel: str, old: str, now: int) -> Statement:
    """What waits to go to a contact at `old`, of its own accord and about no booking, goes where they are now."""
    return Statement(
        """
        UPDATE messages INDEXED BY messages_by_contact
        SET version = version + 1, updated_at = :now, address = COALESCE(
          (SELECT CASE :channel WHEN 'sms' THEN c.phone ELSE c.email END FROM contacts c
           WHERE c.tenant_id = :tenant AND c.id = :contact_id), '')
        WHERE tenant_id = :tenant AND contact_id = :contact_id AND direction = 'out' AND channel = :channel
          AND address = :old AND booking_id IS NULL AND author_id IS NULL AND state IN ('scheduled', 'queued')
        """,
        {"contact_id": contact_id, "channel": channel, "old": old, "now": now},
    )


def by_mail(contact_id: str, now: int) -> Statement:
    """What waits to be texted about bookings that have lost their number, and have an address, is mailed instead.

    Only what goes by whichever way there is; a text somebody chose stays one.
    """
    return Statement(
        """
        UPDATE messages INDEXED BY messages_by_contact
        SET channel = 'email', version = version + 1, updated_at = :now
        WHERE tenant_id = :tenant AND contact_id = :contact_id AND direction = 'out' AND channel = 'sms'
          AND template IN ('booking.confirmation', 'booking.reminder') AND author_id IS NULL
          AND state IN ('scheduled', 'queued') AND booking_id IN (
            SELECT id FROM bookings WHERE tenant_id = :tenant AND contact_id = :contact_id
              AND phone IS NULL AND email IS NOT NULL)
        """,
        {"contact_id": contact_id, "now": now},
    )


def withdraw(
    ctx: Ctx, booking_id: str, reason: str, *, only: str | None = None, contact_id: str | None = None
) -> list[Part]:
    """Take back what has not left yet for a booking (`only` one template), and the jobs that would send it.

    However many they are, one event tells of them, about the booking and its contact.
    """
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
        event(
            "message.withdrawn",
            {"booking_id": booking_id, "contact_id": contact_id, "reason": reason, "only": only},
            of=("booking", booking_id),
            if_changed=True,
        ),
        keep(contact_id),
    ]
