"""What the spine forgets: raw bodies, spent proofs, finished work. Each deletes a bounded number of rows."""

from frontdesk.core.db import Statement
from frontdesk.core.ids import floor7
from frontdesk.core.parsing import dump_json

ROWS = 5_000
"""Rows one statement deletes at most; a backlog takes several rounds, never a long lock."""


def purge_bodies(delivery_ids: list[str]) -> Statement:
    """The rows of these deliveries stay, their bodies go."""
    return Statement(
        """
        UPDATE deliveries SET body = '', body_form = 'purged'
        WHERE tenant_id = :tenant AND id IN (SELECT value FROM json_each(:ids))
        """,
        {"ids": dump_json(delivery_ids)},
    )


def forget_refused(before: int) -> Statement:
    """Refused deliveries are of no use after a while."""
    return Statement(
        """
        DELETE FROM deliveries WHERE tenant_id = :tenant AND id IN (
          SELECT id FROM deliveries
          WHERE tenant_id = :tenant AND verdict = 'refused' AND received_at < :before LIMIT :rows)
        """,
        {"before": before, "rows": ROWS},
    )


def forget_commits(before: int) -> Statement:
    """A commit's id is asked for within seconds; ids sort by time."""
    return Statement(
        """
        DELETE FROM commits WHERE tenant_id = :tenant AND id IN (
          SELECT id FROM commits WHERE tenant_id = :tenant AND id < :floor LIMIT :rows)
        """,
        {"floor": floor7(before), "rows": ROWS},
    )


def forget_jobs(before: int) -> list[Statement]:
    """The proofs of finished jobs, then those: an event's own jobs are never made twice, so none can return."""
    return [
        Statement(
            """
            DELETE FROM job_done WHERE tenant_id = :tenant AND job_id IN (
              SELECT id FROM jobs
              WHERE tenant_id = :tenant AND state IN ('done', 'void') AND due_at < :before LIMIT :rows)
            """,
            {"before": before, "rows": ROWS},
        ),
        Statement(
            """
            DELETE FROM jobs WHERE tenant_id = :tenant AND id IN (
              SELECT id FROM jobs
              WHERE tenant_id = :tenant AND state IN ('done', 'void') AND due_at < :before LIMIT :rows)
            """,
            {"before": before, "rows": ROWS},
        ),
    ]
