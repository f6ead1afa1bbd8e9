"""From any effect back to the webhook, through the rule that made it."""

import asyncio

import pytest

from frontdesk.automation.api import trace
from frontdesk.core.errors import NotFound
from support.automated import alone, at, chain, on, owner, rule, sweep
from support.desk import Desk

FULL = on(
    "booking.created",
    {"do": "send", "template": "followup.no_response"},
    {"do": "create_task", "title": "Call them"},
    {"do": "move_stage", "stage": "dormant"},
)


def id_of(desk: Desk, sql: str) -> str:
    return str(desk.rows(sql)[0]["id"])


@pytest.mark.parametrize(
    ("kind", "sql", "title"),
    [
        (
            "message",
            "SELECT id FROM messages WHERE template = 'followup.no_response'",
            "followup.no_response",
        ),
        ("task", "SELECT id FROM tasks", "Call them"),
        ("move", "SELECT id FROM stage_moves WHERE to_stage = 'dormant'", "to dormant"),
    ],
)
def test_an_effect_leads_to_the_rule_the_event_and_what_came_from_outside(
    kind: str, sql: str, title: str
) -> None:
    desk = alone()
    rule(desk, FULL, name="All of it")
    desk.book()
    desk.work()
    found = chain(desk, kind, id_of(desk, sql))
    assert title in found[0][1]
    assert [step for step, _ in found] == [kind, "run", "action", "rule", "event", "job", "event"]
    assert found[1][1] == found[3][1] == "All of it"
    assert [name for step, name in found if step in ("event", "job")] == [
        "Booking made",
        "bookings.apply",
        "wix.booking",
    ]


def test_steps_lead_to_the_pages_that_show_them() -> None:
    desk = alone()
    made = rule(desk, FULL)
    desk.book()
    desk.work()
    contact = id_of(desk, "SELECT id FROM contacts")
    task = id_of(desk, "SELECT id FROM tasks")
    links = [step.link for step in asyncio.run(trace.get_trace(desk.ctx(), "task", task)).chain]
    assert links[0] == f"/app/today?task={task}"
    assert links[3] == f"/app/automations/{made}"
    move = id_of(desk, "SELECT id FROM stage_moves WHERE to_stage = 'dormant'")
    assert asyncio.run(trace.get_trace(desk.ctx(), "move", move)).chain[0].link == f"/app/contacts/{contact}"
    desk.text("Can I bring my scans?")
    desk.work()
    said = "SELECT id FROM events WHERE type = 'message.received'"
    found = asyncio.run(trace.get_trace(desk.ctx(), "event", id_of(desk, said))).chain
    assert found[0].link == f"/app/inbox/{contact}"


def test_runs_events_jobs_and_bookings_can_be_asked_about_too() -> None:
    desk = alone()
    rule(desk, FULL)
    desk.book()
    desk.work()
    assert chain(desk, "run", id_of(desk, "SELECT id FROM rule_runs"))[0][0] == "run"
    assert chain(desk, "booking", id_of(desk, "SELECT id FROM bookings"))[-1] == ("event", "wix.booking")
    created = "SELECT id FROM events WHERE type = 'booking.created'"
    assert chain(desk, "event", id_of(desk, created))[0] == ("event", "Booking made")
    sending = "SELECT id FROM jobs WHERE kind = 'messaging.send' AND cause_kind = 'run'"
    assert [step for step, _ in chain(desk, "job", id_of(desk, sending))][:2] == ["job", "run"]
    with pytest.raises(NotFound):
        asyncio.run(trace.get_trace(desk.ctx(), "message", "nothing"))


def test_what_began_with_the_clock_ends_there() -> None:
    desk = alone()
    rule(desk, at("booking.starts_at", 0, {"do": "create_task", "title": "Now"}))
    desk.book(3_600_000)
    desk.work()
    desk.pass_(3_700_000)
    sweep(desk)
    kinds = [step for step, _ in chain(desk, "task", id_of(desk, "SELECT id FROM tasks"))]
    assert kinds == ["task", "run", "action", "rule", "job", "job"]


def test_a_rule_started_by_another_names_both() -> None:
    desk = alone()
    second = rule(desk, on("booking.no_show", {"do": "create_task", "title": "Now"}), name="Second")
    rule(desk, on("booking.created", {"do": "start_rule", "rule_id": second}), name="First")
    desk.book()
    desk.work()
    found = chain(desk, "task", id_of(desk, "SELECT id FROM tasks"))
    assert [title for step, title in found if step == "rule"] == ["Second", "First"]


def test_another_tenants_effect_is_not_found() -> None:
    desk = alone()
    rule(desk, FULL)
    desk.book()
    desk.work()
    blue = Desk(world=desk.world, slug="blue")
    with pytest.raises(NotFound):
        asyncio.run(trace.get_trace(owner(blue), "task", id_of(desk, "SELECT id FROM tasks")))
