"""Where something comes from: the nearest run among its causes, and the rules that wait for an event."""

from collections.abc import Callable, Sequence

from pydantic import BaseModel, Json

from frontdesk.automation.rules.chain import Lately
from frontdesk.automation.rules.definition import Definition
from frontdesk.core.clock import HOUR
from frontdesk.core.ctx import Ctx
from frontdesk.core.ids import floor7
from frontdesk.core.parsing import dump_json


class Behind(BaseModel):
    """The run that led here, with all before it."""

    id: str
    rule_id: str
    subject_kind: str
    subject_id: str
    contact_id: str | None
    chain: Json[list[tuple[str, str]]]


async def behind(ctx: Ctx, event_id: str) -> Behind | None:
    """The nearest run up the causes of an event; None where none led here.

    What becomes of a message was caused by what caused the message, whoever tells us of it.
    """
    return await ctx.db.maybe(
        Behind,
        """
        WITH RECURSIVE up (kind, id, step) AS (
          SELECT 'event', :id, 0
          UNION ALL
          SELECT COALESCE(m.cause_kind, e.cause_kind, j.cause_kind), COALESCE(m.cause_id, e.cause_id, j.cause_id),
                 up.step + 1
          FROM up
          LEFT JOIN events e ON e.tenant_id = :tenant AND e.id = up.id AND up.kind = 'event'
          LEFT JOIN messages m ON m.tenant_id = :tenant AND m.id = e.subject_id AND e.subject_kind = 'message'
          LEFT JOIN jobs j ON j.tenant_id = :tenant AND j.id = up.id AND up.kind = 'job'
          WHERE up.step < 50 AND COALESCE(m.cause_kind, e.cause_kind, j.cause_kind) IS NOT NULL
        )
        SELECT n.id, n.rule_id, n.subject_kind, n.subject_id, n.contact_id, n.chain
        FROM up CROSS JOIN rule_runs n
        WHERE n.tenant_id = :tenant AND n.id = up.id AND up.kind = 'run'
        ORDER BY up.step LIMIT 1
        """,
        id=event_id,
    )


class _Counted(BaseModel):
    rule_id: str
    all: int
    same: int
    cut: int
    led: int


async def lately(ctx: Ctx, contact_id: str | None, subject: tuple[str, str]) -> Callable[[str], Lately]:
    """What rules did within the last hour for a contact (None: about nobody) and about a subject, asked by rule."""
    rows = await ctx.db.all(
        _Counted,
        """
        SELECT rule_id, sum(state <> 'cut') AS "all", sum(state = 'cut') AS cut,
               sum(state <> 'cut' AND subject_kind = :kind AND subject_id = :subject_id) AS same,
               sum(state <> 'cut' AND depth > 0) AS led
        FROM rule_runs INDEXED BY rule_runs_by_contact
        WHERE tenant_id = :tenant AND contact_id IS :contact_id AND id >= :since
        GROUP BY rule_id
        """,
        contact_id=contact_id,
        kind=subject[0],
        subject_id=subject[1],
        since=floor7(ctx.now - HOUR),
    )
    counted = {row.rule_id: row for row in rows}
    led = sum(row.led for row in rows)

    def of(rule_id: str) -> Lately:
        row = counted.get(rule_id)
        # About nobody are many things at once; only what rules lead to goes round there.
        counts = row if contact_id is not None else None
        return Lately(counts.all if counts else 0, counts.same if counts else 0, row.cut if row else 0, led)

    return of


class Listener(BaseModel):
    """A rule that waits for something, and its run that still takes more of the same, if there is one."""

    id: str
    version: int
    name: str
    definition: Json[Definition]
    open_run: str | None
    folded: int | None


async def listeners(ctx: Ctx, type_: str, subject: tuple[str, str], at: int) -> list[Listener]:
    """The rules that were on at `at` (business ms) and wait for this type of event."""
    return await ctx.db.all(
        Listener,
        """
        SELECT r.id, r.version, v.name, v.definition, o.id AS open_run, o.folded
        FROM rule_triggers t
        JOIN rules r ON r.tenant_id = :tenant AND r.id = t.rule_id
        JOIN rule_versions v ON v.tenant_id = :tenant AND v.rule_id = r.id AND v.version = r.version
        LEFT JOIN rule_runs o INDEXED BY rule_runs_open ON o.tenant_id = :tenant AND o.rule_id = r.id
          AND o.subject_kind = :kind AND o.subject_id = :subject_id AND o.state = 'waiting' AND o.folds = 1
        WHERE t.tenant_id = :tenant AND t.type = :type AND t.since <= :at
        ORDER BY r.created_at, r.id
        """,
        type=type_,
        kind=subject[0],
        subject_id=subject[1],
        at=at,
    )


class Clocked(BaseModel):
    """A rule that waits for a time, with what it follows now."""

    rule_id: str
    type: str
    minutes: int
    since: int
    swept_to: int


async def clocked(ctx: Ctx) -> list[Clocked]:
    """The rules that wait for a time."""
    return await ctx.db.all(
        Clocked,
        """
        SELECT rule_id, type, minutes, since, swept_to FROM rule_triggers
        WHERE tenant_id = :tenant AND type >= '@' AND type < 'A' ORDER BY type, rule_id
        """,
    )


class Followed(BaseModel):
    """A rule that is on, as it stands; what was before `since` (business ms) does not count for it."""

    id: str
    since: int
    version: int
    name: str
    definition: Json[Definition]


async def followed(ctx: Ctx, rule_id: str) -> Followed | None:
    """The rule if it is on."""
    return await ctx.db.maybe(
        Followed,
        """
        SELECT r.id, COALESCE(t.since, 0) AS since, r.version, v.name, v.definition FROM rules r
        JOIN rule_versions v ON v.tenant_id = :tenant AND v.rule_id = r.id AND v.version = r.version
        LEFT JOIN rule_triggers t ON t.tenant_id = :tenant AND t.rule_id = r.id
        WHERE r.tenant_id = :tenant AND r.id = :id AND r.enabled = 1
        """,
        id=rule_id,
    )


class _Had(BaseModel):
    contact_id: str
    mark: int


async def had(
    ctx: Ctx, rule_id: str, occasions: Sequence[tuple[str | None, int]]
) -> set[tuple[str | None, int]]:
    """Of contacts and marks, those a rule ran for already, be it for somebody who was merged into them since."""
    rows = await ctx.db.all(
        _Had,
        """
        SELECT j.value ->> 0 AS contact_id, j.value ->> 1 AS mark FROM json_each(:occasions) j
        WHERE EXISTS (SELECT 1 FROM rule_runs r INDEXED BY rule_runs_by_contact
                      WHERE r.tenant_id = :tenant AND r.contact_id = j.value ->> 0 AND r.rule_id = :rule_id
                        AND r.booking_id IS NULL
                        AND substr(r.unique_key, -1 - length(j.value ->> 1)) = ':' || (j.value ->> 1))
        """,
        rule_id=rule_id,
        occasions=dump_json([each for each in occasions if each[0] is not None]),
    )
    return {(row.contact_id, row.mark) for row in rows}
