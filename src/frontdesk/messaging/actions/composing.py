"""Writing to somebody by hand: what it would say and whether it would go, planning it, and taking it back."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from frontdesk.auth.writes import audited
from frontdesk.core.again import deciding
from frontdesk.core.clock import DAY, SECOND
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict, Invalid, NotFound, Stale
from frontdesk.core.parsing import dump_json
from frontdesk.core.typed import visible
from frontdesk.messaging import queries, writes
from frontdesk.messaging.actions.wording import template_of
from frontdesk.messaging.jobs.carriers import Letter, carrier_of
from frontdesk.messaging.jobs.verdict import size_of, verdict
from frontdesk.messaging.jobs.words import values_for
from frontdesk.messaging.queries import Scene
from frontdesk.messaging.rules import gate
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.message import Draft, Message, Outgoing
from frontdesk.messaging.rules.templates import render, variables_of

UNDO_MS = 8 * SECOND
"""What staff write leaves so much later, so that they can take it back."""
AT_MOST_AHEAD_MS = 366 * DAY


class WouldNotGo(Invalid):
    """The gate would not let it go; `reason` is the gate's, `detail` what staff read."""

    code, title = "would_not_go", "This would not be sent"


class KeyReused(Conflict):
    """The key was used for something else before; a repeat has to be the same."""

    code, title, retryable = "key_reused", "This key was used for another message", False


class Left(Conflict):
    """It left before it could be taken back."""

    code, title, retryable = "left", "This message has left already", False


@dataclass(frozen=True, slots=True)
class Sketch:
    """What somebody wants to send: a template by its key, or their own words as they are. `send_at` in ms UTC."""

    channel: Channel
    template: str = ""
    subject: str = ""
    body: str = ""
    booking_id: str | None = None
    send_at: int | None = None


class Composed(NamedTuple):
    """What would go out, and what would become of it at `at` (business ms) by the clock of `zone`."""

    message: Outgoing
    letter: Letter
    segments: int
    price_micros: int
    would: Literal["send", "wait", "skip"]
    at: int
    reason: str
    detail: str
    zone: ZoneInfo


async def preview(ctx: Ctx, contact_id: str, sketch: Sketch) -> Composed:
    """The words, what they cost, and what the gate that everything passes says of them now.

    Raises:
        NotFound: no such contact, booking or template.
        Invalid: words that are none, a template that cannot be filled in, a time too far ahead; one past is now.

    """
    message, letter = await _drafted(ctx, contact_id, sketch)
    carrier = await carrier_of(ctx, message)
    decision, facts = await verdict(ctx, message, letter, ready=carrier is not None, at=message.due_at)
    would, at, reason, detail = await _expected(ctx, message, decision)
    return Composed(
        message,
        letter,
        size_of(ctx, message, letter).segments,
        carrier.price_micros if carrier else 0,
        would,
        at,
        reason,
        detail,
        facts.zone,
    )


async def _expected(
    ctx: Ctx, message: Outgoing, decision: gate.Decision
) -> tuple[Literal["send", "wait", "skip"], int, str, str]:
    match decision:
        case gate.Skip(code, sentence):
            return "skip", message.due_at, code, sentence
        case gate.Delay(until, code, sentence):
            return "wait", until, code, sentence
    slot = await queries.next_slot(ctx, message.channel)
    if slot > message.due_at:
        return "wait", slot, "pace", "behind others that go at the tenant's pace"
    return "send", message.due_at, "", ""


async def _drafted(ctx: Ctx, contact_id: str, sketch: Sketch) -> tuple[Outgoing, Letter]:
    """The message as its row would be, and its words."""
    now = ctx.now
    if sketch.send_at is not None and not 0 < sketch.send_at <= now + AT_MOST_AHEAD_MS:
        raise Invalid("This is too far ahead.", errors=[{"field": "send_at", "message": "within a year"}])
    reach = await queries.reach(ctx, contact_id)
    if reach.merged_into:
        raise Conflict(
            "This contact was merged into another one; write to that one.", contact_id=reach.merged_into
        )
    scene = await queries.scene(ctx, contact_id, sketch.booking_id)
    if sketch.booking_id and (scene.booking_id is None or scene.booked_by != contact_id):
        raise NotFound("This contact has no such booking.")
    letter, about = await _worded(ctx, sketch, scene)
    starts = scene.starts_at if about else None
    due_at = max(sketch.send_at or 0, now + UNDO_MS)
    message = Outgoing(
        id="",
        direction="out",
        channel=sketch.channel,
        purpose="service",
        contact_id=contact_id,
        booking_id=about,
        template=sketch.template,
        address=reach.address(sketch.channel),
        sender="",
        subject=letter.subject,
        body=letter.body,
        offset_hours=None,
        state="scheduled",
        reason="",
        detail="",
        due_at=due_at,
        expires_at=starts if starts and starts > now else None,
        attempt=0,
        provider="",
        provider_note="",
        provider_id=None,
        segments=None,
        cost_micros=None,
        author_id=ctx.actor.id,
        keyword="",
        version=1,
        cause_kind=ctx.cause.kind,
        cause_id=ctx.cause.id,
        trace_id=ctx.cause.trace,
        created_at=now,
        sent_at=None,
        delivered_at=None,
        updated_at=now,
        sealed_body=None,
        pace_slot=None,
        sending_at=None,
    )
    return message, letter


