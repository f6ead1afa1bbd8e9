"""Whose a booking is, how they are reached, and that nobody else hears of it."""

import pytest

from frontdesk.contacts import actions
from frontdesk.core.clock import DAY, HOUR
from frontdesk.integrations.facts import ContactFact
from support.appointments import facts, stored, story
from support.calls import run
from support.desk import JO, MORNING, Desk

NOBODY = ContactFact()


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
    assert stored(desk)["status"] == "confirmed"
    assert {(state, reason) for _, state, reason in desk.states()} == {("skipped", "no_address")}
    desk.book(contact=NOBODY, sequence=2, starts_in=6 * DAY)
    desk.work()
    assert len(desk.rows("SELECT * FROM contacts")) == 1
    assert stored(desk)["starts_at"] == MORNING + 6 * DAY


def test_a_later_word_without_a_person_keeps_whose_booking_it_is() -> None:
    desk = Desk()
    desk.book(service="MRI knee", time_zone="Australia/Perth")
    desk.work()
    before = stored(desk)
    desk.book(contact=NOBODY, sequence=2, service="", time_zone=None, starts_in=6 * DAY)
    desk.work()
    after = stored(desk)
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
    assert said == [{"contact_id": stored(desk)["contact_id"]}]


def test_nothing_of_it_goes_to_whose_it_was_before() -> None:
    """The new one has no number: the old one's is not theirs, and what they booked is nobody else's business."""
    desk = Desk()
    desk.book()
    desk.work()
    desk.book(contact=ContactFact(external_id="w2", email="An@example.com"), sequence=2)
    desk.rest()
    assert [text["to"] for text in desk.carriers.texts] == [JO]
    row = stored(desk)
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
    assert stored(desk)["phone"] == right
    assert desk.rows("SELECT id FROM contacts") == [{"id": known["id"]}]
    desk.book(sequence=3, starts_in=6 * DAY, contact=ContactFact(phone=newest, **said))
    desk.rest()
    assert [text["to"] for text in desk.carriers.texts] == [JO, *[newest] * 3]
