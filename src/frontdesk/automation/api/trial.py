"""Trying a rule on the past over HTTP: what it would have done, to whom, in which words and at what cost."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.automation import actions
from frontdesk.automation.jobs.effects import filling_of
from frontdesk.automation.queries import past, shelf, trial
from frontdesk.automation.queries.past import Allowed
from frontdesk.automation.queries.trial import Found
from frontdesk.automation.rules.definition import (
    Action,
    CallWebhook,
    CreateTask,
    Definition,
    MoveStage,
    Notify,
    Send,
    SetIntent,
    StartRule,
    TagContact,
)
from frontdesk.automation.rules.sending import channel_of, expiry_of, once_key
from frontdesk.contacts.rules.pipeline import label_of
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid
from frontdesk.core.pages import NEWEST, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.messaging.jobs.words import values_for
from frontdesk.messaging.queries import own_words
from frontdesk.messaging.rules.catalogue import Template, templates_of
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.segments import cost_micros, segmented
from frontdesk.messaging.rules.templates import TemplateInvalid, render

MOST_MS = 93 * DAY
Words = Mapping[tuple[str, Channel], Template]


class Trial(BaseModel):
    """What to try, and on which period (ms UTC). `after` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    definition: Definition | None = None
    rule_id: Annotated[str, Field(max_length=100)] | None = None
    begins: int = Field(alias="from", ge=0, le=2**52)
    ends: int = Field(alias="until", ge=0, le=2**52)
    after: Annotated[str, Field(max_length=200)] | None = None


class TriedEffect(BaseModel):
    """One thing it would have done. `skipped` is why the gate would not have let a message go."""

    do: str
    text: str
    cost_micros: int | None = None
    segments: int | None = None
    channel: Channel | None = None
    skipped: str | None = None


class TriedItem(BaseModel):
    """One occasion. `at` is when it would have acted; `joined` counts edits that came with it."""

    at: int
    event_id: str | None
    subject_kind: str
    subject_id: str
    contact_id: str | None
    contact_name: str | None
    outcome: Literal["would run", "held"]
    why: str
    joined: int
    effects: list[TriedEffect]


class Totals(BaseModel):
    """Of this page; `events` are the occasions looked at."""

    events: int = 0
    matched: int = 0
    would_run: int = 0
    held: int = 0
    texts: int = 0
    mails: int = 0
    tasks: int = 0
    cost_micros: int = 0
    currency: str


class TrialPage(BaseModel):
    """A page of what would have been; nothing was done."""

    items: list[TriedItem]
    totals: Totals
    next: str | None


async def try_rule(ctx: CtxDep, wanted: Trial) -> TrialPage:
    """Try a rule, saved or not, on up to 93 days. Totals are of this page: add those of the next ones to them."""
    definition = await _definition(ctx, wanted)
    if not wanted.begins < wanted.ends <= wanted.begins + MOST_MS:
        raise Invalid(
            "Try it on a period of up to 93 days.", errors=[{"field": "until", "message": "out of range"}]
        )
    after = decode_cursor(wanted.after, NEWEST) if wanted.after else None
    tried = await trial.tried(ctx, definition, wanted.begins, min(wanted.ends, ctx.now), after)
    words: Words = {(each.key, each.channel): each for each in templates_of(await own_words(ctx))}
    allowed = await past.allowed(ctx, _addresses(definition, tried.found))
    names = await actions.names_of(ctx)
    items, spent = [], set[str]()
    for found in tried.found:
        effects = (
            []
            if found.held
            else [_effect(ctx, action, found, words, allowed, names, spent) for action in definition.actions]
        )
        items.append(_item(found, effects))
    return TrialPage(
        items=items,
        totals=_totals(ctx, tried.looked_at, items),
        next=tried.next.encode() if tried.next else None,
    )


async def _definition(ctx: Ctx, wanted: Trial) -> Definition:
    if (wanted.definition is None) == (wanted.rule_id is None):
        raise Invalid(
            "Name a rule or send a definition.", errors=[{"field": "definition", "message": "required"}]
        )
    if wanted.definition is not None:
        await actions.checked(ctx, wanted.definition)
        return wanted.definition
    return (await shelf.by_id(ctx, wanted.rule_id or "")).definition


def _addresses(definition: Definition, found: list[Found]) -> list[tuple[str, str]]:
    return [
        channel_of(action.channel, each.seen.contact, each.seen.booking)
        for action in definition.actions
        if isinstance(action, Send)
        for each in found
        if each.seen.contact
    ]


