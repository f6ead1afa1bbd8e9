"""Every outcome of the gate through the real job on the real schema: what went out, and what the ledger says."""

import pytest

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.db import Statement
from frontdesk.messaging import writes
from support.desk import JO, MORNING, Desk

TONIGHT = MORNING + 11 * HOUR
"""22:00 in Sydney."""
TOMORROW_8 = MORNING + 21 * HOUR


def opted_out(desk: Desk, channel: str = "sms", address: str = JO) -> None:
    desk.commit(
        writes.consent(
            channel, address, stopped=True, marketing=False, source="test", said_at=desk.now, cause_id="t"
        )
    )


def outcome(desk: Desk, id_: str) -> tuple[str, str]:
    row = desk.message(id_)
    return row["state"], row["reason"]


def test_a_message_goes_out_once_with_its_cost_on_the_ledger() -> None:
    desk = Desk(settings={"sms": {"sender": "+61280000001", "price_micros": 50_000}})
    id_ = desk.plan("x" * 161)
    desk.work()
    row = desk.message(id_)
    assert (row["state"], row["sent_at"], row["provider"], row["provider_id"]) == (
        "sent",
        MORNING,
        "clicksend",
        "CS-1",
    )
    assert (row["segments"], row["cost_micros"]) == (2, 100_000)
    text = desk.carriers.texts[0]
    assert (text["to"], text["from"], text["custom_string"]) == (JO, "+61280000001", id_)
    assert [event["type"] for event in desk.rows("SELECT type FROM events")] == [
        "message.planned",
        "message.sent",
    ]


def test_quiet_hours_delay_by_the_recipients_clock_and_the_job_is_due_at_their_end() -> None:
    desk = Desk()
    desk.world.real = TONIGHT
    id_ = desk.plan()
    desk.work()
    row = desk.message(id_)
    assert (row["state"], row["reason"], row["detail"]) == (
        "scheduled",
        "quiet_hours",
        "quiet hours until 08:00",
    )
    assert row["due_at"] == TOMORROW_8
    job = desk.rows("SELECT * FROM jobs WHERE subject_id = ?", id_)[0]
    assert (job["state"], job["due_at"], job["attempts"]) == ("pending", TOMORROW_8, 0)
    assert desk.carriers.texts == []
    desk.until(TOMORROW_8)
    assert desk.message(id_)["state"] == "sent"
    assert desk.message(id_)["reason"] == ""


def test_quiet_hours_go_by_the_contacts_zone_when_it_is_known() -> None:
    desk = Desk()
    desk.commit(
        Statement(
            "INSERT INTO contacts (tenant_id, id, time_zone, last_seen_at, created_at, updated_at) "
            "VALUES (:tenant, 'perth', 'Australia/Perth', 0, 0, 0)"
        )
    )
    desk.world.real = MORNING + 10 * HOUR + 30 * MINUTE  # 21:30 in Sydney, 19:30 in Perth
    id_ = desk.plan(contact_id="perth")
    desk.work()
    assert desk.message(id_)["state"] == "sent"


def test_a_confirmation_does_not_wait_for_the_morning() -> None:
    desk = Desk()
    desk.world.real = TONIGHT
    id_ = desk.plan(purpose="transactional")
    desk.work()
    assert desk.message(id_)["state"] == "sent"


def test_reminders_that_would_wait_together_collapse_into_the_latest() -> None:
    # A booking at 09:00: offsets of 12, 10 and 8 hours are all due in the night before.
    desk = Desk(settings={"reminder_hours": [12, 10, 8]})
    desk.book(starts_in=22 * HOUR)
    desk.work()
    desk.until(MORNING + 22 * HOUR)
    assert desk.states() == [
        (12, "skipped", "superseded"),
        (10, "skipped", "superseded"),
        (8, "sent", ""),
    ]
    assert len(desk.carriers.texts) == 2  # the confirmation and one reminder
    assert desk.rows("SELECT sent_at FROM messages WHERE offset_hours = 8")[0]["sent_at"] == TOMORROW_8


def test_after_an_outage_only_the_latest_reminder_goes() -> None:
    desk = Desk()
    desk.book(starts_in=72 * HOUR)
    desk.work()
    desk.pass_(70 * HOUR + 30 * MINUTE)  # nothing ran for three days; T-2 h has passed as well
    desk.work()
    assert desk.states() == [
        (48, "skipped", "superseded"),
        (24, "skipped", "superseded"),
        (2, "sent", ""),
    ]


def test_opted_out_is_skipped_and_says_so() -> None:
    desk = Desk()
    opted_out(desk)
    service, confirmation = desk.plan(), desk.plan("Hi", purpose="transactional")
    mail = desk.plan(channel="email", address="jo@example.com")
    desk.work()
    assert outcome(desk, service) == outcome(desk, confirmation) == ("skipped", "opted_out")
    assert desk.message(service)["detail"] == "opted out"
    assert outcome(desk, mail) == ("sent", "")  # STOP is about texts
    assert desk.carriers.texts == []


