"""Planning, withdrawing and listing messages."""

from typing import Any

from frontdesk.contacts.actions import edit
from frontdesk.contacts.queries import by_id
from frontdesk.core.clock import DAY, HOUR, SECOND
from frontdesk.core.pages import NEWEST, decode_cursor
from frontdesk.messaging import writes
from frontdesk.messaging.queries import listed
from frontdesk.messaging.rules.message import Draft
from support.calls import run
from support.colleagues import hired
from support.desk import JO, MORNING, Desk

FILTERS = ("state", "channel", "direction", "contact_id", "booking_id")
EVERYTHING: dict[str, Any] = dict.fromkeys(FILTERS)


def test_a_key_is_planned_once() -> None:
    desk = Desk()
    first = desk.plan("Hello", unique_key="one")
    again = desk.plan("Hello again", unique_key="one")
    desk.rest()
    assert first == again
    assert [text["body"] for text in desk.carriers.texts] == ["Hello"]


def test_what_is_due_later_is_scheduled_and_its_job_with_it() -> None:
    desk = Desk()
    id_ = desk.plan(due_at=MORNING + HOUR)
    assert desk.message(id_)["state"] == "scheduled"
    assert desk.rows("SELECT due_at FROM jobs WHERE subject_id = ?", id_)[0]["due_at"] == MORNING + HOUR
    desk.work()
    assert desk.carriers.texts == []


def test_what_is_skipped_from_the_start_is_on_the_ledger_and_has_no_job() -> None:
    desk = Desk()
    id_ = desk.plan(skip="too_late")
    row = desk.message(id_)
    assert (row["state"], row["reason"], row["detail"]) == ("skipped", "too_late", "too late")
    assert desk.rows("SELECT * FROM jobs WHERE kind = 'messaging.send'") == []


def test_every_row_says_why_it_exists() -> None:
    desk = Desk()
    desk.book()
    desk.rest()
    first = desk.rows("SELECT id FROM events ORDER BY seq LIMIT 1")[0]["id"]
    for row in desk.rows("SELECT * FROM messages"):
        if row["cause_kind"] == "run":
            job = desk.rows("SELECT * FROM rule_runs WHERE id = ?", row["cause_id"])[0]
        else:
            assert row["cause_kind"] == "job"
            job = desk.rows("SELECT * FROM jobs WHERE id = ?", row["cause_id"])[0]
        event = desk.rows("SELECT * FROM events WHERE id = ?", job["cause_id"])[0]
        assert row["trace_id"] == job["trace_id"] == event["trace_id"] == "test"
        if event["id"] != first:
            parent = desk.rows("SELECT * FROM jobs WHERE id = ?", event["cause_id"])[0]
            assert parent["cause_id"] == first


def test_withdrawing_leaves_what_has_gone_and_other_bookings_alone() -> None:
    desk = Desk()
    desk.book(external_id="b1")
    desk.book(external_id="b2", starts_in=6 * 24 * HOUR)
    desk.until(MORNING + HOUR)
    booking = desk.rows("SELECT id FROM bookings WHERE external_id = 'b1'")[0]["id"]
    desk.commit(writes.withdraw(desk.ctx(), booking, "cancelled"))
    desk.rest()
    rows = desk.rows(
        "SELECT b.external_id, m.state, m.reason FROM messages m JOIN bookings b ON b.id = m.booking_id"
    )
    of = {
        name: sorted((row["state"], row["reason"]) for row in rows if row["external_id"] == name)
        for name in ("b1", "b2")
    }
    assert of["b1"] == [("sent", ""), *[("skipped", "cancelled")] * 3]
    assert of["b2"] == [("sent", "")] * 4


