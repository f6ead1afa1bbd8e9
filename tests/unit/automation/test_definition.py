"""Definitions survive the way to the database and back, mistakes are named by path, and every one has a sentence."""

from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from frontdesk.automation.rules.catalogue import catalogue_for
from frontdesk.automation.rules.checking import problems_of
from frontdesk.automation.rules.definition import Definition, dumped
from frontdesk.automation.rules.sentence import sentence, span
from frontdesk.automation.rules.standard import standard_rules
from frontdesk.contacts.rules.pipeline import has_stage
from frontdesk.core.parsing import dump_json
from frontdesk.messaging.rules.wording import DEFAULTS
from support.rules import definitions

KINDS = ("clinic", "diner", "store", "trades", "saas")
SEND = {"do": "send", "template": "booking.confirmation"}


def rule(**parts: Any) -> Definition:
    whole = {"trigger": {"on": "event", "type": "booking.created"}, "actions": [SEND], **parts}
    return Definition.model_validate(whole)


def where(**parts: Any) -> list[str]:
    return [each["field"] for each in problems_of(rule(**parts))]


@given(definition=definitions())
def test_a_definition_comes_back_as_it_was_stored(definition: Definition) -> None:
    assert Definition.model_validate_json(dump_json(dumped(definition))) == definition


@given(definition=definitions())
def test_every_definition_that_may_be_saved_has_a_sentence(definition: Definition) -> None:
    assert problems_of(definition) == []
    said = sentence(definition)
    assert said.endswith(".") and (said[0].isupper() or said[0].isdigit()) and "None" not in said


@pytest.mark.parametrize("kind", KINDS)
def test_standard_rules_make_sense_for_their_tenants(kind: Any) -> None:
    seeds = standard_rules(kind)
    assert len({seed.key for seed in seeds}) == len(seeds)
    for seed in seeds:
        assert problems_of(seed.definition) == []
        for action in seed.definition.actions:
            if action.do == "send":
                assert (action.template, "sms") in DEFAULTS and (action.template, "email") in DEFAULTS
            if action.do == "move_stage":
                assert has_stage(kind, action.stage)
    assert seeds[0].key == "booking-confirmation"


def test_sentences_read_as_people_speak() -> None:
    def said(key: str) -> str:
        return sentence(next(seed.definition for seed in standard_rules("clinic") if seed.key == key))

    assert said("booking-confirmation") == (
        "When a booking is made, if the booking stands and the booking's start is in the future,"
        " text or mail booking.confirmation (once for each booking)."
    )
    assert said("no-response") == (
        "4 hours after the last word between us and a contact, if the contact's stage is “lead” and the contact's"
        " next booking is not known, text or mail followup.no_response and make a task"
        " “No reply: {{ contact.name | default('a lead', true) }}” due by the end of the business day."
    )
    assert said("review-request") == (
        "When an appointment is over, wait 1 day, wait until the business is open, and if by then the booking's"
        " status is “completed”, text or mail review.request (once for each booking)."
    )
    assert span(90) == "1 hour 30 minutes" and span(0) == "0 minutes" and span(2880) == "2 days"


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"trigger": {"on": "event", "type": "wix.booking"}}, "trigger.type"),
        ({"trigger": {"on": "time", "anchor": "moon.full"}}, "trigger.anchor"),
        (
            {"trigger": {"on": "time", "anchor": "contact.last_in_at", "minutes": -5}},
            "trigger.minutes",
        ),
        (
            {"conditions": {"all": [{"field": "contact.shoe", "op": "is", "value": "x"}]}},
            "conditions.all.0.field",
        ),
        (
            {"conditions": {"all": [{"field": "event.body", "op": "is", "value": "x"}]}},
            "conditions.all.0.field",
        ),
        (
            {"conditions": {"any": [{"field": "booking.starts_at", "op": "is", "value": 1}]}},
            "conditions.any.0.op",
        ),
        (
            {"conditions": {"none": [{"all": [{"field": "booking.status", "op": "is", "value": "lost"}]}]}},
            "conditions.none.0.all.0.value",
        ),
        (
            {"conditions": {"all": [{"field": "booking.active", "op": "is", "value": "yes"}]}},
            "conditions.all.0.value",
        ),
        ({"still": {"all": []}}, "still"),
        ({"actions": [{"do": "tag"}]}, "actions.0.add"),
        ({"actions": [SEND, {"do": "create_task", "title": "{{ contact.shoe }}"}]}, "actions.1.title"),
        ({"actions": [{"do": "call_webhook", "url": "https://me:pw@x.example/"}]}, "actions.0.url"),
    ],
)
def test_a_mistake_is_named_by_its_path(parts: dict[str, Any], path: str) -> None:
    assert path in where(**parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"actions": []},
        {"actions": [{"do": "explode"}]},
        {"trigger": {"on": "moon"}},
        {"surprise": 1},
        {"conditions": {"all": [{"field": "x"}]}},
        {"actions": [{"do": "set_intent", "value": 101}]},
        {"actions": [{"do": "call_webhook", "url": "javascript:alert(1)"}]},
    ],
)
def test_what_is_no_definition_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**parts)


def test_conditions_cannot_nest_without_end() -> None:
    inner: dict[str, Any] = {"field": "booking.active", "op": "is", "value": True}
    for _ in range(6):
        inner = {"all": [inner]}
    assert any("nested" in each["message"] for each in problems_of(rule(conditions=inner)))


def test_the_catalogue_offers_the_stages_of_the_tenants_pipeline() -> None:
    shown = catalogue_for(("lead", "post"))
    stage = next(field for field in shown.events[0].fields if field.path == "contact.stage")
    move = next(each for each in shown.actions if each.do == "move_stage")
    assert stage.options == move.params[0].options == ["lead", "post"]
    assert set(shown.operators) == {"text", "choice", "number", "boolean", "time", "tags"}
