"""Signed calls to other people's addresses: planned, tried, answered or given up."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement
from frontdesk.core.events import JobDraft, Part

CALL = "automation.call"
ROWS = 5_000
"""Rows one statement of the nightly forgetting changes at most."""


def plan_call(ctx: Ctx, id_: str, run_id: str, step: int, url: str, body: str) -> list[Part]:
    """The call's row and the job that makes it."""
    row = Statement(
        """
        INSERT INTO webhook_calls (tenant_id, id, run_id, step, url, body, created_at, updated_at)
        VALUES (:tenant, :id, :run_id, :step, :url, :body, :now, :now)
        """,
        {"id": id_, "run_id": run_id, "step": step, "url": url, "body": body, "now": ctx.now},
    )
    return [row, JobDraft(CALL, key=id_, subject_id=id_)]


def tried(
    call_id: str, state: str, now: int, *, status: int | None = None, error: str = "", response: str = ""
) -> Statement:
    """One more try and how it went."""
    return Statement(
        """
        UPDATE webhook_calls SET state = :state, attempts = attempts + 1, status = :status, error = :error,
                                 response = :response, updated_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state = 'pending'
        """,
        {
            "id": call_id,
            "state": state,
            "status": status,
            "error": error[:300],
            "response": response[:1000],
            "now": now,
        },
    )


def gave_up(call_id: str, error: str, now: int) -> Statement:
    """The tries are over; a person may have it tried again."""
    return Statement(
        """
        UPDATE webhook_calls SET state = 'failed', error = :error, updated_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state = 'pending'
        """,
        {"id": call_id, "error": error[:300], "now": now},
    )


def retry_call(call_id: str, now: int) -> Statement:
    """A person had a failed call tried again."""
    return Statement(
        """
        UPDATE webhook_calls SET state = 'pending', updated_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state = 'failed'
        """,
        {"id": call_id, "now": now},
    )


def forget_bodies(since: str, before: str) -> Statement:
    """What calls between two ids (made of instants) said and were answered; that they were made stays."""
    return Statement(
        """
        UPDATE webhook_calls SET body = '', response = ''
        WHERE tenant_id = :tenant AND id IN (
          SELECT id FROM webhook_calls
          WHERE tenant_id = :tenant AND id >= :since AND id < :before AND body <> '' ORDER BY id LIMIT :rows)
        """,
        {"since": since, "before": before, "rows": ROWS},
    )
