"""Rules that wait for a time: each anchor once for each of its values, nothing from before, nothing lost."""

import asyncio
from typing import Any

import pytest

from frontdesk.automation import actions
from frontdesk.automation.rules.definition import Definition
from frontdesk.contacts import queries as contacts
from frontdesk.contacts.actions import merging
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.events import JobDraft
from frontdesk.integrations.facts import ContactFact
from support.automated import SEND, alone, at, owner, rule, shown, states, sweep
from support.desk import Desk

NOTE = {"do": "notify", "title": "It is time"}
LEAD = {"all": [{"field": "contact.stage", "op": "is", "value": "lead"}]}


def every_quarter(desk: Desk, until: int) -> None:
    """The cadence, every 15 minutes."""
    while desk.now < until:
        desk.until(min(until, desk.now + 15 * MINUTE))
        sweep(desk)


def test_a_day_before_the_booking_once_and_again_when_it_moves() -> None:
    desk = alone()
    id_ = rule(desk, at("booking.starts_at", -24 * 60, NOTE))
    desk.book(3 * DAY)
    desk.book(3 * DAY, external_id="off", status="cancelled")
    desk.work()
    desk.pass_(2 * DAY - HOUR)
    sweep(desk)
    assert states(desk, id_) == []
    desk.pass_(HOUR + MINUTE)
    sweep(desk)
    sweep(desk)
    assert states(desk, id_) == [("ran", "")]
    desk.book(5 * DAY, sequence=2)
    desk.work()
    sweep(desk)
    desk.pass_(2 * DAY)
    sweep(desk)
    assert states(desk, id_) == [("ran", ""), ("ran", "")]


def test_what_fell_due_before_the_rule_was_on_is_let_be() -> None:
    desk = alone()
    desk.book(HOUR)
    desk.work()
    desk.pass_(2 * HOUR)
    id_ = rule(desk, at("booking.starts_at", 0, NOTE))
    sweep(desk)
    desk.pass_(DAY)
    sweep(desk)
    assert states(desk, id_) == []


def test_switching_on_again_does_not_catch_up() -> None:
    desk = alone()
    id_ = rule(desk, at("booking.starts_at", 0, NOTE))
    desk.book(HOUR)
    desk.work()
    asyncio.run(actions.switch(owner(desk), id_, 1, on=False))
    desk.pass_(2 * HOUR)
    asyncio.run(actions.switch(owner(desk), id_, 1, on=True))
    sweep(desk)
    assert states(desk, id_) == []


def test_a_standstill_loses_nothing_of_two_days_and_lets_older_be() -> None:
    desk = alone()
    id_ = rule(desk, at("booking.starts_at", 0, NOTE))
    desk.book(HOUR)
    desk.book(40 * HOUR, external_id="b2")
    desk.work()
    desk.pass_(50 * HOUR)
    sweep(desk)
    assert states(desk, id_) == [("ran", "")]


def test_a_lead_who_says_nothing_for_four_hours_is_written_to_once() -> None:
    desk = alone()
    id_ = rule(desk, at("contact.last_word_at", 240, SEND, conditions=LEAD))
    desk.text("Do you do MRI?", sender="+61491570010")
    desk.work()
    every_quarter(desk, desk.now + 4 * HOUR - MINUTE)
    assert states(desk, id_) == []
    every_quarter(desk, desk.now + 30 * MINUTE)
    assert states(desk, id_) == [("ran", "")]
    every_quarter(desk, desk.now + 5 * HOUR)
    assert states(desk, id_) == [("ran", "")], "our own follow-up begins no other silence"
    desk.text("Sorry, yes", sender="+61491570010")
    every_quarter(desk, desk.now + 5 * HOUR)
    assert states(desk, id_) == [("ran", ""), ("ran", "")]


def test_unanswered_counts_from_our_word_and_ends_with_theirs() -> None:
    desk = alone()
    id_ = rule(desk, at("contact.unanswered", 60, NOTE))
    desk.text("Hello?", sender="+61491570010")
    desk.work()
    desk.pass_(3 * HOUR)
    sweep(desk)
    assert states(desk, id_) == [], "they wait for us"
    person = desk.rows("SELECT id FROM contacts")[0]["id"]
    desk.plan("Yes, how can we help?", contact_id=person, address="+61491570010")
    desk.work()
    desk.pass_(61 * MINUTE)
    sweep(desk)
    assert states(desk, id_) == [("ran", "")]


def test_recalls_and_the_dormant_are_looked_for_once_a_day() -> None:
    desk = alone()
    recall = rule(desk, at("contact.recall_due_at", 0, {"do": "move_stage", "stage": "recall"}))
    late = rule(desk, at("contact.recall_due_at", 3 * 24 * 60, NOTE))
    dormant = rule(desk, at("contact.last_seen_at", 60 * 24 * 60, {"do": "tag", "add": ["dormant"]}))
    desk.book()
    desk.work()
    run = desk.world.driver.connection.execute
    run("UPDATE contacts SET recall_due_at = ?", (desk.now + 10 * DAY,))
    for _ in range(70):
        desk.pass_(DAY)
        sweep(desk)
        sweep(desk, daily=True)
    assert states(desk, recall) == states(desk, late) == states(desk, dormant) == [("ran", "")]
    person = asyncio.run(contacts.by_id(desk.ctx(), desk.rows("SELECT id FROM contacts")[0]["id"]))
    assert (person.stage, person.tags) == ("recall", ["dormant"])


