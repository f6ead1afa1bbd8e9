"""Doing it again: replay what an event caused, revive a dead job."""

from frontdesk.auth.writes import audited
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import expect
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import JobDraft
from frontdesk.core.platform import Bell
from frontdesk.core.ring import ring
from frontdesk.core.rows import revive_job
from frontdesk.spine import queries


async def replay(ctx: Ctx, delivery_id: str) -> int:
    """Run every handler of the delivery's event once more; they converge, so nothing happens twice.

    Returns the number of jobs made.

    Raises:
        NotFound; Invalid when the delivery caused nothing that could be replayed.

    """
    delivery = await queries.delivery(ctx, delivery_id)
    if delivery.event_id is None:
        raise Invalid(f"This delivery was {delivery.verdict} and caused nothing to replay.")
    event = await queries.event(ctx, delivery.event_id)
    kinds = ctx.wiring.events.get(event.type, ())
    await ctx.commit(
        [
            JobDraft(
                kind,
                key=f"{event.id}:replay:{ctx.cause.id}",
                payload={"event": event.id},
                subject_id=event.subject_id,
            )
            for kind in kinds
        ],
        audited(ctx, "delivery.replay", ("delivery", delivery_id), {"event": event.id}),
    )
    return len(kinds)


async def retry(ctx: Ctx, job_id: str) -> None:
    """Give a dead job its tries back and ring for it.

    Raises:
        NotFound; Conflict when it is not dead.

    """
    job = await queries.job(ctx, job_id)
    if job.state != "dead":
        raise Conflict(f"This job is {job.state}; only dead jobs can be retried.")
    try:
        await ctx.commit(
            revive_job(job_id, ctx.now),
            expect(1),
            audited(ctx, "job.retry", ("job", job_id), {"kind": job.kind}),
        )
    except Stale:
        raise Conflict("Somebody retried this job already.") from None
    bell = Bell(ctx.tenant.shard, ctx.tenant.id, job_id)
    ctx.platform.background(ring(ctx.platform, job.bell, [bell]))
