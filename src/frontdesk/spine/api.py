"""The webhook log, the event log, the job table and the clock over HTTP."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.core.deliveries import Recorded, written
from frontdesk.core.pages import NEWEST, OLDEST, Cursor, Limit, Page, decode_cursor, page
from frontdesk.core.routing import CtxDep
from frontdesk.core.rows import JobState
from frontdesk.core.schedule import spoken
from frontdesk.spine import actions, queries
from frontdesk.spine.queries import Delivery, DeliveryDetail, Effect, EventRow, JobRow


async def list_deliveries(
    ctx: CtxDep,
    source: str | None = None,
    verdict: Recorded | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Delivery]:
    """The webhook log, newest first: every request that came, genuine or not."""
    return await queries.deliveries(
        ctx, after=decode_cursor(after, NEWEST), limit=limit, source=source, verdict=verdict
    )


class DeliveryStory(BaseModel):
    """A delivery, its raw body, and everything it led to."""

    delivery: DeliveryDetail
    effects: list[Effect]


async def get_delivery(ctx: CtxDep, delivery_id: str) -> DeliveryStory:
    """One delivery with its raw body and what it caused, however many jobs later."""
    delivery = await queries.delivery(ctx, delivery_id)
    if delivery.body_form == "file":
        delivery = await _with_file(ctx, delivery)
    cause = await queries.event(ctx, delivery.event_id) if delivery.event_id else None
    return DeliveryStory(
        delivery=delivery, effects=await queries.effects(ctx, cause.trace_id) if cause else []
    )


async def _with_file(ctx: Ctx, delivery: DeliveryDetail) -> DeliveryDetail:
    raw = await ctx.platform.files.get(delivery.body)
    if raw is None:
        return delivery.model_copy(update={"body": "", "body_form": "purged"})
    body, form = written(raw)
    return delivery.model_copy(update={"body": body, "body_form": form})


class Replayed(BaseModel):
    """How many handlers run again."""

    jobs: int


async def replay_delivery(ctx: CtxDep, delivery_id: str) -> Replayed:
    """Run what this delivery caused once more. Handlers converge: what already happened does not happen twice."""
    return Replayed(jobs=await actions.replay(ctx, delivery_id))


async def list_events(
    ctx: CtxDep,
    type: str | None = None,
    trace: str | None = None,
    subject: str | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[EventRow]:
    """The event log, newest first."""
    before = decode_cursor(after, NEWEST).at
    return await queries.events(ctx, after=before, limit=limit, type_=type, trace=trace, subject=subject)


async def get_event(ctx: CtxDep, event_id: str) -> EventRow:
    """One event."""
    return await queries.event(ctx, event_id)


async def list_jobs(
    ctx: CtxDep,
    state: JobState | None = None,
    kind: str | None = None,
    trace: str | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[JobRow]:
    """Deferred work by when it is or was due, latest first; `state=dead` are the ones waiting for a person."""
    return await queries.jobs(
        ctx, after=decode_cursor(after, NEWEST), limit=limit, state=state, kind=kind, trace=trace
    )


async def get_job(ctx: CtxDep, job_id: str) -> JobRow:
    """One job."""
    return await queries.job(ctx, job_id)


async def retry_job(ctx: CtxDep, job_id: str) -> JobRow:
    """Give a dead job its tries back."""
    await actions.retry(ctx, job_id)
    return await queries.job(ctx, job_id)


class Scheduled(BaseModel):
    """What comes when: `when` in words by the tenant's clock, `next_at` and `last_at` in business ms."""

    name: str
    kind: str
    when: str
    next_at: int
    last_at: int | None


async def list_cadences(ctx: CtxDep, after: str | None = None, limit: Limit = 200) -> Page[Scheduled]:
    """The clock's work: each schedule of the tenant, by name."""
    rows = await queries.cadences(ctx, after=decode_cursor(after, OLDEST).id, limit=limit + 1)
    shown = [
        Scheduled(
            name=row.name, kind=row.kind, when=spoken(row.spec), next_at=row.next_at, last_at=row.last_at
        )
        for row in rows
    ]
    return page(shown, limit, lambda each: Cursor(0, each.name))
