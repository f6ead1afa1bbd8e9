"""What providers answer, and what becomes of the message: never twice, never stuck, never guessed."""

import asyncio

import pytest

from frontdesk.contacts.actions import edit
from frontdesk.core.clock import MINUTE, SECOND
from frontdesk.core.db import Bound
from frontdesk.core.events import JobDraft
from frontdesk.messaging import writes
from support.desk import JO, MORNING, Desk


def ended(desk: Desk, id_: str) -> tuple[str, str]:
    desk.rest()
    row = desk.message(id_)
    return row["state"], row["reason"]


def facts(desk: Desk) -> list[str]:
    """What became of what was planned."""
    first, *rest = [row["type"] for row in desk.rows("SELECT type FROM events ORDER BY seq")]
    assert first == "message.planned"
    return rest


def test_what_was_withdrawn_between_reading_and_sending_is_not_sent() -> None:
    desk = Desk()
    id_ = desk.plan()
    read = desk.world.driver.query

    async def and_withdraw(bound: Bound) -> str:
        text = await read(bound)
        if "AS opted_out" in bound.sql:
            desk.world.driver.connection.execute(
                "UPDATE messages SET state = 'skipped', reason = 'cancelled', version = version + 1"
            )
        return text

    desk.world.driver.query = and_withdraw  # type: ignore[method-assign]
    assert ended(desk, id_) == ("skipped", "cancelled")
    assert desk.carriers.texts == []
    assert desk.rows("SELECT * FROM pace") == []  # nor did it cost anybody a slot


def test_two_at_once_with_the_same_words_become_one() -> None:
    desk = Desk(settings={"sms": {"per_second": 100}})
    ids = [desk.plan("Same words"), desk.plan("Same words")]
    read = desk.world.driver.query
    answers: list[str] = []

    async def as_it_was(bound: Bound) -> str:
        text = await read(bound)
        if "AS opted_out" not in bound.sql:
            return text
        answers.append(text)
        if len(answers) != 2:
            return text
        desk.pass_(50)  # its own slot has come
        return answers[0]

    # Both ask before either is `sending`; the first stays there, because its answer is lost.
    desk.world.driver.query = as_it_was  # type: ignore[method-assign]
    desk.carriers.faults = ["drop"]
    outcomes = sorted(ended(desk, id_) for id_ in ids)
    assert outcomes == [("delivered", ""), ("skipped", "duplicate")]
    assert len(desk.carriers.texts) == 1


def test_throttled_waits_as_asked_and_is_sent_later() -> None:
    desk = Desk()
    desk.carriers.faults = ["throttled", "throttled"]
    id_ = desk.plan()
    desk.work()
    row = desk.message(id_)
    assert (row["state"], row["due_at"], row["detail"]) == (
        "queued",
        MORNING + 30 * SECOND,
        "the provider asked to wait",
    )
    assert ended(desk, id_) == ("sent", "")
    assert desk.message(id_)["detail"] == ""
    assert desk.rows("SELECT attempts FROM jobs WHERE kind = 'messaging.send'")[0]["attempts"] == 1


def test_rejected_fails_with_the_providers_reason() -> None:
    desk = Desk()
    desk.carriers.faults = ["rejected"]
    id_ = desk.plan()
    assert ended(desk, id_) == ("failed", "INVALID_RECIPIENT")
    assert facts(desk) == ["message.failed"]
    assert len(desk.world.http.requests) == 1


@pytest.mark.parametrize("fault", ["500-taken", "drop"])
def test_a_text_whose_answer_was_lost_is_found_and_not_repeated(fault: str) -> None:
    desk = Desk()
    desk.carriers.faults = [fault]
    id_ = desk.plan()
    desk.work()
    assert desk.message(id_)["state"] == "sending"
    assert ended(desk, id_) == ("delivered", "")
    row = desk.message(id_)
    assert row["provider_id"] == "CS-1" and row["sent_at"] and row["delivered_at"]
    assert len(desk.carriers.texts) == 1
    assert facts(desk) == ["message.delivered"]


