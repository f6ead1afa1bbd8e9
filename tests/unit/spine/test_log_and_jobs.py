"""The webhook log, the event log and the job table: what staff can read there, and what doing it again does."""

from collections.abc import Sequence
from typing import Any

import pytest

from frontdesk import webhooks
from frontdesk.app import WIRING
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Actor, Cause
from frontdesk.core.db import Bound
from frontdesk.core.errors import Conflict, Invalid, NotFound
from frontdesk.core.pages import END_OF_TIME, NEWEST, decode_cursor
from frontdesk.core.parsing import dump_json
from frontdesk.integrations.facts import BookingFact, ContactFact
from frontdesk.integrations.inbound import Accepted, Inbound, Knock, Refused, Verdict
from frontdesk.spine import actions, api, queries
from support.calls import run
from support.desk import MORNING, Desk


def deliver(desk: Desk, verdict: Verdict, body: bytes = b"{}") -> None:
    async def door(knock: Knock) -> Verdict:
        return verdict

    async def story() -> None:
        request = Inbound("POST", f"https://x/webhooks/wix/{desk.slug}", {}, body, desk.now)
        await webhooks.receive(desk.world.platform, WIRING, {"wix": door}, request)
        await desk.world.settle()

    run(story())


def booked(external_id: str = "e1", **changes: Any) -> Accepted:
    fact = BookingFact(
        source="wix",
        action="created",
        external_id="b1",
        status="confirmed",
        starts_at=MORNING + 5 * DAY,
        ends_at=MORNING + 5 * DAY,
        contact=ContactFact(phone="0491 570 006", first_name="Jo"),
        sequence=1,
        changed_at=MORNING,
        **changes,
    )
    return Accepted(external_id, "wix.booking", MORNING, fact.model_dump(mode="json"))


def log(desk: Desk, **filters: Any) -> list[queries.Delivery]:
    given = {"source": None, "verdict": None, **filters}
    return run(queries.deliveries(desk.ctx(), after=NEWEST, limit=200, **given)).items


def test_a_delivery_tells_what_it_caused_however_many_jobs_later() -> None:
    desk = Desk()
    deliver(desk, booked())
    desk.rest()
    story = run(api.get_delivery(desk.ctx(), log(desk)[0].id))
    caused = [(effect.kind, effect.what) for effect in story.effects]
    for expected in (
        ("event", "wix.booking"),
        ("job", "bookings.apply"),
        ("event", "contact.created"),
        ("event", "booking.created"),
        ("message", "booking.confirmation"),
        ("event", "message.sent"),
    ):
        assert expected in caused
    assert caused.count(("message", "booking.reminder")) == 3


def test_a_long_body_is_fetched_and_one_that_is_gone_says_so() -> None:
    desk = Desk()
    deliver(desk, booked(), b"z" * 20_000)
    shown = run(api.get_delivery(desk.ctx(), log(desk)[0].id)).delivery
    assert (shown.body_form, len(shown.body)) == ("text", 20_000)
    desk.world.files.kept.clear()
    gone = run(api.get_delivery(desk.ctx(), log(desk)[0].id)).delivery
    assert (gone.body_form, gone.body) == ("purged", "")


def test_a_forgery_causes_nothing_and_cannot_be_replayed() -> None:
    desk = Desk()
    deliver(desk, Refused("bad_signature"))
    id_ = log(desk, verdict="refused")[0].id
    assert run(api.get_delivery(desk.ctx(), id_)).effects == []
    with pytest.raises(Invalid, match="refused"):
        run(actions.replay(desk.ctx(), id_))


def test_replaying_runs_the_handlers_again_and_changes_nothing() -> None:
    desk = Desk()
    deliver(desk, booked())
    desk.rest()

    def all_there_is() -> list[Any]:
        tables = ("contacts", "bookings", "touchpoints", "messages", "events", "consents")
        rows = [desk.rows(f"SELECT * FROM {table}") for table in tables]
        for table in rows:
            for row in table:
                for column in ("version", "updated_at", "last_seen_at"):
                    row.pop(column, None)
        return rows

    before = all_there_is()
    desk.pass_(1_000)
    staff = desk.ctx().as_(actor=Actor("staff", "s1"), cause=Cause("request", "r1", "r1"))
    assert run(actions.replay(staff, log(desk)[0].id)) == 1
    desk.rest()
    assert all_there_is() == before
    assert len(desk.carriers.texts) == 4
    again = desk.rows("SELECT * FROM jobs WHERE kind = 'bookings.apply' AND cause_id = 'r1'")
    assert [job["state"] for job in again] == ["done"]
    audit = desk.rows("SELECT * FROM audit")[0]
    assert (audit["action"], audit["actor_id"]) == ("delivery.replay", "s1")


