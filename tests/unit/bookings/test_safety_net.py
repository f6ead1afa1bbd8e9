"""The hourly net: a reminder that should have been planned and was not is planned, once, and staff can see it."""

import json
from typing import Any

import pytest

from frontdesk.bookings import jobs
from frontdesk.core.clock import DAY, HOUR
from frontdesk.core.events import JobDraft
from frontdesk.integrations.facts import ContactFact
from support.appointments import before_start, booked, booking, facts, moved, said, waiting
from support.desk import MORNING, Desk


def drawn(desk: Desk, key: str = "net") -> None:
    """The net is drawn once."""
    desk.commit(
        JobDraft("bookings.safety_net", key=f"{key}:{desk.world.driver.calls}", payload={"at": desk.now})
    )
    desk.work()
    assert desk.rows("SELECT * FROM jobs WHERE kind = 'bookings.safety_net' AND state <> 'done'") == []


def lose(desk: Desk, *offsets: int) -> None:
    """Somebody deletes reminders' rows, and the jobs that would send them."""
    for hours in offsets:
        desk.rows(
            "DELETE FROM jobs WHERE subject_id IN (SELECT id FROM messages WHERE offset_hours = ?)", hours
        )
        desk.rows("DELETE FROM messages WHERE offset_hours = ?", hours)


def test_a_reminder_that_is_missing_is_planned_again_and_told_of() -> None:
    desk = booked()
    lose(desk, 24)
    drawn(desk)
    assert waiting(desk) == before_start(5 * DAY, 48, 24, 2)
    assert facts(desk) == ["created", "mended"]
    payload = json.loads(desk.rows("SELECT payload FROM events WHERE type = 'booking.mended'")[0]["payload"])
    assert (payload["mended"], payload["id"]) == ([24], booking(desk).id)
    assert any("reminders were missing" in line for line in desk.world.lines)
    assert booking(desk).version == 1  # the appointment itself is as it was


def test_where_nothing_is_missing_nothing_happens() -> None:
    desk = booked()
    drawn(desk)
    drawn(desk)
    assert facts(desk) == ["created"] and len(desk.states()) == 3


def test_it_mends_once_however_often_it_is_drawn() -> None:
    desk = booked()
    lose(desk, 48, 24, 2)
    drawn(desk)
    drawn(desk)
    assert facts(desk) == ["created", "mended"] and len(desk.states()) == 3


def test_a_missing_one_whose_time_has_passed_is_skipped_and_shown_so() -> None:
    desk = booked()
    desk.pass_(4 * DAY + HOUR)
    lose(desk, 24)
    drawn(desk)
    assert (24, "skipped", "too_late") in desk.states()


@pytest.mark.parametrize("status", ["cancelled", "completed"])
def test_what_is_off_or_over_or_has_begun_needs_no_reminder(status: Any) -> None:
    desk = booked()
    desk.pass_(5 * DAY - HOUR)
    said(desk, status)
    lose(desk, 48, 24, 2)
    drawn(desk)
    assert desk.states() == []
    begun = booked()
    begun.pass_(5 * DAY)
    lose(begun, 2)
    drawn(begun)
    assert facts(begun) == ["created"]


def test_reminders_taken_back_by_hand_are_not_missing() -> None:
    desk = booked()
    desk.rows("UPDATE messages SET state = 'skipped', reason = 'withdrawn' WHERE offset_hours = 24")
    drawn(desk)
    assert facts(desk) == ["created"]


def test_after_a_move_the_reminders_of_the_new_time_are_what_is_looked_for() -> None:
    desk = booked()
    moved(desk, 7 * DAY)
    moved(desk, 7 * DAY, practitioner="Dr Wood")  # another version, the same reminders
    drawn(desk)
    assert facts(desk) == ["created", "rescheduled", "updated"]
    desk.rows("DELETE FROM jobs WHERE state = 'pending' AND kind = 'messaging.send'")
    desk.rows("DELETE FROM messages WHERE state = 'scheduled' AND offset_hours = 2")
    drawn(desk)
    assert waiting(desk) == before_start(7 * DAY, 48, 24, 2)


def test_an_offset_the_tenant_adds_comes_to_the_bookings_that_are_there_already() -> None:
    desk = booked()
    desk.rows("UPDATE tenants SET settings = ?", json.dumps({"reminder_hours": [72, 24]}))
    desk.tenant = desk.tenant.model_validate(desk.rows("SELECT * FROM tenants")[0])
    drawn(desk)
    assert sorted(waiting(desk)) == [2, 24, 48, 72]


def test_a_booking_by_mail_alone_is_mended_by_mail() -> None:
    desk = Desk(accounts=False)
    desk.book(contact=ContactFact(email="jo@example.com"))
    desk.work()
    lose(desk, 24)
    drawn(desk)
    assert desk.rows("SELECT DISTINCT channel FROM messages") == [{"channel": "email"}]


def test_many_bookings_are_looked_at_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BOOKINGS_A_ROUND", 3)
    monkeypatch.setattr(jobs, "MENDS_A_ROUND", 2)
    desk = Desk(accounts=False)
    for number in range(11):
        desk.book(external_id=f"b{number}", starts_in=(3 + number // 4) * DAY)
    desk.work()
    lose(desk, 24, 2)
    drawn(desk)
    mended = desk.rows("SELECT subject_id FROM events WHERE type = 'booking.mended'")
    assert len({row["subject_id"] for row in mended}) == len(mended) == 11
    assert [state for _, state, _ in desk.states()] == ["scheduled"] * 33
    rounds = desk.rows("SELECT count(*) AS n FROM jobs WHERE kind = 'bookings.safety_net'")[0]["n"]
    assert 4 <= rounds <= 9


def test_a_booking_that_moves_between_the_look_and_the_commit_is_looked_at_again() -> None:
    desk = booked()
    lose(desk, 24)
    batch = desk.world.driver.batch

    async def overtaken(bounds: Any) -> Any:
        if any("booking.mended" in bound.values for bound in bounds):
            desk.world.driver.batch = batch  # type: ignore[method-assign]
            desk.world.driver.connection.execute(
                "UPDATE bookings SET version = version + 1, starts_at = starts_at + ?1, ends_at = ends_at + ?1",
                [DAY],
            )
        return await batch(bounds)

    desk.world.driver.batch = overtaken  # type: ignore[method-assign]
    desk.commit(JobDraft("bookings.safety_net", key="net"))
    desk.work()
    assert facts(desk) == ["created"]  # nothing of what it had decided on the old time
    desk.until(desk.now + HOUR)
    assert waiting(desk)[24] == MORNING + 5 * DAY
