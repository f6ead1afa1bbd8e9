"""The minute's tick when things go wrong: it dies, it is late, it runs twice, a schedule is unreadable."""

import asyncio
from collections.abc import Sequence

import pytest

from frontdesk.core import tick as clockwork
from frontdesk.core.cadences import Cadence, plan_cadences
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.platform import Bell
from frontdesk.core.schedule import Daily
from frontdesk.core.tick import tick
from support.calls import run
from support.desk import MORNING, Desk, Killed

TABLE = {
    "forget": Cadence("spine.forget", Daily(at="03:10")),
    "purge-access": Cadence("auth.purge", Daily(at="03:20")),
}


def scheduled(desk: Desk) -> None:
    desk.commit(plan_cadences(TABLE, desk.tenant.id, desk.tenant.zone, desk.now))


def ticked(desk: Desk) -> None:
    async def story() -> None:
        await tick(desk.world.platform, "main")
        await desk.world.settle()

    run(story())


def made(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.rows("SELECT kind, due_at FROM jobs WHERE cause_kind = 'cadence' ORDER BY kind, due_at")
    return [(row["kind"], row["due_at"]) for row in rows]


@pytest.mark.parametrize("name", ["tick.before", "tick.fanned", "ring.before", "ring.after"])
def test_a_tick_that_dies_is_made_good_by_the_next(name: str) -> None:
    desk = Desk()
    scheduled(desk)
    desk.pass_(DAY)
    desk.world.kills = [(name, 1)]
    with pytest.raises(Killed):
        ticked(desk)
    desk.pass_(MINUTE)
    ticked(desk)
    desk.pass_(MINUTE)
    ticked(desk)
    assert [kind for kind, _ in made(desk)] == ["auth.purge", "spine.forget"]
    rung = {bell.id for _, bell, _ in desk.world.bells.take()}
    assert rung >= {row["id"] for row in desk.rows("SELECT id FROM jobs WHERE cause_kind = 'cadence'")}


def test_days_of_missed_ticks_make_one_job_and_go_on_in_step() -> None:
    desk = Desk()
    scheduled(desk)
    first = desk.rows("SELECT next_at FROM cadences WHERE name = 'forget'")[0]["next_at"]
    desk.pass_(5 * DAY)
    ticked(desk)
    ticked(desk)
    assert made(desk)[1] == ("spine.forget", first) and len(made(desk)) == 2
    following = desk.rows("SELECT next_at FROM cadences WHERE name = 'forget'")[0]["next_at"]
    assert following == first + 5 * DAY and following > desk.now


def test_each_tenant_by_its_own_clock() -> None:
    desk = Desk()
    chicago = Desk(world=desk.world, slug="blue", columns={"time_zone": "America/Chicago"})
    scheduled(desk)
    scheduled(chicago)
    desk.pass_(8 * HOUR)  # 19:00 in Sydney, 04:00 in Chicago
    ticked(desk)
    assert {row["tenant_id"] for row in desk.rows("SELECT tenant_id FROM jobs")} == {"tenant-blue"}


def test_two_ticks_at_once_make_each_job_once() -> None:
    desk = Desk()
    scheduled(desk)
    desk.pass_(DAY)

    async def both() -> None:
        await asyncio.gather(tick(desk.world.platform, "main"), tick(desk.world.platform, "main"))

    run(both())
    assert len(made(desk)) == 2


def test_one_unreadable_schedule_keeps_nobodys_reminder_waiting() -> None:
    desk = Desk()
    desk.plan("Hello")
    desk.world.bells.take()
    desk.world.driver.connection.execute(
        "INSERT INTO cadences (tenant_id, name, kind, spec, next_at) VALUES (?, 'odd', 'spine.forget', ?, ?)",
        [desk.tenant.id, '{"every": "moon"}', MORNING],
    )
    desk.pass_(2 * MINUTE)
    ticked(desk)
    assert len(desk.world.bells.take()) == 1
    assert any('"level":"error"' in line and "cadence cannot be read" in line for line in desk.world.lines)


def test_what_is_due_within_a_minute_is_rung_for_at_once_with_a_delay_later_things_by_the_tick() -> None:
    desk = Desk()
    desk.plan("Soon", due_at=MORNING + 30_500)
    desk.plan("Later", due_at=MORNING + HOUR)
    assert [delay for _, _, delay in desk.world.bells.take()] == [31]
    desk.pass_(HOUR - 1)
    desk.work()
    ticked(desk)
    assert [bell for bell in desk.world.bells.take() if bell[0] == "messages"] == []
    desk.pass_(1)
    ticked(desk)
    assert [name for name, _, _ in desk.world.bells.take()] == ["messages"]


def test_as_much_as_many_tenants_have_at_one_minute_is_set_going_in_that_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clockwork, "CADENCES_A_ROUND", 2)
    monkeypatch.setattr(clockwork, "JOBS_A_ROUND", 2)
    first = Desk(accounts=False)
    for number in range(7):
        desk = first if number == 0 else Desk(world=first.world, slug=f"t{number}", accounts=False)
        scheduled(desk)
    first.pass_(DAY)
    first.world.bells.take()
    ticked(first)
    assert len(made(first)) == 14
    assert len(first.world.bells.take()) == 14


def test_bells_nobody_hears_go_round_all_tenants_and_all_of_a_tenants_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clockwork, "JOBS_A_ROUND", 2)
    monkeypatch.setattr(clockwork, "ROUNDS", 1)
    first = Desk(accounts=False)
    for number in range(3):
        desk = first if number == 0 else Desk(world=first.world, slug=f"t{number}", accounts=False)
        desk.plan("One")
        desk.plan("Two")
    rung: set[str] = set()
    for _ in range(5):
        first.world.bells.take()
        first.pass_(MINUTE)
        ticked(first)
        rung |= {bell.id for _, bell, _ in first.world.bells.take()}
    assert rung == {row["id"] for row in first.rows("SELECT id FROM jobs WHERE kind = 'messaging.send'")}


def test_a_backlog_that_waits_in_the_queue_is_not_rung_for_as_a_whole_each_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clockwork, "JOBS_A_ROUND", 2)
    desk = Desk(accounts=False)
    for number in range(9):
        desk.plan(str(number), due_at=desk.now + HOUR)
    desk.pass_(HOUR + MINUTE)
    desk.world.bells.take()
    ticked(desk)
    assert len([bell for name, bell, _ in desk.world.bells.take() if name == "messages"]) == 9
    desk.pass_(MINUTE)
    ticked(desk)
    assert len(desk.world.bells.take()) == 2


def test_a_queue_that_takes_nothing_keeps_no_other_from_being_rung() -> None:
    desk = Desk()
    scheduled(desk)
    desk.plan("Hello")
    desk.pass_(DAY)
    desk.world.bells.take()
    ring = desk.world.bells.ring

    async def deaf(name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        if name == "automation":
            raise OSError("the queue is gone")
        await ring(name, bells, delay_s=delay_s)

    desk.world.bells.ring = deaf  # type: ignore[method-assign]
    ticked(desk)
    assert [name for name, _, _ in desk.world.bells.take()] == ["messages"]
    desk.world.bells.ring = ring  # type: ignore[method-assign]
    desk.pass_(MINUTE)
    ticked(desk)
    assert {name for name, _, _ in desk.world.bells.take()} == {"automation", "messages"}
