"""What bounds rules: their number, their notices, what waits when they change, what is kept."""

import asyncio

import pytest

from frontdesk.automation import actions
from frontdesk.automation.rules.definition import Definition
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.errors import Conflict, Invalid
from frontdesk.core.events import JobDraft
from frontdesk.tasks import writes as tasks
from frontdesk.tasks.rules import TaskDraft
from support.automated import TAGGED, alone, on, owner, rule, shown, states, story, tag
from support.desk import Desk


def test_a_fact_that_is_told_twice_is_looked_at_once() -> None:
    desk = alone()
    id_ = rule(desk, on("task.created", {"do": "notify", "title": "A task"}))
    for _ in range(2):
        desk.commit(tasks.add(desk.ctx(), TaskDraft("other", "Call the plumber", due_at=0, unique_key="one")))
        desk.work()
    assert [state for state, _ in states(desk, id_)] == ["ran"]
    looked = desk.rows("SELECT state FROM jobs WHERE kind = 'automation.evaluate'")
    assert looked == [{"state": "done"}]


def test_who_is_run_for_again_and_again_from_outside_is_let_be() -> None:
    """As when a webhook's other end answers each call with an edit of its own."""
    desk = alone()
    id_ = rule(desk, on("booking.rescheduled", TAGGED))
    desk.book()
    desk.work()
    for number in range(2, 70):
        desk.book((4 + number % 2) * 24 * HOUR, sequence=number)
        desk.work()
        desk.pass_(10_000)
    ran = [state for state, _ in states(desk, id_)]
    assert ran.count("ran") == 60 and 0 < ran.count("cut") < 10
    desk.pass_(HOUR)
    desk.book(10 * 24 * HOUR, sequence=100)
    desk.work()
    assert states(desk, id_)[-1] == ("ran", "")


def test_who_books_for_a_whole_home_is_told_of_each_and_there_is_an_end_to_that_too() -> None:
    desk = alone()
    id_ = rule(desk, on("booking.created", TAGGED))
    for number in range(305):
        desk.book((4 + number % 2) * 24 * HOUR, external_id=f"b{number}")
    desk.work()
    ran = [state for state, _ in states(desk, id_)]
    assert (ran.count("ran"), ran.count("cut")) == (300, 5)


def test_an_outage_rings_the_bell_twelve_times_an_hour_and_says_that_there_is_more() -> None:
    desk = alone()
    id_ = rule(desk, on("task.created", {"do": "notify", "title": "Look", "urgent": True}), name="Alarm")
    for number in range(20):
        desk.commit(tasks.add(desk.ctx(), TaskDraft("other", "Call", due_at=0, unique_key=f"t{number}")))
    desk.work()
    assert [state for state, _ in states(desk, id_)] == ["ran"] * 20
    told = desk.rows("SELECT title, body FROM notices ORDER BY seq")
    assert [each["title"] for each in told] == ["Look"] * 11 + ["Look, and more"]
    assert "Alarm" in told[-1]["body"]
    (more,) = desk.rows("SELECT count(*) AS n FROM run_effects WHERE kind = 'nothing'")
    assert more["n"] == 8
    desk.pass_(HOUR + MINUTE)
    desk.commit(tasks.add(desk.ctx(), TaskDraft("other", "Call", due_at=0, unique_key="later")))
    desk.work()
    assert len(desk.rows("SELECT seq FROM notices")) == 13


def test_what_was_for_a_colleague_who_left_is_for_everybody() -> None:
    desk = alone()
    for id_, email in (("ann", "ann@harbour.example"), ("bob", "bob@harbour.example")):
        desk.world.driver.connection.execute(
            "INSERT INTO staff (tenant_id, id, email, name, role, active, created_at)"
            " VALUES (?, ?, ?, ?, 'staff', 1, 0)",
            (desk.tenant.id, id_, email, id_),
        )
    for id_ in ("ann", "bob"):
        do = {"do": "create_task", "title": f"For {id_}", "assignee_id": id_}
        rule(desk, on("booking.created", do, {"do": "notify", "title": f"For {id_}", "staff_id": id_}))
    desk.world.driver.connection.execute("UPDATE staff SET active = 0 WHERE id = 'bob'")
    desk.book()
    desk.work()
    tasked = desk.rows("SELECT title, assignee_id FROM tasks ORDER BY title")
    assert [each["assignee_id"] for each in tasked] == ["ann", None]
    assert [each["staff_id"] for each in desk.rows("SELECT staff_id FROM notices ORDER BY title")] == [
        "ann",
        None,
    ]


