"""Writing by hand: what is previewed is what happens, and a repeat is harmless."""

import json
from typing import Any

import pytest

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict, Invalid, NotFound
from frontdesk.messaging.actions import Sketch, compose, preview
from frontdesk.messaging.actions.composing import UNDO_MS, KeyReused, WouldNotGo
from support.calls import run
from support.colleagues import hired
from support.desk import JO, MORNING, Desk
from support.talking import WORDS, asked, written

NIGHT = 12 * HOUR
"""From Monday eleven in the morning to eleven at night."""


def test_a_text_is_planned_a_moment_later_and_goes() -> None:
    desk, mia, contact = asked()
    seen = run(preview(mia, contact, WORDS))
    assert (seen.would, seen.at, seen.message.address) == ("send", MORNING + UNDO_MS, JO)
    message = written(mia, contact)
    assert (message.state, message.due_at, message.author_id) == ("scheduled", MORNING + UNDO_MS, "mia")
    assert message.purpose == "service"
    desk.work()
    assert desk.carriers.texts == []
    desk.pass_(UNDO_MS)
    desk.work()
    assert [text["body"] for text in desk.carriers.texts] == ["Yes, behind the house."]
    row = desk.message(message.id)
    assert (row["state"], row["cost_micros"]) == ("sent", seen.segments * seen.price_micros)
    audit = desk.rows("SELECT * FROM audit")[0]
    assert (audit["action"], audit["actor_id"], audit["subject_id"]) == ("message.write", "mia", message.id)
    assert "behind" not in audit["change"]


def test_what_somebody_types_is_no_template() -> None:
    desk, mia, contact = asked()
    words = "Use {{ code }} {% for x in y %} <b>& 5 > 3"
    written(mia, contact, Sketch("sms", body=words))
    mail = "Hi <script>alert(1)</script> {{ contact.first_name }}"
    desk.world.driver.connection.execute("UPDATE contacts SET email = 'jo@example.com'")
    written(mia, contact, Sketch("email", subject="Hi {{ x }}", body=mail), "key-5678")
    desk.rest()
    assert desk.carriers.texts[0]["body"] == words
    payload = desk.carriers.mails[0]["payload"]
    assert payload["subject"] == "Hi {{ x }}" and payload["text"].startswith(mail)
    assert "<script>" not in payload["html"] and "&lt;script&gt;" in payload["html"]


def test_a_template_is_filled_in_and_follows_the_appointment() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.book()
    desk.work()
    contact = str(desk.rows("SELECT id FROM contacts")[0]["id"])
    texts = len(desk.carriers.texts)
    later = desk.now + DAY
    sketch = Sketch("sms", template="booking.confirmation", send_at=later)
    seen = run(preview(mia, contact, sketch))
    assert "11:00 am" in seen.letter.body and seen.at == later
    message = written(mia, contact, sketch)
    assert message.body == seen.letter.body and message.booking_id
    desk.book(6 * 24 * HOUR + HOUR, sequence=2)
    desk.until(later + MINUTE)
    bodies = [text["body"] for text in desk.carriers.texts[texts:] if "is booked" in text["body"]]
    assert len(bodies) == 1 and "12:00 pm" in bodies[0]


def test_a_template_about_an_appointment_needs_one() -> None:
    _, mia, contact = asked()
    with pytest.raises(Invalid) as told:
        run(preview(mia, contact, Sketch("sms", template="booking.confirmation")))
    assert told.value.extra["errors"][0]["field"] == "booking_id"
    with pytest.raises(NotFound):
        run(preview(mia, contact, Sketch("sms", template="no.such")))
    with pytest.raises(NotFound):
        run(preview(mia, contact, Sketch("sms", body="Hi", booking_id="no-such")))
    with pytest.raises(NotFound):
        run(preview(mia, "no-such", WORDS))
    with pytest.raises(Invalid):
        run(preview(mia, contact, Sketch("email", body="Hi")))
    with pytest.raises(Invalid):
        run(preview(mia, contact, Sketch("sms", body="Hi", send_at=desk_year(mia))))


