"""Reading what came of rules: runs, their steps and the calls they made."""

from pydantic import BaseModel, Json

from frontdesk.automation.rules.definition import Definition
from frontdesk.core.clock import HOUR
from frontdesk.core.ctx import Ctx
from frontdesk.core.ids import floor7
from frontdesk.core.pages import Cursor, Page, page


class RunRow(BaseModel):
    """One occasion a rule had, and what came of it."""

    id: str
    rule_id: str
    rule_name: str
    version: int
    state: str
    reason: str
    event_id: str | None
    event_type: str | None
    subject_kind: str
    subject_id: str
    contact_id: str | None
    contact_name: str | None
    booking_id: str | None
    depth: int
    folded: int
    due_at: int
    cause_kind: str
    cause_id: str
    trace_id: str
    created_at: int
    finished_at: int | None


_RUN = """
    n.id, n.rule_id, n.version, n.state, n.reason, n.event_id, n.subject_kind, n.subject_id, n.contact_id,
    n.booking_id, n.depth, n.folded, n.due_at, n.cause_kind, n.cause_id, n.trace_id, n.created_at, n.finished_at,
    (SELECT v.name FROM rule_versions v
     WHERE v.tenant_id = :tenant AND v.rule_id = n.rule_id AND v.version = n.version) AS rule_name,
    (SELECT e.type FROM events e WHERE e.tenant_id = :tenant AND e.id = n.event_id) AS event_type,
    (SELECT trim(c.first_name || ' ' || c.last_name) FROM contacts c
     WHERE c.tenant_id = :tenant AND c.id = n.contact_id) AS contact_name
"""
_WANTED = """
    n.tenant_id = :tenant AND n.id < :id AND (:rule_id IS NULL OR n.rule_id = :rule_id)
      AND (:contact_id IS NULL OR n.contact_id = :contact_id) AND (:state IS NULL OR n.state = :state)
    ORDER BY n.id DESC LIMIT :limit
"""
_RUNS = f"SELECT {_RUN} FROM rule_runs n WHERE {_WANTED}"
_RUNS_OF_RULE = f"""
    SELECT {_RUN} FROM rule_runs n INDEXED BY rule_runs_by_rule WHERE n.rule_id = :rule_id AND {_WANTED}
"""
_RUNS_OF_CONTACT = f"""
    SELECT {_RUN} FROM rule_runs n INDEXED BY rule_runs_by_contact
    WHERE n.contact_id = :contact_id AND {_WANTED}
"""
_RUNS_IN_STATE = f"""
    SELECT {_RUN} FROM rule_runs n INDEXED BY rule_runs_by_state WHERE n.state = :state AND {_WANTED}
"""


async def listed(
    ctx: Ctx, *, after: Cursor, limit: int, rule_id: str | None, contact_id: str | None, state: str | None
) -> Page[RunRow]:
    """Runs, the latest first. Ids sort by time."""
    if rule_id is not None:
        sql = _RUNS_OF_RULE
    elif contact_id is not None:
        sql = _RUNS_OF_CONTACT
    else:
        sql = _RUNS if state is None else _RUNS_IN_STATE
    rows = await ctx.db.all(
        RunRow, sql, id=after.id, rule_id=rule_id, contact_id=contact_id, state=state, limit=limit + 1
    )
    return page(rows, limit, lambda row: Cursor(row.created_at, row.id))


async def shown(ctx: Ctx, run_id: str) -> RunRow:
    """One run. Raises NotFound."""
    return await ctx.db.one(
        RunRow, f"SELECT {_RUN} FROM rule_runs n WHERE n.tenant_id = :tenant AND n.id = :id", id=run_id
    )


class StepRow(BaseModel):
    """One step of a run: what was done, and the row it left, where there is one."""

    step: int
    do: str
    kind: str
    text: str
    effect_id: str | None
    state: str | None


