"""A dry run says what a rule would have done in the past, writes nothing, and agrees with what then happens."""

import asyncio
from typing import Any

import pytest

from frontdesk.automation.api import trial
from frontdesk.contacts import queries as contacts
from frontdesk.contacts import writes as standing
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.errors import Invalid
from frontdesk.integrations.facts import ContactFact
from support.automated import SEND, alone, at, dry, on, owner, rule
from support.desk import MORNING, Desk

CONFIRM = {"do": "send", "template": "booking.confirmation", "purpose": "transactional", "once": "booking"}


def a_week(desk: Desk) -> None:
    """Bookings of different people on different days; some are cancelled, some moved, one says STOP."""
    for number in range(6):
        person = ContactFact(
            external_id=f"w{number}",
            first_name=f"P{number}",
            phone=f"+6149157010{number}",
            email=f"p{number}@x.example",
        )
        desk.book(
            (10 + number) * DAY,
            external_id=f"b{number}",
            contact=person,
            service="MRI knee" if number % 2 else "CT chest",
        )
        desk.work()
        desk.pass_(DAY)
    desk.book(11 * DAY, external_id="b1", sequence=2, status="cancelled")
    desk.text("STOP", sender="+61491570103")
    desk.work()


def everything(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    tables = [row["name"] for row in desk.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: desk.rows(f"SELECT * FROM {table}") for table in tables}


def test_it_lists_what_would_have_been_done_to_whom_in_which_words_at_what_cost() -> None:
    desk = alone()
    a_week(desk)
    before = everything(desk)
    condition = {"all": [{"field": "booking.service", "op": "contains", "value": "MRI"}]}
    task = {"do": "create_task", "title": "Call {{ contact.name }}"}
    found = dry(
        desk, MORNING, desk.now, definition=on("booking.created", CONFIRM, task, conditions=condition)
    )
    assert everything(desk) == before, "a dry run writes nothing"
    assert [item.contact_name for item in found.items] == ["P1", "P3", "P5"]
    assert [item.outcome for item in found.items] == ["would run"] * 3
    first = found.items[0].effects[0]
    assert first.text.startswith("Hi P1, your MRI knee at Harbour Imaging is booked for")
    assert (first.segments, first.cost_micros, first.skipped) == (1, 79_000, None)
    assert found.items[0].effects[1].text == "Call P1"
    totals = found.totals
    assert (totals.events, totals.matched, totals.would_run, totals.held) == (6, 3, 3, 0)
    assert (totals.texts, totals.mails, totals.tasks) == (3, 0, 3)
    assert (totals.cost_micros, totals.currency) == (3 * 79_000, "AUD")


def test_what_no_longer_held_is_held_and_says_why() -> None:
    desk = alone()
    a_week(desk)
    still = {"all": [{"field": "booking.active", "op": "is", "value": True}]}
    week = on("booking.created", CONFIRM, delay={"minutes": 6 * 24 * 60}, still=still)
    desk.pass_(2 * DAY)
    found = dry(desk, MORNING, desk.now, definition=week)
    held = {item.contact_name: item.why for item in found.items if item.outcome == "held"}
    assert held == {
        "P1": "no longer so: the booking stands",
        "P3": "it would still be waiting",
        "P4": "it would still be waiting",
        "P5": "it would still be waiting",
    }


def test_who_opted_out_by_then_would_not_have_been_texted() -> None:
    desk = alone()
    a_week(desk)
    late = on("booking.created", SEND, delay={"minutes": 6 * 24 * 60})
    desk.pass_(5 * DAY)
    found = dry(desk, MORNING, desk.now, definition=late)
    skipped = {item.contact_name: item.effects[0].skipped for item in found.items if item.effects}
    assert skipped["P3"] == "opted out" and skipped["P2"] is None
    early = dry(desk, MORNING, desk.now, definition=on("booking.created", SEND))
    assert {item.effects[0].skipped for item in early.items} == {None}, "they said so only afterwards"


def test_a_contact_is_judged_as_it_was_then() -> None:
    desk = alone()
    desk.book()
    desk.work()
    desk.pass_(HOUR)
    person = asyncio.run(contacts.by_id(desk.ctx(), desk.rows("SELECT id FROM contacts")[0]["id"]))
    desk.commit(standing.tag(owner(desk), person, "vip").parts)
    desk.work()
    vip = {"all": [{"field": "contact.tags", "op": "has", "value": "vip"}]}
    found = dry(desk, MORNING, desk.now + 1, definition=on("booking.created", SEND, conditions=vip))
    assert found.items == []
    none = {"all": [{"field": "contact.stage", "op": "is", "value": "lead"}]}
    lead = dry(desk, MORNING, desk.now, definition=on("booking.created", SEND, conditions=none))
    assert len(lead.items) == 1, "the booking has moved them along since"


def test_edits_that_come_together_are_one_occasion() -> None:
    desk = alone()
    desk.book()
    desk.work()
    for name in ("a", "b", "c"):
        person = asyncio.run(contacts.by_id(desk.ctx(), desk.rows("SELECT id FROM contacts")[0]["id"]))
        desk.commit(standing.tag(owner(desk), person, name).parts)
        desk.pass_(30_000)
    desk.pass_(HOUR)
    found = dry(desk, MORNING, desk.now, definition=on("contact.updated", SEND))
    assert [item.joined for item in found.items] == [2]


@pytest.mark.parametrize(
    ("anchor", "minutes"),
    [("booking.starts_at", -24 * 60), ("booking.created_at", 60), ("contact.created_at", 30)],
)
def test_times_are_tried_as_well(anchor: str, minutes: int) -> None:
    desk = alone()
    a_week(desk)
    desk.pass_(20 * DAY)
    found = dry(desk, MORNING, desk.now, definition=at(anchor, minutes, {"do": "notify", "title": "Now"}))
    assert len(found.items) == (5 if anchor == "booking.starts_at" else 6)


def test_silences_of_the_past_are_found_where_something_was_said() -> None:
    desk = alone()
    for number in range(3):
        desk.text("Hello", sender=f"+6149157010{number}")
        desk.work()
        desk.pass_(HOUR)
    desk.text("Anybody?", sender="+61491570100")
    desk.work()
    desk.pass_(10 * HOUR)
    found = dry(desk, MORNING, desk.now, definition=at("contact.last_word_at", 240, SEND))
    assert len(found.items) == 3
    assert sorted(item.at - MORNING for item in found.items) == [5 * HOUR, 6 * HOUR, 7 * HOUR]


def test_a_long_past_is_tried_page_by_page_each_occasion_once() -> None:
    desk = alone()
    for number in range(130):
        person = ContactFact(
            external_id=f"w{number}", first_name="Jo", phone="", email=f"p{number}@x.example"
        )
        desk.book(20 * DAY, external_id=f"b{number}", contact=person)
    desk.work()
    desk.pass_(HOUR)
    for definition in (on("booking.created", CONFIRM), at("booking.created_at", 0, SEND)):
        found = dry(desk, MORNING, desk.now, definition=definition)
        assert len(found.items) == len({item.subject_id for item in found.items}) == 130
        assert (found.totals.events, found.totals.mails) == (130, 130)


def test_what_the_rule_then_really_does_is_what_was_foretold() -> None:
    """The same week twice: once tried afterwards on a desk without the rule, once lived through with it."""
    condition = {"any": [{"field": "booking.service", "op": "is", "value": "CT chest"}]}
    still = {"all": [{"field": "booking.active", "op": "is", "value": True}]}
    definition = on("booking.created", CONFIRM, conditions=condition, delay={"minutes": 90}, still=still)
    told_desk, lived_desk = alone(), alone()
    id_ = rule(lived_desk, definition)
    for desk in (told_desk, lived_desk):
        for number in range(6):
            person = ContactFact(
                external_id=f"w{number}", first_name=f"P{number}", phone=f"+6149157010{number}"
            )
            service = "MRI" if number % 3 else "CT chest"
            desk.book((10 + number) * DAY, external_id=f"b{number}", contact=person, service=service)
            desk.until(desk.now + HOUR)
        desk.book(10 * DAY, external_id="b0", sequence=2, status="cancelled")
        desk.until(desk.now + DAY)
    told = dry(told_desk, MORNING, told_desk.now, definition=definition)
    foretold = sorted(
        (
            item.contact_name,
            {"would run": "ran", "held": "held"}[item.outcome],
            item.effects[0].text if item.effects else "",
        )
        for item in told.items
    )
    lived = sorted(
        (row["first_name"], row["state"], row["body"] or "")
        for row in lived_desk.rows(
            "SELECT c.first_name, n.state, m.body FROM rule_runs n JOIN contacts c ON c.id = n.contact_id "
            "LEFT JOIN messages m ON m.cause_id = n.id WHERE n.rule_id = ?",
            id_,
        )
    )
    assert foretold == lived and len(lived) == 2


def test_a_period_is_bounded_and_a_rule_is_named() -> None:
    desk = alone()
    for wanted in (
        {"from": 0, "until": 94 * DAY, "definition": on("booking.created")},
        {"from": 5, "until": 5, "definition": on("booking.created")},
        {"from": 0, "until": MINUTE},
    ):
        with pytest.raises(Invalid):
            asyncio.run(trial.try_rule(desk.ctx(), trial.Trial.model_validate(wanted)))
