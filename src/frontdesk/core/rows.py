"""The job row: its typed shape and every statement that touches it."""

from typing import Any, Literal

from pydantic import BaseModel, Json

from frontdesk.core.db import Statement
from frontdesk.core.events import JobDraft
from frontdesk.core.parsing import dump_json

JobState = Literal["pending", "running", "done", "dead", "void"]


class Job(BaseModel):
    """A claimed or listed job. `due_at` is business ms, `lease_until` real ms."""

    id: str
    kind: str
    subject_id: str
    payload: Json[dict[str, Any]]
    due_at: int
    attempts: int
    cause_kind: str
    cause_id: str
    trace_id: str
    created_at: int


class Unreadable(Job):
    """A claimed job whose payload is no JSON object: nobody can run it."""

    payload: Any


def insert_job(
    draft: JobDraft,
    id_: str,
    bell: str,
    due_at: int,
    now: int,
    rung_at: int,
    cause: tuple[str, str, str],
    event_id: str | None,
) -> Statement:
    """The row, unless this kind and key exist already, `event_id` names an event that was a duplicate, or the
    statement before it changed too few rows.
    """
    return Statement(
        """
        INSERT INTO jobs (tenant_id, id, kind, bell, subject_id, payload, unique_key, due_at,
                          rung_at, cause_kind, cause_id, trace_id, created_at)
        SELECT :tenant, :id, :kind, :bell, :subject_id, :payload, :key, :due_at,
               :rung_at, :cause_kind, :cause_id, :trace_id, :now
        WHERE (:event_id IS NULL OR EXISTS (SELECT 1 FROM events WHERE tenant_id = :tenant AND id = :event_id))
          AND changes() >= :if_changed
        ON CONFLICT (tenant_id, kind, unique_key) DO NOTHING
        RETURNING id AS job
        """,
        {
            "id": id_,
            "kind": draft.kind,
            "bell": bell,
            "subject_id": draft.subject_id,
            "payload": dump_json(draft.payload),
            "key": draft.key,
            "due_at": due_at,
            "rung_at": rung_at,
            "cause_kind": cause[0],
            "cause_id": cause[1],
            "trace_id": cause[2],
            "now": now,
            "event_id": event_id,
            "if_changed": draft.if_changed,
        },
    )


def next_round(job: Job, rows: int) -> JobDraft:
    """The same work once more, once, if the statement right before it changed all the `rows` that it may at once."""
    return JobDraft(job.kind, key=f"{job.id}:more", subject_id=job.subject_id, if_changed=rows)


EVALUATE = "automation.evaluate"
"""The kind of job that looks at what rules make of an event."""


def insert_evaluation(
    id_: str, bell: str, type_: str, event_id: str, subject_id: str, now: int, rung_at: int, trace: str
) -> Statement:
    """Work for the rules that wait for this type of event; nothing if none does, or the event was a duplicate."""
    return Statement(
        """
        INSERT INTO jobs (tenant_id, id, kind, bell, subject_id, payload, unique_key, due_at,
                          rung_at, cause_kind, cause_id, trace_id, created_at)
        SELECT :tenant, :id, :kind, :bell, :subject_id, :payload, :event_id, :now,
               :rung_at, 'event', :event_id, :trace_id, :now
        WHERE EXISTS (SELECT 1 FROM rule_triggers WHERE tenant_id = :tenant AND type = :type)
          AND EXISTS (SELECT 1 FROM events WHERE tenant_id = :tenant AND id = :event_id)
        RETURNING id AS job
        """,
        {
            "id": id_,
            "kind": EVALUATE,
            "bell": bell,
            "type": type_,
            "event_id": event_id,
            "subject_id": subject_id,
            "payload": dump_json({"event": event_id}),
            "rung_at": rung_at,
            "trace_id": trace,
            "now": now,
        },
    )


CLAIM = """
    UPDATE jobs SET state = 'running', lease_token = :token, lease_until = :until, attempts = attempts + 1
    WHERE tenant_id = :tenant AND id = :id
      AND ((state = 'pending' AND due_at <= :now) OR (state = 'running' AND lease_until < :real))
    RETURNING id, kind, subject_id, payload, due_at, attempts,
              cause_kind, cause_id, trace_id, created_at
"""
"""Takes a due job, or one whose runner vanished; no row means somebody else has it or it is not due."""


def hold_job(job_id: str, token: str, until: int) -> Statement:
    """Renews the lease (real ms) while it is ours."""
    return Statement(
        """
        UPDATE jobs SET lease_until = :until
        WHERE tenant_id = :tenant AND id = :job_id AND state = 'running' AND lease_token = :token
        """,
        {"job_id": job_id, "token": token, "until": until},
    )


def finish_job(job_id: str, token: str, now: int) -> Statement:
    """Done, while the lease is ours."""
    return Statement(
        """
        UPDATE jobs SET state = 'done', lease_token = NULL, lease_until = NULL, finished_at = :now,
                        error_code = '', last_error = ''
        WHERE tenant_id = :tenant AND id = :job_id AND state = 'running' AND lease_token = :token
        """,
        {"job_id": job_id, "token": token, "now": now},
    )


def settle_job(
    job_id: str,
    token: str,
    state: str,
    *,
    due_at: int,
    attempts: int,
    code: str,
    error: str,
    rung_at: int,
    now: int,
) -> Statement:
    """Back to `pending` for another try, or `dead` for good, while the lease is ours."""
    return Statement(
        """
        UPDATE jobs SET state = :state, due_at = :due_at, attempts = :attempts, error_code = :code,
                        last_error = :error, rung_at = :rung_at, lease_token = NULL, lease_until = NULL,
                        finished_at = CASE WHEN :state = 'pending' THEN NULL ELSE :now END
        WHERE tenant_id = :tenant AND id = :job_id AND state = 'running' AND lease_token = :token
        """,
        {
            "job_id": job_id,
            "token": token,
            "state": state,
            "due_at": due_at,
            "attempts": attempts,
            "code": code,
            "error": error[:1000],
            "rung_at": rung_at,
            "now": now,
        },
    )


def revive_job(job_id: str, now: int) -> Statement:
    """A dead job gets its tries back and is due now."""
    return Statement(
        """
        UPDATE jobs SET state = 'pending', attempts = 0, due_at = :now, rung_at = 0, finished_at = NULL
        WHERE tenant_id = :tenant AND id = :job_id AND state = 'dead'
        """,
        {"job_id": job_id, "now": now},
    )


# The tick's one look across tenants: due and unrung, or abandoned by its runner; at most :cap a tenant. Whoever
# was rung for longest ago comes first, so that bells nobody hears go round all tenants and all of a tenant's work.
# Left to itself the planner reads every job there ever was, in the order the window function likes.
DUE = """
    UPDATE jobs SET rung_at = :real
    WHERE (tenant_id, id) IN (
        SELECT tenant_id, id FROM (
            SELECT tenant_id, id, rung_at, due_at,
                   row_number() OVER (PARTITION BY tenant_id ORDER BY rung_at, due_at) AS place
            FROM (
                SELECT tenant_id, id, rung_at, due_at FROM jobs INDEXED BY jobs_due
                WHERE state = 'pending' AND due_at <= :now AND rung_at <= :unrung
                UNION ALL
                SELECT tenant_id, id, rung_at, due_at FROM jobs INDEXED BY jobs_leased
                WHERE state = 'running' AND lease_until < :real AND rung_at <= :unrung
            )
        ) WHERE place <= :cap ORDER BY place, rung_at, due_at LIMIT :total
    )
    RETURNING tenant_id, id, bell
"""
