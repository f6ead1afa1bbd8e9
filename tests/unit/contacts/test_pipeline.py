"""Where bookings put people on the pipeline, whatever order the news comes in."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.contacts.rules.pipeline import (
    PIPELINES,
    Recall,
    Visit,
    has_stage,
    label_of,
    next_recall,
    recall_after,
    standing,
)
from frontdesk.core.clock import DAY
from frontdesk.core.settings import TenantKind, TenantSettings

NOW = 1_790_000_000_000
SYDNEY = ZoneInfo("Australia/Sydney")
SETTINGS = TenantSettings.model_validate(
    {
        "services": [
            {"name": "MRI", "recall_months": 12},
            {"name": "CT", "recall_months": 6},
            {"name": "X-ray"},
        ]
    }
)
KINDS: list[TenantKind] = list(PIPELINES)
VISITS = st.lists(
    st.builds(
        Visit,
        status=st.sampled_from(["scheduled", "confirmed", "completed", "cancelled", "no_show"]),
        starts_at=st.integers(NOW - 900 * DAY, NOW + 90 * DAY),
        service=st.sampled_from(["MRI", "ct", "X-ray", ""]),
    ),
    max_size=6,
)


def visit(status: str, days: int = 0, service: str = "MRI") -> Visit:
    return Visit(status, NOW + days * DAY, service)


@pytest.mark.parametrize(
    ("visits", "stage", "why"),
    [
        ([visit("confirmed", 3)], "appointment", "Has an appointment"),
        ([visit("scheduled", -1)], "appointment", "Has an appointment"),
        ([visit("completed", -1)], "post", "Completed MRI"),
        ([visit("completed", -9), visit("confirmed", 3)], "appointment", "Has an appointment"),
        ([visit("no_show", -1)], "pre_appointment", "Did not come to MRI"),
        ([visit("cancelled", 3)], "pre_appointment", "Cancelled MRI"),
        ([visit("completed", -9), visit("cancelled", 3)], "post", "Cancelled MRI"),
        ([visit("cancelled", 3, "")], "pre_appointment", "Cancelled appointment"),
    ],
)
def test_what_became_of_their_bookings_decides(visits: list[Visit], stage: str, why: str) -> None:
    assert standing(visits, "clinic") == (stage, why)


def test_no_booking_says_nothing() -> None:
    assert standing([], "clinic") is None


@given(VISITS, st.sampled_from(KINDS), st.randoms(use_true_random=False))
def test_the_order_of_bookings_changes_nothing_and_the_stage_exists(
    visits: list[Visit], kind: TenantKind, random: object
) -> None:
    shuffled = list(visits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = standing(visits, kind)
    assert found == standing(shuffled, kind)
    assert next_recall(visits, SETTINGS, SYDNEY) == next_recall(shuffled, SETTINGS, SYDNEY)
    if found:
        assert has_stage(kind, found.stage)


def test_every_kind_begins_with_a_lead_and_can_lay_somebody_to_rest() -> None:
    for kind in KINDS:
        keys = [stage.key for stage in PIPELINES[kind]]
        assert keys[0] == "lead"
        assert {"appointment", "post", "dormant"} <= set(keys)
        assert len(keys) == len(set(keys))
    assert label_of("diner", "recall") == "Invite back"
    assert label_of("diner", "vip") == "vip"


def test_the_next_recall_is_the_earliest_that_nothing_answers() -> None:
    done = [visit("completed", -400), visit("completed", -30), visit("completed", -60, "ct")]
    recall = next_recall(done, SETTINGS, SYDNEY)
    assert recall is not None
    assert recall.service == "CT"
    booked = next_recall([*done, visit("confirmed", 9, "CT")], SETTINGS, SYDNEY)
    assert booked is not None
    assert booked.service == "MRI"
    assert booked.at > NOW + 300 * DAY, "from the last one, not the first"
    assert next_recall([visit("completed", -9, "X-ray")], SETTINGS, SYDNEY) is None


def test_what_staff_set_stands_until_an_appointment_answers_it() -> None:
    by_hand = Recall(NOW + 30 * DAY, "Physio")
    done = [visit("completed", -30)]
    assert recall_after(None, done, SETTINGS, SYDNEY) == next_recall(done, SETTINGS, SYDNEY)
    assert recall_after(by_hand, done, SETTINGS, SYDNEY) == by_hand, "it comes earlier"
    assert recall_after(by_hand, [visit("cancelled")], SETTINGS, SYDNEY) == by_hand
    assert recall_after(by_hand, [visit("confirmed", 9)], SETTINGS, SYDNEY) == by_hand
    assert recall_after(by_hand, [visit("confirmed", 9, "physio")], SETTINGS, SYDNEY) is None
    assert recall_after(Recall(NOW, ""), [visit("confirmed", 9)], SETTINGS, SYDNEY) is None
    older = next_recall([visit("completed", -400)], SETTINGS, SYDNEY)
    again = [visit("completed", -400), *done]
    assert recall_after(older, again, SETTINGS, SYDNEY) == next_recall(again, SETTINGS, SYDNEY)
