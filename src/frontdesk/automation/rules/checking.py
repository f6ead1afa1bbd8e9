"""Whether a well-formed definition makes sense: fields, operators and values that exist and fit each other."""

from collections.abc import Iterator
from typing import Any

from frontdesk.automation.rules.definition import (
    CallWebhook,
    CreateTask,
    Definition,
    Notify,
    OnEvent,
    OnTime,
    TagContact,
    Test,
    tests_of,
)
from frontdesk.automation.rules.fields import BY_OP, Field
from frontdesk.automation.rules.vocabulary import ANCHORS, EVENTS, field_of
from frontdesk.messaging.rules.templates import TemplateInvalid, check

MAX_DEPTH, MAX_TESTS = 4, 40
MAX_TEXT = 200

Problem = dict[str, str]


def problems_of(definition: Definition) -> list[Problem]:
    """What is wrong, each with the path of its field; empty for a definition that may be saved."""
    return [{"field": field, "message": message} for field, message in _problems(definition)]


def _problems(definition: Definition) -> Iterator[tuple[str, str]]:
    trigger, event_type = definition.trigger, None
    if isinstance(trigger, OnEvent):
        event_type = trigger.type
        if trigger.type not in EVENTS:
            yield "trigger.type", "no such event"
    else:
        yield from _anchored(trigger)
        if definition.debounce_minutes:
            yield "debounce_minutes", "a time comes only once"
    tests = list(tests_of(definition.conditions, "conditions"))
    if definition.still is not None:
        tests += tests_of(definition.still, "still")
        if definition.delay is None:
            yield "still", "only a delay can change whether it still holds"
    if len(tests) > MAX_TESTS:
        yield "conditions", f"more than {MAX_TESTS} comparisons"
    for path, test, depth in tests:
        if depth > MAX_DEPTH:
            yield path, f"nested deeper than {MAX_DEPTH}"
        yield from _tested(path, test, event_type)
    for index, action in enumerate(definition.actions):
        at = f"actions.{index}"
        if isinstance(action, TagContact) and not (action.add or action.remove):
            yield f"{at}.add", "no tag"
        if isinstance(action, CallWebhook) and "@" in action.url.split("/")[2]:
            yield f"{at}.url", "no user name or password in it"
        if isinstance(action, CreateTask | Notify):
            yield from _worded(f"{at}.title", action.title)
            yield from _worded(
                f"{at}.{'note' if isinstance(action, CreateTask) else 'body'}",
                action.note if isinstance(action, CreateTask) else action.body,
            )


def _anchored(trigger: OnTime) -> Iterator[tuple[str, str]]:
    anchor = ANCHORS.get(trigger.anchor)
    if anchor is None:
        yield "trigger.anchor", "no such time"
    elif anchor.after_only and trigger.minutes < 0:
        yield "trigger.minutes", "nobody knows beforehand"


def _worded(path: str, source: str) -> Iterator[tuple[str, str]]:
    try:
        check(source)
    except TemplateInvalid as error:
        yield path, error.detail


def _tested(path: str, test: Test, event_type: str | None) -> Iterator[tuple[str, str]]:
    field = field_of(test.field, event_type)
    if field is None:
        yield f"{path}.field", "no such field here"
        return
    operator = BY_OP.get((field.type, test.op))
    if operator is None:
        yield f"{path}.op", "this field cannot be compared so"
        return
    if not _fits(test.value, operator.takes, field):
        yield f"{path}.value", _WANTED[operator.takes]


_WANTED = {
    "nothing": "takes no value",
    "text": f"a text of 1 to {MAX_TEXT} characters",
    "texts": "a list of 1 to 30 texts",
    "choice": "one of the options",
    "choices": "a list of options",
    "number": "a number",
    "boolean": "true or false",
    "minutes": "minutes, 0 or more",
}


def _fits(value: Any, takes: str, field: Field) -> bool:
    match takes:
        case "nothing":
            return value is None
        case "text":
            return _text(value)
        case "texts":
            return isinstance(value, list | tuple) and 0 < len(value) <= 30 and all(map(_text, value))
        case "choice":
            return _text(value) and (not field.options or value in field.options)
        case "choices":
            listed = isinstance(value, list | tuple) and 0 < len(value) <= 30
            return listed and all(_fits(each, "choice", field) for each in value)
        case "boolean":
            return isinstance(value, bool)
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**12
    return number and (takes != "minutes" or 0 <= value <= 2_000_000)


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= MAX_TEXT
