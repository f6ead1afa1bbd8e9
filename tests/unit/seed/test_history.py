"""The seeded month is what the product would have left behind, and the same each time."""

import json
from collections import defaultdict
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontdesk import app, webhooks
from frontdesk.core.clock import HOUR
from frontdesk.core.ctx import Ctx
from frontdesk.core.parsing import dump_json
from frontdesk.core.rows import Job
from frontdesk.core.settings import Tenant
from frontdesk.core.wiring import JobKind
from frontdesk.messaging.rules.quiet import is_quiet
from frontdesk.messaging.rules.reminders import planned
from seed.history import History
from seed.rehearsal import Broken
from seed.transfer import TABLES
from support.platform import NOON

STAFF = {"s-1": ("Front Desk", "staff"), "s-2": ("Bookings Team", "staff"), "o-1": ("Owner", "owner")}
SETTINGS = {"wix_instance": "site", "sms": {"sender": "+61491570110"}, "email": {"sender": "H <h@h.example>"}}
TENANT = Tenant.model_validate(
    {
        "id": "t-1",
        "slug": "harbour-imaging",
        "kind": "clinic",
        "name": "Harbour Imaging",
        "time_zone": "Australia/Sydney",
        "country": "AU",
        "currency": "AUD",
        "locale": "en-AU",
        "plan": "standard",
        "shard": "main",
        "features": "[]",
        "settings": dump_json(SETTINGS),
        "version": 1,
    }
)
QUIET = TENANT.settings.quiet_hours


def played(count: int) -> History:
    """A month before noon of a certain day."""
    history = History(TENANT, STAFF, NOON, seed=7, count=count)
    history.play()
    return history


class Past:
    """A played month to ask about."""

    def __init__(self, history: History) -> None:
        self.history = history

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.history.database.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def values(self, sql: str) -> set[Any]:
        return {next(iter(row.values())) for row in self.rows(sql)}


@pytest.fixture(scope="module")
def past() -> Past:
    return Past(played(300))


def test_the_same_month_is_the_same_rows() -> None:
    one, other = Past(played(50)), Past(played(50))
    for table in TABLES:
        assert one.rows(f"SELECT * FROM {table}") == other.rows(f"SELECT * FROM {table}"), table


def test_a_past_in_which_the_product_failed_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_ctx: Ctx, _job: Job) -> None:
        raise AttributeError("no such thing")

    jobs = {**app.JOBS, "bookings.apply": JobKind(broken)}
    monkeypatch.setattr(app, "JOBS", jobs)
    with pytest.raises(Broken, match=r"bookings\.apply died: AttributeError: no such thing"):
        played(3)


def test_a_webhook_that_fails_makes_no_past(monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_: Any) -> SimpleNamespace:
        return SimpleNamespace(status=503)

    monkeypatch.setattr(webhooks, "receive", down)
    with pytest.raises(Broken, match="answered 503"):
        played(3)


def test_it_shows_everything_that_can_become_of_a_message(past: Past) -> None:
    assert past.values("SELECT state FROM messages") == {
        "scheduled",
        "sent",
        "delivered",
        "failed",
        "skipped",
        "unknown",
        "received",
    }
    reasons = past.values("SELECT reason FROM messages WHERE state = 'skipped'")
    assert reasons >= {"too_late", "rescheduled", "cancelled", "opted_out", "no_address"}
    assert past.values("SELECT verdict FROM deliveries") == {"accepted", "duplicate", "ignored", "refused"}
    assert past.values("SELECT status FROM bookings") == {"confirmed", "cancelled", "completed", "no_show"}


