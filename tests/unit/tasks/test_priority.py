"""How much a task presses: total, explained, and never less for more of what presses."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from frontdesk.tasks.rules import TYPES, Weights, priority

WEIGHTS = st.builds(
    Weights,
    type=st.sampled_from(TYPES),
    urgency=st.sampled_from(["routine", "soon", "urgent", "whatever"]),
    warmness=st.integers(-5, 110),
    days_late=st.integers(-3, 40),
    value_minor=st.integers(-100, 1_000_000),
)


def test_everything_together_presses_most_and_nothing_leaves_the_type() -> None:
    most = priority(Weights("welcome_call", "urgent", 100, 9, 200_000))
    assert most.score == 100
    assert {reason.label for reason in most.reasons} == {
        "Urgent booking",
        "Contact's warmness 100 of 100",
        "9 days late",
        "Worth 2,000",
    }
    least = priority(Weights("review"))
    assert [(reason.label, reason.points) for reason in least.reasons] == [("Review", 5)]


def test_a_day_late_says_so() -> None:
    reasons = priority(Weights("other", days_late=1)).reasons
    assert ("A day late", 5) in [(reason.label, reason.points) for reason in reasons]


@given(WEIGHTS)
def test_the_reasons_sum_to_the_priority(weights: Weights) -> None:
    score = priority(weights)
    assert 0 <= score.score <= 100
    assert sum(reason.points for reason in score.reasons) == score.score


@given(WEIGHTS, st.integers(0, 100_000))
def test_more_never_presses_less(weights: Weights, more: int) -> None:
    before = priority(weights).score
    assert priority(replace(weights, urgency="urgent")).score >= before
    assert priority(replace(weights, warmness=weights.warmness + more)).score >= before
    assert priority(replace(weights, days_late=weights.days_late + more)).score >= before
    assert priority(replace(weights, value_minor=weights.value_minor + more)).score >= before
