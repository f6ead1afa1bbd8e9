"""A commit is all or nothing, makes the jobs of its events, and settles by its id what nobody answered."""

from collections.abc import Sequence
from typing import Any

import pytest

from frontdesk.core.db import Bound, Statement, expect
from frontdesk.core.errors import Conflict, Stale, Unavailable
from frontdesk.core.events import EventDraft, Part, event
from support.calls import run
from support.platform import World, make_platform
from support.spine import a_ctx, contact
from support.sqlite import SqliteDriver


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


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_settled_by_the_commit_id(when: str) -> None:
    world = make_platform()
    world.driver.fail = [when]
    run(a_ctx(world).commit(contact("a")))
    assert len(world.driver.rows("SELECT * FROM contacts")) == 1


def test_a_database_that_cannot_even_say_whether_it_was_told_is_told_no_more() -> None:
    world = make_platform()
    world.driver.fail = ["before", "before"]
    with pytest.raises(Unavailable):
        run(a_ctx(world).commit(contact("a")))
    assert world.driver.rows("SELECT * FROM contacts") == []
    assert world.driver.calls == 2


class Late(SqliteDriver):
    """Loses the first batch on its way: it arrives when the second one is sent, before or behind it, or never."""

    def __init__(self, arrives: str) -> None:
        super().__init__()
        self.arrives = arrives
        self.batches: list[Sequence[Bound]] = []

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        self.batches.append(bounds)
        if len(self.batches) == 1 or self.arrives == "never":
            raise Unavailable("Network connection lost.")
        first, second = (bounds, self.batches[0]) if self.arrives == "behind" else (self.batches[0], bounds)
        done = await super().batch(first)
        try:
            await super().batch(second)
        except Conflict:
            if second is bounds:
                raise
        return done


@pytest.mark.parametrize(("arrives", "written"), [("before", 1), ("behind", 1), ("never", 0)])
def test_a_commit_told_twice_takes_effect_once(arrives: str, written: int) -> None:
    world = World(driver=Late(arrives))
    ctx = a_ctx(world)
    parts: list[Part] = [
        contact("a"),
        expect(1),
        EventDraft("thing.happened", {}, source="wix", external_id="e1"),
    ]
    if written:
        run(ctx.commit(*parts))
    else:
        with pytest.raises(Unavailable):
            run(ctx.commit(*parts))
    for table in ("contacts", "events", "commits"):
        assert len(world.driver.rows(f"SELECT * FROM {table}")) == written
