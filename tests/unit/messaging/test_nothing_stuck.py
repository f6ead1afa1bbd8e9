"""Messages whose job dies, whose booking falls away while they are in doubt, or whose double is in doubt."""

import asyncio

import pytest

from frontdesk import app
from frontdesk.core import jobs
from frontdesk.core.clock import DAY, HOUR, MINUTE, SECOND
from frontdesk.core.rows import revive_job
from support.desk import JO, MORNING, Desk


def outcome(desk: Desk, id_: str) -> tuple[str, str]:
    row = desk.message(id_)
    return row["state"], row["reason"]


def retry(desk: Desk, kind: str) -> None:
    """What the API's retry commits."""
    dead = desk.rows("SELECT id FROM jobs WHERE kind = ? AND state = 'dead'", kind)
    desk.commit(revive_job(dead[0]["id"], desk.now))


def alive(desk: Desk) -> list[str]:
    return [row["kind"] for row in desk.rows("SELECT kind FROM jobs WHERE state IN ('pending', 'running')")]


def test_a_message_whose_job_dies_fails_and_goes_out_when_a_person_retries_it() -> None:
    desk = Desk()
    desk.book(5 * DAY)
    desk.work()
    id_ = desk.plan("About your visit", contact_id=desk.rows("SELECT id FROM contacts")[0]["id"])
    desk.world.driver.connection.execute("UPDATE contacts SET time_zone = 'Nowhere/Land'")
    desk.until(desk.now + 2 * HOUR)
    assert desk.rows("SELECT state FROM jobs WHERE subject_id = ? AND kind LIKE 'messaging.%'", id_) == [
        {"state": "dead"}
    ]
    assert outcome(desk, id_) == ("failed", "gave_up")
    assert "Nowhere/Land" in desk.message(id_)["detail"]
    desk.world.driver.connection.execute("UPDATE contacts SET time_zone = NULL")
    retry(desk, "messaging.send")
    desk.work()
    assert outcome(desk, id_) == ("sent", "")
    assert [text["body"] for text in desk.carriers.texts].count("About your visit") == 1


def test_a_text_in_doubt_whose_runner_keeps_vanishing_is_unknown_and_asked_about_on_retry() -> None:
    desk = Desk()
    id_ = desk.plan("Hello")
    desk.world.kills = [("send.after", 1)]
    desk.world.driver.connection.execute(
        "UPDATE jobs SET attempts = ?", [app.JOBS["messaging.send"].attempts - 1]
    )
    desk.rest()
    assert outcome(desk, id_) == ("unknown", "gave_up")
    retry(desk, "messaging.send")
    desk.rest()
    assert desk.message(id_)["state"] == "delivered"
    assert len(desk.carriers.texts) == 1


@pytest.mark.parametrize("told", ["sent", "delivered"])
def test_a_text_that_died_in_line_does_not_go_again_once_a_receipt_says_it_went(told: str) -> None:
    """Their history lagged, so it was to be sent once more; its job died, and a person has it tried again."""
    desk = Desk()
    desk.carriers.faults = ["drop"]
    id_ = desk.plan("Hello")
    desk.work()
    desk.carriers.texts[0]["date"] = 0  # their history does not show it yet
    desk.carriers.faults = ["throttled"]
    while desk.message(id_)["state"] != "queued":
        desk.until(desk.now + MINUTE)
    desk.world.driver.connection.execute("UPDATE jobs SET attempts = 12 WHERE kind = 'messaging.send'")
    desk.rest()
    assert outcome(desk, id_) == ("failed", "gave_up")
    desk.receipt(told, custom_string=id_, provider_id="CS-1")
    desk.work()
    assert outcome(desk, id_) == (told, "")
    retry(desk, "messaging.send")
    desk.rest()
    assert desk.message(id_)["state"] == told
    assert len(desk.carriers.texts) == 1


def test_a_question_that_cannot_be_asked_any_more_leaves_the_text_unknown() -> None:
    desk = Desk()
    desk.carriers.faults = ["hang"]
    id_ = desk.plan("Hello")
    desk.work()
    desk.world.driver.connection.execute("UPDATE jobs SET attempts = 10 WHERE kind = 'messaging.reconcile'")
    desk.rest()
    assert outcome(desk, id_) == ("unknown", "gave_up")
    retry(desk, "messaging.reconcile")
    desk.rest()
    assert desk.message(id_)["state"] == "sent"
    assert len(desk.carriers.texts) == 1


