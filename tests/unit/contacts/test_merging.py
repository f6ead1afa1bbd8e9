"""Two contacts made one: everything moves, and nothing is lost."""

from typing import Any

import pytest

from frontdesk.bookings import actions as bookings
from frontdesk.contacts import actions, queries
from frontdesk.contacts.actions import merging
from frontdesk.contacts.rules import Contact, Person
from frontdesk.contacts.writes import heard_from
from frontdesk.core.clock import DAY, MINUTE
from frontdesk.core.errors import Conflict, Invalid, NotFound, Stale
from frontdesk.core.pages import NEWEST
from frontdesk.integrations.facts import ContactFact
from frontdesk.tasks.rules import TaskDraft
from frontdesk.tasks.writes import add
from support.calls import run
from support.desk import JO, Desk
from support.sqlite import SqliteDriver
from support.twins import (
    DERIVED,
    OTHER,
    STAFF,
    belongings,
    between,
    by_phone,
    merge,
    tables_with_contacts,
    two,
)


def test_every_table_that_names_a_contact_moves() -> None:
    """A table that comes later is either moved by the merge or follows from what is."""
    moved = {"contact_identities", "bookings", "messages", "touchpoints", "stage_moves", "tasks", "rule_runs"}
    assert tables_with_contacts(SqliteDriver()) - DERIVED == moved


def test_all_that_was_the_others_is_the_survivors() -> None:
    desk, jo, other = two()
    before = {name: belongings(desk, jo)[name] + count for name, count in belongings(desk, other).items()}
    done = merge(desk, jo, other)
    after = belongings(desk, jo)
    assert not any(belongings(desk, other).values())
    assert {name: after[name] - before[name] for name in after if name != "rule_runs"} == {
        name: 0 for name in after if name != "rule_runs"
    }
    assert done.contact.tags == ["vip"]
    assert run(queries.by_id(desk.ctx(), other.id)).merged_into == jo.id
    shown = run(queries.listed(desk.ctx(), after=NEWEST, limit=9, search=None, stage=None, tag=None))
    assert [each.id for each in shown.items] == [jo.id]
    assert run(queries.current(desk.ctx(), other.id)).id == jo.id
    assert desk.rows("SELECT contact_id FROM conversations") == [{"contact_id": jo.id}]
    assert [row["action"] for row in desk.rows("SELECT action FROM audit")] == ["contact.merge"]


def test_whoever_writes_from_either_number_is_the_survivor() -> None:
    desk, jo, other = two()
    merge(desk, jo, other)
    desk.text("Hello again", sender=OTHER)
    desk.book(external_id="b9", contact=ContactFact(external_id="w9", phone=OTHER))
    desk.work()
    assert desk.rows("SELECT count(*) AS n FROM contacts")[0]["n"] == 2
    assert not any(belongings(desk, other).values())


def test_what_was_written_to_the_one_that_went_follows() -> None:
    desk, jo, other = two()
    merge(desk, jo, other)
    desk.commit(add(desk.ctx(), TaskDraft("other", "Late", desk.now, "late", contact_id=other.id)))
    desk.until(desk.now + 3 * MINUTE)
    assert desk.rows("SELECT contact_id FROM tasks WHERE unique_key = 'late'") == [{"contact_id": jo.id}]


def test_a_word_said_at_that_moment_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, jo, other = two()
    desk.pass_(MINUTE)
    between(monkeypatch, "visits", lambda: desk.ctx().commit(heard_from(other.id, desk.now)))
    done = run(merging.merge(desk.ctx(), jo.id, jo.version, other.id, other.version))
    assert done.contact.last_in_at == desk.now
    desk.pass_(MINUTE)
    between(monkeypatch, "by_id", lambda: desk.ctx().commit(heard_from(jo.id, desk.now)))
    assert run(merging.undo(desk.ctx(), done.merge_id)).last_in_at == desk.now


def test_a_booking_made_for_the_one_that_went_puts_the_survivor_in_its_stage() -> None:
    desk = Desk()
    for phone in (JO, OTHER):
        desk.text("Hello", sender=phone)
    desk.work()
    jo, other = by_phone(desk, JO), by_phone(desk, OTHER)
    stale = bookings.Made(other.id, "CT", desk.now + DAY)
    with pytest.MonkeyPatch.context() as patch:
        # Read before the merge, committed after it.
        read = run(queries.by_id(desk.ctx(), other.id))
        merge(desk, jo, other)
        patch.setattr("frontdesk.bookings.actions.staff.contact_by_id", lambda *_: answered(read))
        run(bookings.book(desk.ctx().as_(actor=STAFF), stale))
    desk.until(desk.now + 3 * MINUTE)
    assert by_phone(desk, JO).stage == "appointment"


async def answered(contact: Contact) -> Contact:
    return contact


def test_somebody_without_a_booking_leaves_the_survivor_in_its_stage() -> None:
    desk, jo, other = two()
    jo = run(actions.move(desk.ctx(), jo.id, "dormant", jo.version))
    assert merge(desk, jo, other).contact.stage == "dormant"


@pytest.mark.parametrize("which", ["kept", "gone"])
def test_a_merge_of_what_somebody_changed_is_refused(which: str) -> None:
    desk, jo, other = two()
    changed = jo if which == "kept" else other
    run(actions.edit(desk.ctx(), changed.id, changed.version, {"first_name": "X"}))
    with pytest.raises(Stale):
        run(merging.merge(desk.ctx(), jo.id, jo.version, other.id, other.version))
    assert desk.rows("SELECT * FROM merges") == []


def test_nobody_is_merged_twice_or_into_themselves_or_across_tenants() -> None:
    desk, jo, other = two()
    with pytest.raises(Invalid):
        run(merging.merge(desk.ctx(), jo.id, jo.version, jo.id, jo.version))
    blue = Desk(world=desk.world, slug="blue")
    with pytest.raises(NotFound):
        run(merging.merge(blue.ctx(), jo.id, jo.version, other.id, other.version))
    done = merge(desk, jo, other)
    with pytest.raises(NotFound):
        run(merging.undo(blue.ctx(), done.merge_id))
    gone = run(queries.by_id(desk.ctx(), other.id))
    for verb in (
        lambda: merging.merge(desk.ctx(), done.contact.id, done.contact.version, gone.id, gone.version),
        lambda: actions.edit(desk.ctx(), gone.id, gone.version, {"first_name": "X"}),
        lambda: actions.move(desk.ctx(), gone.id, "post", gone.version),
    ):
        with pytest.raises(Conflict) as refused:
            run(verb())
        assert refused.value.extra["contact_id"] == jo.id


def test_duplicates_come_with_a_reason() -> None:
    desk, jo, _ = two()
    ctx = desk.ctx()
    twin = run(actions.create(ctx, Person(source="staff", first_name="Ann", last_name="Lee"), []))
    run(actions.create(ctx, Person(source="staff", first_name="ann", last_name="LEE"), []))
    run(actions.create(ctx, Person(source="staff", first_name="Ann", last_name="Leen"), []))
    assert [why for _, why in run(merging.duplicates(ctx, twin.id))] == ["The same name"]
    assert run(merging.duplicates(ctx, jo.id)) == []


def test_a_commit_that_was_lost_left_nothing() -> None:
    desk, jo, other = two()
    mine: dict[str, Any] = belongings(desk, other)
    desk.world.driver.fail = ["before"] * 9
    with pytest.raises(Exception, match="network"):
        run(merging.merge(desk.ctx(), jo.id, jo.version, other.id, other.version))
    desk.world.driver.fail = []
    assert belongings(desk, other) == mine
