"""What can change about messages; each statement names the states it may leave."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.events import JobDraft, Part
from frontdesk.integrations.facts import TextFact
from frontdesk.messaging.rules.gate import sentence
from frontdesk.messaging.rules.message import Draft, Outgoing

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
            UPDATE jobs SET state = 'void', finished_at = :now
            WHERE tenant_id = :tenant AND kind = :send AND state = 'pending' AND subject_id IN (
              SELECT id FROM messages
              WHERE tenant_id = :tenant AND booking_id = :booking_id AND direction = 'out'
                AND state IN ('scheduled', 'queued') AND (:only IS NULL OR template = :only))
            """,
            {"booking_id": booking_id, "only": only, "send": SEND, "now": ctx.now},
        ),
        Statement(
            """
            UPDATE messages SET state = 'skipped', reason = :reason, detail = :detail,
                                version = version + 1, updated_at = :now
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


def skip(message: Outgoing, reason: str, detail: str, now: int) -> list[Statement]:
    """Not sent, ever; the reason is what staff see."""
    return _leave(message, "skipped", now, reason=reason, detail=detail)


def delay(message: Outgoing, until: int, reason: str, detail: str, now: int) -> list[Statement]:
    """Waits until `until` (business ms)."""
    return [
        Statement(
            """
            UPDATE messages SET state = 'scheduled', due_at = :until, reason = :reason, detail = :detail,
                                pace_slot = NULL, version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND version = :version
            """,
            {
                "id": message.id,
                "version": message.version,
                "until": until,
                "reason": reason,
                "detail": detail,
                "now": now,
            },
        ),
        expect(1),
    ]


def take_slot(
    message: Outgoing,
    *,
    body: str,
    subject: str,
    body_hash: str,
    alone: bool,
    segments: int,
    interval: int,
    provider: str,
    now: int,
    real: int,
) -> list[Statement]:
    """The tenant's next sending slot; if that is now, the message is `sending`, with the words that go out.

    `provider` is written down with it: who finds the message `sending` later knows whom to ask.

    The slot and the state change together, so a pace is never spent on a message that somebody withdrew.
    `alone`: Stale while another message is `sending` the same words, so that of two at once one is a duplicate.
    Returns `state` and `pace_slot`.
    """
    return [
        Statement(
            """
            INSERT INTO pace (tenant_id, channel, next_at)
            SELECT :tenant, :channel, :now + :interval WHERE :slot IS NULL
            ON CONFLICT (tenant_id, channel) DO UPDATE SET next_at = max(next_at, :now) + :interval
            """,
            {"channel": message.channel, "now": now, "interval": interval, "slot": message.pace_slot},
        ),
        Statement(
            """
            UPDATE messages SET
              pace_slot = COALESCE(pace_slot, (SELECT next_at - :interval FROM pace
                                               WHERE tenant_id = :tenant AND channel = :channel)),
              state = CASE WHEN COALESCE(pace_slot, (SELECT next_at - :interval FROM pace
                                WHERE tenant_id = :tenant AND channel = :channel)) <= :now
                           THEN 'sending' ELSE 'queued' END,
              address = :address, body = :body, subject = :subject, body_hash = :body_hash, segments = :segments,
              provider = :provider, reason = '', detail = '', sending_at = :real,
              version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND version = :version AND state IN ('scheduled', 'queued')
              AND NOT (:alone AND EXISTS (
                SELECT 1 FROM messages o WHERE o.tenant_id = :tenant AND o.address = :address
                  AND o.body_hash = :body_hash AND o.state = 'sending' AND o.id <> :id))
            RETURNING state, pace_slot
            """,
            {
                "id": message.id,
                "version": message.version,
                "channel": message.channel,
                "interval": interval,
                "address": message.address,
                "alone": int(alone),
                "body": body,
                "subject": subject,
                "body_hash": body_hash,
                "segments": segments,
                "provider": provider,
                "now": now,
                "real": real,
            },
        ),
        expect(1),
    ]


def settled(
    message: Outgoing,
    state: str,
    now: int,
    *,
    provider: str = "",
    provider_id: str | None = None,
    segments: int | None = None,
    cost_micros: int | None = None,
    reason: str = "",
    detail: str = "",
) -> list[Statement]:
    """What became of a message that was `sending`. A receipt may have overtaken us: it is not undone."""
    return [
        Statement(
            """
            UPDATE messages SET
              state = CASE WHEN state = 'sending' THEN :state ELSE state END,
              provider = CASE WHEN :provider = '' THEN provider ELSE :provider END,
              provider_id = COALESCE(:provider_id, provider_id),
              segments = COALESCE(:segments, segments), cost_micros = COALESCE(:cost_micros, cost_micros),
              reason = CASE WHEN state = 'sending' THEN :reason ELSE reason END,
              detail = CASE WHEN state = 'sending' THEN :detail ELSE detail END,
              sent_at = CASE WHEN :state IN ('sent', 'delivered') THEN COALESCE(sent_at, :now) ELSE sent_at END,
              delivered_at = CASE WHEN :state = 'delivered' THEN COALESCE(delivered_at, :now) ELSE delivered_at END,
              version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND state IN ('sending', 'sent', 'delivered', 'failed')
            """,
            {
                "id": message.id,
                "state": state,
                "provider": provider,
                "provider_id": provider_id,
                "segments": segments,
                "cost_micros": cost_micros,
                "reason": reason,
                "detail": detail[:300],
                "now": now,
            },
        ),
        expect(1),
    ]


def try_again(message: Outgoing, now: int, due_at: int, detail: str, *, attempt: int) -> list[Statement]:
    """The provider has surely not sent it: back in line, due at `due_at`, for whoever is first choice by then."""
    return [
        Statement(
            """
            UPDATE messages SET state = 'queued', due_at = :due_at, detail = :detail, attempt = :attempt,
                                provider = CASE WHEN provider_note = '' THEN '' ELSE provider END,
                                pace_slot = NULL, version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND state = 'sending'
            """,
            {"id": message.id, "due_at": due_at, "detail": detail[:300], "attempt": attempt, "now": now},
        ),
        expect(1),
    ]


def reroute(message: Outgoing, provider: str, note: str, now: int) -> list[Statement]:
    """Refused for a reason of the first provider's own: back in line at once, for `provider`."""
    return [
        Statement(
            """
            UPDATE messages SET state = 'queued', due_at = :now, attempt = attempt + 1, provider = :provider,
                                provider_note = :note, pace_slot = NULL, version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND state = 'sending' AND provider_note = ''
            """,
            {"id": message.id, "provider": provider, "note": note[:300], "now": now},
        ),
        expect(1),
    ]


def _leave(message: Outgoing, state: str, now: int, *, reason: str, detail: str) -> list[Statement]:
    return [
        Statement(
            """
            UPDATE messages SET state = :state, reason = :reason, detail = :detail,
                                version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND version = :version AND state IN ('scheduled', 'queued')
            """,
            {
                "id": message.id,
                "version": message.version,
                "state": state,
                "reason": reason,
                "detail": detail[:300],
                "now": now,
            },
        ),
        expect(1),
    ]


def fail(message: Outgoing, reason: str, detail: str, now: int) -> list[Statement]:
    """It cannot be sent as it is."""
    return _leave(message, "failed", now, reason=reason, detail=detail)


def heard_key(provider: str, provider_id: str) -> str:
    """What makes two reports of an incoming text the same."""
    return f"in:{provider}:{provider_id}"


def received(ctx: Ctx, fact: TextFact, contact_id: str, address: str) -> Statement:
    """A text that came in; a second one with the same id fails the commit."""
    return Statement(
        """
        INSERT INTO messages (tenant_id, id, direction, channel, purpose, contact_id, address, sender, body,
                              state, due_at, provider, provider_id, unique_key,
                              cause_kind, cause_id, trace_id, created_at, updated_at)
        VALUES (:tenant, :id, 'in', 'sms', 'inbound', :contact_id, :address, :recipient, :body,
                'received', :now, :provider, :provider_id, :unique_key,
                :cause_kind, :cause_id, :trace_id, :now, :now)
        """,
        {
            "id": ctx.new_id(),
            "contact_id": contact_id,
            "address": address,
            "recipient": fact.recipient,
            "body": fact.body,
            "provider": fact.provider,
            "provider_id": fact.provider_id,
            "unique_key": heard_key(fact.provider, fact.provider_id),
            "cause_kind": ctx.cause.kind,
            "cause_id": ctx.cause.id,
            "trace_id": ctx.cause.trace,
            "now": ctx.now,
        },
    )


def receipt(
    message_id: str, state: str, sources: str, provider_id: str, detail: str, at: int, now: int
) -> Statement:
    """What the provider says became of it, from any of `sources` (a JSON list of states)."""
    return Statement(
        """
        UPDATE messages SET state = :state, provider_id = COALESCE(provider_id, :provider_id),
          detail = CASE WHEN :state = 'failed' THEN :detail ELSE '' END,
          reason = CASE WHEN :state = 'failed' THEN 'provider' ELSE '' END,
          sent_at = COALESCE(sent_at, :now),
          delivered_at = CASE WHEN :state = 'delivered' THEN :at ELSE delivered_at END,
          version = version + 1, updated_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state IN (SELECT value FROM json_each(:sources))
        """,
        {
            "id": message_id,
            "state": state,
            "sources": sources,
            "provider_id": provider_id,
            "detail": detail[:300],
            "at": at,
            "now": now,
        },
    )
