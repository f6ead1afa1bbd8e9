"""A provider's word on a booking, in any order: what stands afterwards, and what the customer is told."""

from itertools import permutations
from typing import Any

import pytest

from frontdesk.bookings import queries
from frontdesk.contacts import actions
from frontdesk.core.clock import DAY, HOUR
from frontdesk.core.pages import OLDEST, decode_cursor
from frontdesk.integrations.facts import ContactFact
from support.calls import run
from support.desk import JO, MORNING, Desk

NOBODY = ContactFact()


def booking(desk: Desk) -> dict[str, Any]:
    rows = desk.rows("SELECT * FROM bookings")
    assert len(rows) == 1
    return rows[0]


def story(desk: Desk) -> list[str]:
    rows = desk.rows("SELECT kind FROM touchpoints WHERE kind LIKE 'booking.%' ORDER BY id")
    return [row["kind"].removeprefix("booking.") for row in rows]


def facts(desk: Desk) -> list[str]:
    rows = desk.rows("SELECT type FROM events WHERE type LIKE 'booking.%' ORDER BY seq")
    return [row["type"].removeprefix("booking.") for row in rows]


def test_a_new_booking_is_a_contact_a_booking_and_a_confirmation_with_its_date() -> None:
    desk = Desk()
    desk.book(starts_in=3 * DAY, practitioner="Dr Ada Lim", time_zone="Australia/Perth")
    desk.work()
    row = booking(desk)
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


def test_a_late_event_does_not_undo_a_newer_one() -> None:
    desk = Desk()
    desk.book(starts_in=7 * DAY, sequence=3)
    desk.work()
    desk.book(starts_in=5 * DAY, sequence=1)
    desk.book(starts_in=6 * DAY, sequence=2, status="cancelled")
    desk.rest()
    row = booking(desk)
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
        row = booking(desk)
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
    assert booking(desk)["status"] == "confirmed"
    assert len(desk.states()) == 3  # still the same three reminders


def test_of_two_words_with_one_number_the_later_one_stands() -> None:
    desk = Desk(accounts=False)
    desk.book(sequence=2, starts_in=6 * DAY, changed_at=MORNING + 10)
    desk.work()
    desk.book(sequence=2, starts_in=5 * DAY, changed_at=MORNING + 5)
    desk.work()
    assert booking(desk)["starts_at"] == MORNING + 6 * DAY


def test_without_numbers_the_instant_of_the_change_decides() -> None:
    desk = Desk()
    desk.book(starts_in=7 * DAY, sequence=None, changed_at=MORNING + 10)
    desk.work()
    desk.book(starts_in=5 * DAY, sequence=None, changed_at=MORNING + 5)
    desk.work()
    assert booking(desk)["starts_at"] == MORNING + 7 * DAY
    desk.book(starts_in=6 * DAY, sequence=None, changed_at=MORNING + 11)
    desk.work()
    assert booking(desk)["starts_at"] == MORNING + 6 * DAY


def test_a_cancellation_of_what_we_never_heard_of_tells_nobody() -> None:
    desk = Desk()
    desk.book(status="cancelled", sequence=2)
    desk.work()
    desk.book(sequence=1)  # the creation comes late
    desk.rest()
    assert booking(desk)["status"] == "cancelled"
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


@pytest.mark.parametrize("country", ["XX", "junk", "US", "", "  ", "Australia"])
def test_a_country_that_is_junk_does_not_cost_the_number(country: str) -> None:
    desk = Desk()
    desk.book(contact=ContactFact(phone="0491 570 006", country=country))
    desk.work()
    assert [text["to"] for text in desk.carriers.texts] == [JO]


def test_a_country_that_fits_decides() -> None:
    desk = Desk()
    desk.book(contact=ContactFact(phone="(312) 555-0142", country="us"))
    desk.work()
    assert desk.rows("SELECT phone FROM contacts")[0]["phone"] == "+13125550142"


def test_without_a_number_it_is_a_mail() -> None:
    desk = Desk()
    desk.book(contact=ContactFact(email="Jo@Example.com", first_name="Jo", phone="none"))
    desk.rest()
    assert desk.carriers.texts == []
    subjects = [mail["payload"]["subject"] for mail in desk.carriers.mails]
    assert subjects == ["Your appointment on Sat 26 Sep", *["Reminder: Sat 26 Sep at 11:00 am"] * 3]


def test_without_anything_it_is_still_a_booking() -> None:
    desk = Desk()
    desk.book(contact=NOBODY)
    desk.rest()
    assert booking(desk)["status"] == "confirmed"
    assert {(state, reason) for _, state, reason in desk.states()} == {("skipped", "no_address")}
    desk.book(contact=NOBODY, sequence=2, starts_in=6 * DAY)
    desk.work()
    assert len(desk.rows("SELECT * FROM contacts")) == 1
    assert booking(desk)["starts_at"] == MORNING + 6 * DAY


