"""What becomes of a task by itself when the booking it is about is cancelled, stands again or passes on."""

from typing import Any

import pytest

from frontdesk.integrations.facts import ContactFact
from frontdesk.tasks import api, queries
from support.appointments import said
from support.calls import run
from support.chores import add, ctx, edit, staffed, titles


def test_a_cancelled_booking_leaves_nobody_to_welcome() -> None:
    desk = staffed()
    desk.book()
    desk.work()
    booking = desk.rows("SELECT id FROM bookings")[0]["id"]
    desk.rows("UPDATE tasks SET status = 'done', done_at = 0 WHERE status = 'open'")
    welcome = add(desk, "Welcome", type="welcome_call", booking_id=booking)
    add(desk, "Refund", booking_id=booking)
    desk.book(status="cancelled", sequence=2)
    desk.work()
    after = run(api.get_task(ctx(desk), welcome.id))
    assert (after.status, after.done_by) == ("dismissed", None)
    assert "Refund" in titles(desk, "today")


def test_a_booking_that_stands_again_is_welcomed_again_but_not_by_whom_somebody_had_dismissed() -> None:
    desk = staffed()
    desk.book()
    desk.work()
    booking = desk.rows("SELECT id FROM bookings")[0]["id"]
    [welcome] = run(api.list_tasks(ctx(desk), type="welcome_call")).items
    other = edit(desk, add(desk, "Confirm", type="confirm", booking_id=booking), status="dismissed")
    said(desk, "cancelled")
    desk.work()
    assert run(api.get_task(ctx(desk), welcome.id)).status == "dismissed"
    said(desk, "confirmed")
    desk.work()
    after = run(api.get_task(ctx(desk), welcome.id))
    assert (after.status, after.done_at, after.version) == ("open", None, welcome.version + 2)
    assert run(api.get_task(ctx(desk), other.id)) == other


def test_nobody_is_welcomed_to_a_booking_that_is_another_contacts() -> None:
    desk = staffed()
    desk.book()
    desk.work()
    [welcome] = run(api.list_tasks(ctx(desk), type="welcome_call")).items
    confirm = add(desk, "Confirm", type="confirm", booking_id=welcome.booking_id)
    for who, phone, status in (("w2", "0491 570 156", "dismissed"), ("w1", "0491 570 006", "open")):
        desk.book(contact=ContactFact(external_id=who, phone=phone), changed_at=desk.now)
        desk.work()
        assert run(api.get_task(ctx(desk), welcome.id)).status == status
    assert run(api.get_task(ctx(desk), confirm.id)) == confirm, "it names nobody"


def test_a_rule_that_looked_before_the_cancellation_leaves_nothing_to_do() -> None:
    """The rule finds it standing, it is cancelled, and only then the rule acts."""
    desk = staffed()
    desk.book()
    while not (found := desk.rows("SELECT id FROM jobs WHERE kind = 'automation.act' AND state = 'pending'")):
        for job in desk.rows("SELECT id FROM jobs WHERE state = 'pending' AND kind <> 'automation.act'"):
            run(desk._run(job["id"]))
    desk.book(status="cancelled", sequence=2)
    for _ in range(3):
        acts = {each["id"] for each in found}
        for job in desk.rows("SELECT id FROM jobs WHERE state = 'pending' ORDER BY id"):
            if job["id"] not in acts:
                run(desk._run(job["id"]))
    desk.work()
    assert desk.rows("SELECT status, done_by FROM tasks WHERE type = 'welcome_call'") == [
        {"status": "dismissed", "done_by": None}
    ]


def test_what_was_decided_of_a_booking_as_it_was_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled, and taken back while the job about it is between its reading and its commit."""
    desk = staffed()
    desk.book()
    desk.work()
    [welcome] = run(api.list_tasks(ctx(desk), type="welcome_call")).items
    said(desk, "cancelled")
    reading, waiting = queries.to_settle, ["once"]

    async def slow(*given: Any, **more: Any) -> Any:
        found = await reading(*given, **more)
        if waiting:
            waiting.pop()
            desk.rows("UPDATE bookings SET status = 'confirmed', version = version + 1")
        return found

    monkeypatch.setattr(queries, "to_settle", slow)
    desk.work()
    assert not waiting
    assert run(api.get_task(ctx(desk), welcome.id)).status == "open"
