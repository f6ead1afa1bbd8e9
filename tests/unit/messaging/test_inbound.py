"""What comes back: replies on the timeline, keywords obeyed in the order they were said, receipts in any order."""

import pytest

from frontdesk.contacts.queries import timeline
from frontdesk.core.clock import MINUTE, SECOND
from frontdesk.core.pages import NEWEST
from frontdesk.spine.actions import replay
from support.calls import run
from support.desk import JO, MORNING, Desk


def consent(desk: Desk, address: str = JO, channel: str = "sms") -> bool | None:
    rows = desk.rows("SELECT stopped FROM consents WHERE address = ? AND channel = ?", address, channel)
    return bool(rows[0]["stopped"]) if rows else None


def the_timeline(desk: Desk) -> list[tuple[str, str, str]]:
    contact = desk.rows("SELECT id FROM contacts")[0]["id"]
    page = run(timeline(desk.ctx(), contact, after=NEWEST, limit=100, words=True))
    return [(item.kind, item.direction, item.summary) for item in page.items]


def test_a_reply_is_on_the_timeline_of_the_contact_who_booked() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.pass_(MINUTE)
    desk.text("Is there parking?", sender="0491 570 006")
    desk.rest()
    assert len(desk.rows("SELECT * FROM contacts")) == 1
    assert ("message", "in", "Is there parking?") in the_timeline(desk)
    assert desk.rows("SELECT * FROM messages WHERE state = 'received'")[0]["address"] == JO


def test_a_stranger_who_texts_becomes_a_contact() -> None:
    desk = Desk()
    desk.text("Do you do MRIs?", sender="+61491570157")
    desk.work()
    assert [row["phone"] for row in desk.rows("SELECT phone FROM contacts")] == ["+61491570157"]


def test_a_name_for_a_number_is_somebody_too() -> None:
    desk = Desk()
    desk.text("Your parcel is here", sender="PostOffice")
    desk.work()
    assert len(desk.rows("SELECT * FROM messages WHERE direction = 'in'")) == 1


def test_the_same_text_told_twice_is_one() -> None:
    desk = Desk()
    desk.text("STOP", id_="in-x")
    desk.text("STOP", id_="in-x")
    desk.work()
    assert len(desk.rows("SELECT * FROM messages WHERE direction = 'in'")) == 1
    assert len(desk.rows("SELECT * FROM touchpoints")) == 1
    assert len(desk.rows("SELECT * FROM events WHERE type = 'consent.stop'")) == 1


def test_replaying_a_text_changes_nothing() -> None:
    desk = Desk()
    desk.text("HELP")
    desk.rest()
    event = desk.rows("SELECT id FROM events WHERE type = 'clicksend.text'")[0]["id"]
    desk.world.driver.connection.execute(
        "INSERT INTO deliveries (tenant_id, id, source, verdict, event_id, path, body_bytes, body_sha256, received_at)"
        " VALUES (?, 'd1', 'clicksend', 'accepted', ?, '/', 0, '', 0)",
        [desk.tenant.id, event],
    )
    assert run(replay(desk.ctx("r1"), "d1")) == 1
    desk.rest()
    assert len(desk.rows("SELECT * FROM messages")) == 2  # the text and its answer
    assert len(desk.rows("SELECT * FROM events WHERE type = 'message.received'")) == 1
    left = desk.rows("SELECT kind FROM jobs WHERE state <> 'done'")
    assert {row["kind"] for row in left} <= {"reports.tally"}


def test_stop_is_obeyed_silently() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.text("Stop.")
    desk.rest()
    assert consent(desk) is True
    assert desk.states() == [
        (48, "skipped", "opted_out"),
        (24, "skipped", "opted_out"),
        (2, "skipped", "opted_out"),
    ]
    assert len(desk.carriers.texts) == 1  # the confirmation, before
    assert desk.rows("SELECT * FROM messages WHERE template LIKE 'keyword.%'") == []
    assert ("consent.stop", "in", "Opted out of texts (STOP)") in the_timeline(desk)


@pytest.mark.parametrize("number", ["+61491570006", "+12128675309", "+447400123456", "+4915112345678"])
@pytest.mark.parametrize("country", ["AU", "US"])
@pytest.mark.parametrize("written", ["{}", "{digits}"])
def test_stop_counts_however_the_provider_writes_the_number(number: str, country: str, written: str) -> None:
    """In a form, the plus of a number that was not escaped is a space; some write none."""
    desk = Desk(columns={"country": country})
    desk.text("STOP", sender=written.format(number, digits=number[1:]))
    desk.work()
    assert consent(desk, number) is True
    id_ = desk.plan(address=number)
    assert outcome(desk, id_) == ("skipped", "opted_out")


def test_start_opts_back_in_and_says_so() -> None:
    desk = Desk()
    desk.text("STOP")
    desk.work()
    desk.pass_(MINUTE)
    desk.text("START")
    desk.rest()
    assert consent(desk) is False
    assert [text["body"] for text in desk.carriers.texts] == [
        "Harbour Imaging: you are back on our list. Reply STOP to opt out."
    ]


def test_help_answers_in_the_tenants_words() -> None:
    desk = Desk(settings={"help_text": "Call us on 02 8000 0000."})
    desk.text("help")
    desk.rest()
    assert [text["body"] for text in desk.carriers.texts] == ["Call us on 02 8000 0000."]
    assert consent(desk) is None


def test_a_sentence_with_stop_in_it_is_a_sentence() -> None:
    desk = Desk()
    desk.text("please stop by at 5")
    desk.rest()
    assert consent(desk) is None


