"""Sending one message: decide at the gate, take a slot, say `sending`, call the provider once, write what it said."""

from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import FrontdeskError, Later, Stale
from frontdesk.core.events import JobDraft, Part, event
from frontdesk.core.phone import zone_of
from frontdesk.core.rows import Job
from frontdesk.core.web import TransportError
from frontdesk.integrations.outbound import Ambiguous, Rejected, SendResult, Sent, Throttled
from frontdesk.messaging import queries, writes
from frontdesk.messaging.jobs.carriers import Carrier, Letter, carrier_of, fallback_of
from frontdesk.messaging.jobs.given_up import taken_up
from frontdesk.messaging.jobs.words import letter_of
from frontdesk.messaging.queries import Standing
from frontdesk.messaging.rules import gate
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.messaging.rules.segments import cost_micros, segmented

GIVE_UP = 6
"""Tries of a doubtful e-mail before it is `unknown`; they span minutes, its idempotency key lives a day."""


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
            event("message.failed", {"code": "template"}, of=("message", message.id)),
        )
        return
    if not await _passes(ctx, message, letter, carrier):
        return
    assert carrier is not None
    await _take_slot(ctx, message, letter, carrier)
    await _call(ctx, job, message, letter, carrier)


class _Size(NamedTuple):
    segments: int
    most: int


def _size(ctx: Ctx, message: Outgoing, letter: Letter) -> _Size:
    said = bool(letter.body.strip())
    if message.channel == "sms":
        return _Size(segmented(letter.body).count if said else 0, ctx.settings.sms.max_segments)
    return _Size(int(said), 1)


async def _passes(ctx: Ctx, message: Outgoing, letter: Letter, carrier: Carrier | None) -> bool:
    """Whether the gate lets it go now; if not, the row says why."""
    print_ = gate.fingerprint(message.channel, message.address, letter.body)
    standing = await queries.standing(ctx, message, print_)
    decision = gate.decide(
        _purpose(message), _facts(ctx, message, letter, standing, ready=carrier is not None)
    )
    if isinstance(decision, gate.Skip):
        await ctx.commit(
            writes.skip(message, decision.code, decision.sentence, ctx.now),
            event("message.skipped", {"reason": decision.code}, of=("message", message.id)),
        )
        return False
    if isinstance(decision, gate.Delay):
        await ctx.checkpoint(writes.delay(message, decision.until, decision.code, decision.sentence, ctx.now))
        raise Later(decision.until, decision.sentence)
    return True


def _purpose(message: Outgoing) -> gate.Purpose:
    assert message.purpose != "inbound"
    return message.purpose


def _facts(ctx: Ctx, message: Outgoing, letter: Letter, standing: Standing, *, ready: bool) -> gate.Facts:
    size, caps = _size(ctx, message, letter), ctx.settings.caps
    zone = standing.zone or (zone_of(message.address) if message.channel == "sms" else None)
    return gate.Facts(
        channel=message.channel,
        now=ctx.now,
        zone=ZoneInfo(zone) if zone else ctx.tenant.zone,
        address=message.address or None,
        channel_ready=ready,
        segments=size.segments,
        max_segments=size.most,
        opted_out=standing.opted_out,
        marketing_consent=standing.marketing,
        quiet=ctx.settings.quiet_hours,
        recent=standing.recent,
        cap={"service": caps.service, "marketing": caps.marketing}.get(message.purpose),
        duplicate=standing.duplicate,
        expires_at=message.expires_at,
        later_due_at=standing.later_due_at,
        void=_void(message, standing),
    )


def _void(message: Outgoing, standing: Standing) -> Literal["cancelled", "rescheduled"] | None:
    """What befell the booking while nobody could withdraw this: it was in doubt, or not yet planned.

    A reminder expires at the start it reminds of; any other start is one it was not planned for.
    """
    if standing.booking_status == "cancelled":
        return "cancelled"
    anchored = message.offset_hours is not None and message.expires_at is not None
    moved = standing.booking_starts_at not in (None, message.expires_at)
    return "rescheduled" if anchored and moved else None


