"""Commit, checkpoint, claim, retry and proof: the spine's promises, on the real schema."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from frontdesk.core import jobs
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.errors import Conflict, Invalid, Later, Stale, Unavailable
from frontdesk.core.events import EventDraft, JobDraft, event
from frontdesk.core.rows import Job, revive_job
from frontdesk.core.tick import tick
from frontdesk.core.wiring import JobKind, Wiring
from support.platform import NOON, World, make_platform, make_tenant

Handler = Callable[[Ctx, Job], Awaitable[None]]


async def nothing(ctx: Ctx, job: Job) -> None:
    """Does nothing; the runner's own commit proves it."""


def wiring(handler: Handler = nothing, attempts: int = 3) -> Wiring:
    return Wiring(
        jobs={"work": JobKind(handler, attempts=attempts), "text": JobKind(nothing, bell="messages")},
        events={"thing.happened": ("work", "text")},
    )


def a_ctx(world: World, wires: Wiring | None = None, slug: str = "harbour") -> Ctx:
    return Ctx(world.platform, wires or wiring(), make_tenant(world, slug), SYSTEM, Cause("test", "t1", "t1"))


def run(work: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await work

    return asyncio.run(main())


def contact(id_: str, phone: str = "+61400000001") -> Statement:
    return Statement(
        "INSERT INTO contacts (tenant_id, id, phone, last_seen_at, created_at, updated_at) "
        "VALUES (:tenant, :id, :phone, 0, 0, 0)",
        {"id": id_, "phone": phone},
    )


def test_a_commit_is_all_or_nothing() -> None:
    world = make_platform()
    ctx = a_ctx(world)

    async def story() -> None:
        await ctx.commit(contact("a"))
        with pytest.raises(Conflict):
            await ctx.commit(contact("b"), [contact("a")], event("thing.happened", {}))
        await world.settle()

    run(story())
    assert [row["id"] for row in world.driver.rows("SELECT id FROM contacts")] == ["a"]
    assert world.driver.rows("SELECT * FROM events") == []
    assert world.driver.rows("SELECT * FROM jobs") == []


def test_expect_fails_the_whole_batch_when_nothing_changed() -> None:
    world = make_platform()
    ctx = a_ctx(world)
    update = Statement(
        "UPDATE contacts SET version = 2 WHERE tenant_id = :tenant AND id = :id", {"id": "nobody"}
    )
    with pytest.raises(Stale):
        run(ctx.commit(contact("a"), update, expect(1)))
    assert world.driver.rows("SELECT * FROM contacts") == []


def test_an_event_makes_one_job_for_each_handler_and_rings_their_bells() -> None:
    world = make_platform()
    ctx = a_ctx(world)

    async def story() -> None:
        await ctx.commit(event("thing.happened", {"n": 1}, of=("thing", "x")))
        await world.settle()

    run(story())
    rows = world.driver.rows("SELECT * FROM jobs ORDER BY kind")
    fact = world.driver.rows("SELECT * FROM events")[0]
    assert [(row["kind"], row["bell"], row["cause_kind"], row["cause_id"]) for row in rows] == [
        ("text", "messages", "event", fact["id"]),
        ("work", "automation", "event", fact["id"]),
    ]
    assert {row["trace_id"] for row in [*rows, fact]} == {"t1"}
    assert sorted((name, bell.id) for name, bell, _ in world.bells.take()) == sorted(
        (row["bell"], row["id"]) for row in rows
    )


def test_the_same_outside_fact_twice_makes_its_jobs_once() -> None:
    world = make_platform()
    ctx = a_ctx(world)
    fact = EventDraft("thing.happened", {}, source="wix", external_id="e1")
    run(ctx.commit(fact))
    run(ctx.commit(fact))
    assert len(world.driver.rows("SELECT * FROM events")) == 1
    assert len(world.driver.rows("SELECT * FROM jobs")) == 2


def test_another_tenant_may_hear_the_same_fact() -> None:
    world = make_platform()
    fact = EventDraft("thing.happened", {}, source="wix", external_id="e1")
    run(a_ctx(world).commit(fact))
    run(a_ctx(world, slug="other").commit(fact))
    assert len(world.driver.rows("SELECT * FROM events")) == 2


@pytest.mark.parametrize(("when", "written"), [("before", 0), ("after", 1)])
def test_a_lost_answer_is_settled_by_the_commit_id(when: str, written: int) -> None:
    world = make_platform()
    ctx = a_ctx(world)
    world.driver.fail = [when]
    if written:
        run(ctx.commit(contact("a")))
    else:
        with pytest.raises(Unavailable):
            run(ctx.commit(contact("a")))
    assert len(world.driver.rows("SELECT * FROM contacts")) == written


def queued(world: World, wires: Wiring, due_at: int | None = None) -> tuple[Ctx, str]:
    ctx = a_ctx(world, wires)
    run(ctx.commit(JobDraft("work", key="k", due_at=due_at)))
    world.bells.take()
    return ctx, world.driver.rows("SELECT id FROM jobs")[0]["id"]


def job_row(world: World) -> dict[str, Any]:
    return world.driver.rows("SELECT * FROM jobs")[0]


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
