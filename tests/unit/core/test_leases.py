"""A lease is one runner's: nobody takes a job from it in time, and whoever lost it writes nothing at all."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from frontdesk.core import jobs
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.db import Statement
from frontdesk.core.errors import Invalid, Later, Stale
from frontdesk.core.events import JobDraft, Part
from frontdesk.core.rows import Job
from frontdesk.core.wiring import JobKind, Wiring
from support.platform import World, make_platform, make_tenant

Handler = Callable[[Ctx, Job], Awaitable[None]]


def mark(id_: str) -> Statement:
    """Something lasting, by which a test sees who wrote."""
    return Statement(
        "INSERT INTO contacts (tenant_id, id, last_seen_at, created_at, updated_at) VALUES (:tenant, :id, 0, 0, 0)",
        {"id": id_},
    )


def given_up(ctx: Ctx, job: Job, error: str) -> list[Part]:
    return [mark("given up")]


class Work:
    """One job, and what its handler does."""

    def __init__(self, handler: Handler) -> None:
        self.world: World = make_platform()
        self.wiring = Wiring(jobs={"work": JobKind(handler, give_up=given_up)}, events={})
        self.tenant = make_tenant(self.world)
        ctx = Ctx(self.world.platform, self.wiring, self.tenant, SYSTEM, Cause("test", "t", "t"))
        asyncio.run(ctx.commit(JobDraft("work", key="k")))
        (self.id,) = (row["id"] for row in self.world.driver.rows("SELECT id FROM jobs"))

    async def run(self) -> str:
        return await jobs.run(self.world.platform, self.wiring, self.tenant, self.id)

    def pass_on(self) -> None:
        """The lease is somebody else's now, who is still at it."""
        self.world.driver.connection.execute("UPDATE jobs SET lease_token = 'another'")

    @property
    def marks(self) -> list[str]:
        return [row["id"] for row in self.world.driver.rows("SELECT id FROM contacts ORDER BY id")]

    def untouched(self) -> bool:
        """The job is still the other runner's, as it left it."""
        (row,) = self.world.driver.rows("SELECT state, lease_token, last_error FROM jobs")
        proofs = self.world.driver.rows("SELECT * FROM job_done")
        return (row["state"], row["lease_token"], row["last_error"], proofs) == ("running", "another", "", [])


def test_a_running_job_is_nobody_elses_until_its_lease_is_over() -> None:
    seen: list[str] = []

    async def slow(ctx: Ctx, job: Job) -> None:
        work.world.real += work.world.settings.lease_ms
        seen.append(await work.run())

    work = Work(slow)
    assert asyncio.run(work.run()) == "done"
    assert seen == [""]
    (row,) = work.world.driver.rows("SELECT attempts FROM jobs")
    assert row["attempts"] == 1


def test_progress_renews_the_lease() -> None:
    seen: list[str] = []

    async def long(ctx: Ctx, job: Job) -> None:
        for step in range(3):
            await ctx.checkpoint(mark(f"step {step}"))
            work.world.real += work.world.settings.lease_ms
            seen.append(await work.run())

    work = Work(long)
    assert asyncio.run(work.run()) == "done"
    assert seen == ["", "", ""]


def test_a_commit_whose_lease_passed_to_another_writes_nothing() -> None:
    """Also while the other one is still at work, and has left no proof that could stand in the way."""

    async def late(ctx: Ctx, job: Job) -> None:
        work.pass_on()
        with pytest.raises(Stale):
            await ctx.commit(mark("late"))
        raise Stale()

    work = Work(late)
    asyncio.run(work.run())
    assert work.marks == []
    assert work.untouched()


@pytest.mark.parametrize("error", [ValueError("boom"), Later(2**52, "wait"), Stale()])
def test_a_failure_whose_lease_passed_to_another_is_not_the_others(error: Exception) -> None:
    async def late(ctx: Ctx, job: Job) -> None:
        work.pass_on()
        raise error

    work = Work(late)
    asyncio.run(work.run())
    assert work.untouched()


def test_nothing_is_given_up_for_another_runner() -> None:
    async def late(ctx: Ctx, job: Job) -> None:
        work.pass_on()
        raise Invalid("never")

    work = Work(late)
    with pytest.raises(Stale):
        asyncio.run(work.run())
    assert work.marks == []
    assert work.untouched()


def test_what_is_given_up_is_given_up_with_its_job() -> None:
    async def never(ctx: Ctx, job: Job) -> None:
        raise Invalid("never")

    work = Work(never)
    assert asyncio.run(work.run()) == "dead"
    assert work.marks == ["given up"]