async def _take_slot(ctx: Ctx, message: Outgoing, letter: Letter, carrier: Carrier) -> None:
    """Say `sending` before the call, so that whoever finds it after a crash asks instead of sending again."""
    settings = ctx.settings
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
                alone_since=queries.window_start(ctx) if gate.POLICY[_purpose(message)].once else None,
                segments=_size(ctx, message, letter).segments,
                interval=1000 // rate,
                provider=carrier.name,
                now=ctx.now,
                real=ctx.platform.clock.real(),
            )
        )
    except Stale:
        # Withdrawn or changed since it was read: look again, without counting this as a failure.
        raise Later(ctx.now, "changed while it was about to go") from None
    if done.returned:
        state, slot = done.returned[0]["state"], done.returned[0]["pace_slot"]
    else:
        # Only the commit's id came back, not its rows.
        row = await queries.outgoing(ctx, message.id)
        state, slot = (row.state, row.pace_slot) if row else ("", None)
    if state != "sending":
        raise Later(ctx.now if slot is None else int(slot), "paced")


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
            count = segments or _size(ctx, message, letter).segments
            await ctx.commit(
                writes.settled(
                    message,
                    "sent",
                    now,
                    provider=carrier.name,
                    provider_id=provider_id,
                    segments=count,
                    cost_micros=cost_micros(count, carrier.price_micros),
                ),
                event("message.sent", {"template": message.template}, of=("message", message.id)),
            )
        case Rejected():
            await _refused(ctx, message, carrier, result)
        case Throttled(wait):
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
    """Nothing was sent. If that is the provider's own affair, the tenant's second one gets a job; else it failed."""
    other = await fallback_of(ctx, message, carrier) if refusal.elsewhere else None
    of = ("message", message.id)
    if other is None:
        code, told = refusal.code, refusal.message
        await ctx.commit(
            writes.settled(message, "failed", ctx.now, provider=carrier.name, reason=code, detail=told),
            event("message.failed", {"code": code}, of=of),
        )
        return
    note = f"{carrier.name} refused it: {refusal.message} ({refusal.code})"
    told_of = {"from": carrier.name, "to": other.name, "code": refusal.code, "detail": refusal.message}
    await ctx.commit(
        writes.reroute(message, other.name, note, ctx.now),
        JobDraft(writes.SEND, key=f"{message.id}:{message.attempt + 1}", subject_id=message.id),
        event("message.rerouted", told_of, of=of),
    )


async def _again(ctx: Ctx, job: Job, message: Outgoing, carrier: Carrier, reason: str) -> None:
    """The idempotency key makes a repeat safe; after some tries nobody can say."""
    if job.attempts < GIVE_UP:
        raise TransportError(reason)
    await ctx.commit(_unknown(ctx, message, carrier.name, reason))


def _unknown(ctx: Ctx, message: Outgoing, provider: str, reason: str) -> list[Part]:
    return [
        writes.settled(message, "unknown", ctx.now, provider=provider, reason="no_answer", detail=reason),
        event("message.unknown", {"reason": reason}, of=("message", message.id)),
    ]


def _doubt(ctx: Ctx, message: Outgoing, reason: str) -> list[Part]:
    """A text that may have gone: ask the provider after a grace period. One call a job, so that is another job."""
    ctx.log.warning("message in doubt", subject=message.id, reason=reason)
    due_at = ctx.now + ctx.platform.settings.reconcile_grace_ms
    return [
        JobDraft(
            "messaging.reconcile", key=f"{message.id}:{message.attempt}", subject_id=message.id, due_at=due_at
        )
    ]


async def _interrupted(ctx: Ctx, job: Job, message: Outgoing, carrier: Carrier | None) -> None:
    """A runner vanished between `sending` and the answer."""
    if carrier is not None and carrier.repeatable:
        if job.attempts >= GIVE_UP:
            await _again(ctx, job, message, carrier, "the tries ended without an answer")
            return
        try:
            letter = await letter_of(ctx, message)
        except FrontdeskError as error:
            if error.retryable:
                raise
            await ctx.commit(_unknown(ctx, message, carrier.name, error.detail))
            return
        await _call(ctx, job, message, letter, carrier)
        return
    await ctx.commit(_doubt(ctx, message, "the runner vanished while sending"))
