"""Sending one message: decide at the gate, take a slot, say `sending`, call the provider once, write what it said."""

from frontdesk.core.clock import HOUR
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import FrontdeskError, Later, Stale
from frontdesk.core.events import JobDraft, Part
from frontdesk.core.rows import Job
from frontdesk.core.web import TransportError
from frontdesk.integrations.outbound import Ambiguous, Rejected, SendResult, Sent, Throttled
from frontdesk.messaging import queries, writes
from frontdesk.messaging.jobs.carriers import Carrier, Letter, carrier_of, fallback_of
from frontdesk.messaging.jobs.given_up import taken_up
from frontdesk.messaging.jobs.verdict import purpose_of, size_of, verdict
from frontdesk.messaging.jobs.words import letter_of
from frontdesk.messaging.rules import gate
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.messaging.rules.segments import cost_micros

GIVE_UP = 11
"""Tries of a doubtful e-mail before it is `unknown`; with what the queue waits in between, half an hour."""
KEY_MS = 23 * HOUR
"""How long (real time) its idempotency key is relied on; Resend keeps one for a day."""


async def send(ctx: Ctx, job: Job) -> None:
    """Bring one message to its end, or to the next thing it waits for."""
    message = await taken_up(ctx, job.subject_id)
    if message is None or message.state not in ("scheduled", "queued", "sending"):
        return
    carrier = await carrier_of(ctx, message)
    if message.state == "sending":
        await _interrupted(ctx, job, message, carrier)
        return
    try:
        letter = await letter_of(ctx, message)
    except FrontdeskError as error:
        if error.retryable:
            raise
        await ctx.commit(
            writes.fail(message, "template", error.detail, ctx.now),
            writes.became(message, "failed", ctx.now, reason="template"),
        )
        return
    facts = await _passes(ctx, message, letter, carrier)
    if facts is None:
        return
    assert carrier is not None
    leaving = await _take_slot(ctx, message, letter, carrier, facts)
    await _call(ctx, job, leaving, letter, carrier)


async def _passes(ctx: Ctx, message: Outgoing, letter: Letter, carrier: Carrier | None) -> gate.Facts | None:
    """What the gate lets it go by; None if it does not go now, and the row says why."""
    decision, facts = await verdict(ctx, message, letter, ready=carrier is not None, at=ctx.now)
    if isinstance(decision, gate.Skip):
        await ctx.commit(
            writes.skip(message, decision.code, decision.sentence, ctx.now),
            writes.became(message, "skipped", ctx.now, reason=decision.code),
        )
        return None
    if isinstance(decision, gate.Delay):
        await ctx.checkpoint(writes.delay(message, decision.until, decision.code, decision.sentence, ctx.now))
        raise Later(decision.until, decision.sentence)
    return facts


async def _take_slot(
    ctx: Ctx, message: Outgoing, letter: Letter, carrier: Carrier, facts: gate.Facts
) -> Outgoing:
    """Say `sending` before the call, so that whoever finds it after a crash asks instead of sending again.

    Returns the message as it was read, and when it was called in.
    """
    real = ctx.platform.clock.real()
    settings, policy = ctx.settings, gate.POLICY[purpose_of(message)]
    rate = settings.sms.per_second if message.channel == "sms" else settings.email.per_second
    clear = message.purpose != "auth"
    try:
        done = await ctx.checkpoint(
            writes.take_slot(
                message,
                body=letter.body if clear else "",
                subject=letter.subject if clear else "",
                # Six digits are soon guessed from a hash of the mail around them.
                body_hash=gate.fingerprint(message.channel, message.address, letter.body) if clear else "",
                still=writes.Still(
                    heeds_stop=message.channel in policy.heeds_stop,
                    heeds_complaint=policy.heeds_complaint,
                    needs_consent=policy.needs_consent,
                    cap=facts.cap if policy.capped else None,
                    alone_since=queries.window_start(ctx, ctx.now) if policy.once else None,
                ),
                segments=size_of(ctx, message, letter).segments,
                interval=1000 // rate,
                provider=carrier.name,
                now=ctx.now,
                real=real,
            )
        )
    except Stale:
        # Withdrawn, or not what the gate was told any more: ask it again, without counting this as a failure.
        raise Later(ctx.now, "changed while it was about to go") from None
    if done.returned:
        state, slot = done.returned[0]["state"], done.returned[0]["pace_slot"]
    else:
        # Only the commit's id came back, not its rows.
        row = await queries.outgoing(ctx, message.id)
        state, slot = (row.state, row.pace_slot) if row else ("", None)
    if state != "sending":
        raise Later(ctx.now if slot is None else int(slot), "paced")
    return message.model_copy(update={"sending_at": real})


async def _call(ctx: Ctx, job: Job, message: Outgoing, letter: Letter, carrier: Carrier) -> None:
    await ctx.platform.reach("send.before")
    result: SendResult
    try:
        response = await ctx.platform.http.send(carrier.request(message, letter))
        result = carrier.result(response, message, ctx.platform.clock.real())
    except TransportError as error:
        result = Ambiguous(str(error), repeatable=carrier.repeatable)
    await ctx.platform.reach("send.after")
    await _settle(ctx, job, message, carrier, letter, result)


