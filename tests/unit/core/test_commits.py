"""A commit is all or nothing, makes the jobs of its events, and settles by its id what nobody answered."""

import pytest

from frontdesk.core.db import Statement, expect
from frontdesk.core.errors import Conflict, Stale, Unavailable
from frontdesk.core.events import EventDraft, event
from support.calls import run
from support.platform import make_platform
from support.spine import a_ctx, contact


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
