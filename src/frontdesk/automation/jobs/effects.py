"""What a run does: each action of its definition as statements for one commit, with the key that finds its effect."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from frontdesk.automation import writes
from frontdesk.automation.jobs.evaluate import due_of
from frontdesk.automation.queries import lineage, runs, shelf
from frontdesk.automation.queries.runs import Waiting
from frontdesk.automation.rules.chain import CUTS_AN_HOUR, cut_for, link_of
from frontdesk.automation.rules.conditions import Facts
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
from frontdesk.automation.rules.facts import Scene
from frontdesk.automation.rules.posting import body_of
from frontdesk.automation.rules.sending import channel_of, expiry_of, once_key
from frontdesk.automation.writes.runs import RunDraft
from frontdesk.contacts import writes as contacts
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.pipeline import label_of
from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import FrontdeskError
from frontdesk.core.events import Event, EventDraft, Part
from frontdesk.core.hours import BusinessHours
from frontdesk.messaging import writes as messaging
from frontdesk.messaging.jobs.words import values_for
from frontdesk.messaging.queries import Filling
from frontdesk.messaging.rules.message import Draft
from frontdesk.messaging.rules.templates import render
from frontdesk.notices import writes as notices
from frontdesk.notices.rules import NoticeDraft
from frontdesk.tasks import writes as tasks
from frontdesk.tasks.rules import TaskDraft

NOTICES_AN_HOUR = 12
"""The most one rule tells staff in an hour: an outage is one thing to know, however much it touches."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a run is about, as it stands when it acts."""

    run: Waiting
    heard: Event | None
    payload: Mapping[str, Any]
    seen: Scene
    facts: Facts


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done. `kind` and `key` find what it left; `nothing` left nothing, and `text` says why."""

    do: str
    kind: str
    key: str
    text: str
    parts: list[Part] = field(default_factory=list)


async def effects_of(ctx: Ctx, definition: Definition, occasion: Occasion) -> list[Step]:
    """Each action in order; changes to the contact build on each other."""
    contact = occasion.seen.contact
    here = await _here(ctx, definition)
    steps: list[Step] = []
    for number, action in enumerate(definition.actions):
        key = f"run:{occasion.run.id}:{number}"
        match action:
            case MoveStage() | TagContact() | SetIntent():
                if contact is None:
                    steps.append(_nobody(action))
                    continue
                contact, step = _standing(ctx, action, contact, occasion.run)
                steps.append(step)
            case StartRule():
                steps.append(await _start(ctx, action, key, occasion))
            case CallWebhook():
                steps.append(_call(ctx, action, number, occasion))
            case Send():
                steps.append(_send(ctx, action, key, occasion))
            case CreateTask():
                steps.append(_task(ctx, action, key, occasion, here))
            case Notify():
                told = await runs.told_lately(ctx, occasion.run.rule_id)
                steps.append(_notice(ctx, action, key, occasion, here, told))
    return _told_once(steps)


async def _here(ctx: Ctx, definition: Definition) -> frozenset[str]:
    """Of the staff a rule names, those who work here still; what was for others is everybody's."""
    named = {each.assignee_id for each in definition.actions if isinstance(each, CreateTask)}
    named |= {each.staff_id for each in definition.actions if isinstance(each, Notify)}
    if not named - {None}:
        return frozenset()
    return frozenset(each.id for each in await shelf.names(ctx) if each.live and each.kind == "staff")


def _told_once(steps: list[Step]) -> list[Step]:
    """However many changes a run makes to its contact, it is one edit: only the last of them is an event."""
    told, kept = False, list[Step]()
    for step in reversed(steps):
        parts: list[Part] = []
        for part in reversed(step.parts):
            if isinstance(part, EventDraft) and part.type == "contact.updated":
                if told:
                    continue
                told = True
            parts.insert(0, part)
        kept.insert(0, replace(step, parts=parts))
    return kept


def _nobody(action: Action) -> Step:
    return Step(action.do, "nothing", "", "there is no contact here")


def _send(ctx: Ctx, action: Send, key: str, occasion: Occasion) -> Step:
    contact, booking = occasion.seen.contact, occasion.seen.booking
    if contact is None:
        return _nobody(action)
    channel, address = channel_of(action.channel, contact, booking)
    unique_key = once_key(action, contact.id, booking.id if booking else None) or key
    draft = Draft(
        channel=channel,
        purpose=action.purpose,
        address=address,
        contact_id=contact.id,
        booking_id=booking.id if booking else None,
        template=action.template,
        expires_at=expiry_of(booking, ctx.now),
        unique_key=unique_key,
    )
    return Step("send", "message", unique_key, f"{action.template} to {address}", messaging.plan(ctx, draft))


def _task(ctx: Ctx, action: CreateTask, key: str, occasion: Occasion, here: Set[str]) -> Step:
    contact, booking = occasion.seen.contact, occasion.seen.booking
    say = _words(ctx, occasion)
    title = " ".join(say(action.title).split()) or occasion.run.name
    draft = TaskDraft(
        type=action.type,
        title=title,
        due_at=due_at_of(ctx, action),
        unique_key=key,
        note=say(action.note),
        contact_id=contact.id if contact else None,
        booking_id=booking.id if booking else None,
        assignee_id=action.assignee_id if action.assignee_id in here else None,
    )
    return Step("create_task", "task", key, title, tasks.add(ctx, draft))


