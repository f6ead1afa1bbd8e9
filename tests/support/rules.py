"""Definitions of rules by the dozen: every one that hypothesis draws may be saved."""

from typing import Any

from hypothesis import strategies as st

from frontdesk.automation.rules.definition import Definition
from frontdesk.automation.rules.fields import EVERYWHERE, OPERATORS, Field
from frontdesk.automation.rules.vocabulary import ANCHORS, EVENTS

WORDS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=12).filter(
    lambda word: word != "None"
)
MINUTES = st.integers(0, 100_000)


def _value(takes: str, field: Field) -> st.SearchStrategy[Any]:
    option = st.sampled_from(field.options) if field.options else WORDS
    return {
        "nothing": st.none(),
        "text": WORDS,
        "texts": st.lists(WORDS, min_size=1, max_size=3),
        "choice": option,
        "choices": st.lists(option, min_size=1, max_size=3),
        "number": st.integers(-1000, 1000) | st.floats(-1000, 1000),
        "boolean": st.booleans(),
        "minutes": MINUTES,
    }[takes]


@st.composite
def comparisons(draw: st.DrawFn, fields: tuple[Field, ...] = EVERYWHERE) -> dict[str, Any]:
    """One comparison that makes sense."""
    field = draw(st.sampled_from(fields))
    operator = draw(st.sampled_from(OPERATORS[field.type]))
    found = {"field": field.path, "op": operator.op}
    value = draw(_value(operator.takes, field))
    return found if value is None else {**found, "value": value}


def _groups(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    clauses = st.lists(inner, max_size=3)
    return st.sampled_from(("all", "any", "none")).flatmap(
        lambda name: clauses.map(lambda each: {name: each})
    )


def groups(fields: tuple[Field, ...] = EVERYWHERE) -> st.SearchStrategy[Any]:
    """Groups of comparisons, up to three levels."""
    one = comparisons(fields)
    return _groups(one | _groups(one | _groups(one)))


ACTIONS: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries(
        {"do": st.just("send"), "template": st.just("booking.confirmation")},
        optional={
            "channel": st.sampled_from(("auto", "sms", "email")),
            "purpose": st.sampled_from(("transactional", "service", "marketing")),
            "once": st.sampled_from(("run", "booking", "contact")),
        },
    ),
    st.fixed_dictionaries(
        {"do": st.just("create_task"), "title": WORDS},
        optional={"due": st.sampled_from(("now", "minutes", "end_of_business_day")), "due_minutes": MINUTES},
    ),
    st.fixed_dictionaries({"do": st.just("move_stage"), "stage": WORDS}),
    st.fixed_dictionaries(
        {"do": st.just("tag"), "add": st.lists(WORDS, min_size=1, max_size=2)},
        optional={"remove": st.lists(WORDS, max_size=2)},
    ),
    st.fixed_dictionaries({"do": st.just("set_intent"), "value": st.integers(0, 100)}),
    st.fixed_dictionaries({"do": st.just("notify"), "title": WORDS}, optional={"urgent": st.booleans()}),
    st.fixed_dictionaries(
        {"do": st.just("call_webhook"), "url": WORDS.map(lambda word: f"https://hooks.example/{word}")}
    ),
    st.fixed_dictionaries({"do": st.just("start_rule"), "rule_id": WORDS}),
)


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """A definition that may be saved."""
    whole: dict[str, Any] = {"actions": draw(st.lists(ACTIONS, min_size=1, max_size=3))}
    if draw(st.booleans()):
        known = EVENTS[draw(st.sampled_from(sorted(EVENTS)))]
        whole["trigger"] = {"on": "event", "type": known.type}
        fields = (*EVERYWHERE, *known.fields)
        whole["debounce_minutes"] = draw(st.none() | st.integers(0, 60))
    else:
        anchor = ANCHORS[draw(st.sampled_from(sorted(ANCHORS)))]
        least = 0 if anchor.after_only else -10_000
        whole["trigger"] = {"on": "time", "anchor": anchor.key, "minutes": draw(st.integers(least, 10_000))}
        fields = EVERYWHERE
    whole["conditions"] = draw(groups(fields))
    if draw(st.booleans()):
        whole["delay"] = {"minutes": draw(MINUTES), "within_hours": draw(st.booleans())}
        whole["still"] = draw(st.none() | groups(fields))
    return Definition.model_validate(whole)