def test_one_request_replays_once_the_next_one_again() -> None:
    desk = Desk()
    deliver(desk, booked())
    desk.rest()
    ctx = desk.ctx("r1")
    for _ in range(2):
        run(actions.replay(ctx, log(desk)[0].id))
    assert len(desk.rows("SELECT * FROM jobs WHERE kind = 'bookings.apply'")) == 2
    run(actions.replay(desk.ctx("r2"), log(desk)[0].id))
    assert len(desk.rows("SELECT * FROM jobs WHERE kind = 'bookings.apply'")) == 3


def test_a_dead_job_is_retried_once_and_on_record() -> None:
    desk = Desk()
    deliver(desk, Accepted("e1", "wix.booking", MORNING, {"junk": True}))
    desk.rest()
    job = run(queries.jobs(desk.ctx(), after=NEWEST, limit=9, state="dead", kind=None, trace=None)).items[0]
    assert (job.kind, job.error_code) == ("bookings.apply", "invalid")
    payload = booked().payload
    desk.world.driver.connection.execute("UPDATE events SET payload = ?", [dump_json(payload)])
    desk.world.bells.take()

    async def retry() -> None:
        await actions.retry(desk.ctx(), job.id)
        await desk.world.settle()

    run(retry())
    assert [bell.id for _, bell, _ in desk.world.bells.take()] == [job.id]
    with pytest.raises(Conflict):
        run(retry())
    desk.rest()
    assert run(queries.job(desk.ctx(), job.id)).state == "done"
    assert len(desk.rows("SELECT * FROM bookings")) == 1
    assert len(desk.rows("SELECT * FROM audit WHERE action = 'job.retry'")) == 1


def test_of_two_who_retry_at_once_one_is_told_and_the_work_is_left_alone() -> None:
    """Both read that it is dead; by the time the second commits, the first one's work is done."""
    desk = Desk()
    deliver(desk, Accepted("e1", "wix.booking", MORNING, {"junk": True}))
    desk.rest()
    (job,) = desk.rows("SELECT id FROM jobs WHERE state = 'dead'")
    commit = desk.world.driver.batch

    async def overtaken(bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        desk.world.driver.connection.execute(
            "UPDATE jobs SET state = 'done', attempts = 1 WHERE state = 'dead'"
        )
        return await commit(bounds)

    desk.world.driver.batch = overtaken  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        run(actions.retry(desk.ctx(), job["id"]))
    assert desk.rows("SELECT state FROM jobs WHERE id = ?", job["id"]) == [{"state": "done"}]
    assert desk.rows("SELECT * FROM audit") == []


def test_the_logs_are_paged_and_filtered_and_each_tenants_own() -> None:
    desk = Desk()
    for number in range(5):
        deliver(desk, booked(f"e{number}"))
        desk.pass_(10)
    deliver(desk, Refused("bad_signature"))
    assert [row.verdict for row in log(desk)] == ["refused", *["accepted"] * 5]
    assert len(log(desk, verdict="accepted")) == 5 and log(desk, source="resend") == []
    seen: list[str] = []
    marker: str | None = None
    for _ in range(9):
        page = run(
            queries.deliveries(
                desk.ctx(), after=decode_cursor(marker, NEWEST), limit=4, source=None, verdict=None
            )
        )
        seen += [row.id for row in page.items]
        marker = page.next
        if marker is None:
            break
    assert seen == [row.id for row in log(desk)]
    every = {"type_": None, "trace": None, "subject": None}
    events = run(queries.events(desk.ctx(), after=END_OF_TIME, limit=3, **every))
    assert [row.seq for row in events.items] == [5, 4, 3] and events.next
    blue = Desk(world=desk.world, slug="blue")
    assert log(blue) == []
    assert run(queries.events(blue.ctx(), after=END_OF_TIME, limit=3, **every)).items == []
    with pytest.raises(NotFound):
        run(queries.delivery(blue.ctx(), seen[0]))
    with pytest.raises(NotFound):
        run(actions.replay(blue.ctx(), seen[0]))
    with pytest.raises(NotFound):
        run(actions.retry(blue.ctx(), desk.rows("SELECT id FROM jobs")[0]["id"]))
