"""What moving an appointment would do, told before it is done: the reminders' fate, and what speaks against it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.bookings import actions
from frontdesk.bookings.actions import Made, Preview, Wish
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.errors import Invalid
from frontdesk.integrations.facts import ContactFact
from support.appointments import before_start, booked, booking, moved, said, staff, waiting
from support.calls import run
from support.desk import MORNING, Desk


def seen(desk: Desk, starts_in: int, **more: Any) -> Preview:
    return run(actions.preview(staff(desk), booking(desk).id, Wish(MORNING + starts_in, **more)))


def fates(desk: Desk, starts_in: int, **more: Any) -> dict[int, tuple[str, int | None, int | None]]:
    return {
        each.offset_hours: (each.fate, each.was_at, each.at)
        for each in seen(desk, starts_in, **more).reminders
    }


def details(desk: Desk, starts_in: int) -> dict[int, str]:
    return {each.offset_hours: each.detail for each in seen(desk, starts_in).reminders}


def test_all_move_and_nothing_is_changed_by_looking() -> None:
    desk = booked()
    old, new = before_start(5 * DAY, 48, 24, 2), before_start(7 * DAY, 48, 24, 2)
    assert fates(desk, 7 * DAY) == {hours: ("moves", old[hours], new[hours]) for hours in (48, 24, 2)}
    assert waiting(desk) == old and booking(desk).version == 1
    # What was told is what happens.
    moved(desk, 7 * DAY)
    assert waiting(desk) == new


def test_to_another_practitioner_they_stay() -> None:
    desk = booked()
    old = before_start(5 * DAY, 48, 24, 2)
    stay = {hours: ("stays", old[hours], old[hours]) for hours in (48, 24, 2)}
    assert fates(desk, 5 * DAY, practitioner="Dr Wood") == stay


def test_nearer_than_an_offset_it_is_withdrawn_as_its_new_time_has_passed() -> None:
    desk = booked()
    told = fates(desk, 26 * HOUR)
    assert (told[48][0], told[48][2], told[24][0]) == ("withdrawn", None, "moves")
    assert details(desk, 26 * HOUR)[48] == "Sun 20 Sep, 13:00 has passed"


def test_into_the_past_there_is_nothing_to_remind_of() -> None:
    desk = booked()
    assert {fate for fate, _, _ in fates(desk, -HOUR).values()} == {"withdrawn"}
    assert [each.kind for each in seen(desk, -HOUR).conflicts] == ["past"]


def test_one_that_was_sent_stays_sent_and_goes_again_for_the_new_date() -> None:
    desk = Desk()
    desk.book()
    desk.until(MORNING + 3 * DAY + MINUTE)
    fate, was_at, at = fates(desk, 9 * DAY)[48]
    assert (fate, was_at, at) == ("sent already", MORNING + 3 * DAY, MORNING + 7 * DAY)
    assert details(desk, 9 * DAY)[48] == "goes again Mon 28 Sep, 11:00"
    # Nearer, and there is no time to say it again.
    fate, _, at = fates(desk, 3 * DAY + 30 * HOUR)[48]
    assert (fate, at, details(desk, 3 * DAY + 30 * HOUR)[48]) == (
        "sent already",
        None,
        "too late to go again",
    )


def test_one_that_was_sent_for_this_very_start_does_not_go_again() -> None:
    desk = Desk()
    desk.book()
    desk.until(MORNING + 3 * DAY + MINUTE)
    moved(desk, 9 * DAY)
    told = fates(desk, 5 * DAY)
    assert (told[48][0], told[48][2]) == ("withdrawn", None)
    assert details(desk, 5 * DAY)[48] == "went out for this time already"
    assert (told[24][0], told[24][2]) == ("moves", MORNING + 4 * DAY)
    moved(desk, 5 * DAY)
    assert sorted(waiting(desk)) == [2, 24]


def test_one_that_had_been_too_late_is_planned_when_there_is_time_again() -> None:
    desk = Desk(accounts=False)
    desk.book(starts_in=3 * HOUR)
    desk.work()
    told = fates(desk, 5 * DAY)
    assert told[48] == ("planned", None, MORNING + 3 * DAY)
    assert told[2] == ("moves", MORNING + HOUR, MORNING + 5 * DAY - 2 * HOUR)
    stays = fates(desk, 3 * HOUR, practitioner="Dr Wood")
    assert (stays[48][0], stays[48][2]) == ("skipped", None)


def test_one_that_would_be_due_at_night_waits_and_the_preview_says_until_when() -> None:
    desk = booked()
    assert details(desk, 5 * DAY + 13 * HOUR)[24] == "waits for the end of quiet hours, Sat 26 Sep, 08:00"
    mailed = Desk(accounts=False)
    mailed.book(contact=ContactFact(email="jo@example.com"))
    mailed.work()
    assert details(mailed, 5 * DAY + 13 * HOUR)[24] == ""  # a mail wakes nobody


def test_an_offset_the_tenant_dropped_is_taken_back_by_a_move() -> None:
    desk = booked()
    desk.tenant = desk.tenant.model_copy(
        update={"settings": desk.tenant.settings.model_copy(update={"reminder_hours": (24,)})}
    )
    told = fates(desk, 7 * DAY)
    assert {hours: fate for hours, (fate, _, _) in told.items()} == {
        48: "withdrawn",
        24: "moves",
        2: "withdrawn",
    }


MOVES = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([-2, 1, 20, 30, 50, 60, 120, 200])), min_size=1, max_size=5
)


@settings(max_examples=40, deadline=None)
@given(moves=MOVES)
def test_whatever_was_moved_before_what_is_told_is_what_happens(moves: list[tuple[int, int]]) -> None:
    """Hours pass, it moves to so many hours from now; each time the preview is held against what then stands."""
    desk = Desk()
    desk.book(practitioner="Dr Lim")
    desk.work()
    for pause, ahead in moves:
        desk.until(desk.now + pause * HOUR)
        to = desk.now - MORNING + ahead * HOUR
        told = seen(desk, to)
        assert told.reminders == seen(desk, to).reminders
        was = waiting(desk)
        moved(desk, to)
        assert waiting(desk) == {each.offset_hours: each.at for each in told.reminders if each.at is not None}
        ends = {each.offset_hours for each in told.reminders if each.fate in ("moves", "withdrawn", "stays")}
        assert ends >= was.keys()
        stays = seen(desk, to, practitioner="Dr Wood").reminders
        assert {each.offset_hours for each in stays if each.fate == "stays"} == waiting(desk).keys()


def test_what_is_off_or_over_has_no_preview() -> None:
    desk = booked()
    said(desk, "cancelled")
    with pytest.raises(Invalid):
        seen(desk, 7 * DAY)


def other(desk: Desk, starts_in: int, **more: Any) -> str:
    """Another appointment of half an hour."""
    desk.rows(
        "INSERT INTO contacts (tenant_id, id, first_name, last_name, last_seen_at, created_at, updated_at)"
        " VALUES (?, 'x', 'Ann', 'Lee', 0, 0, 0) ON CONFLICT DO NOTHING",
        desk.tenant.id,
    )
    made = Made(**{"contact_id": "x", "service": "CT", "starts_at": MORNING + starts_in, **more})
    return run(actions.book(staff(desk), made)).id


def clashes(desk: Desk, starts_in: int, **more: Any) -> list[tuple[str, str | None]]:
    return [(each.kind, each.booking_id) for each in seen(desk, starts_in, **more).conflicts]


def test_an_appointment_of_the_same_practitioner_at_the_same_time_speaks_against_it() -> None:
    desk = booked()
    id_ = other(desk, 7 * DAY, practitioner="Dr Lim")
    other(desk, 7 * DAY, practitioner="Dr Wood")
    other(desk, 7 * DAY, practitioner="Dr Lim", status="cancelled")
    (clash,) = seen(desk, 7 * DAY + 20 * MINUTE).conflicts
    assert (clash.kind, clash.booking_id, clash.contact_name) == ("practitioner", id_, "Ann Lee")
    assert clash.detail == "Dr Lim has another appointment"
    assert clashes(desk, 7 * DAY - 30 * MINUTE) == []  # one ends as the other begins
    assert clashes(desk, 7 * DAY + 30 * MINUTE) == []
    assert clashes(desk, 5 * DAY, practitioner="Dr Wood") == [("closed", None)]


def test_on_a_full_day_the_one_at_that_time_is_found() -> None:
    desk = booked()
    for quarter in range(2, 26):
        other(desk, 2 * DAY - quarter * 15 * MINUTE, practitioner="Dr Lim")
    there = other(desk, 2 * DAY, practitioner="Dr Lim")
    assert [each for each in clashes(desk, 2 * DAY) if each[0] != "closed"] == [("practitioner", there)]


def test_an_appointment_of_the_same_person_at_the_same_time_does_too() -> None:
    desk = booked()
    contact = booking(desk).contact_id
    id_ = other(desk, 7 * DAY, contact_id=contact)
    assert clashes(desk, 7 * DAY) == [("contact", id_)]


@pytest.mark.parametrize(
    ("starts_in", "detail"),
    [
        (7 * DAY + 8 * HOUR, "Open 09:00 to 17:00 on Mondays"),
        (7 * DAY + 6 * HOUR - 10 * MINUTE, "Open 09:00 to 17:00 on Mondays"),  # it would end too late
        (5 * DAY, "Closed on Sat 26 Sep"),
        (8 * DAY, "Closed on Tue 29 Sep"),
    ],
)
def test_outside_the_opening_hours_speaks_against_it(starts_in: int, detail: str) -> None:
    desk = booked(closed_days=["2026-09-29"])
    (clash,) = seen(desk, starts_in).conflicts
    assert (clash.kind, clash.detail) == ("closed", detail)


def test_a_tenant_that_has_no_hours_is_not_told_that_it_is_closed() -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    desk = booked(hours={day: [] for day in days})
    assert clashes(desk, 5 * DAY + HOUR) == []
