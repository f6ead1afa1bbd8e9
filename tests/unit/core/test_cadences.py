"""Tenants' schedules and the map: new, changed and dropped cadences reach everybody, and nobody loses what is due."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from frontdesk.core import cadences as module
from frontdesk.core.cadences import Cadence, edition_of, plan_cadences
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.db import Bound
from frontdesk.core.errors import Unavailable
from frontdesk.core.schedule import Daily, Every
from frontdesk.core.tick import Ticked, tick
from support.desk import MORNING, Desk
from support.platform import make_tenant

FORGET = Cadence("spine.forget", Daily(at="03:10"))
WEEKLY = Cadence("spine.forget", Daily(at="09:00", weekday=0))
HOURLY = Cadence("auth.purge", Every(ms=HOUR))


def ticked(desk: Desk, table: Mapping[str, Cadence]) -> Ticked:
    return asyncio.run(tick(desk.world.platform, "main", table))


def rows(desk: Desk, *columns: str) -> list[tuple[object, ...]]:
    names = columns or ("name", "next_at")
    found = desk.rows(f"SELECT {', '.join(names)} FROM cadences ORDER BY tenant_id, name")
    return [tuple(row.values()) for row in found]


def next_of(desk: Desk, name: str) -> int:
    return int(desk.rows("SELECT next_at FROM cadences WHERE name = ?", name)[0]["next_at"])


def test_a_tenant_without_rows_has_them_after_a_tick_and_nothing_is_done_by_the_next() -> None:
    desk = Desk(accounts=False)
    ticked(desk, {"forget": FORGET})
    # Half past eleven in the morning in Sydney: ten past three comes in 16 h 10 min.
    assert rows(desk, "name", "kind", "bell", "next_at", "last_at") == [
        ("forget", "spine.forget", "automation", MORNING + 16 * HOUR + 10 * MINUTE, None)
    ]
    assert desk.rows("SELECT clock, clock_zone FROM tenants") == [
        {"clock": edition_of({"forget": FORGET}), "clock_zone": "Australia/Sydney"}
    ]
    calls = desk.world.driver.calls
    ticked(desk, {"forget": FORGET})
    assert desk.world.driver.calls - calls == 3  # who is out of step, what is due, what is to be rung


def test_rows_written_with_the_tenant_are_the_ones_the_tick_would_write() -> None:
    table = {"forget": FORGET, "hourly": HOURLY, "weekly": WEEKLY}
    one, other = Desk(accounts=False), Desk(accounts=False)
    one.commit(plan_cadences(table, one.tenant.id, one.tenant.zone, one.now))
    ticked(other, table)
    assert rows(one) == rows(other) and len(rows(one)) == 3


def test_a_new_cadence_comes_to_the_tenants_that_are_there_and_leaves_the_others_as_they_were() -> None:
    desk = Desk(accounts=False)
    ticked(desk, {"forget": FORGET})
    before = next_of(desk, "forget")
    desk.pass_(HOUR)
    ticked(desk, {"forget": FORGET, "weekly": WEEKLY})
    assert next_of(desk, "forget") == before
    assert next_of(desk, "weekly") == MORNING + 7 * DAY - 2 * HOUR


def test_a_changed_schedule_is_reckoned_anew_and_a_dropped_one_goes() -> None:
    desk = Desk(accounts=False)
    ticked(desk, {"forget": FORGET, "weekly": WEEKLY})
    ticked(desk, {"forget": Cadence("auth.purge", Daily(at="04:00"))})
    assert rows(desk, "name", "kind", "next_at") == [("forget", "auth.purge", MORNING + 17 * HOUR)]


def test_what_is_due_when_the_code_changes_still_comes_once() -> None:
    desk = Desk(accounts=False)
    ticked(desk, {"forget": FORGET})
    due = next_of(desk, "forget")
    desk.pass_(DAY)  # nobody ticked meanwhile: a deployment that took long
    assert ticked(desk, {"forget": Cadence("spine.forget", Daily(at="04:00"))}).cadences == 1
    assert desk.rows("SELECT due_at FROM jobs WHERE cause_kind = 'cadence'") == [{"due_at": due}]
    assert rows(desk, "next_at", "last_at") == [(MORNING + DAY + 17 * HOUR, due)]


def test_a_tenant_that_moves_to_another_zone_has_its_monday_morning_there() -> None:
    desk = Desk(accounts=False)
    table = {"weekly": WEEKLY, "hourly": HOURLY}
    ticked(desk, table)
    hourly = next_of(desk, "hourly")
    assert next_of(desk, "weekly") == MORNING + 7 * DAY - 2 * HOUR
    desk.rows("UPDATE tenants SET time_zone = 'America/Chicago'")
    ticked(desk, table)
    # In Chicago it is still Sunday evening, 20:00: nine on Monday is in 13 hours.
    assert next_of(desk, "weekly") == MORNING + 13 * HOUR
    assert next_of(desk, "hourly") == hourly
    calls = desk.world.driver.calls
    ticked(desk, table)
    assert desk.world.driver.calls - calls == 3


def test_a_tenant_in_no_zone_holds_up_nobody_and_is_not_asked_about_again() -> None:
    desk = Desk(accounts=False)
    make_tenant(desk.world, "odd")
    desk.rows("UPDATE tenants SET time_zone = 'Nowhere/Land' WHERE slug = 'odd'")
    ticked(desk, {"forget": FORGET})
    assert desk.rows("SELECT tenant_id FROM cadences") == [{"tenant_id": desk.tenant.id}]
    assert any("tenant in no zone" in line for line in desk.world.lines)
    count = len(desk.world.lines)
    ticked(desk, {"forget": FORGET})
    assert not any("no zone" in line for line in desk.world.lines[count:])
    desk.rows("UPDATE tenants SET time_zone = 'Europe/Paris' WHERE slug = 'odd'")
    ticked(desk, {"forget": FORGET})
    assert len(desk.rows("SELECT tenant_id FROM cadences")) == 2


def test_many_tenants_are_brought_into_step_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TENANTS_A_TICK", 3)
    monkeypatch.setattr("frontdesk.core.tick.TENANTS_A_TICK", 3)
    desk = Desk(accounts=False)
    for number in range(7):
        make_tenant(desk.world, f"t{number}")
    counts = []
    for _ in range(3):
        ticked(desk, {"forget": FORGET, "hourly": HOURLY})
        counts.append(len(rows(desk)))
    assert counts == [6, 12, 16]


def test_the_edition_follows_what_the_table_says_and_not_how_it_is_written() -> None:
    assert edition_of({"a": FORGET, "b": HOURLY}) == edition_of({"b": HOURLY, "a": FORGET})
    editions = {
        edition_of(table)
        for table in (
            {},
            {"a": FORGET},
            {"b": FORGET},
            {"a": Cadence("auth.purge", FORGET.schedule)},
            {"a": Cadence("spine.forget", FORGET.schedule, bell="messages")},
            {"a": WEEKLY},
        )
    }
    assert len(editions) == 6


def test_quarter_hours_of_many_tenants_are_spread_over_the_quarter_hour() -> None:
    desk = Desk(accounts=False)
    for number in range(300):
        make_tenant(desk.world, f"t{number}")
    table = {"quarter": Cadence("auth.purge", Every(ms=15 * MINUTE))}
    ticked(desk, table)
    ticked(desk, table)
    per_minute: list[int] = []
    for _ in range(15):
        desk.pass_(MINUTE)
        per_minute.append(ticked(desk, table).cadences)
    assert sum(per_minute) == 301
    assert max(per_minute) < 3 * 301 / 15


def test_trouble_with_the_table_keeps_nobodys_schedule_from_coming() -> None:
    desk = Desk(accounts=False)
    ticked(desk, {"forget": FORGET})
    desk.pass_(DAY)
    batch = desk.world.driver.batch

    async def refuse(bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        if any("clock_zone" in bound.sql for bound in bounds):
            raise Unavailable("the database is busy")
        return await batch(bounds)

    desk.world.driver.batch = refuse  # type: ignore[method-assign]
    assert ticked(desk, {"forget": FORGET, "weekly": WEEKLY}).cadences == 1
    assert any("cadences not brought into step" in line for line in desk.world.lines)
    desk.world.driver.batch = batch  # type: ignore[method-assign]
    ticked(desk, {"forget": FORGET, "weekly": WEEKLY})
    assert len(rows(desk)) == 2
