"""What staff do with appointments: each verb is one commit, and reminders follow what they say."""

from typing import Any

import pytest

from frontdesk.bookings import actions, queries
from frontdesk.bookings.actions import Made, Wish
from frontdesk.bookings.rules import Booking, Status
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.errors import Conflict, Invalid, NotFound, Stale
from frontdesk.core.pages import OLDEST, decode_cursor
from support.appointments import before_start, booked, booking, facts, moved, said, staff, waiting
from support.calls import run
from support.desk import JO, MORNING, Desk

SERVICES = {"services": [{"name": "MRI knee", "minutes": 45, "price_minor": 42_000}]}
PLANNED = [(hours, "scheduled", "") for hours in (48, 24, 2)]


def test_confirming_is_a_fact_a_line_on_the_timeline_and_on_the_audit_log_and_no_more() -> None:
    desk = booked()
    after = said(desk, "confirmed")
    assert (after.status, after.version, after.staff_status_at) == ("confirmed", 2, desk.now)
    assert booking(desk) == after
    assert facts(desk) == ["created", "confirmed"]
    assert waiting(desk) == before_start(5 * DAY, 48, 24, 2)
    line = desk.rows("SELECT summary, subject_id FROM touchpoints WHERE kind = 'booking.confirmed'")[0]
    assert line["subject_id"] == after.id
    assert line["summary"] == "Confirmed MRI knee on Sat 26 Sep 2026, 11:00"
    audit = desk.rows("SELECT action, actor_id, subject_id, change FROM audit")
    assert audit == [
        {
            "action": "booking.confirmed",
            "actor_id": "s1",
            "subject_id": after.id,
            "change": '{"status":["scheduled","confirmed"]}',
        }
    ]


def test_an_event_of_staff_carries_the_booking_as_it_is_after_the_change() -> None:
    desk = booked()
    after = said(desk, "confirmed")
    payload = desk.rows("SELECT payload FROM events WHERE type = 'booking.confirmed'")[0]["payload"]
    assert Booking.model_validate_json(payload) == after


def test_saying_what_is_said_already_changes_nothing() -> None:
    desk = booked()
    assert said(desk, "scheduled").version == 1
    assert facts(desk) == ["created"] and desk.rows("SELECT * FROM audit") == []


def test_cancelling_takes_everything_back_and_setting_back_plans_it_again() -> None:
    desk = booked()
    said(desk, "cancelled")
    assert waiting(desk) == {}
    assert {(state, reason) for _, state, reason in desk.states()} == {("skipped", "cancelled")}
    said(desk, "scheduled")
    assert waiting(desk) == before_start(5 * DAY, 48, 24, 2)
    # Nobody's appointment moved, so nobody is to be told that it did.
    assert facts(desk) == ["created", "cancelled", "updated"]


def test_a_reminder_that_went_out_for_this_start_does_not_go_again_when_a_status_is_set_back() -> None:
    desk = Desk()
    desk.book()
    desk.until(MORNING + 3 * DAY + MINUTE)  # T-48 h has gone
    said(desk, "cancelled")
    said(desk, "confirmed")
    assert desk.states()[-3:] == [(48, "skipped", "sent_already"), *PLANNED[1:]]
    desk.rest()
    assert [state for _, state, _ in desk.states()].count("sent") == 3


def test_moving_there_and_back_after_a_reminder_went_does_not_say_it_twice() -> None:
    desk = Desk()
    desk.book()
    desk.until(MORNING + 3 * DAY + MINUTE)
    moved(desk, 9 * DAY)
    moved(desk, 5 * DAY)
    assert waiting(desk) == before_start(5 * DAY, 24, 2)
    assert (48, "skipped", "sent_already") in desk.states()


@pytest.mark.parametrize("status", ["completed", "no_show"])
def test_that_somebody_came_or_not_is_known_on_the_day_and_ends_the_reminders(status: Status) -> None:
    desk = booked()
    with pytest.raises(Invalid, match="still to come, on Sat 26 Sep 2026, 11:00"):
        said(desk, status)
    desk.pass_(5 * DAY - 10 * HOUR)  # one in the morning of the day
    said(desk, status)
    assert facts(desk) == ["created", status]
    assert waiting(desk) == {}
    said(desk, "scheduled")
    assert facts(desk)[-1] == "updated" and booking(desk).status == "scheduled"


