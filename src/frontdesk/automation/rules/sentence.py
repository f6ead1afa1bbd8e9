"""A rule as people would say it; every valid definition has a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

from frontdesk.automation.rules.definition import (
    Action,
    All,
    AnyOf,
    CallWebhook,
    Clause,
    CreateTask,
    Definition,
    Group,
    MoveStage,
    NoneOf,
    Notify,
    OnEvent,
    OnTime,
    Send,
    SetIntent,
    StartRule,
    TagContact,
    Test,
)
from frontdesk.automation.rules.fields import BY_OP
from frontdesk.automation.rules.vocabulary import ANCHORS, EVENTS, field_of

Names = Mapping[str, str]
"""What ids stand for: rules and staff by id."""


def sentence(definition: Definition, names: Names | None = None) -> str:
    """`When a booking is made, if the booking stands, text or mail booking.confirmation.`"""
    known = names or {}
    event_type = definition.trigger.type if isinstance(definition.trigger, OnEvent) else None
    parts = [_trigger(definition)]
    condition = said(definition.conditions, event_type)
    if condition:
        parts.append(f"if {condition}")
    waiting = _waiting(definition, event_type)
    if waiting:
        parts.append(waiting)
    parts.append(_listed([_action(each, known) for each in definition.actions]))
    return ", ".join(parts) + "."


def span(minutes: float) -> str:
    """`90` is `1 hour 30 minutes`, `2880` is `2 days`."""
    left = round(minutes)
    found = []
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        count, left = divmod(left, size)
        if count:
            found.append(f"{count:,} {name}{'' if count == 1 else 's'}")
    return " ".join(found) or "0 minutes"


def said(clause: Clause | Group, event_type: str | None = None, *, inner: bool = False) -> str:
    """A condition in words; empty for one that always holds."""
    match clause:
        case All(all=parts):
            return _joined(parts, " and ", event_type, inner=inner)
        case AnyOf(any=parts):
            return _joined(parts, " or ", event_type, inner=inner) or "never"
        case NoneOf(none=parts):
            found = _joined(parts, " nor ", event_type, inner=False)
            return f"neither {found}" if len(parts) > 1 else f"not ({found})" if found else ""
        case Test():
            return _test(clause, event_type)


def _joined(parts: Sequence[Clause], word: str, event_type: str | None, *, inner: bool) -> str:
    found = [text for each in parts if (text := said(each, event_type, inner=True))]
    text = word.join(found)
    return f"({text})" if inner and len(found) > 1 else text


def _test(test: Test, event_type: str | None) -> str:
    field = field_of(test.field, event_type)
    label = field.label if field else test.field
    type_ = field.type if field else "text"
    if field and type_ == "boolean":
        yes = (test.value is True) == (test.op == "is")
        return label if yes else field.denied or f"it is not so that {label}"
    operator = BY_OP.get((type_, test.op))
    word = operator.label if operator else test.op.replace("_", " ")
    if operator and operator.takes == "minutes":
        return f"{label} {word.removesuffix(':')}".replace("so long", span(_minutes(test.value))).replace(
            "so far", span(_minutes(test.value))
        )
    return f"{label} {word}{_value(test.value)}"


def _minutes(value: Any) -> float:
    return value if isinstance(value, int | float) else 0


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " " + ", ".join(_quoted(each) for each in value)
    return " " + _quoted(value)


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value}”"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _trigger(definition: Definition) -> str:
    trigger = definition.trigger
    if isinstance(trigger, OnEvent):
        known = EVENTS.get(trigger.type)
        return f"When {known.sentence if known else trigger.type}"
    return _moment(trigger)


def _moment(trigger: OnTime) -> str:
    known = ANCHORS.get(trigger.anchor)
    label = known.label if known else trigger.anchor
    if trigger.minutes == 0:
        return f"When {label}"
    word = "before" if trigger.minutes < 0 else "after"
    return f"{span(abs(trigger.minutes)).capitalize()} {word} {label}"


def _waiting(definition: Definition, event_type: str | None) -> str:
    delay, found = definition.delay, []
    if delay and delay.minutes:
        found.append(f"wait {span(delay.minutes)}")
    if delay and delay.within_hours:
        found.append("wait until the business is open")
    if definition.still is not None:
        still = said(definition.still, event_type)
        if still:
            found.append(f"and if by then {still}")
    return ", ".join(found)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _action(action: Action, names: Names) -> str:
    match action:
        case Send():
            how = {"auto": "text or mail", "sms": "text", "email": "mail"}[action.channel]
            once = "" if action.once == "run" else f" (once for each {action.once})"
            return f"{how} {action.template}{once}"
        case CreateTask():
            due = {
                "now": "due at once",
                "minutes": f"due in {span(action.due_minutes)}",
                "end_of_business_day": "due by the end of the business day",
            }[action.due]
            whose = f" for {names.get(action.assignee_id, 'a colleague')}" if action.assignee_id else ""
            return f"make a task “{action.title}”{whose} {due}"
        case MoveStage():
            return f"move the contact to “{action.stage}”"
        case TagContact():
            found = []
            if action.add:
                found.append(f"tag the contact {', '.join(action.add)}")
            if action.remove:
                found.append(f"take off the tag {', '.join(action.remove)}")
            return " and ".join(found) or "tag nothing"
        case SetIntent():
            return f"set the contact's intent to {action.value}"
        case Notify():
            whom = names.get(action.staff_id, "a colleague") if action.staff_id else "staff"
            return f"notify {whom}{' at once' if action.urgent else ''}: “{action.title}”"
        case CallWebhook():
            return f"call {action.url.split('/')[2]}"
        case StartRule():
            return f"start the rule “{names.get(action.rule_id, 'another')}”"
