"""The five models of attribution: exact to the last unit, and deaf to the order in which touchpoints are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.contacts.rules.attribution import HALF_LIFE, MODELS, WHOLE, Model, attribute, split
from frontdesk.core.clock import DAY

NOW = 1_790_000_000_000
JOURNEY = [
    (NOW - 21 * DAY, "1", "ads"),
    (NOW - 14 * DAY, "2", "chat"),
    (NOW - 7 * DAY, "3", "chat"),
    (NOW, "4", "wix"),
]

TOUCHES = st.lists(
    st.tuples(
        st.integers(NOW - 400 * DAY, NOW),
        st.uuids().map(str),
        st.sampled_from(["ads", "chat", "wix", "phone", ""]),
    ),
    max_size=12,
)
ANY_MODEL = st.sampled_from(MODELS)


@pytest.mark.parametrize(
    ("model", "shares"),
    [
        ("first", {"ads": 100}),
        ("last", {"wix": 100}),
        ("linear", {"ads": 25, "chat": 50, "wix": 25}),
        ("position", {"ads": 40, "chat": 20, "wix": 40}),
        # An eighth, a quarter, a half and one: of fifteen eighths.
        ("decay", {"ads": 7, "chat": 40, "wix": 53}),
    ],
)
def test_a_journey_by_each_model(model: Model, shares: dict[str, int]) -> None:
    assert attribute(model, JOURNEY, NOW, 100) == shares


def test_what_comes_after_the_conversion_does_not_count() -> None:
    assert attribute("last", [*JOURNEY, (NOW + 1, "5", "late")], NOW) == {"wix": WHOLE}
    assert attribute("linear", [(NOW + 1, "5", "late")], NOW) == {}
    assert attribute("linear", [], NOW) == {}


def test_one_touchpoint_has_it_all_and_two_share() -> None:
    for model in MODELS:
        assert attribute(model, JOURNEY[:1], NOW) == {"ads": WHOLE}
    assert attribute("position", JOURNEY[2:], NOW, 101) == {"chat": 51, "wix": 50}


def test_half_a_life_older_weighs_half() -> None:
    two = [(NOW - HALF_LIFE, "1", "a"), (NOW, "2", "b")]
    assert attribute("decay", two, NOW, 300) == {"a": 100, "b": 200}


@given(ANY_MODEL, TOUCHES, st.integers(0, 10**12))
def test_the_shares_sum_to_the_whole(model: Model, touches: list[tuple[int, str, str]], whole: int) -> None:
    shares = attribute(model, touches, NOW, whole)
    assert sum(shares.values()) == (whole if touches else 0)
    assert all(share >= 0 for share in shares.values())
    assert shares.keys() <= {source for _, _, source in touches}


@given(ANY_MODEL, TOUCHES, st.randoms(use_true_random=False))
def test_the_order_of_telling_changes_nothing(
    model: Model, touches: list[tuple[int, str, str]], random: object
) -> None:
    told = list(touches)
    random.shuffle(told)  # type: ignore[attr-defined]
    assert attribute(model, told, NOW) == attribute(model, touches, NOW)
    at_once = [(NOW, id_, source) for _, id_, source in touches]
    also = [(NOW, id_, source) for _, id_, source in told]
    assert attribute(model, at_once, NOW) == attribute(model, also, NOW)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 1000), min_size=1), st.integers(-(10**9), 10**9))
def test_a_split_is_exact_and_nobody_is_more_than_one_off(weights: dict[str, int], whole: int) -> None:
    total = sum(weights.values())
    if not total:
        with pytest.raises(ValueError):
            split(whole, weights)
        return
    shares = split(whole, weights)
    assert sum(shares.values()) == whole
    assert all(abs(shares[name] - whole * weight / total) <= 1 for name, weight in weights.items())
