"""What can change about reports: days settled, walks over all days, reports kept."""

from collections.abc import Iterable, Sequence

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.parsing import dump_json
from frontdesk.reports.queries.rollups import Mark
from frontdesk.reports.queries.stored import Check
from frontdesk.reports.rules.periods import LocalDay
from frontdesk.reports.rules.shape import Report
from frontdesk.reports.rules.tally import Difference, Figures

SHOWN = 200
"""Differences a walk keeps to show; it counts all."""


def settle(days: Sequence[LocalDay], figures: Figures, marks: Sequence[Mark], now: int) -> list[Statement]:
    """The days' figures as just reckoned, and the marks that were seen before reckoning taken away.

    A mark that changed in the meantime fails the whole commit (Stale): its fact may not be in the figures.
    """
    names = dump_json([each.day for each in days])
    rows = dump_json([[day, metric, key, value] for (day, metric, key), value in sorted(figures.items())])
    return [
        Statement(
            """
            DELETE FROM rollup_dirty
            WHERE tenant_id = :tenant
              AND (hour, stamp) IN (SELECT value ->> 0, value ->> 1 FROM json_each(:marks))
            """,
            {"marks": dump_json([[each.hour, each.stamp] for each in marks])},
        ),
        expect(len(marks)),
        Statement(
            """
            DELETE FROM rollups
            WHERE tenant_id = :tenant AND day IN (SELECT value FROM json_each(:days))
            """,
            {"days": names},
        ),
        Statement(
            """
            INSERT INTO rollups (tenant_id, day, metric, key, value)
            SELECT :tenant, r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3 FROM json_each(:rows) r
            """,
            {"rows": rows},
        ),
        Statement(
            """
            INSERT INTO rollup_days (tenant_id, day, version, tallied_at)
            SELECT :tenant, d.value, 1, :now FROM json_each(:days) d WHERE true
            ON CONFLICT (tenant_id, day) DO UPDATE SET version = version + 1, tallied_at = excluded.tallied_at
            """,
            {"days": names, "now": now},
        ),
    ]


def mark(hours: Iterable[int]) -> Statement:
    """Hours since the epoch as out of date, as the triggers do it."""
    return Statement(
        """
        INSERT INTO rollup_dirty (tenant_id, hour, stamp)
        SELECT :tenant, h.value, lower(hex(randomblob(8))) FROM json_each(:hours) h WHERE true
        ON CONFLICT (tenant_id, hour) DO UPDATE SET stamp = excluded.stamp
        """,
        {"hours": dump_json(sorted(set(hours)))},
    )


def begin_check(ctx: Ctx, check_id: str, first_day: str, last_day: str) -> Statement:
    """A walk from one day up to and with another one; a second one while the first goes on is a Conflict."""
    return Statement(
        """
        INSERT INTO rollup_checks (tenant_id, id, first_day, last_day, next_day, started_at)
        VALUES (:tenant, :id, :first, :last, :first, :now)
        """,
        {"id": check_id, "first": first_day, "last": last_day, "now": ctx.now},
    )


def go_on(ctx: Ctx, check: Check, next_day: str, days: int, found: Sequence[Difference]) -> list[Statement]:
    """How far a walk has come; done once it is past its last day. Stale unless it still was where `check` says."""
    done = next_day > check.last_day
    shown = [*check.differences, *found][:SHOWN]
    return [
        Statement(
            """
            UPDATE rollup_checks
            SET next_day = :next, days = days + :days, found = found + :found, differences = :differences,
                state = :state, finished_at = :finished_at
            WHERE tenant_id = :tenant AND id = :id AND state = 'running' AND next_day = :was
            """,
            {
                "id": check.id,
                "was": check.next_day,
                "next": next_day,
                "days": days,
                "found": len(found),
                "differences": dump_json(shown),
                "state": "done" if done else "running",
                "finished_at": ctx.now if done else None,
            },
        ),
        expect(1),
    ]


def fail_check(check_id: str, now: int) -> Statement:
    """A walk whose job is dead."""
    return Statement(
        """
        UPDATE rollup_checks SET state = 'failed', finished_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state = 'running'
        """,
        {"id": check_id, "now": now},
    )


def keep(ctx: Ctx, report_id: str, report: Report, mailed_to: Sequence[str]) -> Statement:
    """The report of a period as it is now, for good; one that is kept already stays as it is."""
    return Statement(
        """
        INSERT INTO reports (tenant_id, id, kind, start_day, figures, mailed_to,
                             cause_kind, cause_id, trace_id, created_at)
        VALUES (:tenant, :id, :kind, :start, :figures, :mailed_to, :cause_kind, :cause_id, :trace_id, :now)
        ON CONFLICT (tenant_id, kind, start_day) DO NOTHING
        """,
        {
            "id": report_id,
            "kind": report.kind,
            "start": report.period.start,
            "figures": report.model_dump_json(),
            "mailed_to": dump_json(list(mailed_to)),
            "cause_kind": ctx.cause.kind,
            "cause_id": ctx.cause.id,
            "trace_id": ctx.cause.trace,
            "now": ctx.now,
        },
    )