@pytest.mark.parametrize("name", ["rule.acting", "commit.before", "commit.after", "handler.after"])
@pytest.mark.parametrize("nth", [1, 2, 3, 7])
def test_many_at_once_go_page_by_page_each_once_through_a_crash(name: str, nth: int) -> None:
    desk = alone()
    id_ = rule(desk, at("booking.starts_at", 0, {"do": "create_task", "title": "It is time"}))
    for number in range(120):
        person = ContactFact(
            external_id=f"w{number}", first_name="Jo", phone="", email=f"p{number}@x.example"
        )
        # Three at each instant: a page ends in the middle of them.
        desk.book(HOUR + number // 3, external_id=f"b{number}", contact=person)
    desk.work()
    desk.pass_(2 * HOUR)
    desk.commit(JobDraft("automation.sweep", key="now"))
    desk.world.kills = [(name, nth)]
    desk.until(desk.now + HOUR)
    assert states(desk, id_) == [("ran", "")] * 120
    assert desk.rows("SELECT count(*) AS n FROM tasks") == [{"n": 120}]


def test_a_rule_whose_time_is_changed_starts_over() -> None:
    desk = alone()
    id_ = rule(desk, at("booking.starts_at", -60, NOTE))
    desk.book(3 * HOUR)
    desk.work()
    desk.pass_(HOUR)
    whole: dict[str, Any] = shown(desk, id_).definition
    whole["trigger"]["minutes"] = -150

    asyncio.run(actions.change(owner(desk), id_, 1, "A rule", Definition.model_validate(whole)))
    sweep(desk)
    desk.pass_(HOUR + MINUTE)
    sweep(desk)
    assert states(desk, id_) == [], "half past one is over, and an hour before is not asked for any more"


def test_the_clinics_standard_rules_follow_up_a_silent_lead() -> None:
    desk = Desk()
    desk.text("How much is an MRI?", sender="+61491570010")
    every_quarter(desk, desk.now + 5 * HOUR)
    assert [r["title"] for r in desk.rows("SELECT title FROM tasks")] == ["No reply: a lead"]
    assert [row["state"] for row in desk.rows("SELECT state FROM messages WHERE direction = 'out'")] == [
        "sent"
    ]


def test_a_page_left_over_from_before_a_rule_was_switched_on_again_is_let_be() -> None:
    desk = alone()
    id_ = rule(desk, at("booking.starts_at", 0, NOTE))
    desk.book(HOUR)
    desk.work()
    desk.pass_(2 * HOUR)
    desk.commit(JobDraft("automation.sweep", key="one"))
    (job,) = desk.rows("SELECT id FROM jobs WHERE kind = 'automation.sweep'")
    asyncio.run(desk._run(job["id"]))
    for on_ in (False, True):
        asyncio.run(actions.switch(owner(desk), id_, 1, on=on_))
    desk.work()
    assert states(desk, id_) == []


def test_a_recall_set_for_this_morning_in_the_afternoon_is_looked_at_tomorrow() -> None:
    desk = alone()
    desk.book()
    desk.work()
    id_ = rule(desk, at("contact.recall_due_at", 0, NOTE))
    desk.pass_(DAY)
    sweep(desk, daily=True)
    desk.pass_(5 * HOUR)
    desk.world.driver.connection.execute("UPDATE contacts SET recall_due_at = ?", (desk.now - 8 * HOUR,))
    desk.pass_(DAY - 5 * HOUR)
    sweep(desk, daily=True)
    assert states(desk, id_) == [("ran", "")]


def test_a_silence_that_was_followed_up_is_so_for_whoever_it_is_merged_into() -> None:
    desk = alone()
    id_ = rule(desk, at("contact.last_word_at", 240, SEND, conditions=LEAD))
    for sender in ("+61491570156", "+61491570010"):
        desk.text("Do you do MRI?", sender=sender)
        desk.work()
        desk.pass_(MINUTE)
    every_quarter(desk, desk.now + 5 * HOUR)
    kept, gone = desk.rows("SELECT id, version FROM contacts ORDER BY last_in_at")
    merged = merging.merge(owner(desk), kept["id"], kept["version"], gone["id"], gone["version"])
    asyncio.run(merged)
    every_quarter(desk, desk.now + 6 * HOUR)
    assert states(desk, id_) == [("ran", "")] * 2
    desk.text("Hello?", sender="+61491570010")
    every_quarter(desk, desk.now + 5 * HOUR)
    assert states(desk, id_) == [("ran", "")] * 3
