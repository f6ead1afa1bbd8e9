"""A provider's words in any order: what stands afterwards is what it said last."""

from itertools import permutations
from typing import Any

from frontdesk.core.clock import DAY, HOUR
from support.appointments import facts, stored, story
from support.desk import MORNING, Desk


def test_a_late_event_does_not_undo_a_newer_one() -> None:
    desk = Desk()
    desk.book(starts_in=7 * DAY, sequence=3)
    desk.work()
    desk.book(starts_in=5 * DAY, sequence=1)
    desk.book(starts_in=6 * DAY, sequence=2, status="cancelled")
    desk.rest()
    row = stored(desk)
    assert (row["starts_at"], row["status"], row["source_seq"]) == (MORNING + 7 * DAY, "confirmed", 3)
    assert story(desk) == ["created"]


def test_events_out_of_order_end_as_if_they_had_been_in_order() -> None:
    words: list[dict[str, Any]] = [
        {"sequence": 1, "starts_in": 5 * DAY},
        {"sequence": 2, "starts_in": 6 * DAY},
        {"sequence": 3, "starts_in": 6 * DAY, "status": "cancelled"},
        {"sequence": 4, "starts_in": 8 * DAY},
    ]
    for order in permutations(words):
        desk = Desk(accounts=False)
        for word in order:
            desk.book(**word)
            desk.work()
        row = stored(desk)
        assert (row["starts_at"], row["status"]) == (MORNING + 8 * DAY, "confirmed")
        planned = desk.rows("SELECT due_at FROM messages WHERE state = 'scheduled' ORDER BY due_at")
        assert [each["due_at"] for each in planned] == [
            MORNING + 8 * DAY - hours * HOUR for hours in (48, 24, 2)
        ]


def test_two_events_of_one_change_share_a_number() -> None:
    desk = Desk()
    desk.book(sequence=2, status="scheduled")
    desk.work()
    desk.book(sequence=2, status="confirmed")
    desk.work()
    assert stored(desk)["status"] == "confirmed"
    assert len(desk.states()) == 3  # still the same three reminders


def test_of_two_words_with_one_number_the_later_one_stands() -> None:
    desk = Desk(accounts=False)
    desk.book(sequence=2, starts_in=6 * DAY, changed_at=MORNING + 10)
    desk.work()
    desk.book(sequence=2, starts_in=5 * DAY, changed_at=MORNING + 5)
    desk.work()
    assert stored(desk)["starts_at"] == MORNING + 6 * DAY


def test_without_numbers_the_instant_of_the_change_decides() -> None:
    desk = Desk()
    desk.book(starts_in=7 * DAY, sequence=None, changed_at=MORNING + 10)
    desk.work()
    desk.book(starts_in=5 * DAY, sequence=None, changed_at=MORNING + 5)
    desk.work()
    assert stored(desk)["starts_at"] == MORNING + 7 * DAY
    desk.book(starts_in=6 * DAY, sequence=None, changed_at=MORNING + 11)
    desk.work()
    assert stored(desk)["starts_at"] == MORNING + 6 * DAY


def test_a_cancellation_of_what_we_never_heard_of_tells_nobody() -> None:
    desk = Desk()
    desk.book(status="cancelled", sequence=2)
    desk.work()
    desk.book(sequence=1)  # the creation comes late
    desk.rest()
    assert stored(desk)["status"] == "cancelled"
    assert desk.rows("SELECT * FROM messages") == []


def test_one_first_heard_of_as_cancelled_is_made_when_it_stands() -> None:
    """Made, cancelled, moved; heard as cancelled, moved, made: they are told of it all the same."""
    desk = Desk()
    desk.book(status="cancelled", sequence=2)
    desk.work()
    desk.book(sequence=3, starts_in=6 * DAY)
    desk.work()
    desk.book(sequence=1)
    desk.work()
    assert facts(desk) == ["updated", "created"]
    [text] = desk.carriers.texts
    assert "is booked for Sun 27 Sep" in text["body"]


def test_a_cancelled_booking_that_stands_again_gets_its_reminders_again() -> None:
    desk = Desk()
    desk.book(sequence=1)
    desk.work()
    desk.book(sequence=2, status="cancelled")
    desk.work()
    desk.book(sequence=3)
    desk.rest()
    assert [state for _, state, _ in desk.states()].count("sent") == 3
    assert facts(desk) == ["created", "cancelled", "rescheduled"]