def _item(found: Found, effects: list[TriedEffect]) -> TriedItem:
    contact = found.seen.contact
    return TriedItem(
        at=found.due_at,
        event_id=found.event_id,
        subject_kind=found.subject[0],
        subject_id=found.subject[1],
        contact_id=contact.id if contact else None,
        contact_name=contact.name if contact else None,
        outcome="held" if found.held else "would run",
        why=found.held,
        joined=found.joined,
        effects=effects,
    )


def _totals(ctx: Ctx, looked_at: int, items: list[TriedItem]) -> Totals:
    running = [each for each in items if each.outcome == "would run"]
    effects = [effect for each in running for effect in each.effects]
    sent = [each for each in effects if each.do == "send" and not each.skipped]
    return Totals(
        events=looked_at,
        matched=len(items),
        would_run=len(running),
        held=len(items) - len(running),
        texts=sum(each.channel == "sms" for each in sent),
        mails=sum(each.channel == "email" for each in sent),
        tasks=sum(each.do == "create_task" for each in effects),
        cost_micros=sum(each.cost_micros or 0 for each in sent),
        currency=ctx.tenant.currency,
    )


def _effect(
    ctx: Ctx,
    action: Action,
    found: Found,
    words: Words,
    allowed: Mapping[tuple[str, str], Allowed],
    names: Mapping[str, str],
    spent: set[str],
) -> TriedEffect:
    match action:
        case Send():
            return _sent(ctx, action, found, words, allowed, spent)
        case CreateTask() | Notify():
            return TriedEffect(do=action.do, text=_filled(ctx, action.title, found))
        case MoveStage():
            return TriedEffect(do=action.do, text=f"To {label_of(ctx.tenant.kind, action.stage)}")
        case TagContact():
            tags = [*(f"+{each}" for each in action.add), *(f"-{each}" for each in action.remove)]
            return TriedEffect(do=action.do, text=" ".join(tags))
        case SetIntent():
            return TriedEffect(do=action.do, text=f"Intent {action.value}")
        case CallWebhook():
            return TriedEffect(do=action.do, text=f"POST {action.url}")
        case StartRule():
            return TriedEffect(do=action.do, text=names.get(action.rule_id, "a rule that is gone"))


def _filled(ctx: Ctx, source: str, found: Found) -> str:
    try:
        return " ".join(render(source, values_for(ctx, filling_of(found.seen))).split())
    except TemplateInvalid:
        return source


def _sent(
    ctx: Ctx,
    action: Send,
    found: Found,
    words: Words,
    allowed: Mapping[tuple[str, str], Allowed],
    spent: set[str],
) -> TriedEffect:
    contact, booking = found.seen.contact, found.seen.booking
    if contact is None:
        return TriedEffect(do="send", text="", skipped="there is no contact here")
    channel, address = channel_of(action.channel, contact, booking)
    template = words.get((action.template, channel))
    if template is None:
        return TriedEffect(do="send", text="", channel=channel, skipped=f"no words for {channel}")
    try:
        text = render(template.body, values_for(ctx, filling_of(found.seen))).strip()
    except TemplateInvalid as error:
        return TriedEffect(do="send", text="", channel=channel, skipped=error.detail)
    count = segmented(text).count if channel == "sms" else 1
    skipped = _skipped(ctx, action, found, channel, address, count, allowed.get((channel, address)))
    key = once_key(action, contact.id, booking.id if booking else None)
    if key in spent:
        skipped = skipped or f"once for each {action.once}"
    if key:
        spent.add(key)
    cost = 0
    if channel == "sms":
        cost = cost_micros(count, ctx.settings.segment_micros(ctx.settings.sms.provider))
    return TriedEffect(
        do="send",
        text=text,
        channel=channel,
        segments=count if channel == "sms" else None,
        cost_micros=0 if skipped else cost,
        skipped=skipped,
    )


def _skipped(
    ctx: Ctx,
    action: Send,
    found: Found,
    channel: Channel,
    address: str,
    count: int,
    consent: Allowed | None,
) -> str | None:
    """What the gate can be foreseen to say; pace, caps and quiet hours depend on what else was sent."""
    if not address:
        return "no phone number" if channel == "sms" else "no e-mail address"
    if found.seen.booking and found.seen.booking.status == "cancelled":
        return "cancelled"
    if expiry_of(found.seen.booking, found.due_at) <= found.due_at:
        return "too late"
    if channel == "sms" and count > ctx.settings.sms.max_segments:
        return "too long"
    said = consent if consent and consent.said_at <= found.due_at else None
    if said and said.stopped and (channel == "sms" or action.purpose != "transactional"):
        return "opted out"
    if action.purpose == "marketing" and not (said and said.marketing):
        return "no consent to marketing"
    return None
