"""Settling beside others who write: no change is lost, no reader sees a half, every trigger is there."""

import re
from datetime import date
from typing import Any

import pytest

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Stale
from frontdesk.reports.actions import making
from frontdesk.reports.actions.settling import EVER, settle
from frontdesk.reports.queries import facts as reading
from frontdesk.reports.rules.periods import period_of
from frontdesk.reports.rules.tally import Facts
from support.calls import run
from support.desk import MORNING, Desk
from support.sqlite import MIGRATIONS

MONDAY = date(2026, 9, 21)


def booked(desk: Desk, id_: str, at: int = MORNING) -> None:
    desk.world.driver.connection.execute(
        "INSERT OR IGNORE INTO contacts (tenant_id, id, source, last_seen_at, created_at, updated_at)"
        " VALUES (?, 'c', 'wix', 0, ?, 0)",
        (desk.tenant.id, MORNING - 200 * DAY),
    )
    desk.world.driver.connection.execute(
        "INSERT INTO bookings (tenant_id, id, contact_id, source, external_id, status, service, starts_at, ends_at,"
        " time_zone, created_at, updated_at) VALUES (?1, ?2, 'c', 'wix', ?2, 'scheduled', 'MRI', ?3, ?3, 'UTC', ?3, 0)",
        (desk.tenant.id, id_, at),
    )


def count(desk: Desk) -> int:
    return int(desk.rows("SELECT COALESCE(sum(value), 0) AS n FROM rollups WHERE metric = 'booked'")[0]["n"])


def interrupted(monkeypatch: pytest.MonkeyPatch, what: Any, times: int = 1) -> None:
    """Something happens between the reading of facts and the commit, so many times."""
    left = [times]
    real = reading.facts_of

    async def facts_of(ctx: Ctx, days: Any) -> Facts:
        found = await real(ctx, days)
        if left[0]:
            left[0] -= 1
            what()
        return found

    monkeypatch.setattr(reading, "facts_of", facts_of)


def test_a_fact_that_comes_while_its_day_is_reckoned_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(accounts=False)
    booked(desk, "b1")
    interrupted(monkeypatch, lambda: booked(desk, "b2"))
    assert run(settle(desk.ctx(), *EVER, steps=1))
    assert count(desk) == 2


def test_a_fact_of_another_hour_of_the_day_leaves_its_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(accounts=False)
    booked(desk, "b1")
    insert = (
        "INSERT INTO messages (tenant_id, id, direction, channel, purpose, address, state, due_at, unique_key,"
        " cause_kind, cause_id, trace_id, created_at, updated_at)"
        " VALUES (?, 'm', 'out', 'sms', 'service', '', 'skipped', ?, 'm', '', '', '', 0, 0)"
    )
    run_ = desk.world.driver.connection.execute
    interrupted(monkeypatch, lambda: run_(insert, (desk.tenant.id, MORNING + 3 * HOUR)))
    assert not run(settle(desk.ctx(), *EVER, steps=1))
    assert desk.rows("SELECT hour FROM rollup_dirty") == [{"hour": MORNING // HOUR + 3}]
    assert run(settle(desk.ctx(), *EVER, steps=1))
    assert desk.rows("SELECT value FROM rollups WHERE metric = 'messages.skipped'") == [{"value": 1}]


def test_two_who_settle_the_same_day_do_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(accounts=False)
    booked(desk, "b1")
    driver = desk.world.driver

    def somebody_else() -> None:
        # Saw a newer fact, settled the day and cleared its mark; a later fact marked it again and was settled too.
        booked(desk, "b2")
        driver.connection.execute("DELETE FROM rollup_dirty")
        driver.connection.execute("UPDATE rollup_days SET version = version + 1")

    interrupted(monkeypatch, somebody_else)
    assert run(settle(desk.ctx(), *EVER, steps=1))
    # What was read before is not written over what they know: the first try was stale, nothing was left to do.
    assert count(desk) == 0


def test_a_reader_who_cannot_keep_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(accounts=False)
    booked(desk, "b0")
    names = iter(f"n{n}" for n in range(99))
    interrupted(monkeypatch, lambda: booked(desk, next(names)), times=99)
    with pytest.raises(Stale):
        run(settle(desk.ctx(), *EVER, steps=1))
    zone = desk.tenant.zone
    report = run(making.report(desk.ctx(), period_of("weekly", MONDAY, zone), "first"))
    assert report.pending and not report.cached


def test_the_cache_holds_until_a_day_of_the_report_changes() -> None:
    desk = Desk(accounts=False)
    booked(desk, "b1")

    async def asked() -> tuple[bool, Any]:
        found = await making.report(desk.ctx(), period_of("weekly", MONDAY, desk.tenant.zone), "first")
        await desk.world.settle()
        return found.cached, found.totals.bookings.value

    assert [run(asked()), run(asked())] == [(False, 1), (True, 1)]
    booked(desk, "far", MORNING + 90 * DAY)
    assert run(asked()) == (True, 1)
    booked(desk, "b2", MORNING - 7 * DAY)
    assert run(asked()) == (False, 1)
    booked(desk, "b3", MORNING + HOUR)
    assert run(asked()) == (False, 2)


def test_events_of_five_minutes_make_one_job() -> None:
    desk = Desk()
    for n in range(3):
        desk.book(external_id=f"b{n}")
        desk.work()
        desk.pass_(MINUTE)
    jobs = desk.rows("SELECT state, due_at FROM jobs WHERE kind = 'reports.tally'")
    assert len(jobs) == 1 and jobs[0]["due_at"] <= desk.now + 5 * MINUTE
    assert desk.rows("SELECT * FROM rollup_dirty")
    desk.until(jobs[0]["due_at"])
    assert desk.rows("SELECT * FROM rollup_dirty WHERE hour <= ?", desk.now // HOUR) == []
    assert count(desk) == 3


def test_a_crash_anywhere_loses_no_mark() -> None:
    for name in ("commit.before", "commit.after", "handler.after"):
        desk = Desk()
        desk.book()
        desk.work()
        desk.world.kills = [(name, 1)]
        desk.until(desk.now + 20 * MINUTE)
        assert desk.world.deaths == 1, name
        assert count(desk) == 1, name


def test_every_trigger_and_view_of_the_migrations_is_there_at_the_end() -> None:
    """A later migration that makes a table anew drops its triggers without a word."""
    made = {
        name
        for path in MIGRATIONS.glob("*.sql")
        for name in re.findall(r"^CREATE (?:TRIGGER|VIEW) (\w+)", path.read_text(), re.MULTILINE)
    }
    there = Desk(accounts=False).rows("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')")
    assert made and {row["name"] for row in there} == made
