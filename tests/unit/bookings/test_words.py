"""Providers and staff about the same appointment: whose word counts, in whatever order they are heard."""

from typing import Any

import pytest

from frontdesk.bookings.rules import Booking
from frontdesk.core.clock import DAY, HOUR, MINUTE
from support.appointments import booking, facts, moved, said, waiting
from support.desk import MORNING, Desk


def booked() -> Desk:
    desk = Desk(accounts=False)
    desk.book(sequence=1, practitioner="Dr Lim")
    desk.work()
    desk.pass_(HOUR)
    return desk


def word(desk: Desk, sequence: int, *, at: int, **more: Any) -> Booking:
    """Wix tells how it stands there; it happened `at` ms after Monday morning."""
    desk.book(**{"sequence": sequence, "changed_at": MORNING + at, "practitioner": "Dr Lim", **more})
    desk.work()
    return booking(desk)


def test_what_happened_before_the_staffs_cancelling_does_not_undo_it() -> None:
    desk = booked()
    said(desk, "cancelled")
    after = word(desk, 2, at=30 * MINUTE, starts_in=6 * DAY)
    assert after.status == "cancelled" and waiting(desk) == {}
    # What staff did not speak of is as the provider says.
    assert after.starts_at == MORNING + 6 * DAY


def test_what_happened_before_the_staffs_moving_does_not_undo_it_but_what_else_it_says_counts() -> None:
    desk = booked()
    moved(desk, 8 * DAY)
    after = word(desk, 2, at=30 * MINUTE, starts_in=6 * DAY, location="Level 3")
    assert (after.starts_at, after.location) == (MORNING + 8 * DAY, "Level 3")
    assert after.source_starts_at == MORNING + 6 * DAY  # staff can see that Wix disagrees
    cancelled = word(desk, 3, at=40 * MINUTE, starts_in=6 * DAY, status="cancelled")
    assert (cancelled.status, cancelled.starts_at) == ("cancelled", MORNING + 8 * DAY)


def test_a_newer_word_wins() -> None:
    desk = booked()
    moved(desk, 8 * DAY)
    assert word(desk, 2, at=2 * HOUR, starts_in=6 * DAY).starts_at == MORNING + 6 * DAY
    said(desk, "scheduled")
    desk.pass_(HOUR)
    assert word(desk, 3, at=3 * HOUR, starts_in=6 * DAY, status="cancelled").status == "cancelled"


def test_a_newer_word_that_tells_nothing_new_of_it_leaves_what_staff_said() -> None:
    """Wix does not hear what staff do: each of its words has the time it knows, whatever the word is about."""
    desk = booked()
    moved(desk, 8 * DAY, practitioner="Dr Wood")
    after = word(desk, 2, at=2 * HOUR, starts_in=5 * DAY, location="Level 3")
    assert (after.starts_at, after.practitioner, after.location) == (MORNING + 8 * DAY, "Dr Wood", "Level 3")
    said(desk, "cancelled")
    assert word(desk, 3, at=9 * HOUR, starts_in=5 * DAY).status == "cancelled"


def test_somebody_who_moves_what_staff_had_cancelled_has_an_appointment_again() -> None:
    desk = booked()
    said(desk, "cancelled")
    after = word(desk, 2, at=2 * HOUR, starts_in=6 * DAY)
    assert (after.status, after.starts_at) == ("confirmed", MORNING + 6 * DAY)
    assert len(waiting(desk)) == 3


@pytest.mark.parametrize("status", ["completed", "no_show"])
@pytest.mark.parametrize("later", ["confirmed", "cancelled"])
def test_that_somebody_came_or_not_is_undone_by_no_word_about_the_same_time(status: Any, later: str) -> None:
    desk = booked()
    desk.pass_(5 * DAY)
    said(desk, status)
    assert word(desk, 2, at=9 * DAY, starts_in=5 * DAY, status=later).status == status
    again = word(desk, 3, at=10 * DAY, starts_in=20 * DAY)
    assert (again.status, again.starts_at) == ("confirmed", MORNING + 20 * DAY)


def test_without_staff_the_provider_is_all_there_is() -> None:
    desk = booked()
    after = word(desk, 2, at=HOUR, starts_in=6 * DAY, practitioner="Dr Wood")
    assert (after.starts_at, after.practitioner) == (MORNING + 6 * DAY, "Dr Wood")
    assert (after.source_status, after.staff_status_at, after.staff_time_at) == (None, None, None)


def test_a_provider_that_confirms_is_a_confirmation() -> None:
    desk = Desk(accounts=False)
    desk.book(sequence=1, status="scheduled")
    desk.work()
    desk.book(sequence=2, status="confirmed")
    desk.work()
    assert facts(desk) == ["created", "confirmed"]


def test_a_word_that_changes_nothing_anybody_could_notice_makes_nobodys_version_old() -> None:
    desk = booked()
    known = booking(desk)
    after = word(desk, 2, at=HOUR, starts_in=5 * DAY)
    assert (after.version, after.source_seq) == (known.version, 2)
    assert facts(desk) == ["created"]
    # It counts as heard all the same: what is older than it changes nothing.
    assert word(desk, 1, at=0, starts_in=9 * DAY).starts_at == MORNING + 5 * DAY
