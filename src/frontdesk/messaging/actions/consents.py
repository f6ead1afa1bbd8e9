"""Recording what somebody told staff about being written to."""

from frontdesk.auth.writes import audited
from frontdesk.contacts.writes import touchpoint
from frontdesk.core.again import deciding
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict, Invalid
from frontdesk.core.events import Part, event
from frontdesk.messaging import queries, writes
from frontdesk.messaging.queries import Consent
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.permission import Standing, recorded

NOUNS = {"sms": "texts", "email": "mails"}


async def record_consent(
    ctx: Ctx, contact_id: str, channel: Channel, *, stopped: bool | None, marketing: bool | None, note: str
) -> list[Consent]:
    """Take down an opt-out, its end, or a yes to marketing, with how they said it; all consents as they stand then.

    An opt-out counts for every address of the channel that they are known by, anything else for the one that is
    written to.

    Raises:
        NotFound: no such contact. Invalid: they have no such address. Conflict: merged into another contact.
        TheirWord: only the person can undo what they said themselves.

    """
    await deciding(lambda: _record(ctx, contact_id, channel, stopped, marketing, note))
    return await queries.consents(ctx, contact_id)


async def _record(
    ctx: Ctx, contact_id: str, channel: Channel, stopped: bool | None, marketing: bool | None, note: str
) -> None:
    reach = await queries.reach(ctx, contact_id)
    if reach.merged_into:
        raise Conflict("This contact was merged into another one.", contact_id=reach.merged_into)
    if (stopped is None and marketing is None) or (stopped and marketing):
        errors = [{"field": "stopped", "message": "one word at a time"}]
        raise Invalid("Say what they allow: stopped, or marketing.", errors=errors)
    known = [each for each in await queries.consents(ctx, contact_id) if each.channel == channel]
    meant = known if stopped else [each for each in known if each.current]
    if not meant:
        what = "phone number" if channel == "sms" else "e-mail address"
        raise Invalid(f"This contact has no {what}.", errors=[{"field": "channel", "message": f"no {what}"}])
    parts: list[Part] = []
    for each in meant:
        before = Standing(each.stopped, each.marketing, each.source)
        after = recorded(channel, before, stopped=stopped, marketing=marketing)
        if after is None:
            continue
        fields = {
            "channel": channel,
            "address": each.address,
            "stopped": after.stopped,
            "marketing": after.marketing,
        }
        parts += [
            writes.record_consent(
                channel, each.address, before, after, said_at=ctx.now, cause_id=ctx.cause.id
            ),
            event(
                "consent.changed",
                {"contact_id": contact_id, **fields, "note": note},
                of=("contact", contact_id),
            ),
            audited(ctx, "consent.change", ("contact", contact_id), {**fields, "note": note}),
        ]
    if not parts:
        return
    line = f"{_sentence(channel, stopped, marketing)}: {note}"
    parts.append(touchpoint(ctx, contact_id, "consent.changed", line, channel=channel))
    await ctx.commit(parts)


def _sentence(channel: Channel, stopped: bool | None, marketing: bool | None) -> str:
    noun = NOUNS[channel]
    if stopped:
        return f"Asked for no more {noun}"
    if marketing:
        return f"Agreed to marketing {noun}"
    return f"Agreed to {noun} again" if stopped is False else f"Wants no marketing {noun}"