def desk_year(ctx: Ctx) -> int:
    return ctx.now + 400 * DAY


def test_a_withdrawn_booking_takes_a_template_about_it_along_and_their_wait_goes_on() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.book()
    desk.work()
    desk.text("When was it?")
    desk.work()
    contact = str(desk.rows("SELECT id FROM contacts")[0]["id"])
    message = written(mia, contact, Sketch("sms", template="booking.confirmation", send_at=desk.now + HOUR))
    assert desk.rows("SELECT waiting_since FROM conversations")[0]["waiting_since"] is None
    desk.book(sequence=2, status="cancelled")
    desk.work()
    assert desk.message(message.id)["reason"] == "cancelled"
    assert desk.rows("SELECT waiting_since FROM conversations")[0]["waiting_since"] is not None
    told = desk.rows("SELECT * FROM events WHERE type = 'message.withdrawn'")
    assert [json.loads(each["payload"])["contact_id"] for each in told] == [contact]


def test_the_preview_says_when_the_night_is_over_and_so_it_happens() -> None:
    desk, mia, contact = asked()
    desk.pass_(NIGHT)
    desk.text("Hello?")
    desk.work()
    seen = run(preview(mia, contact, WORDS))
    assert (seen.would, seen.reason, seen.detail) == ("wait", "quiet_hours", "quiet hours until 08:00")
    message = written(mia, contact)
    desk.until(seen.at)
    row = desk.message(message.id)
    assert row["state"] == "sent" and row["sent_at"] - seen.at < MINUTE


def test_the_preview_says_what_the_pace_does() -> None:
    desk, mia, contact = asked()
    desk.world.driver.connection.execute(
        "INSERT INTO pace (tenant_id, channel, next_at) VALUES (?, 'sms', ?)",
        (desk.tenant.id, desk.now + MINUTE),
    )
    seen = run(preview(mia, contact, WORDS))
    assert (seen.would, seen.reason, seen.at) == ("wait", "pace", desk.now + MINUTE)
    written(mia, contact)
    desk.until(desk.now + MINUTE - 1)
    assert desk.carriers.texts == []
    desk.until(desk.now + 1)
    assert len(desk.carriers.texts) == 1


def test_what_would_be_skipped_is_refused_with_the_gates_reason() -> None:
    desk, mia, contact = asked()
    desk.text("STOP")
    desk.work()
    seen = run(preview(mia, contact, WORDS))
    assert (seen.would, seen.reason) == ("skip", "opted_out")
    with pytest.raises(WouldNotGo) as told:
        written(mia, contact)
    assert told.value.extra["reason"] == "opted_out"
    assert desk.rows("SELECT id FROM messages WHERE direction = 'out'") == []
    with pytest.raises(WouldNotGo, match="no e-mail address"):
        written(mia, contact, Sketch("email", subject="Hi", body="Hi"))
    with pytest.raises(WouldNotGo, match="nothing to say"):
        written(mia, contact, Sketch("sms", body="  "))


def test_what_is_stopped_after_it_was_planned_is_stopped() -> None:
    desk, mia, contact = asked()
    message = written(mia, contact)
    desk.text("STOP")
    desk.rest()
    assert (desk.message(message.id)["state"], desk.message(message.id)["reason"]) == ("skipped", "opted_out")
    assert desk.carriers.texts == []


def test_the_same_words_within_the_window_are_a_duplicate() -> None:
    desk, mia, contact = asked()
    written(mia, contact)
    desk.rest()
    assert run(preview(mia, contact, WORDS)).reason == "duplicate"
    assert run(preview(mia, contact, Sketch("sms", body="Something else"))).would == "send"
    in_an_hour = Sketch("sms", body=WORDS.body, send_at=desk.now + HOUR)
    assert run(preview(mia, contact, in_an_hour)).would == "send"


