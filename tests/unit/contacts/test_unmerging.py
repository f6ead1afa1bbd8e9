"""A merge taken back: each has their own again, and what is new stays where it came."""

from typing import Any

import pytest

from frontdesk.bookings import actions as bookings
from frontdesk.contacts import actions, queries
from frontdesk.contacts.actions import merging
from frontdesk.contacts.rules import Person
from frontdesk.core.clock import DAY
from frontdesk.core.errors import Conflict, Stale
from frontdesk.integrations.facts import ContactFact
from support.calls import run
from support.desk import JO, Desk
from support.twins import OTHER, STAFF, belongings, between, by_phone, merge, two


def test_a_merge_can_be_taken_back_and_what_is_new_stays() -> None:
    desk, jo, other = two()
    mine, theirs = belongings(desk, jo), belongings(desk, other)
    done = merge(desk, jo, other)
    desk.text("New words", sender=JO)
    desk.work()
    back = run(merging.undo(desk.ctx().as_(actor=STAFF), done.merge_id))
    desk.work()
    assert (back.id, back.tags, back.phone) == (jo.id, [], JO)
    restored = run(queries.by_id(desk.ctx(), other.id))
    assert (restored.merged_into, restored.phone, restored.tags) == (None, OTHER, ["vip"])
    assert {**belongings(desk, other), "rule_runs": 0} == {**theirs, "rule_runs": 0}
    assert belongings(desk, jo)["messages"] >= mine["messages"] + 1
    assert len(desk.rows("SELECT contact_id FROM conversations")) == 2
    with pytest.raises(Conflict):
        run(merging.undo(desk.ctx(), done.merge_id))


def test_who_is_parted_is_recognised_by_what_the_survivor_was_released_of() -> None:
    desk, jo, other = two()
    done = merge(desk, jo, other)
    # Their own number was wrong; the other one's is the right one, for a while.
    after = run(actions.edit(desk.ctx(), jo.id, done.contact.version, {"phone": None}))
    after = run(actions.edit(desk.ctx(), jo.id, after.version, {"phone": OTHER}))
    run(actions.edit(desk.ctx(), jo.id, after.version, {"phone": None}))
    run(merging.undo(desk.ctx(), done.merge_id))
    assert by_phone(desk, OTHER).id == other.id


def test_too_late_is_too_late() -> None:
    desk, jo, other = two()
    done = merge(desk, jo, other)
    desk.pass_(31 * DAY)
    with pytest.raises(Conflict):
        run(merging.undo(desk.ctx(), done.merge_id))


def test_what_survived_two_merges_is_taken_back_in_turn() -> None:
    desk, jo, other = two()
    third = run(actions.create(desk.ctx(), Person(source="staff", first_name="Jo"), []))
    first = merge(desk, jo, other)
    second = merge(desk, third, by_phone(desk, JO))
    assert run(queries.by_id(desk.ctx(), other.id)).merged_into == third.id
    with pytest.raises(Conflict):
        run(merging.undo(desk.ctx(), first.merge_id))
    run(merging.undo(desk.ctx(), second.merge_id))
    assert run(queries.by_id(desk.ctx(), other.id)).merged_into == jo.id
    run(merging.undo(desk.ctx(), first.merge_id))
    assert run(queries.by_id(desk.ctx(), other.id)).merged_into is None


def test_gathering_stops_when_the_merge_is_taken_back_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, jo, other = two()
    theirs = belongings(desk, other)
    done = run(merging.merge(desk.ctx(), jo.id, jo.version, other.id, other.version))
    between(monkeypatch, "by_id", lambda: merging.undo(desk.ctx(), done.merge_id))
    with pytest.raises(Stale):
        run(merging.gather(desk.ctx(), done.merge_id))
    assert belongings(desk, other) == theirs


def test_the_nearest_recall_of_either_stands_and_goes_back_with_the_other() -> None:
    desk, jo, other = two()
    soon, later = desk.now + 30 * DAY, desk.now + 90 * DAY
    jo = run(actions.edit(desk.ctx(), jo.id, jo.version, {"recall_due_at": later, "recall_service": "CT"}))
    given: dict[str, Any] = {"recall_due_at": soon, "recall_service": "X-ray"}
    other = run(actions.edit(desk.ctx(), other.id, other.version, given))
    done = merge(desk, jo, other)
    assert (done.contact.recall_due_at, done.contact.recall_service) == (soon, "X-ray")
    back = run(merging.undo(desk.ctx(), done.merge_id))
    assert (back.recall_due_at, back.recall_service) == (later, "CT")


def test_what_became_of_a_booking_while_they_were_one_is_known_of_whom_it_is() -> None:
    desk = Desk(settings={"services": [{"name": "MRI knee", "recall_months": 6}]})
    desk.book(contact=ContactFact(external_id="w1", phone=OTHER))
    desk.text("Hello", sender=JO)
    desk.work()
    other = by_phone(desk, OTHER)
    done = merge(desk, by_phone(desk, JO), other)
    desk.pass_(5 * DAY)
    booked = desk.rows("SELECT id, version FROM bookings")[0]
    run(bookings.set_status(desk.ctx().as_(actor=STAFF), booked["id"], "completed", booked["version"]))
    desk.work()
    run(merging.undo(desk.ctx(), done.merge_id))
    desk.work()
    back = by_phone(desk, OTHER)
    assert (back.existing_patient, back.recall_service) == (True, "MRI knee")
