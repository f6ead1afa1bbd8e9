"""Staff make a contact: once, on record, and not a second one of somebody who is known."""

from typing import Any

import pytest

from frontdesk.contacts import actions, queries
from frontdesk.contacts.rules import Contact, Person
from frontdesk.core.ctx import Actor
from frontdesk.core.errors import Conflict, Invalid
from support.calls import run
from support.desk import JO, Desk

STAFF = Actor("staff", "s1", "staff")


def contact(desk: Desk) -> Contact:
    return run(queries.by_id(desk.ctx(), desk.rows("SELECT id FROM contacts ORDER BY id")[0]["id"]))


def test_staff_make_a_contact_and_not_a_second_one() -> None:
    desk = Desk()
    ctx = desk.ctx().as_(actor=STAFF)
    made = run(
        actions.create(ctx, Person(source="phone", first_name="Jo", phone=JO), ["vip"], "Called at noon")
    )
    assert contact(desk) == made
    assert desk.rows("SELECT action FROM audit")[0]["action"] == "contact.create"
    assert desk.rows("SELECT summary FROM touchpoints")[0]["summary"] == "Called at noon"
    with pytest.raises(Conflict) as refused:
        run(actions.create(ctx, Person(source="phone", phone=JO), []))
    assert refused.value.extra["contact_id"] == made.id
    with pytest.raises(Invalid):
        run(actions.create(ctx, Person(source="phone"), []))
    run(actions.create(ctx, Person(source="staff", last_name="Only a name"), []))


def test_a_key_makes_one_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    jo = Person(source="staff", first_name="Jo")
    ctx = desk.ctx().as_(actor=STAFF)
    first = run(actions.create(ctx, jo, [], "Met at the door", "form-1"))
    assert run(actions.create(ctx, jo, [], "Met at the door", "form-1")) == first
    with pytest.raises(Conflict) as refused:
        run(actions.create(ctx, Person(source="staff", first_name="An"), [], key="form-1"))
    assert refused.value.extra["contact_id"] == first.id
    known, blind = queries.by_made_key, ["once"]

    async def by_made_key(*given: Any) -> Any:
        return None if blind and blind.pop() else await known(*given)

    monkeypatch.setattr(queries, "by_made_key", by_made_key)
    assert run(actions.create(ctx, jo, [], key="form-1")) == first
    assert len(desk.rows("SELECT * FROM audit")) == len(desk.rows("SELECT * FROM touchpoints")) == 1
    other = Desk(world=desk.world, slug="blue")
    assert run(actions.create(other.ctx().as_(actor=STAFF), jo, [], key="form-1")).id != first.id
    assert run(actions.create(ctx, jo, [])).id != first.id
