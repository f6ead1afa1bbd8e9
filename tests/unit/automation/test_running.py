"""Rules at work: each action, once; debounce, delay and what still holds; crashes."""

import asyncio

import pytest

from frontdesk.automation import actions
from frontdesk.automation.rules.definition import Definition
from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.failpoints import FAILPOINTS
from frontdesk.core.rows import revive_job
from support.automated import SEND, TAGGED, alone, contact, on, owner, rule, shown, states, story, tag
from support.desk import JO, Desk


def test_a_booking_is_confirmed_by_a_rule_that_says_so() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    (message,) = desk.rows("SELECT * FROM messages WHERE template = 'booking.confirmation'")
    assert (message["state"], message["cause_kind"], message["purpose"]) == ("sent", "run", "transactional")
    (booking,) = desk.rows("SELECT * FROM bookings")
    assert message["unique_key"] == f"confirmation:{booking['id']}"
    assert message["expires_at"] == booking["starts_at"]


def test_all_actions_of_a_run_are_done_together_and_told() -> None:
    desk = alone()
    id_ = rule(
        desk,
        on(
            "contact.created",
            SEND,
            {"do": "create_task", "title": "Call {{ contact.name }}", "due": "minutes", "due_minutes": 90},
            {"do": "move_stage", "stage": "dormant"},
            {"do": "tag", "add": ["new", "web"], "remove": ["old"]},
            {"do": "set_intent", "value": 70},
            {"do": "notify", "title": "{{ contact.first_name }} is new", "urgent": False},
        ),
    )
    desk.book()
    desk.work()
    told = story(desk, id_)
    assert told.run.state == "ran"
    assert [(each.do, each.kind) for each in told.steps] == [
        ("send", "message"),
        ("create_task", "task"),
        ("move_stage", "contact"),
        ("tag", "contact"),
        ("set_intent", "contact"),
        ("notify", "notice"),
    ]
    assert (told.steps[0].state, told.steps[1].state) == ("sent", "open")
    (task,) = desk.rows("SELECT * FROM tasks")
    assert (task["title"], task["due_at"]) == ("Call Jo", desk.now + 90 * MINUTE)
    row = contact(desk)
    assert (row["tags"], row["intent"]) == ('["new","web"]', 70)
    assert desk.rows("SELECT title FROM notices") == [{"title": "Jo is new"}]
    moves = desk.rows("SELECT cause_kind, cause_id, why FROM stage_moves WHERE to_stage = 'dormant'")
    assert moves == [{"cause_kind": "run", "cause_id": told.run.id, "why": "Rule “A rule”"}]


def test_conditions_choose_and_who_does_not_match_leaves_no_run() -> None:
    desk = alone()
    condition = {"all": [{"field": "booking.service", "op": "contains", "value": "ct"}]}
    id_ = rule(desk, on("booking.created", TAGGED, conditions=condition))
    desk.book(service="MRI knee")
    desk.book(external_id="b2", service="CT chest")
    desk.work()
    assert states(desk, id_) == [("ran", "")]


def test_a_rule_hears_only_what_happens_while_it_is_on() -> None:
    desk = alone()
    desk.book()
    id_ = rule(desk, on("contact.created", TAGGED), enabled=False)
    desk.work()
    assert states(desk, id_) == []
    current = shown(desk, id_)
    asyncio.run(actions.switch(owner(desk), id_, current.version, on=True))
    desk.work()
    assert states(desk, id_) == []


def test_nobody_evaluates_what_no_rule_waits_for() -> None:
    desk = alone()
    desk.book()
    desk.work()
    assert desk.rows("SELECT id FROM jobs WHERE kind LIKE 'automation.%'") == []


def test_edits_within_the_window_count_once_as_they_stand_at_its_end() -> None:
    desk = alone()
    desk.book()
    desk.work()
    condition = {"all": [{"field": "contact.tags", "op": "has", "value": "three"}]}
    every = rule(desk, on("contact.updated", {"do": "notify", "title": "Changed"}, debounce_minutes=5))
    first = {"all": [{"field": "contact.tags", "op": "has", "value": "one"}]}
    third = rule(desk, on("contact.updated", {"do": "notify", "title": "Three"}, conditions=condition))
    only_one = {"all": [*first["all"], {"field": "contact.tags", "op": "has_not", "value": "two"}]}
    undone = rule(desk, on("contact.updated", {"do": "notify", "title": "Undone"}, conditions=only_one))
    for name in ("one", "two", "three"):
        tag(desk, name)
        desk.work()
        desk.pass_(10_000)
    assert [state for state, _ in states(desk, every)] == ["waiting"]
    desk.pass_(6 * MINUTE)
    desk.work()
    assert states(desk, every) == states(desk, third) == [("ran", "")]
    assert story(desk, every).run.folded == 2
    assert states(desk, undone) == [("held", "not so: the contact's tags do not have “two”")]
    tag(desk, "four")
    desk.work()
    assert [state for state, _ in states(desk, every)] == ["ran", "waiting"]


def test_a_delay_looks_again_before_it_acts() -> None:
    desk = alone()
    still = {"all": [{"field": "booking.active", "op": "is", "value": True}]}
    id_ = rule(desk, on("booking.created", TAGGED, delay={"minutes": 120}, still=still))
    desk.book()
    desk.book(external_id="b2")
    desk.work()
    desk.book(external_id="b2", sequence=2, status="cancelled")
    desk.work()
    assert [state for state, _ in states(desk, id_)] == ["waiting", "waiting"]
    desk.until(desk.now + 2 * HOUR)
    assert sorted(states(desk, id_)) == [("held", "no longer so: the booking stands"), ("ran", "")]


