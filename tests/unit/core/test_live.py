"""Bringing listeners up to date: in order, each once, only what they may hear, and nothing after their dismissal."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk import app
from frontdesk.auth.queries import standing
from frontdesk.core import live
from frontdesk.core.ctx import SYSTEM, Actor, Cause, Ctx
from frontdesk.core.db import TenantDb
from frontdesk.core.events import EventDraft, JobDraft, Part, event
from frontdesk.core.live import MOST, ROLE_CHANGED, SIGNED_OUT, Listener, bring_up_to_date
from frontdesk.core.settings import Tenant
from support.platform import NOON, World, make_platform, make_tenant

TOPICS = frozenset({"contact", "booking", "notice"})


class Line:
    """What one listener was told."""

    def __init__(self, tenant: str = "tenant-harbour", **fields: Any) -> None:
        common = {"shard": "main", "role": "owner", "topics": TOPICS, "staff_id": "s1", "session_hash": "h1"}
        self.listener = Listener(**{**common, "tenant_id": tenant, **fields})
        self.told: list[Any] = []
        self.ended = 0

    def send(self, text: str) -> None:
        self.told.append(json.loads(text))

    def close(self, code: int, reason: str) -> None:
        self.ended = code

    def remember(self, listener: Listener) -> None:
        self.listener = listener

    @property
    def heard(self) -> list[int]:
        return [hint["seq"] for each in self.told for hint in each.get("items", [])]


def made() -> World:
    """Two tenants, each with an owner `s1` and a viewer `s2`, signed in as `h1` and `h2`."""
    world = make_platform()
    for slug in ("harbour", "blue"):
        tenant = make_tenant(world, slug)
        for number, role in ((1, "owner"), (2, "viewer")):
            world.driver.connection.execute(
                "INSERT INTO staff (tenant_id, id, email, name, role, created_at) VALUES (?, ?, ?, 'N', ?, 0)",
                (tenant.id, f"s{number}", f"s{number}@{slug}.example", role),
            )
            world.driver.connection.execute(
                "INSERT INTO sessions (tenant_id, token_hash, staff_id, created_at, expires_at)"
                " VALUES (?, ?, ?, 0, ?)",
                (tenant.id, f"h{number}", f"s{number}", NOON + 1000),
            )
    return world


@pytest.fixture
def world() -> World:
    return made()


def ctx(world: World, slug: str = "harbour") -> Ctx:
    tenant = Tenant.model_validate(world.driver.rows("SELECT * FROM tenants WHERE slug = ?", slug)[0])
    return Ctx(world.platform, app.WIRING, tenant, Actor("staff", "s1", "owner"), Cause("request", "r", "t"))


def commit(world: World, *parts: Part, slug: str = "harbour") -> None:
    async def story() -> None:
        await ctx(world, slug).commit(*parts)
        await world.settle()

    asyncio.run(story())


def fact(type_: str = "contact.updated", of: str = "c1", **payload: Any) -> EventDraft:
    return event(type_, payload, of=(type_.split(".")[0], of))


def tell(world: World, lines: Sequence[Line]) -> None:
    asyncio.run(
        bring_up_to_date(TenantDb(world.driver, lines[0].listener.tenant_id), lines, standing, world.real)
    )


def test_a_new_line_is_greeted_and_hears_what_comes_next(world: World) -> None:
    commit(world, fact())
    line = Line()
    tell(world, [line])
    assert line.told == [{"type": "hello", "seq": 1}]
    commit(world, fact("booking.created", "b1", contact_id="c1", name="Ava"))
    tell(world, [line])
    tell(world, [line])
    assert line.told[1:] == [
        {
            "type": "events",
            "seq": 2,
            "items": [
                {
                    "seq": 2,
                    "type": "booking.created",
                    "subject_kind": "booking",
                    "subject_id": "b1",
                    "contact_id": "c1",
                    "booking_id": "b1",
                    "actor": "s1",
                    "at": NOON,
                }
            ],
        }
    ]


def test_who_comes_back_hears_what_was_missed_before_the_hello(world: World) -> None:
    for n in range(4):
        commit(world, fact(of=f"c{n}"))
    line = Line(seq=2)
    tell(world, [line])
    assert [each["type"] for each in line.told] == ["events", "hello"]
    assert line.heard == [3, 4]


def test_only_our_own_facts_of_ones_topics_and_for_oneself(world: World) -> None:
    line, other = (
        Line(seq=0, greeted=True),
        Line(seq=0, greeted=True, staff_id="s2", session_hash="h2", role="viewer"),
    )
    commit(world, EventDraft("contact.created", {}, source="wix", external_id="x"))
    commit(world, fact("auth.code_requested"), fact("message.sent"))
    commit(world, fact("notice.created", only_for="s1"), fact("notice.created", only_for=None))
    commit(world, fact(), slug="blue")
    tell(world, [line, other])
    assert (len(line.heard), len(other.heard)) == (2, 1)
    assert "only_for" not in json.dumps(line.told)


def test_a_session_that_is_over_hears_nothing_more(world: World) -> None:
    ended, changed, fine = (
        Line(seq=0),
        Line(seq=0, role="staff"),
        Line(seq=0, session_hash="h2", role="viewer"),
    )
    commit(world, fact())
    world.driver.connection.execute("UPDATE sessions SET revoked_at = 1 WHERE token_hash = 'h1'")
    tell(world, [ended, fine])
    assert (ended.ended, ended.told) == (SIGNED_OUT, [])
    assert fine.heard == [1]
    world.driver.connection.execute("UPDATE sessions SET revoked_at = NULL")
    tell(world, [changed])
    assert (changed.ended, changed.told) == (ROLE_CHANGED, [])
    world.real += 1000  # their time is up
    tell(world, [fine])
    assert fine.ended == SIGNED_OUT


def test_another_tenants_session_of_the_same_hash_opens_nothing(world: World) -> None:
    line = Line(tenant="tenant-none", seq=0)
    commit(world, fact())
    tell(world, [line])
    assert (line.ended, line.told) == (SIGNED_OUT, [])


def test_far_behind_reads_anew_and_holds_up_nobody(world: World) -> None:
    commit(world, [fact(of=f"c{n}") for n in range(MOST + 2)])
    far, near, ahead, new = Line(seq=0), Line(seq=MOST), Line(seq=10 * MOST), Line()
    tell(world, [far, near, ahead, new])
    assert [each["type"] for each in far.told] == ["reload", "hello"]
    assert near.heard == [MOST + 1, MOST + 2]
    assert [each["type"] for each in ahead.told] == ["reload", "hello"]
    assert {line.listener.seq for line in (far, near, ahead, new)} == {MOST + 2}


@settings(max_examples=40, deadline=None)
@given(
    behind=st.lists(st.integers(0, 12), min_size=1, max_size=5),
    commits=st.lists(st.lists(st.sampled_from(["contact.updated", "auth.x"]), max_size=3), max_size=5),
)
def test_everybody_hears_each_fact_once_and_in_order(behind: list[int], commits: list[list[str]]) -> None:
    world = made()
    commit(world, [fact() for _ in range(12)])
    lines = [Line(seq=seq) for seq in behind]
    for types in commits:
        commit(world, [fact(type_) for type_ in types])
        tell(world, lines)
    tell(world, lines)
    own = world.driver.rows("SELECT seq FROM events WHERE type = 'contact.updated' ORDER BY seq")
    for line, seq in zip(lines, behind, strict=True):
        assert line.heard == [row["seq"] for row in own if row["seq"] > seq]


def test_a_commit_announces_our_own_facts_of_live_topics_alone(world: World) -> None:
    commit(
        world, EventDraft("wix.booking", {}, source="wix", external_id="1"), JobDraft("auth.purge", key="1")
    )
    commit(world, fact("auth.code_unclaimed"))
    assert world.live.told == []
    commit(world, [[fact()]], fact())
    assert world.live.told == ["tenant-harbour"]


def test_a_commit_that_failed_announces_nothing_and_one_whose_answer_was_lost_does(world: World) -> None:
    world.driver.fail = ["before", "before"]
    with pytest.raises(Exception, match="network"):
        commit(world, fact())
    assert world.live.told == []
    world.driver.fail = ["after"]
    commit(world, fact())
    assert world.live.told == ["tenant-harbour"]


def test_who_did_it_is_on_record_only_for_staff(world: World) -> None:
    commit(world, fact())
    asyncio.run(ctx(world).as_(actor=SYSTEM).commit(fact()))
    assert [row["actor_id"] for row in world.driver.rows("SELECT actor_id FROM events ORDER BY seq")] == [
        "s1",
        "",
    ]


def test_a_hint_is_found_wherever_the_payload_names_the_contact(world: World) -> None:
    commit(world, fact("booking.x", "b", contact={"id": "c9"}), fact("booking.x", "b", contact="odd"))
    (rows,) = asyncio.run(TenantDb(world.driver, "tenant-harbour").together(live.hints_after(0, 9)))
    assert [row["contact_id"] for row in rows] == ["c9", ""]