def test_a_contact_goes_along_the_pipeline_with_what_staff_say_and_back_when_they_take_it_back() -> None:
    desk = booked()

    def stage() -> str:
        desk.work()
        return str(desk.rows("SELECT stage FROM contacts")[0]["stage"])

    assert stage() == "appointment"
    said(desk, "cancelled")
    assert stage() == "pre_appointment"
    said(desk, "scheduled")
    assert stage() == "appointment"


def test_completing_does_not_take_back_what_is_not_about_coming() -> None:
    desk = booked()
    desk.pass_(5 * DAY)
    review = desk.plan("How was it?", booking_id=booking(desk).id, due_at=desk.now + DAY)
    said(desk, "completed")
    assert desk.message(review)["state"] == "scheduled"


def test_whoever_read_an_older_version_is_told_so_and_nothing_is_written() -> None:
    desk = booked()
    known = booking(desk)
    said(desk, "confirmed")
    with pytest.raises(Stale):
        run(actions.set_status(staff(desk), known.id, "cancelled", known.version))
    with pytest.raises(Stale):
        run(actions.reschedule(staff(desk), known.id, Wish(MORNING + 6 * DAY), known.version))
    assert booking(desk).status == "confirmed"
    with pytest.raises(NotFound):
        run(actions.set_status(staff(desk), "nobody", "cancelled", 1))


def test_a_change_between_the_reading_and_the_commit_is_stale_too() -> None:
    desk = booked()
    known = booking(desk)
    batch = desk.world.driver.batch

    async def overtaken(bounds: Any) -> Any:
        desk.world.driver.batch = batch  # type: ignore[method-assign]
        desk.world.driver.connection.execute("UPDATE bookings SET version = version + 1")
        return await batch(bounds)

    desk.world.driver.batch = overtaken  # type: ignore[method-assign]
    with pytest.raises(Stale):
        run(actions.reschedule(staff(desk), known.id, Wish(MORNING + 6 * DAY), known.version))
    assert waiting(desk) == before_start(5 * DAY, 48, 24, 2)
    assert facts(desk) == ["created"]