def test_a_delay_within_business_hours_waits_for_somebody_to_be_there() -> None:
    desk = alone()
    id_ = rule(desk, on("booking.created", TAGGED, delay={"minutes": 8 * 60, "within_hours": True}))
    desk.book()
    desk.work()
    due = story(desk, id_).run.due_at
    # Monday 11:00 and eight hours is after closing; the next opening is Tuesday at nine.
    assert due == desk.now + 22 * HOUR


def test_a_rule_that_is_switched_off_lets_go_of_what_waits() -> None:
    desk = alone()
    id_ = rule(desk, on("booking.created", TAGGED, delay={"minutes": 60}))
    desk.book()
    desk.work()
    asyncio.run(actions.switch(owner(desk), id_, 1, on=False))
    desk.until(desk.now + 2 * HOUR)
    assert states(desk, id_) == [("held", "the rule was switched off")]


def test_a_run_follows_the_version_it_began_with() -> None:
    desk = alone()
    id_ = rule(desk, on("booking.created", TAGGED, delay={"minutes": 60}))
    desk.book()
    desk.work()
    other = shown(desk, id_).definition | {"actions": [{"do": "tag", "add": ["new"]}]}
    asyncio.run(actions.change(owner(desk), id_, 1, "A rule", Definition.model_validate(other)))
    desk.until(desk.now + 2 * HOUR)
    assert contact(desk)["tags"] == '["seen"]'
    assert (story(desk, id_).run.version, shown(desk, id_).version) == (1, 2)


def test_one_rule_starts_another_with_its_own_conditions() -> None:
    desk = alone()
    condition = {"all": [{"field": "booking.service", "op": "is", "value": "CT"}]}
    second = rule(desk, on("booking.no_show", TAGGED, conditions=condition), name="Second")
    first = rule(desk, on("booking.created", {"do": "start_rule", "rule_id": second}), name="First")
    desk.book(service="CT")
    desk.book(external_id="b2", service="MRI")
    desk.work()
    assert states(desk, first) == [("ran", ""), ("ran", "")]
    assert sorted(states(desk, second)) == [("held", "not so: the booking's service is “CT”"), ("ran", "")]
    assert contact(desk)["tags"] == '["seen"]'


def test_a_message_goes_once_for_a_contact_whichever_rule_sends_it() -> None:
    desk = alone()
    for _ in range(2):
        rule(desk, on("booking.created", {**SEND, "once": "contact"}))
    desk.book()
    desk.book(external_id="b2")
    desk.work()
    assert len(desk.rows("SELECT id FROM messages WHERE template = 'followup.no_response'")) == 1


def test_a_run_that_cannot_be_brought_to_its_end_fails_and_can_be_tried_again() -> None:
    desk = alone()
    id_ = rule(desk, on("booking.created", TAGGED, delay={"minutes": 5}))
    desk.book()
    desk.work()
    run = desk.world.driver.connection.execute
    run("UPDATE jobs SET payload = '[1]' WHERE kind = 'automation.act'")
    desk.until(desk.now + HOUR)
    assert states(desk, id_) == [("failed", "Its payload is not a JSON object")]
    assert shown(desk, id_).stats.failed_7d == 1
    run("UPDATE jobs SET payload = '{}' WHERE kind = 'automation.act'")
    (job,) = desk.rows("SELECT id FROM jobs WHERE kind = 'automation.act'")
    desk.commit(revive_job(job["id"], desk.now))
    desk.work()
    assert states(desk, id_) == [("ran", "")]
    assert contact(desk)["tags"] == '["seen"]'


ON_THE_WAY = [name for name in FAILPOINTS if name.startswith(("rule.", "commit.", "claim.", "handler."))]


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", ON_THE_WAY)
def test_a_rule_acts_once_wherever_the_process_dies(name: str, nth: int) -> None:
    desk = alone()
    id_ = rule(
        desk,
        on("booking.created", SEND, {"do": "create_task", "title": "Call"}, {"do": "notify", "title": "New"}),
    )
    desk.book()
    desk.world.kills = [(name, nth)]
    desk.until(desk.now + HOUR)
    assert states(desk, id_) == [("ran", "")]
    assert len(desk.rows("SELECT id FROM tasks")) == len(desk.rows("SELECT id FROM notices")) == 1
    assert [text["body"][:5] for text in desk.carriers.texts if "STOP" in text["body"]] == ["Hi Jo"]
    assert desk.rows("SELECT kind FROM jobs WHERE state IN ('dead', 'running')") == []


def test_a_failed_message_becomes_a_task_and_a_notice() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.carriers.faults = ["rejected"]
    desk.plan("Hello", contact_id=contact(desk)["id"], address=JO)
    desk.until(desk.now + MINUTE)
    titles = [row["title"] for row in desk.rows("SELECT title FROM tasks ORDER BY created_at, id")]
    assert "Message failed: Jo" in titles
    assert desk.rows("SELECT title FROM notices") == [{"title": "A message to Jo failed"}]


def test_other_tenants_rules_hear_nothing() -> None:
    desk = alone()
    blue = Desk(world=desk.world, slug="blue")
    id_ = rule(desk, on("booking.created", TAGGED))
    blue.book()
    blue.work()
    desk.work()
    assert states(desk, id_) == []
