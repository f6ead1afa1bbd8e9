"""The reminder ledger of a booking: what is planned, skipped and sent, through changes and changes of the clock."""

import pytest

from frontdesk.core.clock import DAY, HOUR, MINUTE
from support.desk import MORNING, Desk

DST_ENDS_2026 = 1_775_318_400_000
"""Sunday 5 April 2026, 03:00 in Sydney, when clocks go back to 02:00 (16:00 UTC on Saturday)."""
DST_STARTS_2026 = 1_791_043_200_000
"""Sunday 4 October 2026, 02:00 in Sydney, when clocks go forward to 03:00 (16:00 UTC on Saturday)."""


def due(desk: Desk) -> dict[int, int]:
    rows = desk.rows("SELECT offset_hours, due_at FROM messages WHERE state = 'scheduled' ORDER BY due_at")
    return {row["offset_hours"]: row["due_at"] for row in rows}


def test_a_booking_three_hours_ahead_skips_what_is_too_late_and_shows_it() -> None:
    desk = Desk()
    desk.book(starts_in=3 * HOUR)
    desk.rest()
    assert desk.states() == [(48, "skipped", "too_late"), (24, "skipped", "too_late"), (2, "sent", "")]
    assert [text["body"][:6] for text in desk.carriers.texts] == ["Hi Jo,", "Remind"]
    sent = desk.rows("SELECT sent_at FROM messages WHERE offset_hours = 2")[0]["sent_at"]
    assert sent == MORNING + HOUR


@pytest.mark.parametrize("starts_in", [-HOUR, 0, -30 * DAY])
def test_a_past_booking_plans_and_says_nothing(starts_in: int) -> None:
    desk = Desk()
    desk.book(starts_in=starts_in)
    desk.rest()
    assert len(desk.rows("SELECT * FROM bookings")) == 1
    assert desk.rows("SELECT * FROM messages") == []


def test_moving_there_and_back_again_plans_each_time() -> None:
    desk = Desk()
    for sequence, days in enumerate((5, 7, 5), start=1):
        desk.book(starts_in=days * DAY, sequence=sequence)
        desk.work()
    assert due(desk) == {hours: MORNING + 5 * DAY - hours * HOUR for hours in (48, 24, 2)}
    assert [state for _, state, _ in desk.states()].count("skipped") == 6
    desk.rest()
    assert len(desk.carriers.texts) == 4


def test_moving_to_the_past_withdraws_and_plans_nothing() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.book(starts_in=-HOUR, sequence=2)
    desk.rest()
    assert {(state, reason) for _, state, reason in desk.states()} == {("skipped", "rescheduled")}


def test_moving_nearer_skips_what_the_move_made_too_late() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.pass_(HOUR)
    desk.book(starts_in=26 * HOUR, sequence=2)
    desk.work()
    assert sorted(desk.states(), key=str)[:1] == [(2, "scheduled", "")]
    reasons = [(offset, reason) for offset, state, reason in desk.states() if state == "skipped"]
    assert sorted(reasons) == [(2, "rescheduled"), (24, "rescheduled"), (48, "rescheduled"), (48, "too_late")]


def test_a_reminder_that_has_gone_is_not_taken_back_and_goes_again_for_the_new_date() -> None:
    desk = Desk()
    desk.book()
    desk.until(MORNING + 3 * DAY + MINUTE)  # T-48 h has been sent
    desk.book(starts_in=9 * DAY, sequence=2)
    desk.rest()
    assert [each for each in desk.states() if each[1] == "sent"] == [
        (48, "sent", ""),
        (48, "sent", ""),
        (24, "sent", ""),
        (2, "sent", ""),
    ]


def test_the_tenants_own_offsets() -> None:
    desk = Desk(settings={"reminder_hours": [72, 1]})
    desk.book()
    desk.work()
    assert due(desk) == {72: MORNING + 2 * DAY, 1: MORNING + 5 * DAY - HOUR}


@pytest.mark.parametrize(
    ("change", "clock_in_sydney"),
    [(DST_STARTS_2026, "10:00 am"), (DST_ENDS_2026, "10:00 am")],
)
def test_offsets_are_elapsed_hours_across_the_change_of_the_clock(change: int, clock_in_sydney: str) -> None:
    """A booking at ten on the Sunday: 24 elapsed hours before is not ten on Saturday."""
    desk = Desk()
    starts_at = change + (7 * HOUR if change == DST_STARTS_2026 else 8 * HOUR)
    desk.world.real = starts_at - 4 * DAY
    desk.book(starts_in=starts_at - MORNING)
    desk.until(starts_at - 3 * DAY)
    assert due(desk) == {hours: starts_at - hours * HOUR for hours in (48, 24, 2)}
    desk.until(starts_at - 24 * HOUR)
    assert clock_in_sydney in desk.carriers.texts[-1]["body"]
    sent = desk.rows("SELECT sent_at FROM messages WHERE offset_hours = 24")[0]["sent_at"]
    assert sent == starts_at - 24 * HOUR


def test_a_reminder_in_the_night_before_the_clock_changes_waits_until_eight() -> None:
    desk = Desk(settings={"reminder_hours": [8]})
    starts_at = DST_STARTS_2026 + 7 * HOUR  # ten o'clock on Sunday; T-8 h is 01:00, before the change
    desk.world.real = starts_at - 2 * DAY
    desk.book(starts_in=starts_at - MORNING)
    desk.rest()
    sent = desk.rows("SELECT sent_at FROM messages WHERE offset_hours = 8")[0]["sent_at"]
    assert sent == starts_at - 2 * HOUR


def test_the_confirmation_is_sent_once_in_a_bookings_life() -> None:
    desk = Desk()
    for sequence, days in enumerate((5, 7, 9), start=1):
        desk.book(starts_in=days * DAY, sequence=sequence)
        desk.work()
    assert len(desk.states("booking.confirmation")) == 1


def test_a_booking_that_is_cancelled_before_it_is_confirmed_is_not_confirmed() -> None:
    desk = Desk()
    desk.book(sequence=1)
    desk.book(sequence=2, status="cancelled")
    desk.rest()  # both words are taken before the confirmation has its turn
    assert desk.states("booking.confirmation") == []
    assert desk.carriers.texts == []