async def steps(ctx: Ctx, run_id: str) -> list[StepRow]:
    """What a run did, in order, with what became of it."""
    return await ctx.db.all(
        StepRow,
        """
        SELECT f.step, f.do, f.kind, f.text,
               CASE f.kind
                 WHEN 'message' THEN (SELECT m.id FROM messages m
                   WHERE m.tenant_id = :tenant AND m.unique_key = f.effect_key)
                 WHEN 'task' THEN (SELECT t.id FROM tasks t
                   WHERE t.tenant_id = :tenant AND t.unique_key = f.effect_key)
                 ELSE f.effect_key END AS effect_id,
               CASE f.kind
                 WHEN 'message' THEN (SELECT m.state FROM messages m
                   WHERE m.tenant_id = :tenant AND m.unique_key = f.effect_key)
                 WHEN 'task' THEN (SELECT t.status FROM tasks t
                   WHERE t.tenant_id = :tenant AND t.unique_key = f.effect_key)
                 WHEN 'call' THEN (SELECT w.state FROM webhook_calls w
                   WHERE w.tenant_id = :tenant AND w.id = f.effect_key) END AS state
        FROM run_effects f WHERE f.tenant_id = :tenant AND f.run_id = :id ORDER BY f.step
        """,
        id=run_id,
    )


class CallRow(BaseModel):
    """One signed call and what the other side said, by its latest try."""

    id: str
    run_id: str
    step: int
    url: str
    body: str
    state: str
    attempts: int
    status: int | None
    error: str
    response: str
    created_at: int
    updated_at: int


async def calls(ctx: Ctx, run_id: str) -> list[CallRow]:
    """The calls of a run."""
    return await ctx.db.all(
        CallRow,
        """
        SELECT id, run_id, step, url, body, state, attempts, status, error, response, created_at, updated_at
        FROM webhook_calls WHERE tenant_id = :tenant AND run_id = :id ORDER BY step
        """,
        id=run_id,
    )


async def call(ctx: Ctx, call_id: str) -> CallRow:
    """One call. Raises NotFound."""
    return await ctx.db.one(
        CallRow,
        """
        SELECT id, run_id, step, url, body, state, attempts, status, error, response, created_at, updated_at
        FROM webhook_calls WHERE tenant_id = :tenant AND id = :id
        """,
        id=call_id,
    )


class Waiting(BaseModel):
    """A run as whoever acts on it needs it, with the version it follows."""

    id: str
    rule_id: str
    version: int
    state: str
    event_id: str | None
    subject_kind: str
    subject_id: str
    contact_id: str | None
    booking_id: str | None
    depth: int
    chain: Json[list[tuple[str, str]]]
    folded: int
    recheck: bool
    due_at: int
    trace_id: str
    created_at: int
    definition: Json[Definition]
    name: str
    enabled: bool


async def waiting(ctx: Ctx, run_id: str) -> Waiting | None:
    """The run, or None for one that never came about."""
    return await ctx.db.maybe(
        Waiting,
        """
        SELECT n.id, n.rule_id, n.version, n.state, n.event_id, n.subject_kind, n.subject_id, n.contact_id,
               n.booking_id, n.depth, n.chain, n.folded, n.recheck, n.due_at, n.trace_id, n.created_at,
               v.definition, v.name, r.enabled
        FROM rule_runs n
        JOIN rule_versions v ON v.tenant_id = :tenant AND v.rule_id = n.rule_id AND v.version = n.version
        JOIN rules r ON r.tenant_id = :tenant AND r.id = n.rule_id
        WHERE n.tenant_id = :tenant AND n.id = :id
        """,
        id=run_id,
    )


class _Told(BaseModel):
    n: int


async def told_lately(ctx: Ctx, rule_id: str) -> int:
    """How many notices a rule's runs made within the last hour."""
    row = await ctx.db.one(
        _Told,
        """
        SELECT count(*) AS n FROM notices t
        CROSS JOIN rule_runs r ON r.tenant_id = :tenant AND r.id = t.cause_id
        WHERE t.tenant_id = :tenant AND t.id >= :since AND t.cause_kind = 'run' AND r.rule_id = :rule_id
        """,
        rule_id=rule_id,
        since=floor7(ctx.now - HOUR),
    )
    return row.n
