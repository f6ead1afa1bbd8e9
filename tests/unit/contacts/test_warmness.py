"""How warm a lead is: total, explained, and never colder for being more of what warms."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from frontdesk.contacts.rules.warmness import Signals, warmness
from frontdesk.core.clock import DAY, HOUR, MINUTE

NOW = 1_790_000_000_000
INSTANTS = st.integers(0, NOW + DAY)
SIGNALS = st.builds(
    Signals,
    heard_at=st.none() | INSTANTS,
    lately=st.integers(-1, 50),
    replies=st.integers(-1, 50),
    source=st.sampled_from(["wix", "WIX", "manychat", "billboard", "", " "]),
    intent=st.none() | st.integers(-5, 105),
)
NOBODY = Signals(None, 0, 0, "", None)


def test_a_stranger_is_cold_and_everything_together_is_hot() -> None:
    assert warmness(NOBODY, NOW).score == 0
    hot = warmness(Signals(NOW - HOUR, 9, 9, "wix", 100), NOW)
    assert hot.score == 100
    assert [reason.label for reason in hot.reasons] == [
        "Heard from within 4 hours",
        "In touch 9 times in 30 days",
        "Intent 100 of 100",
        "Replied to us 9 times",
        "Came through wix",
    ]


def test_a_lead_of_yesterday_with_a_reply() -> None:
    score = warmness(Signals(NOW - 20 * HOUR, 2, 1, "manychat", None), NOW)
    assert {reason.label: reason.points for reason in score.reasons} == {
        "Heard from within a day": 30,
        "In touch twice in 30 days": 8,
        "Replied to us once": 6,
        "Came through manychat": 6,
    }
    assert score.score == 50


@given(SIGNALS, INSTANTS)
def test_the_reasons_sum_to_the_score(signals: Signals, now: int) -> None:
    score = warmness(signals, now)
    assert 0 <= score.score <= 100
    assert sum(reason.points for reason in score.reasons) == score.score
    assert all(reason.points > 0 and reason.label for reason in score.reasons)


@given(SIGNALS, st.integers(0, 90 * DAY))
def test_more_of_what_warms_is_never_colder(signals: Signals, more: int) -> None:
    before = warmness(signals, NOW).score
    if signals.heard_at is not None:
        assert warmness(replace(signals, heard_at=signals.heard_at + more), NOW).score >= before
        assert warmness(signals, NOW + more).score <= before
    else:
        assert warmness(replace(signals, heard_at=NOW - more), NOW).score >= before
    assert warmness(replace(signals, lately=signals.lately + more // MINUTE), NOW).score >= before
    assert warmness(replace(signals, replies=signals.replies + 1), NOW).score >= before
    assert warmness(replace(signals, intent=(signals.intent or 0) + more // DAY), NOW).score >= before
