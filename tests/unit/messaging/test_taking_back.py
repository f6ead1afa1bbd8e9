"""Undo works until the words have left, and of undo and sending at once one wins."""

from typing import Any

import pytest

from frontdesk.core.errors import NotFound, Stale
from frontdesk.messaging.actions import take_back
from frontdesk.messaging.actions.composing import Left
from support.calls import run
from support.colleagues import hired
from support.desk import Desk
from support.talking import asked, written


def test_undo_takes_it_back() -> None:
    desk, mia, contact = asked()
    message = written(mia, contact)
    back = run(take_back(mia, message.id, message.version))
    assert (back.state, back.reason) == ("skipped", "taken_back")
    assert run(take_back(mia, message.id, message.version)).version == back.version
    desk.rest()
    assert desk.carriers.texts == []
    assert {row["state"] for row in desk.rows("SELECT state FROM jobs WHERE kind = 'messaging.send'")} == {
        "void"
    }
    assert [row["action"] for row in desk.rows("SELECT action FROM audit ORDER BY rowid")] == [
        "message.write",
        "message.take_back",
    ]


def test_a_reminder_can_be_taken_back_as_well() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.book()
    desk.work()
    reminder = desk.rows("SELECT * FROM messages WHERE offset_hours = 24")[0]
    run(take_back(mia, reminder["id"], reminder["version"]))
    desk.rest()
    assert (24, "skipped", "taken_back") in desk.states()


def test_what_has_left_is_not_taken_back() -> None:
    desk, mia, contact = asked()
    message = written(mia, contact)
    desk.rest()
    with pytest.raises(Left, match="sent"):
        run(take_back(mia, message.id, message.version))
    with pytest.raises(Left, match="received"):
        heard = desk.rows("SELECT * FROM messages WHERE direction = 'in'")[0]
        run(take_back(mia, heard["id"], 1))
    with pytest.raises(NotFound):
        run(take_back(mia, "no-such", 1))


def test_undo_of_what_changed_since_it_was_read_looks_again() -> None:
    _, mia, contact = asked()
    message = written(mia, contact)
    with pytest.raises(Stale):
        run(take_back(mia, message.id, message.version + 1))


@pytest.mark.parametrize("taken", ["before", "after"])
def test_undo_and_sending_at_once_have_one_winner(taken: str) -> None:
    """The sender has read the message when it is taken back, or has taken its slot when that is tried."""
    desk, mia, contact = asked()
    message = written(mia, contact)
    read, tried = desk.world.driver.query, list[str]()

    async def slow(bound: Any) -> str:
        text = await read(bound)
        if "AS opted_out" in bound.sql and taken == "before" and not tried:
            tried.append("")
            await take_back(mia, message.id, message.version)
        return text

    def calling() -> None:
        if taken == "after":
            with pytest.raises(Left):
                run_here(take_back(mia, message.id, message.version))
            tried.append("")

    desk.world.driver.query = slow  # type: ignore[method-assign]
    desk.carriers.before_answer = calling
    desk.rest()
    assert tried
    state = desk.message(message.id)["state"]
    assert (state, len(desk.carriers.texts)) == (("skipped", 0) if taken == "before" else ("sent", 1))


def run_here(work: Any) -> None:
    """Drives a story that never really waits, inside another one."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")