async def _settle(
    ctx: Ctx, job: Job, message: Outgoing, carrier: Carrier, letter: Letter, result: SendResult
) -> None:
    """Write what the provider said; what it did not say is found out, never guessed."""
    now = ctx.now
    match result:
        case Sent(provider_id, segments, _):
            count = segments or size_of(ctx, message, letter).segments
            await ctx.commit(
                writes.settled(
                    message,
                    "sent",
                    now,
                    provider=carrier.name,
                    provider_id=provider_id,
                    segments=count,
                    cost_micros=cost_micros(count, carrier.price_micros),
                )
            )
        case Rejected():
            await _refused(ctx, message, carrier, result)
        case Throttled(wait):
            # One that was repeated stays `sending`: the try before may have gone.
            if message.state != "sending":
                await ctx.checkpoint(
                    writes.try_again(
                        message, now, now + wait, "the provider asked to wait", attempt=message.attempt
                    )
                )
            raise Later(now + wait, "the provider asked to wait")
        case Ambiguous(reason, True):
            await _again(ctx, job, message, carrier, reason)
        case Ambiguous(reason, False) if carrier.repeatable:
            # The key is spent on other words, so repeating tells nothing; and nobody can be asked.
            await ctx.commit(_unknown(ctx, message, carrier.name, reason))
        case Ambiguous(reason, False):
            await ctx.commit(_doubt(ctx, message, reason))


async def _refused(ctx: Ctx, message: Outgoing, carrier: Carrier, refusal: Rejected) -> None:
    """Nothing was sent. If that is the provider's own affair, the tenant's second one gets a job; else it failed.

    Of the try before a repeated one, a refusal of our account says nothing.
    """
    if refusal.elsewhere and message.state == "sending":
        await ctx.commit(_unknown(ctx, message, carrier.name, f"{refusal.message} ({refusal.code})"))
        return
    other = await fallback_of(ctx, message, carrier) if refusal.elsewhere else None
    if other is None:
        code, told = refusal.code, refusal.message
        since = message.sending_at or message.created_at
        await ctx.commit(
            writes.settled(message, "failed", ctx.now, provider=carrier.name, code=code, detail=told),
            writes.opted_out(ctx, message, carrier.name, since) if refusal.opted_out else [],
        )
        return
    note = f"{carrier.name} refused it: {refusal.message} ({refusal.code})"
    await ctx.commit(
        writes.reroute(message, other.name, note, ctx.now),
        writes.send_job(message.id, message, attempt=message.attempt + 1),
        writes.told(
            "rerouted",
            message.id,
            message,
            code=refusal.code,
            more={"from": carrier.name, "to": other.name, "detail": refusal.message},
        ),
    )


async def _again(ctx: Ctx, job: Job, message: Outgoing, carrier: Carrier, reason: str) -> None:
    """The idempotency key makes a repeat safe; after some tries nobody can say."""
    if job.attempts < GIVE_UP:
        raise TransportError(reason)
    await ctx.commit(_unknown(ctx, message, carrier.name, reason))


def _unknown(ctx: Ctx, message: Outgoing, provider: str, reason: str) -> list[Part]:
    return writes.settled(message, "unknown", ctx.now, provider=provider, reason="no_answer", detail=reason)


def _doubt(ctx: Ctx, message: Outgoing, reason: str) -> list[Part]:
    """A text that may have gone: ask the provider after a grace period. One call a job, so that is another job."""
    ctx.log.warning("message in doubt", subject=message.id, reason=reason)
    # Longer each time: a history that lags would have it sent once more, and an outage is waited out.
    due_at = ctx.now + ctx.platform.settings.reconcile_grace_ms * 2 ** min(message.attempt, 3)
    return [
        JobDraft(
            "messaging.reconcile",
            key=f"{message.id}:{message.attempt}",
            subject_id=message.id,
            due_at=due_at,
            payload={"about": writes.about(message)},
        )
    ]


async def _interrupted(ctx: Ctx, job: Job, message: Outgoing, carrier: Carrier | None) -> None:
    """A runner vanished between `sending` and the answer, or the answer was doubtful and may be asked for again."""
    if carrier is None or not carrier.repeatable:
        await ctx.commit(_doubt(ctx, message, "the runner vanished while sending"))
        return
    try:
        letter = await letter_of(ctx, message)
        doubt = await _not_again(ctx, job, message, letter)
    except FrontdeskError as error:
        if error.retryable:
            raise
        doubt = error.detail
    if doubt:
        await ctx.commit(_unknown(ctx, message, carrier.name, doubt))
        return
    await _call(ctx, job, message, letter, carrier)


async def _not_again(ctx: Ctx, job: Job, message: Outgoing, letter: Letter) -> str:
    """Why a mail that may have gone is not repeated, or ""."""
    if job.attempts >= GIVE_UP:
        return "the tries ended without an answer"
    if ctx.platform.clock.real() - (message.sending_at or 0) > KEY_MS:
        return "it is too long ago to be repeated safely"
    decision, _ = await verdict(ctx, message, letter, ready=True, at=ctx.now)
    return f"not repeated: {decision.sentence}" if isinstance(decision, gate.Skip) else ""
