"""Runs as statements: one comes about, takes more of the same, and comes to its end with what it did."""

from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.automation.rules.chain import Link
from frontdesk.automation.writes.calls import ROWS
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, Value, expect
from frontdesk.core.events import JobDraft, Part, event
from frontdesk.core.ids import floor7
from frontdesk.core.parsing import dump_json

ACT = "automation.act"


@dataclass(frozen=True, slots=True)
class RunDraft:
    """A run to be. `cut` is why it must not run; `recheck`: its conditions are looked at again when it is due."""

    rule_id: str
    rule_name: str
    version: int
    unique_key: str
    subject: tuple[str, str]
    contact_id: str | None
    booking_id: str | None
    chain: Sequence[Link]
    due_at: int
    cause: tuple[str, str]
    trace: str
    event_id: str | None = None
    folds: bool = False
    recheck: bool = False
    cut: str = ""


def open_run(ctx: Ctx, draft: RunDraft) -> list[Part]:
    """The run's row, and the job that acts when it is due; nothing if its key was used before.

    A Conflict when another one of the same rule and subject takes more of the same already.
    """
    id_ = ctx.new_id()
    row = Statement(
        """
        INSERT INTO rule_runs (tenant_id, id, rule_id, version, state, reason, unique_key, event_id, subject_kind,
                               subject_id, contact_id, booking_id, depth, chain, folds, recheck, due_at,
                               cause_kind, cause_id, trace_id, created_at, finished_at)
        VALUES (:tenant, :id, :rule_id, :version, :state, :reason, :unique_key, :event_id, :subject_kind,
                :subject_id, :contact_id, :booking_id, :depth, :chain, :folds, :recheck, :due_at,
                :cause_kind, :cause_id, :trace_id, :now, :finished_at)
        ON CONFLICT (tenant_id, unique_key) DO NOTHING
        """,
        {
            "id": id_,
            "rule_id": draft.rule_id,
            "version": draft.version,
            "state": "cut" if draft.cut else "waiting",
            "reason": draft.cut,
            "unique_key": draft.unique_key,
            "event_id": draft.event_id,
            "subject_kind": draft.subject[0],
            "subject_id": draft.subject[1],
            "contact_id": draft.contact_id,
            "booking_id": draft.booking_id,
            "depth": len(draft.chain),
            "chain": dump_json(draft.chain),
            "folds": int(draft.folds and not draft.cut),
            "recheck": int(draft.recheck),
            "due_at": draft.due_at,
            "cause_kind": draft.cause[0],
            "cause_id": draft.cause[1],
            "trace_id": draft.trace,
            "now": ctx.now,
            "finished_at": ctx.now if draft.cut else None,
        },
    )
    if not draft.cut:
        return [row, JobDraft(ACT, key=id_, subject_id=id_, due_at=draft.due_at)]
    told = {
        "rule": draft.rule_name,
        "run": id_,
        "reason": draft.cut,
        "contact_id": draft.contact_id,
        "booking_id": draft.booking_id,
    }
    return [row, event("rule.cut", told, of=("rule", draft.rule_id))]


def fold(run_id: str, event_id: str, folded: int, version: int) -> list[Statement]:
    """One more of the same joins a run that waits; the last one counts, and the rule as it stood for that one.

    Stale if it acted or took another.
    """
    return [
        Statement(
            """
            UPDATE rule_runs SET event_id = :event_id, folded = folded + 1, version = :version
            WHERE tenant_id = :tenant AND id = :id AND state = 'waiting' AND folded = :folded
            """,
            {"id": run_id, "event_id": event_id, "folded": folded, "version": version},
        ),
        expect(1),
    ]


def let_go(rule_id: str, now: int) -> Statement:
    """What waits when a rule is switched off does not come back with it."""
    return Statement(
        """
        UPDATE rule_runs INDEXED BY rule_runs_by_state
        SET state = 'held', reason = 'the rule was switched off', finished_at = :now
        WHERE tenant_id = :tenant AND state = 'waiting' AND rule_id = :rule_id
        """,
        {"rule_id": rule_id, "now": now},
    )


def end_run(run_id: str, state: str, reason: str, now: int, *, folded: int) -> list[Statement]:
    """Its end. Stale if it ended before, or took more of the same since it was read."""
    return [
        Statement(
            """
            UPDATE rule_runs SET state = :state, reason = :reason, finished_at = :now
            WHERE tenant_id = :tenant AND id = :id AND state = 'waiting' AND folded = :folded
            """,
            {"id": run_id, "state": state, "reason": reason[:300], "now": now, "folded": folded},
        ),
        expect(1),
    ]


def fail_run(run_id: str, reason: str, now: int) -> Statement:
    """Nobody could bring it to its end."""
    return Statement(
        """
        UPDATE rule_runs SET state = 'failed', reason = :reason, finished_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state = 'waiting'
        """,
        {"id": run_id, "reason": reason[:300], "now": now},
    )


def revive_run(run_id: str) -> Statement:
    """A run that failed waits again, for whoever runs its job once more."""
    return Statement(
        """
        UPDATE rule_runs SET state = 'waiting', reason = '', finished_at = NULL, folds = 0
        WHERE tenant_id = :tenant AND id = :id AND state = 'failed'
        """,
        {"id": run_id},
    )


def effect(run_id: str, step: int, do: str, kind: str, key: str, text: str) -> Statement:
    """What one step did, found again by `key`."""
    return Statement(
        """
        INSERT INTO run_effects (tenant_id, run_id, step, do, kind, effect_key, text)
        VALUES (:tenant, :run_id, :step, :do, :kind, :key, :text)
        """,
        {"run_id": run_id, "step": step, "do": do, "kind": kind, "key": key, "text": text[:500]},
    )


def swept(rule_id: str, was: int, to: int) -> list[Statement]:
    """A rule's anchors were looked at up to `to` (business ms); Stale if somebody else did, or it went off."""
    return [
        Statement(
            """
            UPDATE rule_triggers SET swept_to = :to
            WHERE tenant_id = :tenant AND rule_id = :rule_id AND swept_to = :was
            """,
            {"rule_id": rule_id, "was": was, "to": to},
        ),
        expect(1),
    ]


def forget_runs(before: int) -> list[Statement]:
    """All they did, then runs that began before an instant (ms) and wait for nothing; a bounded number."""
    params: dict[str, Value] = {"floor": floor7(before), "rows": ROWS}
    return [
        Statement(
            """
            DELETE FROM run_effects WHERE tenant_id = :tenant AND run_id IN (
              SELECT id FROM rule_runs WHERE tenant_id = :tenant AND id < :floor AND state <> 'waiting'
              ORDER BY id LIMIT :rows)
            """,
            params,
        ),
        Statement(
            """
            DELETE FROM webhook_calls WHERE tenant_id = :tenant AND run_id IN (
              SELECT id FROM rule_runs WHERE tenant_id = :tenant AND id < :floor AND state <> 'waiting'
              ORDER BY id LIMIT :rows)
            """,
            params,
        ),
        Statement(
            """
            DELETE FROM rule_runs WHERE tenant_id = :tenant AND id IN (
              SELECT id FROM rule_runs WHERE tenant_id = :tenant AND id < :floor AND state <> 'waiting'
              ORDER BY id LIMIT :rows)
            """,
            params,
        ),
    ]
