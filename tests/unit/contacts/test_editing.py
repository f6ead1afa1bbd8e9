"""Editing a contact: nobody's change is lost, nobody's number is taken, nothing half done."""

from typing import Any

import pytest

from frontdesk.contacts import actions
from frontdesk.contacts.rules import Contact
from frontdesk.core.errors import Conflict, Invalid, NotFound, Stale
from frontdesk.integrations.facts import ContactFact
from support.calls import run
from support.desk import JO, Desk


def a_contact(desk: Desk, sender: str = JO) -> str:
    desk.text("Hi", sender=sender)
    desk.work()
    return str(desk.rows("SELECT id FROM contacts WHERE phone = ?", sender)[0]["id"])


def edit(desk: Desk, id_: str, version: int = 1, /, **changes: Any) -> Contact:
    return run(actions.edit(desk.ctx("req-1"), id_, version, changes))


def test_an_edit_is_stored_told_and_on_record() -> None:
    desk = Desk()
    id_ = a_contact(desk)
    after = edit(desk, id_, first_name="Jo", tags=["vip", "knee"], existing_patient=True, stage="post")
    row = desk.rows("SELECT * FROM contacts WHERE id = ?", id_)[0]
    assert (row["first_name"], row["tags"], row["existing_patient"], row["stage"]) == (
        "Jo",
        '["vip","knee"]',
        1,
        "post",
    )
    assert after.version == row["version"] == 2
    assert row["phone"] == JO  # what was not named stays
    assert desk.rows("SELECT type FROM events ORDER BY seq DESC")[0]["type"] == "contact.updated"
    audit = desk.rows("SELECT * FROM audit")[0]
    assert (audit["action"], audit["subject_id"], audit["cause_id"]) == ("contact.edit", id_, "req-1")


def test_an_edit_of_what_somebody_else_changed_is_refused() -> None:
    desk = Desk()
    id_ = a_contact(desk)
    edit(desk, id_, first_name="Jo")
    with pytest.raises(Stale):
        edit(desk, id_, first_name="Joe")
    assert desk.rows("SELECT first_name FROM contacts")[0]["first_name"] == "Jo"


def test_two_edits_at_once_of_one_version_are_one() -> None:
    desk = Desk()
    id_ = a_contact(desk)
    read = desk.world.driver.query
    meanwhile = ["UPDATE contacts SET first_name = 'Other', version = version + 1"]

    async def then_somebody_writes(bound: Any) -> str:
        text = await read(bound)
        if "contact_identities" in bound.sql and meanwhile:
            desk.world.driver.connection.execute(meanwhile.pop())
        return text

    desk.world.driver.query = then_somebody_writes  # type: ignore[method-assign]
    with pytest.raises(Stale):
        edit(desk, id_, first_name="Jo", stage="post")
    row = desk.rows("SELECT * FROM contacts")[0]
    assert (row["first_name"], row["stage"]) == ("Other", "lead")
    assert desk.rows("SELECT * FROM audit") == []


def test_the_number_of_another_contact_is_not_taken() -> None:
    desk = Desk()
    mine, other = a_contact(desk), a_contact(desk, "+61491570156")
    with pytest.raises(Conflict) as refused:
        edit(desk, mine, phone="0491 570 156")
    assert refused.value.extra["contact_id"] == other
    assert "merge" in refused.value.detail


def test_a_new_number_is_normalised_and_recognised() -> None:
    desk = Desk()
    id_ = a_contact(desk)
    assert edit(desk, id_, phone=" 0491 570 156 ", email=" Jo@Example.COM ").phone == "+61491570156"
    desk.text("It is me", sender="+61491570156")
    desk.work()
    assert len(desk.rows("SELECT * FROM contacts")) == 1
    assert desk.rows("SELECT email FROM contacts")[0]["email"] == "jo@example.com"


def test_a_number_that_was_put_right_is_free_for_whose_it_is() -> None:
    desk = Desk()
    mistyped = a_contact(desk, "+61491570156")
    edit(desk, mistyped, phone=JO)
    desk.book(contact=ContactFact(external_id="w7", first_name="An", phone="0491 570 156"))
    desk.work()
    an = desk.rows("SELECT id, first_name FROM contacts WHERE phone = '+61491570156'")
    assert [row["first_name"] for row in an] == ["An"]
    assert desk.rows("SELECT contact_id FROM bookings") == [{"contact_id": an[0]["id"]}]


def test_a_number_that_is_shown_twice_may_stay_while_something_else_is_edited() -> None:
    """A family's phone: it is recognised as one contact's and written on another's, too."""
    desk = Desk()
    for number, (who, phone) in enumerate((("kid", ""), ("mum", JO), ("kid", JO))):
        desk.book(external_id=f"b{number}", contact=ContactFact(external_id=who, phone=phone))
        desk.work()
    kid = desk.rows(
        "SELECT c.id, c.version, c.phone FROM contacts c "
        "JOIN contact_identities i ON i.contact_id = c.id AND i.value = 'kid'"
    )[0]
    assert kid["phone"] == JO
    assert edit(desk, kid["id"], kid["version"], first_name="Kim", phone=JO).first_name == "Kim"
    edit(desk, kid["id"], kid["version"] + 1, phone=None)
    assert desk.rows("SELECT 1 FROM contact_identities WHERE value = ?", JO), "it is still their mother's"


@pytest.mark.parametrize("changes", [{"phone": "12"}, {"email": "nobody"}])
def test_what_is_no_number_or_address_is_refused(changes: dict[str, Any]) -> None:
    desk = Desk()
    id_ = a_contact(desk)
    with pytest.raises(Invalid):
        edit(desk, id_, **changes)


@pytest.mark.parametrize("field", ["first_name", "last_name", "stage", "tags", "existing_patient"])
def test_null_where_something_must_be_names_the_field(field: str) -> None:
    desk = Desk()
    id_ = a_contact(desk)
    with pytest.raises(Invalid) as refused:
        edit(desk, id_, 1, **{field: None})
    assert refused.value.extra["errors"][0]["field"] == field


@pytest.mark.parametrize("empty", [None, ""])
def test_a_number_can_be_taken_away(empty: str | None) -> None:
    desk = Desk()
    id_ = a_contact(desk)
    assert edit(desk, id_, phone=empty, time_zone=None).phone is None
    assert desk.rows("SELECT phone FROM contacts")[0]["phone"] is None


def test_without_a_number_and_an_address_the_reminders_say_so() -> None:
    desk = Desk()
    desk.book(contact=ContactFact(external_id="w1", phone=JO))
    desk.work()
    known = desk.rows("SELECT id, version FROM contacts")[0]
    edit(desk, known["id"], known["version"], phone=None)
    desk.rest()
    assert {reason for _, _, reason in desk.states()} == {"no_address"}


def test_another_tenants_contact_is_not_found() -> None:
    desk = Desk()
    id_ = a_contact(desk)
    with pytest.raises(NotFound):
        edit(Desk(world=desk.world, slug="blue"), id_, first_name="Mine now")