def test_a_text_found_as_failed_is_failed_and_says_so() -> None:
    desk = Desk()
    desk.carriers.faults = ["drop"]
    id_ = desk.plan()
    desk.work()
    desk.carriers.texts[0]["code"] = "301"
    assert ended(desk, id_) == ("failed", "provider")
    assert facts(desk) == ["message.failed"]


@pytest.mark.parametrize("fault", ["500", "hang"])
def test_a_text_that_never_arrived_is_sent_again_once(fault: str) -> None:
    desk = Desk()
    desk.carriers.faults = [fault]
    id_ = desk.plan()
    assert ended(desk, id_) == ("sent", "")
    assert desk.message(id_)["attempt"] == 1
    assert len(desk.carriers.texts) == 1


def test_a_text_the_provider_never_takes_fails_after_five_tries() -> None:
    desk = Desk()
    desk.carriers.faults = ["hang"] * 10
    id_ = desk.plan()
    assert ended(desk, id_) == ("failed", "not_taken")
    assert len(desk.carriers.faults) == 5
    assert desk.carriers.texts == []


def test_the_history_is_read_to_its_last_page_before_anything_is_repeated() -> None:
    desk = Desk(settings={"caps": {"service": 100}})
    desk.carriers.page = 2
    for number in range(5):
        desk.plan(f"Note {number}")
    desk.rest()
    desk.carriers.faults = ["drop"]
    id_ = desk.plan("The sixth")
    assert ended(desk, id_) == ("delivered", "")
    assert desk.carriers.lookups == 3
    assert len(desk.carriers.texts) == 6


def test_what_nobody_can_say_is_unknown_and_never_sent_again() -> None:
    desk = Desk()
    desk.carriers.faults = ["drop"]
    desk.carriers.lookup_faults = ["500", "hang", "429", "500", "500"] * 2
    id_ = desk.plan()
    assert ended(desk, id_) == ("unknown", "no_answer")
    assert desk.carriers.lookups == 10
    assert len(desk.carriers.texts) == 1
    assert facts(desk) == ["message.unknown"]
    desk.receipt("delivered", custom_string=id_)
    assert ended(desk, id_) == ("delivered", "")


def test_questions_that_fail_at_first_are_asked_again() -> None:
    desk = Desk()
    desk.carriers.faults = ["drop"]
    desk.carriers.lookup_faults = ["500", "hang"]
    assert ended(desk, desk.plan()) == ("delivered", "")
    assert len(desk.carriers.texts) == 1


def test_a_receipt_that_overtakes_our_own_commit_is_not_undone() -> None:
    desk = Desk()
    id_ = desk.plan()

    def overtake() -> None:
        desk.world.driver.connection.execute(
            "UPDATE messages SET state = 'delivered', delivered_at = 1, version = version + 1 WHERE id = ?",
            [id_],
        )

    desk.carriers.before_answer = overtake
    desk.work()
    row = desk.message(id_)
    assert (row["state"], row["provider"], row["provider_id"]) == ("delivered", "clicksend", "CS-1")


def test_a_number_put_right_by_staff_is_the_one_that_is_texted() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    contact = desk.rows("SELECT id, version FROM contacts")[0]
    asyncio.run(edit(desk.ctx(), contact["id"], contact["version"], {"phone": "+61491570156"}))
    desk.rest()
    assert [text["to"] for text in desk.carriers.texts] == [JO, *["+61491570156"] * 3]
    ledger = desk.rows("SELECT address FROM messages WHERE template = 'booking.reminder'")
    assert {row["address"] for row in ledger} == {"+61491570156"}


def test_a_confirmation_that_waits_goes_with_the_date_the_booking_has_by_then() -> None:
    desk = Desk()
    desk.carriers.faults = ["throttled"]
    desk.book()
    desk.work()
    desk.book(starts_in=6 * 24 * 60 * MINUTE, sequence=2)
    desk.work()
    desk.until(MORNING + 2 * MINUTE)
    assert "Sun 27 Sep" in desk.carriers.texts[0]["body"]


def test_nothing_is_sent_for_a_message_that_is_not_there() -> None:
    desk = Desk()
    desk.commit(JobDraft(writes.SEND, key="ghost", subject_id="nobody"))
    desk.rest()
    assert desk.world.http.requests == []
    assert desk.rows("SELECT state FROM jobs")[0]["state"] == "done"
