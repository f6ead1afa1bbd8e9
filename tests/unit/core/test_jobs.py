"""A job runs once and leaves its proof, waits, is tried again, and dies in the end."""

import pytest

from frontdesk.core import jobs
from frontdesk.core.ctx import Cause, Ctx
from frontdesk.core.db import expect
from frontdesk.core.errors import Invalid, Later, Stale
from frontdesk.core.rows import Job, revive_job
from support.calls import run
from support.platform import NOON, make_platform
from support.spine import contact, job_row, queued, wiring


def test_a_job_runs_once_and_leaves_its_proof() -> None:
    world = make_platform()
    ran: list[str] = []

    async def work(ctx: Ctx, job: Job) -> None:
        ran.append(job.id)
        assert ctx.cause == Cause("job", job.id, "t1")
        await ctx.commit(contact("a"))

    wires = wiring(work)
    ctx, id_ = queued(world, wires)
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "done"
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == ""
    assert ran == [id_]
    assert job_row(world)["state"] == "done"
    assert [row["job_id"] for row in world.driver.rows("SELECT * FROM job_done")] == [id_]


def test_a_job_that_is_not_due_is_left_alone() -> None:
    world = make_platform()
    wires = wiring()
    ctx, id_ = queued(world, wires, due_at=NOON + 60_000)
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == ""
    world.offset = 60_000
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "done"


def test_a_runner_that_lost_its_lease_changes_nothing() -> None:
    world = make_platform()
    ctx_of: list[Ctx] = []

    async def slow(ctx: Ctx, job: Job) -> None:
        ctx_of.append(ctx)
        if len(ctx_of) == 1:
            world.real += 31_000
            assert await jobs.run(world.platform, wires, ctx.tenant, job.id) == "done"
        await ctx.commit(contact(f"by-{len(ctx_of)}"))

    wires = wiring(slow)
    ctx, id_ = queued(world, wires)
    run(jobs.run(world.platform, wires, ctx.tenant, id_))
    assert len(ctx_of) == 2
    assert len(world.driver.rows("SELECT * FROM contacts")) == 1
    assert job_row(world)["state"] == "done"


def test_a_checkpoint_is_fenced_by_the_lease() -> None:
    world = make_platform()

    async def slow(ctx: Ctx, job: Job) -> None:
        await ctx.checkpoint(contact("first"))
        world.driver.connection.execute("UPDATE jobs SET lease_token = 'thief'")
        with pytest.raises(Stale):
            await ctx.checkpoint(contact("second"))
        world.driver.connection.execute(
            "UPDATE jobs SET lease_token = ?", [ctx.claim.token if ctx.claim else ""]
        )

    wires = wiring(slow)
    ctx, id_ = queued(world, wires)
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "done"
    assert [row["id"] for row in world.driver.rows("SELECT id FROM contacts")] == ["first"]


def test_a_crash_is_tried_again_with_backoff_then_dead_and_can_be_revived() -> None:
    world = make_platform()
    healed = False

    async def crash(ctx: Ctx, job: Job) -> None:
        if not healed:
            raise ValueError("boom")

    wires = wiring(crash, attempts=2)
    ctx, id_ = queued(world, wires)
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "pending"
    row = job_row(world)
    assert (row["error_code"], row["attempts"]) == ("crashed", 1)
    assert NOON + 1_500 <= row["due_at"] <= NOON + 2_500
    world.offset = 5_000
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "dead"
    assert "boom" in job_row(world)["last_error"]
    assert any("Traceback" in line for line in world.lines)
    healed = True
    run(ctx.commit(revive_job(id_, world.platform.clock.now()), expect(1)))
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "done"
    row = job_row(world)
    assert (row["attempts"], row["last_error"]) == (1, "")


def test_an_error_that_cannot_heal_is_dead_at_once() -> None:
    world = make_platform()

    async def refuse(ctx: Ctx, job: Job) -> None:
        raise Invalid("never")

    wires = wiring(refuse)
    ctx, id_ = queued(world, wires)
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "dead"


def test_waiting_is_not_an_attempt() -> None:
    world = make_platform()

    async def wait(ctx: Ctx, job: Job) -> None:
        raise Later(NOON + 7_000, "quiet hours")

    wires = wiring(wait)
    ctx, id_ = queued(world, wires)
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "pending"
    row = job_row(world)
    assert (row["attempts"], row["due_at"], row["last_error"]) == (0, NOON + 7_000, "quiet hours")


def test_a_job_whose_runners_vanish_is_dead_in_the_end() -> None:
    world = make_platform()
    wires = wiring(attempts=3)
    ctx, id_ = queued(world, wires)
    world.driver.connection.execute(
        "UPDATE jobs SET state = 'running', lease_token = 'x', lease_until = 0, attempts = 3"
    )
    assert run(jobs.run(world.platform, wires, ctx.tenant, id_)) == "dead"
    assert job_row(world)["error_code"] == "vanished"