def test_nothing_comes_before_its_cause_or_after_now(past: Past) -> None:
    assert not past.rows(
        """
        SELECT id FROM messages WHERE sent_at < created_at OR delivered_at < sent_at OR updated_at < created_at
           OR updated_at > ?1 OR (state = 'skipped' AND sent_at IS NOT NULL)
        """,
        NOON,
    )
    assert not past.rows(
        "SELECT id FROM events WHERE recorded_at > ?1 OR occurred_at > recorded_at + 1000", NOON
    )
    assert not past.rows("SELECT id FROM deliveries WHERE received_at > ?1", NOON)
    assert not past.rows("SELECT id FROM touchpoints WHERE at > ?1", NOON)


def test_nobody_is_texted_after_stop(past: Past) -> None:
    stopped = past.rows("SELECT address, said_at FROM consents WHERE channel = 'sms' AND stopped = 1")
    assert stopped
    for each in stopped:
        assert not past.rows(
            "SELECT id FROM messages WHERE address = ?1 AND direction = 'out' AND sent_at > ?2",
            each["address"],
            each["said_at"] + 1_000,
        )


def test_no_reminder_was_sent_at_night(past: Past) -> None:
    assert QUIET
    sent = past.rows(
        "SELECT sent_at FROM messages WHERE template = 'booking.reminder' AND sent_at IS NOT NULL"
    )
    assert len(sent) > 100
    assert not [each for each in sent if is_quiet(each["sent_at"], QUIET, ZoneInfo("Australia/Sydney"))]


def test_the_reminders_of_each_booking_are_as_planned(past: Past) -> None:
    plans: dict[str, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in past.rows("SELECT * FROM messages WHERE template = 'booking.reminder'"):
        _, booking, version, _ = row["unique_key"].split(":")
        plans[booking][int(version)].append(row)
    bookings = past.rows("SELECT * FROM bookings")
    assert len(bookings) == 300
    for booking in bookings:
        latest = plans[booking["id"]][max(plans[booking["id"]])]
        at = latest[0]["created_at"]
        wanted = planned(booking["starts_at"], TENANT.settings.reminder_hours, at)
        assert {row["offset_hours"] for row in latest} == {each.offset_hours for each in wanted}
        for each in wanted:
            (row,) = [row for row in latest if row["offset_hours"] == each.offset_hours]
            assert row["expires_at"] == booking["starts_at"]
            assert row["due_at"] >= each.due_at, "it may wait for the end of the night, not go early"
            if each.late:
                assert (row["state"], row["reason"]) == ("skipped", "too_late")


def test_what_is_still_to_come_is_work_for_the_worker(past: Past) -> None:
    waiting = past.rows("SELECT id, due_at FROM messages WHERE state = 'scheduled'")
    jobs = past.rows("SELECT subject_id, kind, due_at FROM jobs WHERE state = 'pending'")
    assert {job["kind"] for job in jobs} == {"messaging.send"}
    assert {job["subject_id"]: job["due_at"] for job in jobs} == {row["id"]: row["due_at"] for row in waiting}
    assert not past.rows("SELECT id FROM jobs WHERE state = 'running'")
    assert max(job["due_at"] for job in jobs) > NOON + 5 * 24 * HOUR


def test_one_job_is_dead_and_could_be_retried(past: Past) -> None:
    (dead,) = past.rows("SELECT kind, payload, last_error FROM jobs WHERE state = 'dead'")
    assert dead["kind"] == "messaging.receipt"
    assert past.rows("SELECT id FROM events WHERE id = ?1", json.loads(dead["payload"])["event"])


def test_everybody_is_made_up(past: Past) -> None:
    phones = past.values("SELECT phone FROM contacts WHERE phone IS NOT NULL")
    assert phones
    assert all(phone.startswith("+6149157") for phone in phones)
    emails = past.values("SELECT email FROM contacts WHERE email IS NOT NULL")
    assert all(email.endswith("@example.com") for email in emails)


def test_no_secret_is_handed_over(past: Past) -> None:
    assert "tenant_secrets" not in TABLES
    for table in TABLES:
        for row in past.rows(f"SELECT * FROM {table}"):
            assert "/past" not in str(row.get("path", ""))
