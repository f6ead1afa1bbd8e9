"""The minute's tick rings for what was left, fairly, and makes jobs of schedules that are due."""

from dataclasses import replace

from frontdesk.core.events import JobDraft
from frontdesk.core.tick import tick
from frontdesk.core.wiring import JobKind
from support.calls import run
from support.platform import NOON, make_platform
from support.spine import a_ctx, job_row, nothing, queued, wiring


def test_the_tick_rings_what_a_lost_bell_left_and_throttles() -> None:
    world = make_platform()
    wires = wiring()
    _, id_ = queued(world, wires)
    assert run(tick(world.platform, "main")).rung == 0
    world.real += 61_000
    assert run(tick(world.platform, "main")).rung == 1
    assert [bell.id for _, bell, _ in world.bells.take()] == [id_]
    assert run(tick(world.platform, "main")).rung == 0


def test_the_tick_rings_for_abandoned_jobs() -> None:
    world = make_platform()
    wires = wiring()
    queued(world, wires)
    world.driver.connection.execute(
        "UPDATE jobs SET state = 'running', lease_token = 'x', lease_until = ?", [NOON + 30_000]
    )
    world.real += 61_000
    assert run(tick(world.platform, "main")).rung == 1


def test_one_tenants_backlog_does_not_starve_another() -> None:
    world = make_platform()
    wires = wiring()
    big, small = a_ctx(world, wires), a_ctx(world, wires, "small")
    for start in range(0, 600, 50):
        run(big.commit([JobDraft("work", key=f"b{start + i}", due_at=NOON - 1) for i in range(50)]))
    run(small.commit(JobDraft("work", key="s")))
    world.bells.take()
    world.real += 61_000
    run(tick(world.platform, "main"))
    tenants = [bell.tenant for _, bell, _ in world.bells.take()]
    assert tenants.count(small.tenant.id) == 1
    assert tenants.count(big.tenant.id) == 500


def test_a_due_cadence_becomes_one_job_and_moves_on() -> None:
    world = make_platform()
    wires = replace(wiring(), jobs={**wiring().jobs, "daily": JobKind(nothing)})
    ctx = a_ctx(world, wires)
    world.driver.connection.execute(
        "INSERT INTO cadences (tenant_id, name, kind, spec, next_at) VALUES (?, 'tidy', 'daily', ?, ?)",
        [ctx.tenant.id, '{"every": "day", "at": "03:00"}', NOON - 5],
    )
    assert run(tick(world.platform, "main")).cadences == 1
    assert run(tick(world.platform, "main")).cadences == 0
    row = job_row(world)
    assert (row["kind"], row["due_at"], row["cause_kind"]) == ("daily", NOON - 5, "cadence")
    assert world.driver.rows("SELECT next_at FROM cadences")[0]["next_at"] > NOON
