"""A message on its way out: it waits, is skipped, takes its slot, and becomes what the provider says."""

from dataclasses import dataclass
from typing import Literal

from frontdesk.core.clock import DAY, MINUTE
from frontdesk.core.db import Statement, expect
from frontdesk.core.events import Part
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.messaging.writes.told import became


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
            WHERE tenant_id = :tenant AND id = :id AND version = :version AND state IN ('scheduled', 'queued')
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


LAPSES_MS = 5 * MINUTE
"""A slot that is longer ago counts no more: else an outage would end in a burst. A lost bell costs a minute."""


@dataclass(frozen=True, slots=True)
class Still:
    """What the gate let a message go by, and the slot's own commit holds against the database once more.

    Each is no stricter than the gate itself, which is asked again and gives the reason. `cap`: the most they may get
    in a day, this one included. `alone_since`: since when (business ms) the same words may not have gone there.
    """

    heeds_stop: bool = False
    heeds_complaint: bool = False
    needs_consent: bool = False
    cap: int | None = None
    alone_since: int | None = None


def take_slot(
    message: Outgoing,
    *,
    body: str,
    subject: str,
    body_hash: str,
    still: Still,
    segments: int,
    interval: int,
    provider: str,
    now: int,
    real: int,
) -> list[Statement]:
    """The tenant's next sending slot; if that is now, the message is `sending`, with the words that go out.

    `provider` is written down with it: who finds the message `sending` later knows whom to ask.

    The slot and the state change together, so a pace is never spent on a message that somebody withdrew.
    Stale if it changed, or if what the gate saw is not so any more: a STOP, the last place under the cap, a twin, or
    another number for its booking (as `queries.outgoing` has it) that came in between counts.
    Returns `state` and `pace_slot`.
    """
    kept = message.pace_slot is not None and now - message.pace_slot <= LAPSES_MS
    slot = message.pace_slot if kept else None
    return [
        Statement(
            """
            INSERT INTO pace (tenant_id, channel, next_at)
            SELECT :tenant, :channel, :now + :interval WHERE :slot IS NULL
            ON CONFLICT (tenant_id, channel) DO UPDATE SET next_at = max(next_at, :now) + :interval
            """,
            {"channel": message.channel, "now": now, "interval": interval, "slot": slot},
        ),
        Statement(
            """
            UPDATE messages SET
              pace_slot = COALESCE(:slot, (SELECT next_at - :interval FROM pace
                                               WHERE tenant_id = :tenant AND channel = :channel)),
              state = CASE WHEN COALESCE(:slot, (SELECT next_at - :interval FROM pace
                                WHERE tenant_id = :tenant AND channel = :channel)) <= :now
                           THEN 'sending' ELSE 'queued' END,
              address = :address, body = :body, subject = :subject, body_hash = :body_hash, segments = :segments,
              provider = :provider, reason = '', detail = '', sending_at = :real,
              version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND version = :version AND state IN ('scheduled', 'queued')
              AND (booking_id IS NULL OR author_id IS NOT NULL OR :address = COALESCE((
                SELECT CASE :channel
                  WHEN 'sms' THEN COALESCE(b.phone, CASE WHEN b.email IS NULL THEN c.phone END)
                  ELSE COALESCE(b.email, CASE WHEN b.phone IS NULL THEN c.email END) END
                FROM bookings b JOIN contacts c ON c.tenant_id = :tenant AND c.id = b.contact_id
                WHERE b.tenant_id = :tenant AND b.id = booking_id), ''))
              AND NOT EXISTS (
                SELECT 1 FROM consents k WHERE k.tenant_id = :tenant AND k.channel = :channel
                  AND k.address = :address AND k.stopped = 1
                  AND (:heeds_stop OR (:heeds_complaint AND k.source = 'complaint')))
              AND (NOT :needs_consent OR EXISTS (
                SELECT 1 FROM consents k WHERE k.tenant_id = :tenant AND k.channel = :channel
                  AND k.address = :address AND k.marketing = 1))
              AND (:cap IS NULL OR :cap > (
                SELECT count(*) FROM messages o WHERE o.tenant_id = :tenant AND o.address = :address
                  AND o.channel = :channel AND o.purpose = :purpose AND o.id <> :id
                  AND ((o.sent_at > :day_ago AND o.state <> 'failed')
                       OR (o.state IN ('sending', 'unknown') AND o.updated_at > :day_ago))
                  AND (o.author_id IS NULL OR :author_id IS NOT NULL)))
              AND NOT EXISTS (
                SELECT 1 FROM messages o WHERE o.tenant_id = :tenant AND o.address = :address
                  AND o.body_hash = :body_hash AND o.id <> :id
                  AND ((o.sent_at > :alone_since AND o.state <> 'failed')
                       OR (o.state IN ('sending', 'unknown') AND o.updated_at > :alone_since)))
            RETURNING state, pace_slot
            """,
            {
                "id": message.id,
                "version": message.version,
                "channel": message.channel,
                "slot": slot,
                "interval": interval,
                "address": message.address,
                "purpose": message.purpose,
                "author_id": message.author_id,
                "heeds_stop": int(still.heeds_stop),
                "heeds_complaint": int(still.heeds_complaint),
                "needs_consent": int(still.needs_consent),
                "cap": still.cap,
                "alone_since": still.alone_since,
                "day_ago": now - DAY,
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
    state: Literal["sent", "delivered", "failed", "unknown"],
    now: int,
    *,
    provider: str = "",
    provider_id: str | None = None,
    segments: int | None = None,
    cost_micros: int | None = None,
    reason: str = "",
    code: str = "",
    detail: str = "",
) -> list[Part]:
    """What became of a message that was `sending`, and all that follows. `code`: the provider's own reason.

    A receipt may have overtaken us: what it told is neither undone nor told again.
    """
    return [
        Statement(
            """
            UPDATE messages SET
              provider = CASE WHEN :provider = '' THEN provider ELSE :provider END,
              provider_id = COALESCE(:provider_id, provider_id),
              segments = COALESCE(:segments, segments), cost_micros = COALESCE(:cost_micros, cost_micros),
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
                "now": now,
            },
        ),
        expect(1),
        Statement(
            """
            UPDATE messages SET state = :state, reason = :reason, detail = :detail
            WHERE tenant_id = :tenant AND id = :id AND state = 'sending'
            """,
            {"id": message.id, "state": state, "reason": code or reason, "detail": detail[:300]},
        ),
        became(
            message,
            state,
            now,
            reason="provider" if code else reason,
            code=code,
            if_changed=True,
            more={"detail": detail[:300]} if state == "unknown" else None,
        ),
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
