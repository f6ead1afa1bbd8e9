"""Reading the webhook log, the event log and the job table."""

from typing import Any

from pydantic import BaseModel, Json

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.deliveries import Recorded
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.core.rows import JobState


class Delivery(BaseModel):
    """One inbound request and its verdict; the body is read with `delivery`."""

    id: str
    source: str
    verdict: Recorded
    reason: str
    event_id: str | None
    path: str
    body_bytes: int
    body_sha256: str
    received_at: int


class DeliveryDetail(Delivery):
    """With what was sent. `body_form`: text, base64, file (in R2 until it is fetched) or purged."""

    headers: Json[dict[str, str]]
    body: str
    body_form: str


_DELIVERY = "id, source, verdict, reason, event_id, path, body_bytes, body_sha256, received_at"
_DELIVERIES = f"""
    SELECT {_DELIVERY} FROM deliveries
    WHERE tenant_id = :tenant AND id < :id AND (:source IS NULL OR source = :source)
    ORDER BY id DESC LIMIT :limit
"""
_DELIVERIES_OF_VERDICT = f"""
    SELECT {_DELIVERY} FROM deliveries INDEXED BY deliveries_by_verdict
    WHERE tenant_id = :tenant AND verdict = :verdict AND (received_at, id) < (:at, :id)
      AND (:source IS NULL OR source = :source)
    ORDER BY received_at DESC, id DESC LIMIT :limit
"""


async def deliveries(
    ctx: Ctx, *, after: Cursor, limit: int, source: str | None, verdict: Recorded | None
) -> Page[Delivery]:
    """The webhook log, newest first. Ids sort by time."""
    wanted: dict[str, Value] = {"id": after.id, "source": source, "limit": limit + 1}
    if verdict is None:
        rows = await ctx.db.all(Delivery, _DELIVERIES, **wanted)
    else:
        rows = await ctx.db.all(Delivery, _DELIVERIES_OF_VERDICT, **wanted, verdict=verdict, at=after.at)
    return page(rows, limit, lambda row: Cursor(row.received_at, row.id))


async def delivery(ctx: Ctx, delivery_id: str) -> DeliveryDetail:
    """One delivery with its body. Raises NotFound."""
    return await ctx.db.one(
        DeliveryDetail,
        f"""
        SELECT {_DELIVERY}, headers, body, body_form FROM deliveries WHERE tenant_id = :tenant AND id = :id
        """,
        id=delivery_id,
    )


class EventRow(BaseModel):
    """One fact of the event log."""

    seq: int
    id: str
    type: str
    source: str
    external_id: str
    subject_kind: str
    subject_id: str
    payload: Json[dict[str, Any]]
    delivery_id: str | None
    cause_kind: str
    cause_id: str
    trace_id: str
    occurred_at: int
    recorded_at: int


_EVENT = """
    seq, id, type, source, external_id, subject_kind, subject_id, payload, delivery_id,
    cause_kind, cause_id, trace_id, occurred_at, recorded_at
"""
_WANTED_EVENTS = """
    tenant_id = :tenant AND seq < :after
      AND (:type IS NULL OR type = :type) AND (:trace IS NULL OR trace_id = :trace)
      AND (:subject IS NULL OR subject_id = :subject)
    ORDER BY seq DESC LIMIT :limit
"""
_EVENTS = f"SELECT {_EVENT} FROM events WHERE {_WANTED_EVENTS}"
_EVENTS_OF_TYPE = f"""
    SELECT {_EVENT} FROM events INDEXED BY events_by_type WHERE type = :type AND {_WANTED_EVENTS}
"""
_EVENTS_OF_TRACE = f"""
    SELECT {_EVENT} FROM events INDEXED BY events_by_trace WHERE trace_id = :trace AND {_WANTED_EVENTS}
"""


async def events(
    ctx: Ctx, *, after: int, limit: int, type_: str | None, trace: str | None, subject: str | None
) -> Page[EventRow]:
    """The event log by `seq`, newest first."""
    rows = await ctx.db.all(
        EventRow,
        _EVENTS_OF_TRACE if trace is not None else _EVENTS_OF_TYPE if type_ is not None else _EVENTS,
        after=after,
        type=type_,
        trace=trace,
        subject=subject,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.seq, row.id))


async def event(ctx: Ctx, event_id: str) -> EventRow:
    """One event. Raises NotFound."""
    return await ctx.db.one(
        EventRow, f"SELECT {_EVENT} FROM events WHERE tenant_id = :tenant AND id = :id", id=event_id
    )


