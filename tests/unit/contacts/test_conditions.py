"""Silence, recalls, dormancy, no-shows: when they hold, and the why that goes with it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.conditions import (
    Appointment,
    Patience,
    dormant,
    holding,
    lasted,
    no_response,
    no_show_risk,
    recall_at,
    recall_due,
    unaccounted,
)
from frontdesk.core.clock import DAY, HOUR, MINUTE

NOW = 1_790_000_000_000
SYDNEY = ZoneInfo("Australia/Sydney")


def silent(created: int, heard: int | None, wrote: int | None, stage: str = "lead") -> tuple[bool, str]:
    found = no_response(
        stage=stage,
        created_at=NOW - created,
        last_in_at=None if heard is None else NOW - heard,
        last_out_at=None if wrote is None else NOW - wrote,
        now=NOW,
    )
    return found.holds, found.why


@pytest.mark.parametrize(
    ("created", "heard", "wrote", "expected"),
    [
        (5 * HOUR, None, None, (True, "Came in 5 hours ago and nobody has written")),
        (9 * HOUR, None, 4 * HOUR, (True, "No reply for 4 hours since we wrote")),
        (9 * HOUR, 6 * HOUR, 8 * HOUR, (True, "They wrote 6 hours ago and nobody has answered")),
        (9 * HOUR, 6 * HOUR, 3 * HOUR, (False, "Last word 3 hours ago")),
        (3 * HOUR + 59 * MINUTE, None, None, (False, "Last word 3 hours ago")),
    ],
)
def test_a_lead_that_falls_silent(
    created: int, heard: int | None, wrote: int | None, expected: tuple[bool, str]
) -> None:
    assert silent(created, heard, wrote) == expected


def test_who_is_no_lead_any_more_is_not_silent() -> None:
    assert silent(9 * HOUR, None, None, "appointment") == (False, "No lead any more: appointment")


def test_a_recall_is_due_from_its_instant_on() -> None:
    assert not recall_due(None, "", NOW).holds
    assert recall_due(NOW + 3 * DAY, "MRI", NOW).why == "Recall for MRI in 3 days"
    assert recall_due(NOW, "MRI", NOW) == (True, "Recall for MRI due", NOW)
    assert recall_due(NOW - 2 * DAY, "", NOW).why == "Recall due for 2 days"


def test_a_recall_comes_on_the_same_day_of_a_later_month_at_nine() -> None:
    def at(text: str) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=SYDNEY).timestamp() * 1000)

    assert recall_at(at("2026-03-15T14:30"), 6, SYDNEY) == at("2026-09-15T09:00")
    assert recall_at(at("2026-08-31T14:30"), 6, SYDNEY) == at("2027-02-28T09:00")
    assert recall_at(at("2027-08-31T14:30"), 6, SYDNEY) == at("2028-02-29T09:00")
    assert recall_at(at("2026-12-01T00:10"), 12, SYDNEY) == at("2027-12-01T09:00")


def test_a_lead_goes_dormant_unless_something_is_booked() -> None:
    old: dict[str, Any] = {"created_at": NOW - 90 * DAY, "last_in_at": NOW - 61 * DAY, "now": NOW}
    assert dormant(stage="lead", **old) == (True, "Nothing heard for 61 days", NOW - DAY)
    assert not dormant(stage="lead", upcoming=True, **old).holds
    assert not dormant(stage="post", **old).holds
    assert not dormant(stage="lead", **{**old, "last_in_at": NOW - 59 * DAY}).holds


@pytest.mark.parametrize(
    ("fields", "upcoming", "expected"),
    [
        ({"created_at": NOW - HOUR}, False, []),
        ({"created_at": NOW - 5 * HOUR}, False, ["silence"]),
        ({"created_at": NOW - 61 * DAY}, False, ["silence", "dormancy"]),
        ({"created_at": NOW - 61 * DAY, "stage": "pre_appointment"}, False, ["dormancy"]),
        ({"created_at": NOW - 61 * DAY, "stage": "pre_appointment"}, True, []),
        ({"created_at": NOW - 90 * DAY, "stage": "post", "recall_due_at": NOW - DAY}, False, ["recall"]),
    ],
)
def test_what_staff_are_told_of_a_contact(
    fields: dict[str, Any], upcoming: bool, expected: list[str]
) -> None:
    contact = Contact.model_construct(**{"stage": "lead", **fields})
    found = holding(contact, NOW, Patience(), upcoming=upcoming)
    assert [each.about for each in found] == expected
    assert all(each.why and each.since is not None and each.since <= NOW for each in found)


def test_how_long_is_long_is_the_tenants_to_say() -> None:
    fields: dict[str, Any] = {"stage": "lead", "created_at": NOW - 10 * DAY}
    contact = Contact.model_construct(**fields)
    patient = Patience(silence=11 * DAY, dormancy=9 * DAY)
    assert [each.about for each in holding(contact, NOW, patient, upcoming=False)] == ["dormancy"]


def test_an_appointment_nobody_accounted_for() -> None:
    assert unaccounted("confirmed", NOW - 3 * HOUR, NOW).why == "Over for 3 hours and still confirmed"
    assert not unaccounted("confirmed", NOW - HOUR, NOW).holds
    assert not unaccounted("completed", NOW - DAY, NOW).holds


WEEKS = st.integers(0, 90 * DAY)


@given(WEEKS, st.none() | WEEKS, st.none() | WEEKS, WEEKS)
def test_silence_only_grows(created: int, heard: int | None, wrote: int | None, later: int) -> None:
    def at(now: int) -> bool:
        return no_response(
            stage="lead",
            created_at=NOW - created,
            last_in_at=None if heard is None else NOW - heard,
            last_out_at=None if wrote is None else NOW - wrote,
            now=now,
        ).holds

    assert at(NOW) <= at(NOW + later)
    assert dormant(stage="lead", created_at=NOW - created, last_in_at=None, now=NOW).holds <= (
        dormant(stage="lead", created_at=NOW - created, last_in_at=None, now=NOW + later).holds
    )


RISKS = st.builds(
    Appointment,
    confirmed=st.booleans(),
    reachable=st.booleans(),
    new_patient=st.booleans(),
    kept=st.integers(0, 9),
    missed=st.integers(0, 9),
    booked_ahead_ms=st.integers(-DAY, 60 * DAY),
    replied=st.booleans(),
)


@given(RISKS)
def test_the_risk_grows_with_what_was_missed_and_falls_with_a_word(risk: Appointment) -> None:
    score = no_show_risk(risk)
    assert 0 <= score.score <= 100
    assert sum(reason.points for reason in score.reasons) == score.score
    assert no_show_risk(replace(risk, missed=risk.missed + 1)).score >= score.score
    assert no_show_risk(replace(risk, confirmed=True)).score <= score.score
    assert no_show_risk(replace(risk, reachable=True)).score <= score.score
    if risk.kept + risk.missed:
        assert no_show_risk(replace(risk, kept=risk.kept + 1)).score <= score.score


def test_lengths_of_time_as_people_say_them() -> None:
    assert [lasted(ms) for ms in (0, MINUTE, 119 * MINUTE, 2 * HOUR, DAY, 47 * HOUR, 2 * DAY)] == [
        "less than a minute", "1 minute", "1 hour", "2 hours", "1 day", "1 day", "2 days"
    ]  # fmt: skip
