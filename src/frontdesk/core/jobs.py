"""Running a job: claim with a lease, call its handler, commit or settle; the row retries, the proof stops."""

import random
import secrets
from typing import Annotated

from pydantic import Field, TypeAdapter

from frontdesk.core.clock import HOUR, SECOND
from frontdesk.core.ctx import SYSTEM, Cause, Claim, Ctx
from frontdesk.core.db import Statement, bind, storable
from frontdesk.core.errors import FrontdeskError, Later, Unavailable
from frontdesk.core.platform import Bell, Platform
from frontdesk.core.ring import ring
from frontdesk.core.rows import CLAIM, Job, Unreadable, settle_job
from frontdesk.core.settings import Tenant
from frontdesk.core.wiring import ATTEMPTS, JobKind, Wiring

_JOBS = TypeAdapter(list[Annotated[Job | Unreadable, Field(union_mode="left_to_right")]])
"""The claim is committed by the time it is read: what cannot be read must still come to an end."""


class UnknownKind(FrontdeskError):
    """Work of another release, met while both are live: whoever knows it may take the next try."""

    code, title, retryable = "unknown_kind", "Nobody here knows this kind of work", True


def backoff_ms(attempts: int, jitter: float) -> int:
    """Wait before the next try: 2 s doubled with each attempt, an hour at most, spread by +-25 %.

    Args:
        attempts: tries already made, at least 1.
        jitter: uniform in [0, 1).

    """
    return int(min(2 * SECOND * 2 ** min(attempts - 1, 20), HOUR) * (0.75 + 0.5 * jitter))


async def run(platform: Platform, wiring: Wiring, tenant: Tenant, job_id: str) -> str:
    """Run one job if it is due and free. Returns its new state, or "" if there was nothing to do."""
    await platform.reach("claim.before")
    token = secrets.token_hex(8)
    job = await _claim(platform, tenant, job_id, token)
    await platform.reach("claim.after")
    if job is None:
        return ""
    claim = Claim(job, token, platform.settings.lease_ms)
    ctx = Ctx(platform, wiring, tenant, SYSTEM, Cause("job", job.id, job.trace_id), claim)
    kind = wiring.jobs.get(job.kind)
    started = platform.clock.real()
    try:
        if kind is None:
            raise UnknownKind(f"No handler for {job.kind}")
        if isinstance(job, Unreadable):
            return await _settle(ctx, "dead", "unreadable", "Its payload is not a JSON object")
        if job.attempts > kind.attempts:
            # Only a runner that died without a word leaves a running row behind this often.
            return await _settle(ctx, "dead", "vanished", f"The runner vanished {job.attempts - 1} times")
        await kind.handler(ctx, job)
        await platform.reach("handler.after")
        if not claim.finished:
            await ctx.commit()
    except Exception as error:
        if claim.finished:
            ctx.log.error("job failed after its commit", error, kind=job.kind)
            return "done"
        return await _failed(ctx, error, kind.attempts if kind else ATTEMPTS)
    ctx.log.info(
        "job done",
        kind=job.kind,
        subject=job.subject_id,
        attempt=job.attempts,
        ms=platform.clock.real() - started,
    )
    return "done"


async def _claim(platform: Platform, tenant: Tenant, job_id: str, token: str) -> Job | None:
    real = platform.clock.real()
    text = await platform.driver_of(tenant.shard).query(
        bind(
            CLAIM,
            {
                "tenant": tenant.id,
                "id": job_id,
                "token": token,
                "now": platform.clock.now(),
                "real": real,
                "until": real + platform.settings.lease_ms,
            },
        )
    )
    jobs = _JOBS.validate_json(text)
    return jobs[0] if jobs else None


async def _failed(ctx: Ctx, error: Exception, tries: int) -> str:
    """Decide by the error: wait, try again with backoff, or give up and show it."""
    assert ctx.claim is not None
    attempts = ctx.claim.job.attempts
    if isinstance(error, Later):
        ctx.log.info("job waits", kind=ctx.claim.job.kind, reason=error.detail, due_at=error.due_at)
        return await _settle(
            ctx, "pending", error.code, error.detail, due_at=error.due_at, attempts=attempts - 1
        )
    known = isinstance(error, FrontdeskError)
    code = error.code if isinstance(error, FrontdeskError) else "crashed"
    text = str(error) if known else f"{type(error).__name__}: {error}"
    if attempts >= tries or (isinstance(error, FrontdeskError) and not error.retryable):
        ctx.log.error("job dead", error, kind=ctx.claim.job.kind, attempt=attempts, code=code)
        return await _settle(ctx, "dead", code, text)
    wait = backoff_ms(attempts, random.random())  # noqa: S311 - spreads load, guards nothing
    ctx.log.warning(
        "job tries again",
        kind=ctx.claim.job.kind,
        attempt=attempts,
        code=code,
        wait_ms=wait,
        reason=text[:300],
        because=error.because if isinstance(error, FrontdeskError) else "",
    )
    if not known:
        ctx.log.error("job crashed", error, kind=ctx.claim.job.kind)
    return await _settle(ctx, "pending", code, text, due_at=ctx.now + wait)


async def _settle(
    ctx: Ctx, state: str, code: str, text: str, *, due_at: int | None = None, attempts: int | None = None
) -> str:
    assert ctx.claim is not None
    job, platform, text = ctx.claim.job, ctx.platform, storable(text)
    due = job.due_at if due_at is None else due_at
    wait_ms = max(0, due - ctx.now)
    soon = state == "pending" and wait_ms <= platform.settings.ring_again_after_ms
    statement = settle_job(
        job.id,
        ctx.claim.token,
        state,
        due_at=due,
        attempts=job.attempts if attempts is None else attempts,
        code=code,
        error=text,
        rung_at=platform.clock.real() + wait_ms if soon else 0,
        now=ctx.now,
    )
    kind = ctx.wiring.jobs.get(job.kind)
    await platform.reach("settle.before")
    if state == "dead" and kind:
        await _bury(ctx, kind, job, statement, text)
    else:
        await ctx.note(statement)
    await platform.reach("settle.after")
    if soon:
        bell = Bell(ctx.tenant.shard, ctx.tenant.id, job.id)
        name = kind.bell if kind else "automation"
        platform.background(ring(platform, name, [bell], delay_s=-(-wait_ms // 1000)))
    return state


async def _bury(ctx: Ctx, kind: JobKind, job: Job, settled: Statement, text: str) -> None:
    """Dead, with all that follows from it; without, if that cannot be written: a job never goes round for ever."""
    if kind.give_up is None:
        await ctx.note(settled)
        return
    try:
        await ctx.bury(settled, kind.give_up(ctx, job, text))
    except Unavailable:
        raise
    except Exception as error:
        # Stale again if it is another runner's by now: then nothing died.
        await ctx.bury(settled)
        ctx.log.error("what follows from a death was not written", error, kind=job.kind)