def test_moving_moves_the_reminders_in_the_same_commit_and_keeps_the_length() -> None:
    desk = booked()
    after = moved(desk, 7 * DAY)
    assert (after.starts_at, after.ends_at) == (MORNING + 7 * DAY, MORNING + 7 * DAY + HOUR // 2)
    assert (after.practitioner, after.staff_time_at) == ("Dr Lim", desk.now)
    assert waiting(desk) == before_start(7 * DAY, 48, 24, 2)
    assert facts(desk) == ["created", "rescheduled"]
    assert desk.rows("SELECT change FROM audit")[0]["change"].startswith('{"starts_at":[')


def test_another_practitioner_or_end_leaves_the_reminders_alone() -> None:
    desk = booked()
    ids = {row["id"] for row in desk.rows("SELECT id FROM messages")}
    after = moved(desk, 5 * DAY, practitioner="Dr Wood", ends_at=MORNING + 5 * DAY + HOUR)
    assert (after.practitioner, after.ends_at) == ("Dr Wood", MORNING + 5 * DAY + HOUR)
    assert {row["id"] for row in desk.rows("SELECT id FROM messages WHERE state = 'scheduled'")} <= ids
    assert facts(desk) == ["created", "updated"]


def test_moving_to_where_it_is_changes_nothing() -> None:
    desk = booked()
    assert moved(desk, 5 * DAY).version == 1
    assert facts(desk) == ["created"]


def test_what_is_off_or_over_is_not_moved() -> None:
    desk = booked()
    said(desk, "cancelled")
    with pytest.raises(Invalid, match="This appointment is cancelled"):
        moved(desk, 6 * DAY)


def made(desk: Desk, **more: Any) -> Booking:
    contact = desk.rows("SELECT id FROM contacts")[0]["id"]
    given = {"contact_id": contact, "service": "mri KNEE", "starts_at": MORNING + 3 * DAY, **more}
    return run(actions.book(staff(desk), Made(**given)))


def test_an_appointment_staff_make_takes_length_and_worth_from_the_service_and_has_reminders() -> None:
    desk = booked(**SERVICES)
    new = made(desk, practitioner="Dr Wood", note="Brings her scans")
    assert (new.ends_at - new.starts_at, new.value_minor) == (45 * MINUTE, 42_000)
    assert (new.source, new.phone, new.first_name, new.status) == ("staff", JO, "Jo", "scheduled")
    assert run(queries.by_id(desk.ctx(), new.id)) == new
    ledger = run(queries.ledger(desk.ctx(), new.id))
    assert [line.offset_hours for line in ledger if line.state == "scheduled"] == [48, 24, 2]
    desk.work()
    assert facts(desk) == ["created", "created"]
    assert desk.rows("SELECT action FROM audit") == [{"action": "booking.create"}]


def test_a_service_that_is_not_listed_takes_half_an_hour_and_is_worth_nobody_knows_what() -> None:
    desk = booked()
    new = made(desk, service="Consultation")
    assert (new.ends_at - new.starts_at, new.value_minor) == (30 * MINUTE, None)


def test_the_same_key_makes_one_appointment() -> None:
    desk = booked()
    first = made(desk, key="k1")
    assert made(desk, key="k1") == first
    assert len(desk.rows("SELECT id FROM bookings WHERE source = 'staff'")) == 1
    desk.rows("INSERT INTO contacts (tenant_id, id, last_seen_at, created_at, updated_at) VALUES (?, 'x', 0, 0, 0)",
              desk.tenant.id)  # fmt: skip
    with pytest.raises(Conflict):
        made(desk, key="k1", contact_id="x")


def test_the_same_key_twice_at_once_makes_one_appointment_too() -> None:
    desk = booked()
    batch = desk.world.driver.batch

    async def overtaken(bounds: Any) -> Any:
        desk.world.driver.batch = batch  # type: ignore[method-assign]
        contact = desk.rows("SELECT id FROM contacts")[0]["id"]
        other = Made(contact_id=contact, service="CT", starts_at=MORNING + 3 * DAY, key="k1")
        await actions.book(staff(desk), other)
        return await batch(bounds)

    desk.world.driver.batch = overtaken  # type: ignore[method-assign]
    assert made(desk, key="k1").service == "CT"
    assert len(desk.rows("SELECT id FROM bookings WHERE source = 'staff'")) == 1


def test_nobody_books_for_a_contact_that_does_not_exist() -> None:
    desk = booked()
    with pytest.raises(NotFound):
        made(desk, contact_id="nobody")


def test_a_wix_booking_is_worth_what_its_service_costs_and_ends_when_it_would() -> None:
    desk = Desk(accounts=False, settings=SERVICES)
    desk.book(ends_at=MORNING + 5 * DAY)
    desk.work()
    first = booking(desk)
    assert (first.value_minor, first.ends_at - first.starts_at) == (42_000, 45 * MINUTE)
    desk.book(sequence=2, service="CT chest")
    desk.work()
    assert booking(desk).value_minor is None


def test_practitioners_are_listed_by_name_each_once_and_bookings_by_practitioner() -> None:
    desk = Desk(accounts=False)
    for number, name in enumerate(("Dr Wood", "Dr Lim", "", "Dr Wood", "Ann")):
        desk.book(external_id=f"b{number}", practitioner=name, starts_in=(number + 1) * DAY)
    desk.work()
    names: list[tuple[str, int]] = []
    marker: str | None = None
    while not names or marker:
        page = run(queries.practitioners(desk.ctx(), after=decode_cursor(marker, OLDEST).id, limit=2))
        names += [(each.name, each.last_starts_at) for each in page.items]
        marker = page.next
    assert names == [
        ("Ann", MORNING + 5 * DAY),
        ("Dr Lim", MORNING + 2 * DAY),
        ("Dr Wood", MORNING + 4 * DAY),
    ]
    theirs = run(queries.listed(desk.ctx(), after=OLDEST, limit=50, practitioner="Dr Wood"))
    assert [each.external_id for each in theirs.items] == ["b0", "b3"]
    first = run(queries.listed(desk.ctx(), after=OLDEST, limit=1, practitioner="Dr Wood"))
    assert first.next is not None