def test_whoever_asks_is_answered_however_often_and_their_reminders_still_come() -> None:
    desk, mia, contact = asked(settings={"caps": {"service": 2}})
    for number in range(4):
        written(mia, contact, Sketch("sms", body=f"Answer {number}"), f"key-000{number}")
        desk.rest()
    assert len(desk.carriers.texts) == 4
    for number in range(3):
        id_ = desk.plan(f"Reminder {number}", contact_id=contact)
        desk.rest()
        assert desk.message(id_)["reason"] == ("" if number < 2 else "frequency_cap")


def test_whoever_did_not_ask_gets_no_more_than_the_cap() -> None:
    desk, mia, contact = asked(settings={"caps": {"service": 2}})
    # Ten to eleven the day after the next: they said nothing for a day.
    desk.until(desk.now + 2 * DAY - HOUR)
    for number in range(2):
        written(mia, contact, Sketch("sms", body=f"News {number}"), f"key-000{number}")
        desk.rest()
    assert run(preview(mia, contact, WORDS)).reason == "frequency_cap"


def test_an_answer_goes_to_the_number_it_answers() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.book()
    desk.rest()
    contact = str(desk.rows("SELECT id FROM contacts")[0]["id"])
    other = "+61491570157"
    # A booking for them gave another number, which nobody owns.
    desk.plan("Hello", address=other, contact_id=contact)
    desk.rest()
    desk.text("Who is this?", sender=other)
    desk.work()
    assert run(preview(mia, contact, WORDS)).message.address == other
    desk.text("It is me", sender=JO)
    desk.pass_(1)
    desk.work()
    assert run(preview(mia, contact, WORDS)).message.address == JO


def test_a_number_put_right_is_where_the_answer_goes() -> None:
    desk, mia, contact = asked()
    desk.world.driver.connection.execute("UPDATE contacts SET phone = '+61491570158'")
    assert run(preview(mia, contact, WORDS)).message.address == "+61491570158"


def test_the_same_request_twice_is_one_message() -> None:
    desk, mia, contact = asked()
    first, second = written(mia, contact), written(mia, contact)
    desk.rest()
    assert first.id == second.id == written(mia, contact).id
    assert len(desk.carriers.texts) == 1
    assert len(desk.rows("SELECT id FROM audit")) == 1


def test_a_key_is_for_one_thing() -> None:
    desk, mia, contact = asked()
    first = written(mia, contact)
    for sketch in (
        Sketch("sms", body="Other words"),
        Sketch("sms", body=WORDS.body, send_at=desk.now + HOUR),
    ):
        with pytest.raises(KeyReused) as told:
            written(mia, contact, sketch)
        assert told.value.extra["message_id"] == first.id
    assert len(desk.rows("SELECT id FROM messages WHERE direction = 'out'")) == 1


def test_two_at_once_are_one() -> None:
    desk, mia, contact = asked()
    read = desk.world.driver.query
    meanwhile = [lambda: None]

    async def slow(bound: Any) -> str:
        text = await read(bound)
        if "FROM pace" in bound.sql and meanwhile:
            meanwhile.pop()
            await compose(mia, contact, "key-1234", WORDS)
        return text

    desk.world.driver.query = slow  # type: ignore[method-assign]
    message = written(mia, contact)
    assert [row["id"] for row in desk.rows("SELECT id FROM messages WHERE direction = 'out'")] == [message.id]
    assert len(desk.rows("SELECT id FROM audit")) == 1
    assert len(desk.rows("SELECT id FROM events WHERE type = 'message.planned'")) == 1


def test_nobody_writes_to_who_was_merged_away() -> None:
    desk, mia, contact = asked()
    desk.world.driver.connection.execute("UPDATE contacts SET merged_into = 'other'")
    with pytest.raises(Conflict):
        run(preview(mia, contact, WORDS))


@pytest.mark.parametrize("body", ["\u200b", " \u2060\u00a0\n", "\u202e"])
def test_what_nobody_can_see_is_not_sent(body: str) -> None:
    _, mia, contact = asked()
    seen = run(preview(mia, contact, Sketch("sms", body=body)))
    assert (seen.would, seen.reason) == ("skip", "empty")
    with pytest.raises(WouldNotGo):
        written(mia, contact, Sketch("sms", body=body))
