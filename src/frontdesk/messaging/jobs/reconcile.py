"""What became of a text whose sending ended in doubt: ask the provider, one page of its history a job."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.events import JobDraft
from frontdesk.core.rows import Job
from frontdesk.core.web import TransportError
from frontdesk.integrations.outbound import Found, LookFurther, LookupResult, NotThere, Unclear
from frontdesk.messaging import queries, writes
from frontdesk.messaging.jobs.carriers import Question, Resend, carrier_of
from frontdesk.messaging.jobs.given_up import taken_up
from frontdesk.messaging.rules.segments import cost_micros

ASK_AT_MOST = 10
"""Questions nobody answers before it is `unknown`; with what the queue waits in between, a quarter of an hour."""
SEND_AT_MOST = 5


async def reconcile(ctx: Ctx, job: Job) -> None:
    """Found: it is settled. Surely not there: it is sent. Nobody can say: `unknown`, shown, never sent again."""
    message = await taken_up(ctx, job.subject_id)
    if message is None or message.state != "sending":
        return
    carrier = await carrier_of(ctx, message)
    page = int(job.payload.get("page", 1))
    # By whichever clock is earlier: a moved business clock must not hide the text we ask for.
    since = min(message.sending_at or message.created_at, message.updated_at)
    result: LookupResult
    if carrier is None or isinstance(carrier, Resend):
        result = Unclear("sending is not set up any more")
    else:
        try:
            asked = Question(message, since, page, await queries.carried(ctx, message, carrier.name))
            result = carrier.looked_up(await ctx.platform.http.send(carrier.lookup(asked)), asked)
        except TransportError as error:
            result = Unclear(str(error))
    match result:
        case Found(provider_id, state, detail, segments, _, opted_out):
            assert carrier is not None
            count = segments or message.segments or 1
            await ctx.commit(
                writes.settled(
                    message,
                    state,
                    ctx.now,
                    provider=carrier.name,
                    provider_id=provider_id,
                    segments=count,
                    cost_micros=cost_micros(count, carrier.price_micros),
                    reason="provider" if state == "failed" else "",
                    detail=detail if state == "failed" else "",
                ),
                writes.opted_out(ctx, message, carrier.name, since) if opted_out else [],
            )
        case LookFurther(next_page):
            key = f"{message.id}:{message.attempt}:{next_page}"
            await ctx.commit(
                JobDraft(
                    "messaging.reconcile",
                    key=key,
                    subject_id=message.id,
                    payload={"page": next_page, "about": writes.about(message)},
                )
            )
        case NotThere() if message.attempt + 1 < SEND_AT_MOST:
            attempt = message.attempt + 1
            await ctx.commit(
                writes.try_again(message, ctx.now, ctx.now, "the provider had not got it", attempt=attempt),
                writes.send_job(message.id, message, attempt=attempt),
            )
        case NotThere():
            await ctx.commit(
                writes.settled(
                    message, "failed", ctx.now, reason="not_taken", detail="the provider never took it"
                )
            )
        case Unclear(reason):
            if job.attempts < ASK_AT_MOST:
                raise TransportError(reason)
            await ctx.commit(writes.settled(message, "unknown", ctx.now, reason="no_answer", detail=reason))