def test_a_later_word_without_a_person_keeps_whose_booking_it_is() -> None:
    desk = Desk()
    desk.book(service="MRI knee", time_zone="Australia/Perth")
    desk.work()
    before = booking(desk)
    desk.book(contact=NOBODY, sequence=2, service="", time_zone=None, starts_in=6 * DAY)
    desk.work()
    after = booking(desk)
    assert (after["contact_id"], after["service"], after["time_zone"]) == (
        before["contact_id"],
        "MRI knee",
        "Australia/Perth",
    )


def test_a_word_that_tells_more_of_the_person_and_nothing_of_the_booking_is_not_lost() -> None:
    desk = Desk(accounts=False)
    desk.book(contact=ContactFact(phone="0491 570 006", first_name="Jo"))
    desk.work()
    jo = ContactFact(external_id="w1", phone="0491 570 006", first_name="Jo", last_name="Lee")
    for sequence in (2, 3):
        desk.pass_(HOUR)
        desk.book(sequence=sequence, contact=jo)
        desk.work()
        row = desk.rows("SELECT last_name, version, last_seen_at FROM contacts")[0]
        assert row == {"last_name": "Lee", "version": 3, "last_seen_at": desk.now}
    assert ("wix", "w1") in {
        (each["kind"], each["value"]) for each in desk.rows("SELECT kind, value FROM contact_identities")
    }
    assert story(desk) == facts(desk) == ["created"]


def test_a_booking_that_passes_to_somebody_else_reminds_them() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.book(contact=ContactFact(external_id="w2", phone="0491 570 156"), sequence=2)
    desk.rest()
    assert [text["to"] for text in desk.carriers.texts] == [JO, *["+61491570156"] * 3]


def test_one_that_stands_again_for_somebody_else_is_confirmed_to_them() -> None:
    desk = Desk()
    desk.carriers.faults = ["throttled"]
    desk.book()
    desk.work()
    desk.book(status="cancelled", sequence=2)
    desk.work()
    desk.book(contact=ContactFact(external_id="w2", email="an@example.com"), sequence=3)
    desk.rest()
    assert desk.carriers.texts == []
    assert {tuple(mail["payload"]["to"]) for mail in desk.carriers.mails} == {("an@example.com",)}
    assert len(desk.carriers.mails) == 4
    said = desk.rows("SELECT DISTINCT contact_id FROM messages WHERE state = 'sent'")
    assert said == [{"contact_id": booking(desk)["contact_id"]}]


def test_nothing_of_it_goes_to_whose_it_was_before() -> None:
    """The new one has no number: the old one's is not theirs, and what they booked is nobody else's business."""
    desk = Desk()
    desk.book()
    desk.work()
    desk.book(contact=ContactFact(external_id="w2", email="An@example.com"), sequence=2)
    desk.rest()
    assert [text["to"] for text in desk.carriers.texts] == [JO]
    row = booking(desk)
    assert (row["first_name"], row["phone"], row["email"]) == ("", None, "an@example.com")
    assert {tuple(mail["payload"]["to"]) for mail in desk.carriers.mails} == {("an@example.com",)}


@pytest.mark.parametrize("who", ["w1", ""])
def test_a_number_staff_put_right_stays_until_the_provider_says_another(who: str) -> None:
    """Each word of Wix tells the number again that was wrong."""
    desk = Desk()
    said, right, newest = {"external_id": who, "email": "jo@example.com"}, "+61491570156", "+61491570157"
    desk.book(contact=ContactFact(phone="0491 570 006", **said))
    desk.work()
    known = desk.rows("SELECT id, version FROM contacts")[0]
    run(actions.edit(desk.ctx(), known["id"], known["version"], {"phone": right}))
    desk.work()
    desk.book(sequence=2, starts_in=6 * DAY, contact=ContactFact(phone="0491 570 006", **said))
    desk.work()
    assert booking(desk)["phone"] == right
    assert desk.rows("SELECT id FROM contacts") == [{"id": known["id"]}]
    desk.book(sequence=3, starts_in=6 * DAY, contact=ContactFact(phone=newest, **said))
    desk.rest()
    assert [text["to"] for text in desk.carriers.texts] == [JO, *[newest] * 3]


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
    assert booking(desk)["starts_at"] == MORNING + 5 * DAY
    assert desk.rows("SELECT id, state, due_at FROM messages ORDER BY id") == before
    desk.world.driver.batch = batch  # type: ignore[method-assign]
    desk.until(desk.now + HOUR)
    assert booking(desk)["starts_at"] == MORNING + 7 * DAY


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
