"""One signed call: made once a try, tried again while it makes sense, and its answer kept for staff to see."""

from collections.abc import Sequence

from frontdesk.automation import writes
from frontdesk.automation.actions import refused
from frontdesk.automation.queries import runs
from frontdesk.automation.queries.runs import CallRow
from frontdesk.automation.rules.posting import KEEP, SECRET, signed
from frontdesk.core.clock import DAY, MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid, Later, Unavailable
from frontdesk.core.events import Part
from frontdesk.core.ids import floor7
from frontdesk.core.rows import Job, next_round
from frontdesk.core.web import HttpRequest, HttpResponse, TransportError, retry_after_ms
from frontdesk.tenants.secrets import secrets_of

TIMEOUT_MS = 10_000
KEEP_RUNS_MS = 400 * DAY
FINAL = frozenset({400, 401, 403, 404, 405, 410, 413, 414, 415, 422})
"""Answers that mean: the same again gets the same."""
PATIENCE = 20
"""How often being asked to wait does not count as a try."""


async def call(ctx: Ctx, job: Job) -> None:
    """One POST. A repeat carries the same id, by which the other side knows it."""
    planned = await runs.call(ctx, job.subject_id)
    if planned.state == "delivered":
        return
    platform = ctx.platform
    again: list[Part] = [writes.retry_call(planned.id, ctx.now)] if planned.state == "failed" else []
    refusal = refused(ctx, planned.url)
    secrets = await secrets_of(platform, ctx.tenant)
    keys = secrets.valid(SECRET)
    if not planned.body:
        refusal = "what it was to say is forgotten by now"
    if not refusal and not keys:
        refusal = "there is no secret to sign it with; make one in the settings"
    if refusal:
        raise Invalid(refusal)
    try:
        headers = signed(planned.id, planned.body, keys, platform.clock.real())
    except ValueError:
        raise Invalid("the secret it is signed with is none; make one in the settings") from None
    request = HttpRequest(
        "POST", planned.url, headers, planned.body.encode(), TIMEOUT_MS, keep_bytes=4 * KEEP
    )
    await platform.reach("call.before")
    try:
        response = await platform.http.send(request)
    except TransportError as error:
        await ctx.checkpoint(again, writes.tried(planned.id, "pending", ctx.now, error=f"no answer: {error}"))
        raise
    await platform.reach("call.after")
    await _settle(ctx, planned, response, again)


async def _settle(ctx: Ctx, planned: CallRow, response: HttpResponse, again: list[Part]) -> None:
    """Delivered, or why not: what would get the same answer again waits for a person, the rest is tried again."""
    said = response.body[: 4 * KEEP].decode("utf-8", "replace").replace("\0", "")[:KEEP]
    status, redirect = response.status, 300 <= response.status < 400
    if 200 <= status < 300:
        await ctx.commit(again, writes.tried(planned.id, "delivered", ctx.now, status=status, response=said))
        return
    error = f"it answered {status}" + (": redirects are not followed" if redirect else "")
    await ctx.checkpoint(
        again, writes.tried(planned.id, "pending", ctx.now, status=status, error=error, response=said)
    )
    if redirect or status in FINAL:
        raise Invalid(error)
    if status == 429 and planned.attempts < PATIENCE:
        raise Later(ctx.now + retry_after_ms(response.headers, ctx.now, MINUTE), error)
    raise Unavailable(error)


def give_up(ctx: Ctx, job: Job, error: str) -> Sequence[Part]:
    """Its job is dead: so is the call, until a person has it tried again."""
    return [writes.gave_up(job.subject_id, error, ctx.now)]


async def forget(ctx: Ctx, job: Job) -> None:
    """Nightly, round by round: what calls said of people is kept as long as what came in. A month's backlog is
    caught up with.

    What rules did is kept for a year and a month.
    """
    before = ctx.now - ctx.settings.keep_raw_days * DAY
    await ctx.commit(
        [writes.forget_bodies(floor7(before - 30 * DAY), floor7(before)), next_round(job, writes.ROWS)],
        [writes.forget_runs(ctx.now - KEEP_RUNS_MS), next_round(job, writes.ROWS)],
    )