def test_a_task_whose_title_comes_to_nothing_is_called_after_its_rule() -> None:
    desk = alone()
    rule(
        desk,
        on("contact.created", {"do": "create_task", "title": "{{ contact.last_name }}"}),
        name="Say hello",
    )
    desk.book()
    desk.work()
    assert desk.rows("SELECT title FROM tasks") == [{"title": "Say hello"}]


def test_rules_are_not_without_number() -> None:
    desk = alone()
    desk.world.driver.connection.executemany(
        "INSERT INTO rules (tenant_id, id, name, created_at, updated_at) VALUES (?, ?, 'x', 0, 0)",
        [(desk.tenant.id, f"r{number}") for number in range(200)],
    )
    with pytest.raises(Conflict):
        rule(desk, on("contact.created", TAGGED))


def test_what_waited_when_a_rule_was_switched_off_does_not_come_back_with_it() -> None:
    desk = alone()
    id_ = rule(desk, on("booking.created", TAGGED, delay={"minutes": 60}))
    desk.book()
    desk.work()
    for on_ in (False, True):
        asyncio.run(actions.switch(owner(desk), id_, 1, on=on_))
    desk.pass_(2 * HOUR)
    desk.work()
    assert states(desk, id_) == [("held", "the rule was switched off")]
    assert shown(desk, id_).enabled


def test_an_edit_that_joins_a_run_after_the_rule_changed_is_judged_by_the_new_rule() -> None:
    desk = alone()
    desk.book()
    desk.work()
    id_ = rule(desk, on("contact.updated", {"do": "notify", "title": "Old"}))
    tag(desk, "one")
    desk.work()
    new = Definition.model_validate(on("contact.updated", {"do": "notify", "title": "New"}))
    asyncio.run(actions.change(owner(desk), id_, 1, "A rule", new))
    tag(desk, "two")
    desk.rest()
    assert desk.rows("SELECT title FROM notices") == [{"title": "New"}]
    assert story(desk, id_).run.version == 2


def test_what_rules_did_is_forgotten_after_a_year_and_a_month_and_what_waits_is_not() -> None:
    desk = alone()
    done = rule(desk, on("booking.created", TAGGED, {"do": "call_webhook", "url": "https://hooks.example/x"}))
    waits = rule(desk, on("booking.created", TAGGED, delay={"minutes": 400 * 24 * 60}))
    desk.book()
    desk.work()
    assert (states(desk, done), states(desk, waits)) == ([("ran", "")], [("waiting", "")])
    for days, left in ((399, 1), (2, 0)):
        desk.pass_(days * DAY)
        desk.commit(JobDraft("automation.forget", key=f"n{days}"))
        (job,) = desk.rows("SELECT id FROM jobs WHERE kind = 'automation.forget' AND state = 'pending'")
        asyncio.run(desk._run(job["id"]))
        assert len(states(desk, done)) == left
        assert len(states(desk, waits)) == 1
    assert desk.rows("SELECT run_id FROM run_effects UNION ALL SELECT run_id FROM webhook_calls") == []


def test_a_rule_is_no_colleague_and_another_tenants_is_nobody() -> None:
    desk = alone()
    blue = Desk(world=desk.world, slug="blue")
    theirs = rule(blue, on("contact.created", TAGGED))
    ours = rule(desk, on("contact.created", TAGGED))
    for do in ({"do": "notify", "title": "x", "staff_id": ours}, {"do": "start_rule", "rule_id": theirs}):
        with pytest.raises(Invalid):
            rule(desk, on("booking.created", do))


def test_putting_the_standard_rules_back_leaves_those_alone_that_were_made_ones_own() -> None:
    desk = Desk()
    for key, trigger in (
        ("booking-confirmation", {"on": "event", "type": "booking.confirmed"}),
        ("no-response", {"on": "time", "anchor": "contact.last_word_at", "minutes": 90}),
    ):
        (row,) = desk.rows("SELECT id FROM rules WHERE key = ?", key)
        changed = Definition.model_validate(shown(desk, row["id"]).definition | {"trigger": trigger})
        asyncio.run(actions.change(owner(desk), row["id"], 1, "Ours", changed))
    before = desk.rows("SELECT * FROM rule_triggers ORDER BY rule_id")
    desk.pass_(DAY)
    asyncio.run(actions.standard(owner(desk)))
    assert desk.rows("SELECT * FROM rule_triggers ORDER BY rule_id") == before
