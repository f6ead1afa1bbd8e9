"""What a stranger can type into a booking form must not turn somebody else's messages towards them."""

from frontdesk.integrations.facts import ContactFact
from support.desk import JO, Desk

DAY = 86_400_000
STRANGER = "+61491570157"
VICTIM = ContactFact(first_name="Josephine", email="jo@example.org", phone=JO)
ATTACK = ContactFact(first_name="Mal", email="jo@example.org", phone=STRANGER)


def a_desk() -> Desk:
    desk = Desk()
    desk.book(contact=VICTIM, service="MRI Knee")
    desk.work()
    desk.book(external_id="b2", starts_in=4 * DAY, contact=ATTACK, service="Consultation")
    desk.work()
    return desk


def test_booking_with_somebodys_address_does_not_redirect_their_reminders() -> None:
    desk = a_desk()
    desk.rest()
    to_stranger = [text["body"] for text in desk.carriers.texts if text["to"] == STRANGER]
    to_victim = [text["body"] for text in desk.carriers.texts if text["to"] == JO]
    assert to_stranger and to_victim
    assert not any("MRI" in body or "Josephine" in body for body in to_stranger)
    assert not any("Consultation" in body for body in to_victim)


def test_moving_the_victims_booking_afterwards_still_tells_only_them() -> None:
    desk = a_desk()
    desk.book(starts_in=6 * DAY, sequence=2, contact=VICTIM, service="MRI Knee")
    desk.rest()
    assert not any("MRI" in text["body"] for text in desk.carriers.texts if text["to"] == STRANGER)


def test_the_contact_keeps_its_number_and_the_booking_its_own() -> None:
    desk = a_desk()
    assert [row["phone"] for row in desk.rows("SELECT phone FROM contacts")] == [JO]
    phones = desk.rows("SELECT phone FROM bookings ORDER BY external_id")
    assert [row["phone"] for row in phones] == [JO, STRANGER]


def test_a_reply_from_a_bookings_own_number_belongs_to_whom_we_wrote() -> None:
    desk = a_desk()
    desk.pass_(1_000)
    desk.work()
    desk.text("Running late", sender=STRANGER)
    desk.work()
    assert len(desk.rows("SELECT id FROM contacts")) == 1
    assert [row["address"] for row in desk.rows("SELECT address FROM messages WHERE direction = 'in'")] == [
        STRANGER
    ]
