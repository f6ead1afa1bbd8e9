"""What became of each message is told with whom it was for, once, in the commit that made it so."""

import json
from typing import Any

from frontdesk.messaging import writes
from frontdesk.messaging.actions import Sketch, compose
from frontdesk.messaging.rules.message import Draft
from support.calls import run
from support.colleagues import hired
from support.desk import JO, Desk


def told(desk: Desk) -> list[tuple[str, str, str]]:
    """Each event of a message: what became of it, our reason and the provider's code."""
    found = []
    for row in desk.rows(
        "SELECT * FROM events WHERE type LIKE 'message.%' AND subject_kind = 'message' ORDER BY seq"
    ):
        payload = json.loads(row["payload"])
        assert payload["message_id"] == row["subject_id"]
        assert {"contact_id", "booking_id", "template", "channel", "purpose", "author_id"} <= payload.keys()
        assert "body" not in payload and "address" not in payload
        found.append((row["type"].removeprefix("message."), payload["reason"], payload["code"]))
    return found


def contact(desk: Desk) -> str:
    desk.text("Hi")
    desk.work()
    return str(desk.rows("SELECT id FROM contacts")[0]["id"])


def test_sent_and_delivered() -> None:
    desk = Desk()
    jo = contact(desk)
    id_ = desk.plan(contact_id=jo)
    desk.work()
    desk.receipt("delivered", custom_string=id_, code="201")
    desk.work()
    assert told(desk) == [("planned", "", ""), ("sent", "", ""), ("delivered", "", "201")]
    assert desk.rows("SELECT last_out_at FROM contacts")[0]["last_out_at"] == desk.message(id_)["sent_at"]


def test_refused() -> None:
    desk = Desk()
    desk.carriers.faults = ["rejected"]
    desk.plan()
    desk.work()
    assert told(desk)[1:] == [("failed", "provider", "INVALID_RECIPIENT")]


def test_skipped_at_the_gate_and_from_the_start() -> None:
    desk = Desk()
    desk.text("STOP")
    desk.work()
    desk.plan()
    desk.plan(skip="too_late")
    desk.work()
    assert sorted(told(desk)) == [
        ("planned", "", ""),
        ("skipped", "opted_out", ""),
        ("skipped", "too_late", ""),
    ]


def test_words_that_cannot_be_filled_in() -> None:
    desk = Desk()
    desk.plan("", template="no.such")
    desk.work()
    assert told(desk)[1:] == [("failed", "template", "")]


def test_unknown() -> None:
    desk = Desk()
    desk.carriers.faults = ["hang"]
    desk.carriers.lookup_faults = ["500"] * 99
    desk.plan()
    desk.rest()
    assert told(desk)[1:] == [("unknown", "no_answer", "")]


def test_found_later() -> None:
    desk = Desk()
    jo = contact(desk)
    desk.carriers.faults = ["drop"]
    desk.plan(contact_id=jo)
    desk.rest()
    assert told(desk)[1:] == [("delivered", "", "")]
    assert desk.rows("SELECT last_out_at FROM contacts")[0]["last_out_at"]


def test_given_up_in_line_and_on_its_way() -> None:
    desk = Desk()
    jo = contact(desk)
    desk.plan(contact_id=jo)
    desk.world.driver.connection.execute("UPDATE jobs SET attempts = 99 WHERE kind = 'messaging.send'")
    desk.work()
    assert told(desk)[1:] == [("failed", "gave_up", "")]
    assert jo in desk.rows("SELECT payload FROM events WHERE type = 'message.failed'")[0]["payload"]
    on_its_way = desk.plan(contact_id=jo)
    desk.world.driver.connection.execute("UPDATE messages SET state = 'sending' WHERE id = ?", (on_its_way,))
    desk.world.driver.connection.execute("UPDATE jobs SET attempts = 99 WHERE subject_id = ?", (on_its_way,))
    desk.work()
    assert told(desk)[2:] == [("planned", "", ""), ("unknown", "gave_up", "")]


def test_planning_the_same_thing_twice_is_told_once() -> None:
    desk = Desk()
    for _ in range(2):
        desk.plan(unique_key="the-same")
    assert told(desk) == [("planned", "", "")]


def test_a_sign_in_code_is_told_to_nobody_before_it_is_sent() -> None:
    desk = Desk()
    draft: dict[str, Any] = {"channel": "email", "purpose": "auth", "address": "mia@harbour.example"}
    code = Draft(**draft, unique_key="code:1", template="auth.code", sealed_body="x")
    desk.commit(writes.plan(desk.ctx(), code))
    assert told(desk) == []


def test_what_is_withdrawn_with_its_booking_is_one_event() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.book(sequence=2, status="cancelled")
    desk.work()
    rows = desk.rows("SELECT * FROM events WHERE type = 'message.withdrawn'")
    booking = desk.rows("SELECT id, contact_id FROM bookings")[0]
    assert [(row["subject_kind"], row["subject_id"]) for row in rows] == [("booking", booking["id"])]
    payload = json.loads(rows[0]["payload"])
    assert (payload["contact_id"], payload["reason"]) == (booking["contact_id"], "cancelled")
    assert {state for _, state, _ in desk.states()} == {"skipped"}
    desk.book(sequence=3, status="cancelled", service="Another name")
    desk.work()
    assert len(desk.rows("SELECT id FROM events WHERE type = 'message.withdrawn'")) == 1


def test_what_comes_in_names_itself_and_counts_for_the_contact() -> None:
    desk = Desk()
    desk.plan("Hello", contact_id=contact(desk))
    desk.work()
    desk.text("Thanks")
    desk.work()
    row = desk.rows("SELECT * FROM events WHERE type = 'message.received' ORDER BY seq DESC LIMIT 1")[0]
    heard = desk.rows("SELECT * FROM messages WHERE body = 'Thanks'")[0]
    payload = json.loads(row["payload"])
    assert (payload["message_id"], payload["contact_id"]) == (heard["id"], heard["contact_id"])
    person = desk.rows("SELECT * FROM contacts")[0]
    assert (person["last_in_at"], person["replies"]) == (desk.now, 1)


def test_who_wrote_it_is_told() -> None:
    desk = Desk()
    mia = hired(desk)
    run(compose(mia, contact(desk), "key-1234", Sketch("sms", body="Hello")))
    row = desk.rows("SELECT * FROM events WHERE type = 'message.planned'")[0]
    assert (json.loads(row["payload"])["author_id"], row["actor_id"]) == ("mia", "mia")
    assert JO not in row["payload"]
