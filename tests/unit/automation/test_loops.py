"""Rules that set each other off come to an end: every loop is cut, and shown."""

import pytest

from frontdesk.core.clock import HOUR
from frontdesk.core.events import event
from frontdesk.tasks import writes as tasks
from frontdesk.tasks.rules import TaskDraft
from support.automated import SEND, alone, contact, on, rule, shown, states, tag
from support.desk import Desk


def started_by_each_other(desk: Desk, links: int, starts: int = 1) -> list[str]:
    """Rules of which each starts the one before it, `starts` times; only the last one hears of a merge by itself."""
    ids = [rule(desk, on("contact.merged", {"do": "set_intent", "value": 1}), name="first")]
    for number in range(links):
        start = {"do": "start_rule", "rule_id": ids[-1]}
        ids.append(rule(desk, on("contact.merged", *[start] * starts), name=f"r{number}"))
    for id_ in ids[:-1]:
        desk.world.driver.connection.execute("DELETE FROM rule_triggers WHERE rule_id = ?", (id_,))
    desk.book()
    desk.work()
    desk.commit(event("contact.merged", {}, of=("contact", str(contact(desk)["id"]))))
    desk.rest()
    return ids


def test_a_loop_of_two_rules_is_cut_and_shown() -> None:
    desk = alone()
    on_tag = {"all": [{"field": "contact.tags", "op": "has", "value": "a"}]}
    ping = rule(
        desk,
        on(
            "contact.updated",
            {"do": "tag", "remove": ["a"], "add": ["b"]},
            conditions=on_tag,
            debounce_minutes=0,
        ),
        name="Ping",
    )
    on_b = {"all": [{"field": "contact.tags", "op": "has", "value": "b"}]}
    pong = rule(
        desk,
        on(
            "contact.updated",
            {"do": "tag", "remove": ["b"], "add": ["a"]},
            conditions=on_b,
            debounce_minutes=0,
        ),
        name="Pong",
    )
    desk.book()
    desk.work()
    tag(desk, "a")
    desk.rest()
    assert {state for state, _ in states(desk, ping)} >= {"ran", "cut"}
    assert [state for state, _ in states(desk, ping)].count("ran") == 1
    assert [state for state, _ in states(desk, pong)].count("ran") == 1
    assert shown(desk, ping).stats.cut_7d >= 1
    cut = desk.rows("SELECT payload FROM events WHERE type = 'rule.cut'")
    assert cut and "a loop" in cut[0]["payload"]


def test_a_loop_through_ever_new_messages_is_cut_too() -> None:
    desk = alone()
    id_ = rule(desk, on("message.sent", SEND))
    desk.book()
    desk.work()
    person = contact(desk)["id"]
    desk.plan("Hello", contact_id=person)
    desk.rest()
    ran = [state for state, _ in states(desk, id_)]
    # Each of the confirmation-less booking's reminders and the text begins a chain of its own; none goes round.
    begun = len(desk.rows("SELECT id FROM messages WHERE cause_kind <> 'run' AND sent_at IS NOT NULL"))
    assert ran.count("ran") == begun and ran.count("cut") >= 1
    assert len(desk.rows("SELECT id FROM messages WHERE cause_kind = 'run'")) == begun


def test_a_chain_of_rules_ends_after_eight() -> None:
    desk = alone()
    ids = started_by_each_other(desk, 10)
    found = [states(desk, id_) for id_ in reversed(ids)]
    assert [each[0][0] for each in found if each] == ["ran"] * 8 + ["cut"]
    assert "8 rules" in found[8][0][1]


@pytest.mark.parametrize("fate", ["delivered", "failed"])
def test_a_loop_through_what_carriers_report_is_cut_as_well(fate: str) -> None:
    desk = alone()
    send = {**SEND, "purpose": "transactional"}
    id_ = rule(desk, on(f"message.{fate}", send))
    desk.book(HOUR)
    desk.work()
    desk.plan("Hello", contact_id=contact(desk)["id"], purpose="transactional")
    for _ in range(5):
        desk.work()
        for row in desk.rows("SELECT provider_id FROM messages WHERE state = 'sent'"):
            desk.receipt(fate, provider_id=row["provider_id"])
        desk.work()
        desk.pass_(HOUR)
    assert [state for state, _ in states(desk, id_)] == ["ran", "cut"]


def test_tasks_of_nobody_that_make_tasks_do_not_go_round() -> None:
    desk = alone()
    task = {"do": "create_task", "title": "Again"}
    ids = [rule(desk, on("task.created", task, task, task), name=f"r{n}") for n in range(2)]
    desk.commit(tasks.add(desk.ctx(), TaskDraft("other", "Call the plumber", due_at=0, unique_key="one")))
    desk.rest()
    assert len(desk.rows("SELECT id FROM tasks")) < 300
    assert len(desk.rows("SELECT id FROM rule_runs")) < 300
    assert all("cut" in [state for state, _ in states(desk, id_)] for id_ in ids)


def test_rules_that_start_each_other_many_times_over_come_to_an_end() -> None:
    desk = alone()
    started_by_each_other(desk, 6, starts=4)
    assert len(desk.rows("SELECT id FROM rule_runs")) < 300