def due_at_of(ctx: Ctx, action: CreateTask) -> int:
    """When a task made now is due."""
    match action.due:
        case "now":
            return ctx.now
        case "minutes":
            return ctx.now + action.due_minutes * MINUTE
        case "end_of_business_day":
            return BusinessHours.of(ctx.tenant).end_of_business_day(ctx.now)


def _notice(ctx: Ctx, action: Notify, key: str, occasion: Occasion, here: Set[str], told_lately: int) -> Step:
    say = _words(ctx, occasion)
    title, body = " ".join(say(action.title).split()), say(action.body)
    if told_lately >= NOTICES_AN_HOUR:
        return Step(
            "notify", "nothing", "", f"{title}: {NOTICES_AN_HOUR} notices of this rule within an hour"
        )
    if told_lately == NOTICES_AN_HOUR - 1:
        title, body = (
            f"{title}, and more",
            f"More of “{occasion.run.name}” within this hour is in its history.",
        )
    contact = occasion.seen.contact
    draft = NoticeDraft(
        title=title,
        body=body,
        link=f"/app/contacts/{contact.id}" if contact else "/app/automations",
        urgent=action.urgent,
        staff_id=action.staff_id if action.staff_id in here else None,
        unique_key=key,
    )
    return Step("notify", "notice", key, title, notices.notify(ctx, draft))


def _standing(
    ctx: Ctx, action: MoveStage | TagContact | SetIntent, contact: Contact, run: Waiting
) -> tuple[Contact, Step]:
    parts: list[Part] = []
    if isinstance(action, MoveStage):
        changed = contacts.move(ctx, contact, action.stage, f"Rule “{run.name}”")
        text = f"{label_of(ctx.tenant.kind, contact.stage)} to {label_of(ctx.tenant.kind, action.stage)}"
        contact, parts = changed.contact, changed.parts
    elif isinstance(action, SetIntent):
        changed = contacts.set_intent(ctx, contact, action.value)
        text = f"intent {action.value}"
        contact, parts = changed.contact, changed.parts
    else:
        for name in action.add:
            changed = contacts.tag(ctx, contact, name)
            contact, parts = changed.contact, [*parts, *changed.parts]
        for name in action.remove:
            changed = contacts.untag(ctx, contact, name)
            contact, parts = changed.contact, [*parts, *changed.parts]
        text = " ".join([*(f"+{name}" for name in action.add), *(f"-{name}" for name in action.remove)])
    if not parts:
        return contact, Step(action.do, "nothing", contact.id, f"{text}: so it was already")
    return contact, Step(action.do, "contact", contact.id, text, parts)


def _call(ctx: Ctx, action: CallWebhook, number: int, occasion: Occasion) -> Step:
    id_ = ctx.new_id()
    body = body_of(
        id_,
        ctx.now,
        rule={"id": occasion.run.rule_id, "name": occasion.run.name, "version": occasion.run.version},
        event=_told(occasion.heard, occasion.payload),
        contact=occasion.seen.contact,
        booking=occasion.seen.booking,
    )
    parts = writes.plan_call(ctx, id_, occasion.run.id, number, action.url, body)
    return Step("call_webhook", "call", id_, action.url, parts)


def _told(heard: Event | None, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    if heard is None:
        return None
    return {"id": heard.id, "type": heard.type, "at": heard.occurred_at, "data": dict(payload)}


async def _start(ctx: Ctx, action: StartRule, key: str, occasion: Occasion) -> Step:
    """The other rule gets a run of its own, for the same occasion; it looks at its own conditions when it is due."""
    run, rule = occasion.run, await lineage.followed(ctx, action.rule_id)
    if rule is None:
        return Step("start_rule", "nothing", "", "the rule is switched off")
    subject = (run.subject_kind, run.subject_id)
    lately = await lineage.lately(ctx, run.contact_id, subject)
    chain = [*run.chain, link_of(run.rule_id, run.contact_id, subject)]
    cut = cut_for(chain, link_of(rule.id, run.contact_id, subject), lately(rule.id))
    if cut and lately(rule.id).cut >= CUTS_AN_HOUR:
        return Step("start_rule", "nothing", "", cut)
    draft = RunDraft(
        rule_id=rule.id,
        rule_name=rule.name,
        version=rule.version,
        unique_key=key,
        subject=subject,
        contact_id=run.contact_id,
        booking_id=run.booking_id,
        chain=chain,
        due_at=due_of(ctx, rule.definition, ctx.now),
        cause=("run", run.id),
        trace=run.trace_id,
        event_id=run.event_id,
        recheck=True,
        cut=cut,
    )
    return Step("start_rule", "run", key, rule.name, writes.open_run(ctx, draft))


def _words(ctx: Ctx, occasion: Occasion) -> Callable[[str], str]:
    """Fills in a title or note; words that cannot be filled in stand as they are, for staff to read."""
    values = values_for(ctx, filling_of(occasion.seen))

    def say(source: str) -> str:
        try:
            return render(source, values)
        except FrontdeskError:
            return source

    return say


def filling_of(seen: Scene) -> Filling:
    """What templates may speak of."""
    contact, booking = seen.contact, seen.booking
    return Filling(
        subject=None,
        body=None,
        first_name=(booking.first_name if booking else "") or (contact.first_name if contact else ""),
        last_name=contact.last_name if contact else "",
        service=booking.service if booking else None,
        practitioner=booking.practitioner if booking else None,
        location=booking.location if booking else None,
        starts_at=booking.starts_at if booking else None,
        booking_zone=booking.time_zone if booking else None,
    )
