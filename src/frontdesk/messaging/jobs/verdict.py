"""What the gate says of one message: its facts gathered, and asked. Sending asks it, and so does the composer."""

from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from frontdesk.core.ctx import Ctx
from frontdesk.core.phone import zone_of
from frontdesk.core.typed import visible
from frontdesk.messaging import queries
from frontdesk.messaging.jobs.carriers import Letter
from frontdesk.messaging.queries import Standing
from frontdesk.messaging.rules import gate
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.messaging.rules.segments import segmented


class Size(NamedTuple):
    """How many segments (mails) it takes, and the most that are sent."""

    segments: int
    most: int


class Verdict(NamedTuple):
    """What the gate decided, and the facts it went by."""

    decision: gate.Decision
    facts: gate.Facts


def size_of(ctx: Ctx, message: Outgoing, letter: Letter) -> Size:
    """How large a message is."""
    said = visible(letter.body)
    if message.channel == "sms":
        return Size(segmented(letter.body).count if said else 0, ctx.settings.sms.max_segments)
    return Size(int(said), 1)


def purpose_of(message: Outgoing) -> gate.Purpose:
    """What a message that goes out is for."""
    assert message.purpose != "inbound"
    return message.purpose


async def verdict(ctx: Ctx, message: Outgoing, letter: Letter, *, ready: bool, at: int) -> Verdict:
    """Whether it would go at `at` (business ms). `ready`: somebody is there to carry it."""
    print_ = gate.fingerprint(message.channel, message.address, letter.body)
    standing = await queries.standing(ctx, message, print_, at)
    facts = _facts(ctx, message, letter, standing, ready=ready, at=at)
    return Verdict(gate.decide(purpose_of(message), facts), facts)


def _facts(
    ctx: Ctx, message: Outgoing, letter: Letter, standing: Standing, *, ready: bool, at: int
) -> gate.Facts:
    size = size_of(ctx, message, letter)
    zone = standing.zone or (zone_of(message.address) if message.channel == "sms" else None)
    return gate.Facts(
        channel=message.channel,
        now=at,
        zone=ZoneInfo(zone) if zone else ctx.tenant.zone,
        address=message.address or None,
        channel_ready=ready,
        segments=size.segments,
        max_segments=size.most,
        opted_out=standing.opted_out,
        complained=standing.complained,
        marketing_consent=standing.marketing,
        quiet=ctx.settings.quiet_hours,
        recent=standing.recent,
        cap=_cap(ctx, message, standing),
        duplicate=standing.duplicate,
        expires_at=message.expires_at,
        later_due_at=standing.later_due_at,
        void=_void(message, standing),
    )


def _cap(ctx: Ctx, message: Outgoing, standing: Standing) -> int | None:
    """The most they get in a day. Whoever wrote to us is owed an answer, however many it takes."""
    if message.author_id and standing.talking:
        return None
    caps = ctx.settings.caps
    return {"service": caps.service, "marketing": caps.marketing}.get(message.purpose)


def _void(message: Outgoing, standing: Standing) -> Literal["cancelled", "rescheduled"] | None:
    """What befell the booking while nobody could withdraw this: it was in doubt, or not yet planned.

    A reminder expires at the start it reminds of; any other start is one it was not planned for. Staff who write
    about a booking that is off know that it is.
    """
    if message.author_id:
        return None
    if standing.booking_status == "cancelled":
        return "cancelled"
    anchored = message.offset_hours is not None and message.expires_at is not None
    moved = standing.booking_starts_at not in (None, message.expires_at)
    return "rescheduled" if anchored and moved else None
