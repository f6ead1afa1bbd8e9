"""Whether they will come and whether they came: a booking's story says how likely not, why, and when to ask."""

from frontdesk.bookings import api
from frontdesk.bookings.api import BookingStory
from frontdesk.core.clock import DAY, HOUR, MINUTE
from support.appointments import booked, booking, said
from support.calls import run
from support.desk import Desk


def story(desk: Desk) -> BookingStory:
    return run(api.get_booking(desk.ctx(), booking(desk).id))


def risk(desk: Desk) -> dict[str, int]:
    """The grounds, by their words."""
    found = story(desk).risk
    assert found is not None
    assert found.score == sum(reason.points for reason in found.reasons)
    return {reason.label: reason.points for reason in found.reasons}


def test_a_stranger_who_confirmed_nothing_may_stay_away() -> None:
    desk = booked()
    assert risk(desk) == {"Not confirmed": 20, "New patient": 10, "Has not replied to us": 5}
    said(desk, "confirmed")
    assert risk(desk) == {"New patient": 10, "Has not replied to us": 5}


def test_an_answer_to_what_we_wrote_speaks_for_them() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    assert risk(desk) == {"New patient": 10, "Has not replied to us": 5}
    desk.text("See you then")
    desk.work()
    assert risk(desk) == {"New patient": 10}


def test_who_missed_the_others_may_miss_this_one() -> None:
    desk = booked()
    of = booking(desk)
    for n, status in enumerate(("no_show", "completed", "no_show", "cancelled")):
        desk.world.driver.connection.execute(
            "INSERT INTO bookings (tenant_id, id, contact_id, source, external_id, status, starts_at, ends_at,"
            " time_zone, created_at, updated_at) VALUES (?, ?, ?, 'staff', ?, ?, ?, ?, 'UTC', 0, 0)",
            (desk.tenant.id, f"b{n}", of.contact_id, f"b{n}", status, of.starts_at - n * DAY, of.starts_at),
        )
    assert risk(desk)["Missed 2 of 3 appointments"] == 36


def test_it_is_no_question_once_it_began_or_was_called_off() -> None:
    desk = booked()
    said(desk, "cancelled")
    assert story(desk).risk is None
    said(desk, "scheduled")
    assert story(desk).risk is not None
    desk.world.real = booking(desk).starts_at - MINUTE
    assert story(desk).risk is not None
    desk.world.real += HOUR
    assert story(desk).risk is None


def test_when_it_is_over_somebody_should_say_whether_they_came() -> None:
    desk = booked()
    desk.world.real = booking(desk).ends_at + HOUR
    assert story(desk).unaccounted == ""
    desk.world.real += 2 * HOUR
    assert story(desk).unaccounted == "Over for 3 hours and still scheduled"
    said(desk, "completed")
    assert story(desk).unaccounted == ""
