"""A provider's word on a booking: what becomes of it, and what the customer is told."""

from typing import Any

from frontdesk.bookings import queries
from frontdesk.core.clock import DAY, HOUR
from frontdesk.core.pages import OLDEST, decode_cursor
from support.appointments import facts, stored, story
from support.calls import run
from support.desk import JO, MORNING, Desk


def test_a_new_booking_is_a_contact_a_booking_and_a_confirmation_with_its_date() -> None:
    desk = Desk()
    desk.book(starts_in=3 * DAY, practitioner="Dr Ada Lim", time_zone="Australia/Perth")
    desk.work()
    row = stored(desk)
    assert (row["status"], row["service"], row["practitioner"]) == ("confirmed", "MRI knee", "Dr Ada Lim")
    assert desk.rows("SELECT phone, email, first_name FROM contacts") == [
        {"phone": JO, "email": "jo@example.com", "first_name": "Jo"}
    ]
    # 11:00 in Sydney is 09:00 in Perth, where the appointment is.
    assert "Thu 24 Sep at 9:00 am" in desk.carriers.texts[0]["body"]
    assert story(desk) == facts(desk) == ["created"]


def test_the_same_word_again_changes_nothing_anybody_could_notice() -> None:
    desk = Desk()
    desk.book()
    desk.book()
    desk.rest()
    assert story(desk) == facts(desk) == ["created"]
    assert len(desk.carriers.texts) == 4


def test_a_reschedule_moves_the_reminders_and_tells_the_timeline() -> None:
    desk = Desk()
    desk.book(starts_in=5 * DAY, sequence=1)
    desk.work()
    desk.pass_(HOUR)
    desk.book(starts_in=7 * DAY, sequence=2)
    desk.work()
    assert story(desk) == ["created", "rescheduled"]
    due = desk.rows("SELECT offset_hours, due_at FROM messages WHERE state = 'scheduled' ORDER BY due_at")
    assert [(row["offset_hours"], row["due_at"]) for row in due] == [
        (hours, MORNING + 7 * DAY - hours * HOUR) for hours in (48, 24, 2)
    ]
    summary = desk.rows("SELECT summary FROM touchpoints ORDER BY id DESC LIMIT 1")[0]["summary"]
    assert summary == "Moved MRI knee to Mon 28 Sep 2026, 11:00"


def test_a_cancellation_takes_everything_back() -> None:
    desk = Desk()
    desk.carriers.faults = ["throttled"]  # not even the confirmation has left
    desk.book()
    desk.work()
    desk.book(status="cancelled", sequence=2)
    desk.work()
    waiting = desk.rows("SELECT state FROM jobs WHERE kind = 'messaging.send'")
    assert {row["state"] for row in waiting} == {"void"}  # nothing is left that would have to look again
    desk.rest()
    assert desk.carriers.texts == []
    ledger = desk.rows("SELECT state, reason, detail FROM messages")
    assert {(row["state"], row["reason"], row["detail"]) for row in ledger} == {
        ("skipped", "cancelled", "cancelled")
    }
    assert facts(desk) == ["created", "cancelled"]


def test_reminders_and_booking_change_together_or_not_at_all() -> None:
    """Whatever statement of the commit fails, the old booking and its old reminders stand."""
    desk = Desk()
    desk.book()
    desk.work()
    before = desk.rows("SELECT id, state, due_at FROM messages ORDER BY id")
    batch = desk.world.driver.batch

    async def refuse(bounds: Any) -> Any:
        if any("UPDATE bookings" in bound.sql for bound in bounds):
            bounds = [*bounds, bounds[-1]]  # its own commit id twice: the whole batch is refused
        return await batch(bounds)

    desk.world.driver.batch = refuse  # type: ignore[method-assign]
    desk.book(sequence=2, starts_in=7 * DAY)
    desk.work()
    assert stored(desk)["starts_at"] == MORNING + 5 * DAY
    assert desk.rows("SELECT id, state, due_at FROM messages ORDER BY id") == before
    desk.world.driver.batch = batch  # type: ignore[method-assign]
    desk.until(desk.now + HOUR)
    assert stored(desk)["starts_at"] == MORNING + 7 * DAY


def test_bookings_are_listed_by_start_and_filtered() -> None:
    desk = Desk(accounts=False)
    for number, days in enumerate((3, 1, 2, 2)):
        desk.book(external_id=f"b{number}", starts_in=days * DAY)
    desk.book(external_id="b1", starts_in=DAY, status="cancelled", sequence=2)
    desk.work()
    given: dict[str, Any] = {"starts_from": None, "starts_before": None, "status": None, "contact_id": None}
    starts: list[int] = []
    marker: str | None = None
    for _ in range(9):
        page = run(queries.listed(desk.ctx(), after=decode_cursor(marker, OLDEST), limit=1, **given))
        starts += [row.starts_at for row in page.items]
        marker = page.next
        if marker is None:
            break
    assert starts == [MORNING + days * DAY for days in (1, 2, 2, 3)]

    def shown(**filters: Any) -> list[str]:
        page = run(queries.listed(desk.ctx(), after=OLDEST, limit=50, **{**given, **filters}))
        return [row.external_id for row in page.items]

    assert shown(status="cancelled") == ["b1"]
    assert sorted(shown(starts_from=MORNING + 2 * DAY, starts_before=MORNING + 3 * DAY)) == ["b2", "b3"]
    assert shown(contact_id="nobody") == []