class JobRow(BaseModel):
    """One row of the job table. `due_at` in business ms."""

    id: str
    kind: str
    bell: str
    subject_id: str
    state: JobState
    due_at: int
    attempts: int
    error_code: str
    last_error: str
    cause_kind: str
    cause_id: str
    trace_id: str
    created_at: int
    finished_at: int | None


_JOB = """
    id, kind, bell, subject_id, state, due_at, attempts, error_code, last_error,
    cause_kind, cause_id, trace_id, created_at, finished_at
"""
_WANTED_JOBS = """
    tenant_id = :tenant AND (due_at, id) < (:at, :id) AND (:state IS NULL OR state = :state)
      AND (:kind IS NULL OR kind = :kind) AND (:trace IS NULL OR trace_id = :trace)
    ORDER BY due_at DESC, id DESC LIMIT :limit
"""
_JOBS = f"SELECT {_JOB} FROM jobs WHERE {_WANTED_JOBS}"
_JOBS_IN_STATE = f"""
    SELECT {_JOB} FROM jobs INDEXED BY jobs_by_state WHERE state = :state AND {_WANTED_JOBS}
"""
_JOBS_OF_TRACE = f"""
    SELECT {_JOB} FROM jobs INDEXED BY jobs_by_trace WHERE trace_id = :trace AND {_WANTED_JOBS}
"""


async def jobs(
    ctx: Ctx, *, after: Cursor, limit: int, state: JobState | None, kind: str | None, trace: str | None
) -> Page[JobRow]:
    """Jobs by when they are or were due, latest first."""
    rows = await ctx.db.all(
        JobRow,
        _JOBS_OF_TRACE if trace is not None else _JOBS_IN_STATE if state is not None else _JOBS,
        at=after.at,
        id=after.id,
        state=state,
        kind=kind,
        trace=trace,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.due_at, row.id))


async def job(ctx: Ctx, job_id: str) -> JobRow:
    """One job. Raises NotFound."""
    return await ctx.db.one(
        JobRow, f"SELECT {_JOB} FROM jobs WHERE tenant_id = :tenant AND id = :id", id=job_id
    )


class Effect(BaseModel):
    """Something a delivery led to, however many jobs later."""

    kind: str
    id: str
    what: str
    state: str
    cause_kind: str
    cause_id: str
    at: int


async def effects(ctx: Ctx, trace: str) -> list[Effect]:
    """All that goes back to one first cause, in the order it came about; within a millisecond events first."""
    return await ctx.db.all(
        Effect,
        """
        SELECT 'event' AS kind, id, type AS what, '' AS state, cause_kind, cause_id, recorded_at AS at
        FROM events WHERE tenant_id = :tenant AND trace_id = :trace
        UNION ALL
        SELECT 'job', id, kind, state, cause_kind, cause_id, created_at
        FROM jobs WHERE tenant_id = :tenant AND trace_id = :trace
        UNION ALL
        SELECT 'message', id, CASE WHEN template <> '' THEN template ELSE channel END, state,
               cause_kind, cause_id, created_at
        FROM messages WHERE tenant_id = :tenant AND trace_id = :trace
        UNION ALL
        SELECT 'run', n.id, (SELECT v.name FROM rule_versions v
                 WHERE v.tenant_id = :tenant AND v.rule_id = n.rule_id AND v.version = n.version),
               n.state, n.cause_kind, n.cause_id, n.created_at
        FROM rule_runs n INDEXED BY rule_runs_by_trace WHERE n.tenant_id = :tenant AND n.trace_id = :trace
        UNION ALL
        SELECT 'task', id, title, status, cause_kind, cause_id, created_at
        FROM tasks INDEXED BY tasks_by_trace WHERE tenant_id = :tenant AND trace_id = :trace
        ORDER BY 7, 1, 2 LIMIT 500
        """,
        trace=trace,
    )


class CadenceRow(BaseModel):
    """One schedule of the tenant: which kind of job comes when next, and for which instant it came last."""

    name: str
    kind: str
    spec: str
    next_at: int
    last_at: int | None


async def cadences(ctx: Ctx, *, after: str, limit: int) -> list[CadenceRow]:
    """The tenant's schedules by name, from behind `after`."""
    return await ctx.db.all(
        CadenceRow,
        """
        SELECT name, kind, spec, next_at, last_at FROM cadences
        WHERE tenant_id = :tenant AND name > :after ORDER BY name LIMIT :limit
        """,
        after=after,
        limit=limit,
    )