def test_the_ledger_is_paged_and_a_new_row_shifts_nothing() -> None:
    desk = Desk()
    for number in range(7):
        desk.plan(f"Note {number}", due_at=MORNING + (number // 2) * HOUR)
    seen: list[str] = []
    marker: str | None = None
    while True:
        after = decode_cursor(marker, NEWEST)
        shown = run(listed(desk.ctx(), after=after, limit=3, **EVERYTHING))
        seen += [row.body for row in shown.items]
        desk.plan("Later still", due_at=MORNING + 99 * HOUR)
        marker = shown.next
        if marker is None:
            break
    assert sorted(seen) == [f"Note {number}" for number in range(7)]
    assert len(seen) == 7


def test_the_ledger_is_filtered() -> None:
    desk = Desk()
    desk.plan("A text")
    desk.plan("A mail", channel="email", address="jo@example.com")
    desk.text("A reply")
    desk.rest()

    def bodies(**filters: str) -> list[str]:
        page = run(listed(desk.ctx(), after=NEWEST, limit=50, **{**EVERYTHING, **filters}))
        return [row.body for row in page.items]

    assert bodies(channel="email") == ["A mail"]
    assert bodies(direction="in") == ["A reply"]
    assert sorted(bodies(state="sent")) == ["A mail", "A text"]
    assert bodies(contact_id="nobody") == []


def test_a_draft_for_a_text_keeps_its_words_across_a_wait() -> None:
    desk = Desk()
    desk.carriers.faults = ["throttled"]
    desk.commit(
        writes.plan(
            desk.ctx(),
            Draft("sms", "service", JO, "k", body="Written by hand: {{ not a template }}", template=""),
        )
    )
    desk.rest()
    assert [text["body"] for text in desk.carriers.texts] == ["Written by hand: {{ not a template }}"]


def test_what_waits_goes_to_the_number_that_staff_put_right() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Hello")
    desk.work()
    known = run(by_id(mia, desk.rows("SELECT id FROM contacts")[0]["id"]))
    waits = desk.plan("We missed you", contact_id=known.id, due_at=desk.now + HOUR)
    right = "+61491570157"
    for phone in ("+61491570158", right):
        known = run(edit(mia, known.id, known.version, {"phone": phone}))
    desk.world.driver.connection.execute("UPDATE jobs SET due_at = due_at - rowid WHERE state = 'pending'")
    desk.work()
    assert desk.message(waits)["address"] == right
    run(edit(mia, known.id, known.version, {"phone": None}))
    desk.pass_(HOUR)
    desk.work()
    assert (desk.message(waits)["state"], desk.message(waits)["reason"]) == ("skipped", "no_address")
    assert desk.carriers.texts == []


def confirmations(desk: Desk) -> list[tuple[str, str]]:
    """State and reason of each, in the order they were planned."""
    rows = desk.rows(
        "SELECT state, reason FROM messages WHERE template = 'booking.confirmation' ORDER BY created_at, id"
    )
    return [(row["state"], row["reason"]) for row in rows]


def test_a_confirmation_taken_back_with_its_booking_goes_once_the_booking_stands_again() -> None:
    desk = Desk()
    desk.carriers.faults = ["throttled"]
    desk.book()
    desk.work()
    for sequence, status in ((2, "cancelled"), (3, "confirmed"), (4, "cancelled"), (5, "confirmed")):
        desk.pass_(SECOND)
        desk.book(sequence=sequence, status=status, starts_in=6 * DAY)
        desk.work()
    assert confirmations(desk) == [("skipped", "cancelled"), ("sent", "")]
    assert "Sun 27 Sep" in desk.carriers.texts[0]["body"]
    desk.rest()
    assert len([text for text in desk.carriers.texts if "is booked" in text["body"]]) == 1


def test_a_confirmation_that_left_is_not_said_again() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    for sequence, status in ((2, "cancelled"), (3, "confirmed")):
        desk.book(sequence=sequence, status=status)
        desk.work()
    assert confirmations(desk) == [("sent", "")]


def test_who_has_no_number_any_more_is_mailed() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    contact = desk.rows("SELECT id, version FROM contacts")[0]
    run(edit(desk.ctx(), contact["id"], contact["version"], {"phone": None}))
    desk.rest()
    assert len(desk.carriers.texts) == 1
    assert [mail["payload"]["to"] for mail in desk.carriers.mails] == [["jo@example.com"]] * 3
    assert desk.states() == [(hours, "sent", "") for hours in (48, 24, 2)]