def test_keywords_count_in_the_order_they_were_said_not_heard() -> None:
    desk = Desk()
    for body, second, stopped in (
        ("START", 2, False),
        ("STOP", 1, False),
        ("STOP", 3, True),
        ("START", 0, True),
    ):
        desk.text(body, at=MORNING + second * SECOND)
        desk.work()
        assert consent(desk) is stopped
    # What changed nothing is what somebody said, no more.
    told = desk.rows("SELECT type FROM events WHERE type LIKE 'consent.%' ORDER BY seq")
    assert [row["type"] for row in told] == ["consent.start", "consent.stop"]
    kinds = sorted(kind for kind, _, _ in the_timeline(desk) if kind.startswith("consent"))
    assert kinds == ["consent.start", "consent.stop"]


def sent(desk: Desk) -> str:
    id_ = desk.plan()
    desk.work()
    assert desk.message(id_)["state"] == "sent"
    return id_


def outcome(desk: Desk, id_: str) -> tuple[str, str]:
    desk.rest()
    row = desk.message(id_)
    return row["state"], row["reason"]


def facts(desk: Desk) -> list[str]:
    """What became of what was planned."""
    return [
        row["type"]
        for row in desk.rows("SELECT type FROM events WHERE type LIKE 'message.%' ORDER BY seq")
        if row["type"] != "message.planned"
    ]


def test_a_receipt_by_our_id_or_by_theirs() -> None:
    desk = Desk()
    ours = sent(desk)
    desk.receipt("delivered", custom_string=ours)
    told_at = desk.now
    assert outcome(desk, ours) == ("delivered", "")
    assert desk.message(ours)["delivered_at"] == told_at
    desk.pass_(MINUTE * 11)
    theirs = sent(desk)
    desk.receipt("delivered", provider_id="CS-2")
    assert outcome(desk, theirs) == ("delivered", "")


def test_late_and_repeated_receipts_change_nothing() -> None:
    desk = Desk()
    id_ = sent(desk)
    for state in ("delivered", "sent", "failed", "delivered"):
        desk.receipt(state, custom_string=id_)
        desk.work()
    assert outcome(desk, id_) == ("delivered", "")
    assert facts(desk) == ["message.sent", "message.delivered"]


def test_delivered_after_failed_counts() -> None:
    desk = Desk()
    id_ = sent(desk)
    desk.receipt("failed", custom_string=id_, detail="Handset switched off")
    desk.work()
    row = desk.message(id_)
    assert (row["state"], row["reason"], row["detail"]) == ("failed", "provider", "Handset switched off")
    desk.receipt("delivered", custom_string=id_)
    assert outcome(desk, id_) == ("delivered", "")
    assert desk.message(id_)["detail"] == ""


@pytest.mark.parametrize("state", ["sent", "delivered", "failed"])
def test_a_receipt_before_our_own_commit(state: str) -> None:
    desk = Desk()
    id_ = desk.plan()
    desk.world.kills = [("send.after", 1)]  # the provider has it; we died before writing that down
    desk.work()
    assert desk.message(id_)["state"] == "sending"
    desk.receipt(state, custom_string=id_, provider_id="CS-1")
    desk.work()
    assert outcome(desk, id_) == (state, "provider" if state == "failed" else "")
    assert len(desk.carriers.texts) == 1
    row = desk.message(id_)
    assert row["provider_id"] == "CS-1"
    # What it cost is on the ledger all the same.
    assert row["cost_micros"] == (None if state == "failed" else 79_000)


def test_a_mails_receipt_waits_for_the_commit_that_names_it() -> None:
    desk = Desk()
    id_ = desk.plan(channel="email", address="jo@example.com")
    desk.receipt("delivered", provider="resend", channel="email", provider_id="RS-1")
    receipts = "SELECT id FROM jobs WHERE kind = 'messaging.receipt'"
    # The receipt's own job runs first.
    desk.world.driver.connection.execute(
        "UPDATE jobs SET due_at = due_at - 1 WHERE kind = 'messaging.receipt'"
    )
    desk.work()
    assert desk.message(id_)["state"] == "sent"
    assert desk.rows(f"{receipts} AND state = 'pending'")
    assert outcome(desk, id_) == ("delivered", "")


def test_a_receipt_for_a_message_that_is_not_ours_is_forgotten_after_a_while() -> None:
    desk = Desk()
    desk.receipt("delivered", provider="resend", channel="email", provider_id="RS-99")
    desk.receipt("delivered", custom_string="not-ours")
    desk.rest()
    assert {row["state"] for row in desk.rows("SELECT state FROM jobs")} == {"done"}
    assert desk.now <= MORNING + 10 * MINUTE


def test_a_complaint_opts_out() -> None:
    desk = Desk()
    id_ = desk.plan(channel="email", address="jo@example.com")
    desk.work()
    desk.receipt("delivered", provider="resend", channel="email", provider_id="RS-1", complaint=True)
    desk.work()
    assert consent(desk, "jo@example.com", "email") is True
    for purpose in ("service", "transactional"):
        next_one = desk.plan("Another", channel="email", address="jo@example.com", purpose=purpose)
        assert outcome(desk, next_one) == ("skipped", "opted_out")
    assert desk.message(id_)["state"] == "delivered"


def test_a_complaint_after_delivery_opts_out_as_well() -> None:
    desk = Desk()
    desk.plan(channel="email", address="jo@example.com")
    desk.work()
    for complaint in (False, True):
        desk.receipt("delivered", provider="resend", channel="email", provider_id="RS-1", complaint=complaint)
        desk.work()
    assert consent(desk, "jo@example.com", "email") is True