async def _worded(ctx: Ctx, sketch: Sketch, scene: Scene) -> tuple[Letter, str | None]:
    """The words, and the booking they speak of. What somebody types is no template: it stays as it is."""
    if bool(sketch.template) == bool(sketch.body):
        errors = [{"field": "body", "message": "either a template or a body"}]
        raise Invalid("Choose a template or write something.", errors=errors)
    if sketch.channel == "sms" and sketch.subject:
        raise Invalid("A text has no subject.", errors=[{"field": "subject", "message": "texts have none"}])
    if not sketch.template:
        if sketch.channel == "email" and not visible(sketch.subject):
            raise Invalid("A mail needs a subject.", errors=[{"field": "subject", "message": "required"}])
        return Letter(" ".join(sketch.subject.split()), sketch.body.strip()), None
    found = await template_of(ctx, sketch.template, sketch.channel)
    if found is None:
        raise NotFound("There is no such template.")
    speaks = variables_of(found.subject) | variables_of(found.body)
    about = any(each.startswith("booking.") for each in speaks)
    if about and scene.booking_id is None:
        raise Invalid(
            "This template speaks of an appointment, and this contact has none to come.",
            errors=[{"field": "booking_id", "message": "choose one"}],
        )
    values = values_for(ctx, scene)
    letter = Letter(" ".join(render(found.subject, values).split()), render(found.body, values).strip())
    return letter, scene.booking_id if about else None


async def compose(ctx: Ctx, contact_id: str, key: str, sketch: Sketch) -> Message:
    """Plan what `preview` shows; asked again with the same `key`, the same message.

    Raises:
        As `preview`, and WouldNotGo: the gate would skip it. KeyReused: the key was for something else.

    """
    hash_ = _hash(contact_id, sketch)
    found = await deciding(lambda: _compose(ctx, contact_id, f"composed:{key}", hash_, sketch))
    if found.request_hash != hash_:
        raise KeyReused("Another message was asked for with this key.", message_id=found.id)
    return await queries.by_id(ctx, found.id)


def _hash(contact_id: str, sketch: Sketch) -> str:
    return hashlib.sha256(dump_json([contact_id, asdict(sketch)]).encode()).hexdigest()[:32]


async def _compose(ctx: Ctx, contact_id: str, unique_key: str, hash_: str, sketch: Sketch) -> queries.Asked:
    if before := await queries.asked_for(ctx, unique_key):
        return before
    seen = await preview(ctx, contact_id, sketch)
    if seen.would == "skip":
        raise WouldNotGo(f"It would be skipped: {seen.detail}.", reason=seen.reason)
    message, id_ = seen.message, ctx.new_id()
    draft = Draft(
        channel=sketch.channel,
        purpose="service",
        address=message.address,
        unique_key=unique_key,
        contact_id=contact_id,
        booking_id=message.booking_id,
        template=sketch.template,
        subject=message.subject,
        body=message.body,
        due_at=message.due_at,
        expires_at=message.expires_at,
        author_id=ctx.actor.id,
        request_hash=hash_,
    )
    what = {
        "contact_id": contact_id,
        "channel": sketch.channel,
        "template": sketch.template,
        "due_at": draft.due_at,
    }
    await ctx.commit(writes.write(ctx, draft, id_), audited(ctx, "message.write", ("message", id_), what))
    return queries.Asked(id=id_, request_hash=hash_)


async def take_back(ctx: Ctx, message_id: str, version: int) -> Message:
    """Nothing of it leaves. Taking it back twice is the same as once.

    Raises:
        NotFound; Left: it is on its way, or has arrived, or was never to go.
        Stale: it changed since `version`; look again.

    """
    message = await queries.by_id(ctx, message_id)
    if message.reason == writes.TAKEN_BACK:
        return message
    if message.state not in ("scheduled", "queued"):
        raise Left(f"This message is {message.state}.", state=message.state)
    if message.version != version:
        raise Stale("This message changed in the meantime; look again.")
    try:
        await ctx.commit(
            writes.take_back(message, ctx.now),
            audited(ctx, "message.take_back", ("message", message_id), {"contact_id": message.contact_id}),
        )
    except Stale:
        after = await queries.by_id(ctx, message_id)
        if after.reason != writes.TAKEN_BACK:
            raise Left(f"This message is {after.state}.", state=after.state) from None
        return after
    return await queries.by_id(ctx, message_id)
