"""What must not keep a job going round, kill it too soon or let two act: odd errors, other releases, slowness."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from frontdesk.core import jobs
from frontdesk.core.clock import SECOND
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.db import Bound, Statement, database_error
from frontdesk.core.errors import Conflict, Invalid, Stale, Unavailable
from frontdesk.core.events import JobDraft, Part
from frontdesk.core.platform import Platform
from frontdesk.core.rows import Job
from frontdesk.core.wiring import ATTEMPTS, JobKind, Wiring
from support.platform import World, make_platform, make_tenant
from support.sqlite import SqliteDriver

NOTHING = Statement("SELECT 1")


async def refused(ctx: Ctx, job: Job) -> None:
    raise Invalid("never")


@dataclass
class Bench:
    """One job, `work`, of one tenant."""

    kind: JobKind = field(default_factory=lambda: JobKind(refused))
    world: World = field(default_factory=make_platform)

    def __post_init__(self) -> None:
        self.tenant = make_tenant(self.world)
        ctx = Ctx(self.world.platform, self.wiring, self.tenant, SYSTEM, Cause("test", "t", "t"))
        asyncio.run(self._settled(ctx.commit(JobDraft("work", key="k"))))
        self.world.bells.take()

    @property
    def wiring(self) -> Wiring:
        return Wiring({"work": self.kind}, {})

    async def _settled(self, work: Awaitable[Any]) -> Any:
        done = await work
        await self.world.settle()
        return done

    def run(self, *, wiring: Wiring | None = None, platform: Platform | None = None) -> str:
        """One bell; time passes until the row is due or its lease is over."""
        row = self.row
        self.world.real = max(self.world.real, int(row["due_at"]), int(row["lease_until"] or 0) + 1)
        given = platform or self.world.platform
        return str(asyncio.run(self._settled(jobs.run(given, wiring or self.wiring, self.tenant, row["id"]))))

    @property
    def row(self) -> dict[str, Any]:
        return self.world.driver.rows("SELECT * FROM jobs")[0]


def contact(id_: str) -> Statement:
    return Statement(
        "INSERT INTO contacts (tenant_id, id, last_seen_at, created_at, updated_at) VALUES (:tenant, :id, 0, 0, 0)",
        {"id": id_},
    )


def told_nobody(ctx: Ctx, job: Job, error: str) -> Sequence[Part]:
    raise KeyError("what follows cannot even be said")


def refused_by_the_schema(ctx: Ctx, job: Job, error: str) -> Sequence[Part]:
    return [contact("twice"), contact("twice")]


@pytest.mark.parametrize("give_up", [told_nobody, refused_by_the_schema])
def test_a_job_dies_even_if_what_follows_from_it_cannot_be_written(
    give_up: Callable[[Ctx, Job, str], Sequence[Part]],
) -> None:
    bench = Bench(JobKind(refused, give_up=give_up))
    assert bench.run() == "dead"
    assert (bench.row["state"], bench.row["last_error"]) == ("dead", "never")
    assert bench.world.driver.rows("SELECT * FROM contacts") == []
    assert any("what follows from a death" in line for line in bench.world.lines)


def test_a_death_the_database_did_not_hear_of_is_said_again_with_all_that_follows() -> None:
    async def refused_in_silence(ctx: Ctx, job: Job) -> None:
        # Neither the death nor the question whether it was written gets through.
        bench.world.driver.fail = ["before", "before"] if job.attempts == 1 else []
        raise Invalid("never")

    bench = Bench(JobKind(refused_in_silence, give_up=lambda ctx, job, error: [contact("told")]))
    with pytest.raises(Unavailable):
        bench.run()
    assert bench.row["state"] == "running"
    assert bench.run() == "dead"
    assert bench.world.driver.rows("SELECT id FROM contacts") == [{"id": "told"}]


def test_work_of_another_release_waits_for_who_knows_it_and_dies_in_the_end() -> None:
    bench, older = Bench(), Wiring({}, {})
    assert bench.run(wiring=older) == "pending"
    assert (bench.row["error_code"], bench.row["attempts"]) == ("unknown_kind", 1)
    for _ in range(ATTEMPTS - 2):
        assert bench.run(wiring=older) == "pending"
    assert bench.run(wiring=older) == "dead"
    assert bench.row["last_error"] == "No handler for work"


def test_a_schema_of_another_release_is_waited_for_too() -> None:
    async def ahead(ctx: Ctx, job: Job) -> None:
        await ctx.commit(Statement("UPDATE contacts SET thought_of_later = 1 WHERE tenant_id = :tenant"))

    bench = Bench(JobKind(ahead))
    assert bench.run() == "pending"
    assert bench.row["error_code"] == "mismatch"
    bench.world.driver.connection.execute("ALTER TABLE contacts ADD COLUMN thought_of_later INTEGER")
    assert bench.run() == "done"


@pytest.mark.parametrize("text", ["a \x00 in it", "half a \ud83d", "\udfff\x00"])
def test_an_error_in_odd_words_is_kept_and_logged(text: str) -> None:
    async def odd(ctx: Ctx, job: Job) -> None:
        raise ValueError(text)

    told: list[str] = []

    def give_up(ctx: Ctx, job: Job, error: str) -> Sequence[Part]:
        told.append(error)
        return [Statement("SELECT :said", {"said": error})]

    bench = Bench(JobKind(odd, attempts=2, give_up=give_up))
    assert bench.run() == "pending"
    assert bench.row["last_error"].startswith("ValueError: ")
    assert bench.run() == "dead"
    assert told == [bench.row["last_error"]]
    assert any("job dead" in line for line in bench.world.lines)
    assert not any("what follows" in line for line in bench.world.lines)


class Slow(SqliteDriver):
    """Answers the `nth` batch from now so late that a lease has run out."""

    def __init__(self, world: World, nth: int) -> None:
        self.connection, self.calls, self.fail = world.driver.connection, 0, []
        self.world, self.nth = world, nth

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        done = await super().batch(bounds)
        self.nth -= 1
        if self.nth == 0:
            self.world.real += self.world.settings.lease_ms + SECOND
        return done


def test_nobody_goes_on_after_a_checkpoint_whose_answer_came_when_the_lease_was_over() -> None:
    called: list[str] = []

    async def calls(ctx: Ctx, job: Job) -> None:
        await ctx.checkpoint(NOTHING)
        called.append(job.id)

    bench = Bench(JobKind(calls))
    slow = Slow(bench.world, 1)
    assert bench.run(platform=replace(bench.world.platform, driver_of=lambda shard: slow)) == "pending"
    assert (called, bench.row["error_code"]) == ([], "stale")
    assert bench.run() == "done"
    assert called == [bench.row["id"]]


@pytest.mark.parametrize("error", [Stale(), Conflict()])
def test_a_handlers_own_conflict_is_tried_again(error: Conflict) -> None:
    async def once(ctx: Ctx, job: Job) -> None:
        if job.attempts == 1:
            raise error

    bench = Bench(JobKind(once))
    assert bench.run() == "pending"
    assert bench.run() == "done"


@pytest.mark.parametrize(
    "said", ["D1 DB is overloaded. Too many requests queued.", "UNIQUE constraint failed: contacts.phone"]
)
def test_what_the_database_itself_said_is_in_the_log_and_nowhere_else(said: str) -> None:
    async def fails(ctx: Ctx, job: Job) -> None:
        raise database_error(f"D1_ERROR: {said}: SQLITE_SOMETHING")

    bench = Bench(JobKind(fails, attempts=2))
    assert [bench.run(), bench.run()] == ["pending", "dead"]
    lines = [line for line in bench.world.lines if said.rpartition(": ")[2] in line]
    assert ["job tries again" in lines[0], "job dead" in lines[1], len(lines)] == [True, True, 2]
    assert said.rpartition(": ")[2] not in bench.row["last_error"]