def test_marketing_needs_consent() -> None:
    desk = Desk()
    id_ = desk.plan(purpose="marketing")
    desk.work()
    assert outcome(desk, id_) == ("skipped", "no_consent")


def test_the_cap_counts_what_went_to_this_address_in_a_day() -> None:
    desk = Desk(settings={"caps": {"service": 2}})
    ids = [desk.plan(f"Note {number}") for number in range(3)]
    desk.rest()
    assert sorted(outcome(desk, id_) for id_ in ids) == [
        ("sent", ""),
        ("sent", ""),
        ("skipped", "frequency_cap"),
    ]
    desk.pass_(DAY + 1)
    later = desk.plan("Note 4")
    desk.rest()
    assert desk.message(later)["state"] == "sent"


def test_a_failed_text_counts_neither_for_the_cap_nor_as_a_duplicate() -> None:
    desk = Desk(settings={"caps": {"service": 1}})
    first = desk.plan("Same words")
    desk.rest()
    desk.receipt("failed", custom_string=first)
    desk.rest()
    again = desk.plan("Same words")
    desk.rest()
    assert outcome(desk, first) == ("failed", "provider")
    assert outcome(desk, again) == ("sent", "")


def test_the_same_words_twice_are_a_duplicate_within_the_window_only() -> None:
    desk = Desk(settings={"duplicate_window_minutes": 10})
    first, twin = desk.plan("Hello  there"), desk.plan("hello there")
    desk.work()
    assert sorted([outcome(desk, first), outcome(desk, twin)]) == [("sent", ""), ("skipped", "duplicate")]
    desk.pass_(10 * MINUTE + 1)
    later = desk.plan("Hello there")
    desk.work()
    assert outcome(desk, later) == ("sent", "")


def test_what_may_have_gone_out_counts_as_a_duplicate_too() -> None:
    desk = Desk()
    desk.carriers.faults = ["drop"]
    desk.plan("Same words")
    desk.work()
    twin = desk.plan("Same words")
    desk.work()
    assert outcome(desk, twin) == ("skipped", "duplicate")
    assert len(desk.carriers.texts) == 1


def test_too_late_is_skipped() -> None:
    desk = Desk()
    id_ = desk.plan(due_at=MORNING + HOUR, expires_at=MORNING + 2 * HOUR)
    desk.pass_(2 * HOUR)
    desk.work()
    assert outcome(desk, id_) == ("skipped", "too_late")


def test_what_would_wait_past_its_use_is_too_late_now() -> None:
    desk = Desk()
    desk.world.real = TONIGHT
    id_ = desk.plan(expires_at=TOMORROW_8 - HOUR)
    desk.work()
    assert outcome(desk, id_) == ("skipped", "too_late")


@pytest.mark.parametrize(
    ("draft", "reason", "detail"),
    [
        ({"address": ""}, "no_address", "no phone number"),
        ({"body": "x" * 2000}, "too_long", "too long"),
        ({"body": "   "}, "empty", "nothing to say"),
    ],
)
def test_what_cannot_be_sent_says_why(draft: dict[str, str], reason: str, detail: str) -> None:
    desk = Desk()
    id_ = desk.plan(**draft)
    desk.work()
    row = desk.message(id_)
    assert (row["state"], row["reason"], row["detail"]) == ("skipped", reason, detail)


def test_without_an_account_nothing_is_sent() -> None:
    desk = Desk(accounts=False)
    id_ = desk.plan()
    desk.work()
    assert outcome(desk, id_) == ("skipped", "no_channel")
    assert desk.world.http.requests == []


def test_a_template_that_cannot_be_filled_in_fails_and_says_where() -> None:
    desk = Desk()
    desk.commit(
        Statement(
            "INSERT INTO templates (tenant_id, key, channel, body, updated_at) "
            "VALUES (:tenant, 'keyword.help', 'sms', 'Hi {{ contact.salary }}', 0)"
        )
    )
    bad = desk.plan("", template="keyword.help")
    unknown = desk.plan("", template="no.such")
    desk.work()
    assert outcome(desk, bad) == outcome(desk, unknown) == ("failed", "template")
    assert desk.message(bad)["detail"] == "Line 1: contact has no 'salary'."
    assert desk.rows("SELECT count(*) AS n FROM jobs WHERE state = 'dead'")[0]["n"] == 0


def test_nothing_of_one_tenant_weighs_on_another() -> None:
    blue = Desk(slug="blue")
    blue.plan("Same words")
    blue.work()
    opted_out(blue)
    harbour = Desk(world=blue.world)
    id_ = harbour.plan("Same words")
    harbour.work()
    assert outcome(harbour, id_) == ("sent", "")