def test_a_text_does_not_wait_for_a_double_that_has_been_in_doubt_for_longer_than_the_window() -> None:
    desk = Desk(settings={"duplicate_window_minutes": 1})
    desk.carriers.faults = ["hang"]
    desk.carriers.lookup_faults = ["hang"] * 4
    first = desk.plan("Hello")
    desk.work()
    desk.pass_(MINUTE + 5 * SECOND)
    second = desk.plan("Hello")
    desk.work()
    assert desk.message(first)["state"] == "sending"
    assert outcome(desk, second) == ("sent", "")
    desk.rest()
    assert outcome(desk, first) == ("skipped", "duplicate")
    assert len(desk.carriers.texts) == 1


def due_reminder(desk: Desk) -> str:
    """A booking whose reminder of 24 hours ends in doubt; the message's id."""
    desk.book(5 * DAY)
    desk.until(MORNING + 4 * DAY - MINUTE)
    desk.carriers.faults = ["hang"]
    desk.pass_(2 * MINUTE)
    desk.work()
    row = desk.rows("SELECT id FROM messages WHERE state = 'sending'")[0]
    return str(row["id"])


def test_a_reminder_in_doubt_is_not_repeated_once_its_booking_is_cancelled() -> None:
    desk = Desk()
    id_ = due_reminder(desk)
    before = len(desk.carriers.texts)
    desk.book(5 * DAY, sequence=2, status="cancelled")
    desk.rest()
    assert outcome(desk, id_) == ("skipped", "cancelled")
    assert len(desk.carriers.texts) == before


def test_a_reminder_in_doubt_is_not_repeated_once_its_booking_has_moved() -> None:
    desk = Desk()
    id_ = due_reminder(desk)
    before = len(desk.carriers.texts)
    desk.book(9 * DAY, sequence=2)
    desk.until(desk.now + HOUR)
    assert outcome(desk, id_) == ("skipped", "rescheduled")
    assert len(desk.carriers.texts) == before


def test_a_confirmation_planned_while_the_booking_was_cancelled_does_not_go_out() -> None:
    desk = Desk()
    desk.book(5 * DAY)
    for kind in ("bookings.apply", "automation.evaluate"):
        asyncio.run(_run_alone(desk, kind))
    (run,) = desk.rows("SELECT id FROM jobs WHERE kind = 'automation.act' ORDER BY id LIMIT 1")
    desk.book(5 * DAY, sequence=2, status="cancelled")
    desk.world.driver.connection.execute("UPDATE jobs SET due_at = due_at + 60000 WHERE id = ?", (run["id"],))
    desk.work()
    # The rule that saw the booking before the cancellation acts after it.
    desk.pass_(MINUTE)
    desk.work()
    assert desk.states("booking.confirmation") == [(None, "skipped", "cancelled")]
    assert desk.carriers.texts == []


async def _run_alone(desk: Desk, kind: str) -> None:
    row = desk.rows("SELECT id FROM jobs WHERE kind = ? AND state = 'pending'", kind)[0]
    await jobs.run(desk.world.platform, app.WIRING, desk.tenant, row["id"])
    await desk.world.settle()


def test_an_answer_to_a_keyword_is_not_offered_to_a_throttling_provider_for_ever() -> None:
    desk = Desk()
    desk.carriers.faults = ["throttled"] * 10_000
    desk.text("HELP", sender=JO)
    desk.until(desk.now + DAY + HOUR, step=HOUR)
    assert desk.states("keyword.help") == [(None, "skipped", "too_late")]
    assert alive(desk) == []


def test_a_text_on_its_way_counts_towards_the_cap() -> None:
    desk = Desk(settings={"caps": {"service": 1}})
    desk.carriers.faults = ["hang"]
    first = desk.plan("One")
    desk.work()
    assert desk.message(first)["state"] == "sending"
    second = desk.plan("Two")
    desk.work()
    assert outcome(desk, second) == ("skipped", "frequency_cap")
