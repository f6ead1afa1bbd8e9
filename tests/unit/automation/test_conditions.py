"""Conditions are total, each negation is the exact opposite, and groups mean what logic says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from frontdesk.automation.rules.conditions import failing, holds
from frontdesk.automation.rules.definition import All, AnyOf, Group, NoneOf, Test
from frontdesk.automation.rules.fields import BY_OP, EVERYWHERE, OPERATORS
from support.rules import comparisons, groups

NOW = 1_790_000_000_000
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=True),
    st.text(max_size=10),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.integers(NOW - 10**9, NOW + 10**9),
)
FACTS = st.dictionaries(st.sampled_from([each.path for each in EVERYWHERE]), VALUES, max_size=25).map(
    lambda facts: {**facts, "now.at": NOW}
)
GROUP: TypeAdapter[All | AnyOf | NoneOf] = TypeAdapter(Group)
CLAUSES = comparisons().map(Test.model_validate)


@given(group=groups(), facts=FACTS)
def test_any_condition_over_any_facts_is_true_or_false(group: Any, facts: dict[str, Any]) -> None:
    clause = GROUP.validate_python(group)
    assert holds(clause, facts) in (True, False)
    assert (failing(clause, facts) is None) is holds(clause, facts)


@given(op=st.sampled_from(sorted({op for _, op in BY_OP})), found=VALUES, wanted=VALUES)
def test_any_operator_over_any_values_is_true_or_false(op: str, found: Any, wanted: Any) -> None:
    test = Test.model_construct(field="x", op=op, value=wanted)
    assert holds(test, {"x": found, "now.at": NOW}) in (True, False)


@given(test=CLAUSES, facts=FACTS)
def test_a_negated_operator_is_the_exact_opposite(test: Test, facts: dict[str, Any]) -> None:
    field = next(each for each in EVERYWHERE if each.path == test.field)
    opposite = BY_OP[field.type, test.op].negates
    if opposite:
        other = test.model_copy(update={"op": opposite})
        assert holds(test, facts) is not holds(other, facts)


@given(tests=st.lists(CLAUSES, max_size=4), facts=FACTS)
def test_none_is_not_any_and_all_is_none_of_the_opposites(tests: list[Test], facts: dict[str, Any]) -> None:
    each = [holds(test, facts) for test in tests]
    assert holds(All(all=tuple(tests)), facts) is all(each)
    assert holds(AnyOf(any=tuple(tests)), facts) is any(each)
    assert holds(NoneOf(none=tuple(tests)), facts) is not any(each)


def test_every_negation_names_one_that_names_it_back() -> None:
    for type_, operators in OPERATORS.items():
        for each in operators:
            if each.negates:
                back = BY_OP[type_, each.negates]
                assert back.negates == each.op and back.takes == each.takes


HOUR = 3_600_000


@pytest.mark.parametrize(
    ("found", "op", "value", "expected"),
    [
        ("MRI  Knee", "is", "mri knee", True),
        ("MRI knee", "contains", "KNEE", True),
        ("MRI knee", "starts_with", "knee", False),
        (None, "is_not", "x", True),
        ("", "empty", None, True),
        ("lead", "in", ["post", "lead"], True),
        (3, "more_than", 3, False),
        (3, "at_least", 3, True),
        (None, "at_most", 3, False),
        (True, "is", 1, False),
        (False, "is", False, True),
        (["vip", "x"], "has", "VIP", True),
        (["vip"], "has_none", ["a", "b"], True),
        ([], "empty", None, True),
        (NOW - 5 * HOUR, "more_than_ago", 240, True),
        (NOW - 3 * HOUR, "more_than_ago", 240, False),
        (NOW + HOUR, "less_than_ago", 240, False),
        (NOW - 3 * HOUR, "less_than_ago", 240, True),
        (NOW + 3 * HOUR, "less_than_ahead", 240, True),
        (NOW + 5 * HOUR, "more_than_ahead", 240, True),
        (NOW, "in_past", None, False),
        (NOW + 1, "in_future", None, True),
        (None, "in_future", None, False),
        (None, "not_in_future", None, True),
    ],
)
def test_what_operators_mean(found: Any, op: str, value: Any, expected: bool) -> None:
    assert holds(Test(field="x", op=op, value=value), {"x": found, "now.at": NOW}) is expected


def test_what_fails_is_the_part_that_is_why() -> None:
    ok, bad = Test(field="a", op="is", value="1"), Test(field="b", op="is", value="1")
    facts = {"a": "1", "b": "2", "now.at": NOW}
    assert failing(All(all=(ok, All(all=(ok, bad)))), facts) == bad
    assert failing(AnyOf(any=(bad,)), facts) == AnyOf(any=(bad,))
