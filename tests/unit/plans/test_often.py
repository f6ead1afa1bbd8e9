"""What SQLite does without statistics, as in D1: every statement that runs often enters an index where it should."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import pytest

from frontdesk import app
from frontdesk.auth import queries as auth
from frontdesk.auth.queries import standing
from frontdesk.auth.writes import purge
from frontdesk.automation import writes as rules_writes
from frontdesk.automation.queries import candidates, lineage, past, runs, scenes
from frontdesk.automation.queries.candidates import Window
from frontdesk.bookings import queries as bookings
from frontdesk.bookings import writes as booking_writes
from frontdesk.bookings.rules import Booking
from frontdesk.contacts import queries as contacts
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import SystemDb
from frontdesk.core.events import event
from frontdesk.core.live import LAST_SEQ, hints_after
from frontdesk.core.pages import END_OF_TIME, NEWEST, OLDEST, Page
from frontdesk.core.tick import ring_due, tick
from frontdesk.messaging import queries as messages
from frontdesk.messaging import writes
from frontdesk.messaging.queries import Listed
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.notices import queries as notices
from frontdesk.notices.writes import forget as forget_notices
from frontdesk.spine import queries as spine
from frontdesk.spine import writes as forgetting
from support.explaining import TENANT_ONLY, Explaining, plans_of, reading_everything
from support.platform import NOON, World, make_platform, make_tenant

_FIELDS: dict[str, Any] = {
    "id": "m1",
    "channel": "sms",
    "purpose": "service",
    "address": "+61491570006",
    "booking_id": "b1",
    "contact_id": "c1",
    "due_at": NOON,
    "template": "booking.reminder",
    "offset_hours": 24,
    "pace_slot": None,
    "version": 1,
    "author_id": None,
}
MESSAGE = Outgoing.model_construct(**_FIELDS)
_APPOINTMENT: dict[str, Any] = {
    "id": "b1",
    "contact_id": "c1",
    "practitioner": "Dr Lim",
    "starts_at": NOON,
    "ends_at": NOON,
    "version": 1,
}
BOOKING = Booking.model_construct(**_APPOINTMENT)


def _none(names: Sequence[str]) -> dict[str, Any]:
    return dict.fromkeys(names)


async def _messages(ctx: Ctx, **given: Any) -> Page[Listed]:
    filters = _none(("state", "channel", "direction", "contact_id", "booking_id"))
    return await messages.listed(ctx, **{"after": NEWEST, "limit": 50, **filters, **given})


async def _events(ctx: Ctx, **given: Any) -> Page[spine.EventRow]:
    filters = _none(("type_", "trace", "subject"))
    return await spine.events(ctx, **{"after": END_OF_TIME, "limit": 50, **filters, **given})


async def _bookings(ctx: Ctx, **given: Any) -> Page[bookings.Listed]:
    return await bookings.listed(ctx, **{"after": OLDEST, "limit": 50, "starts_before": NOON, **given})


async def _deliveries(ctx: Ctx, **given: Any) -> Page[spine.Delivery]:
    return await spine.deliveries(
        ctx, **{"after": NEWEST, "limit": 50, **_none(("source", "verdict")), **given}
    )


async def _jobs(ctx: Ctx, **given: Any) -> Page[spine.JobRow]:
    filters = _none(("state", "kind", "trace"))
    return await spine.jobs(ctx, **{"after": NEWEST, "limit": 50, **filters, **given})


SLOT: dict[str, Any] = {
    "body": "Hello",
    "subject": "",
    "body_hash": "h",
    "still": writes.Still(heeds_stop=True, needs_consent=True, cap=6, alone_since=NOON - 600_000),
    "segments": 1,
    "interval": 100,
    "provider": "clicksend",
    "now": NOON,
    "real": NOON,
}
WINDOW = Window(NOON, "", NOON + 1)
RUNS = _none(("rule_id", "contact_id", "state"))
RULES: dict[str, Callable[[Ctx], Awaitable[Any]]] = {
    **{
        f"whose time came by {anchor}": partial(candidates.candidates, anchor=anchor, window=WINDOW, limit=50)
        for anchor in candidates.ANCHORED
    },
    "rules that wait": lambda ctx: lineage.listeners(ctx, "booking.created", ("booking", "b1"), NOON),
    "rules by the clock": lineage.clocked,
    "the run behind": lambda ctx: lineage.behind(ctx, "e1"),
    "notices of a rule lately": lambda ctx: runs.told_lately(ctx, "r1"),
    "occasions a rule had": lambda ctx: lineage.had(ctx, "r1", [("c1", 5)]),
    "what rules did lately": lambda ctx: lineage.lately(ctx, "c1", ("booking", "b1")),
    "what rules did lately about nobody": lambda ctx: lineage.lately(ctx, None, ("booking", "b1")),
    "a rule's scene": lambda ctx: scenes.scene(ctx, "c1", "b1"),
    "a contact then": lambda ctx: scenes.contact_said(ctx, "c1", 9),
    "runs": lambda ctx: runs.listed(ctx, after=NEWEST, limit=50, **RUNS),
    "runs of a rule": lambda ctx: runs.listed(ctx, after=NEWEST, limit=50, **{**RUNS, "rule_id": "r1"}),
    "runs of a contact": lambda ctx: runs.listed(ctx, after=NEWEST, limit=50, **{**RUNS, "contact_id": "c1"}),
    "runs in a state": lambda ctx: runs.listed(ctx, after=NEWEST, limit=50, **{**RUNS, "state": "cut"}),
    "steps of a run": lambda ctx: runs.steps(ctx, "n1"),
    "events to try a rule on": lambda ctx: past.happened(
        ctx, "booking.created", NOON, NOON + 1, after=None, limit=50
    ),
    "silences": lambda ctx: past.silences(ctx, WINDOW, 9, ours=False, limit=50),
    "scenes of the past": lambda ctx: past.scenes_then(ctx, [past.Moment(("c1", "b1"), 9, NOON)]),
    "evaluating": lambda ctx: ctx.commit(event("booking.created", {}, of=("booking", "b1"))),
}
OFTEN: dict[str, Callable[[Ctx], Awaitable[Any]]] = {
    **RULES,
    "tick": lambda ctx: ring_due(ctx.platform, SystemDb(ctx.platform.driver_of("main")), "main"),
    "withdraw": lambda ctx: ctx.commit(writes.withdraw(ctx, "b1", "cancelled")),
    "receipt": lambda ctx: messages.about(ctx, custom_string="m1", provider="clicksend", provider_id="p1"),
    "gate": lambda ctx: messages.standing(ctx, MESSAGE, "h", NOON),
    "slot": lambda ctx: ctx.commit(writes.take_slot(MESSAGE, **SLOT)[:-1]),
    "effects": lambda ctx: spine.effects(ctx, "t1"),
    "messages": lambda ctx: _messages(ctx),
    "messages in a state": lambda ctx: _messages(ctx, state="scheduled"),
    "messages of a contact": lambda ctx: _messages(ctx, contact_id="c1", state="sent"),
    "messages of a booking": lambda ctx: _messages(ctx, booking_id="b1", contact_id="c1"),
    "events": lambda ctx: _events(ctx),
    "events of a type": lambda ctx: _events(ctx, type_="booking.created"),
    "events of a trace": lambda ctx: _events(ctx, trace="t1", type_="booking.created"),
    "deliveries": lambda ctx: _deliveries(ctx),
    "deliveries with a verdict": lambda ctx: _deliveries(ctx, verdict="refused"),
    "jobs": lambda ctx: _jobs(ctx),
    "cadences": lambda ctx: spine.cadences(ctx, after="", limit=50),
    "jobs in a state": lambda ctx: _jobs(ctx, state="dead"),
    "jobs of a trace": lambda ctx: _jobs(ctx, trace="t1", state="dead"),
    "bookings": lambda ctx: bookings.listed(
        ctx, after=OLDEST, limit=50, starts_from=NOON, **_none(("starts_before", "status", "contact_id"))
    ),
    "bookings of a contact": lambda ctx: _bookings(ctx, contact_id="c1", status="confirmed"),
    "bookings of a practitioner": lambda ctx: _bookings(ctx, practitioner="Dr Lim"),
    "bookings in a status": lambda ctx: _bookings(ctx, status="no_show"),
    "bookings of a week": lambda ctx: _bookings(ctx, starts_from=NOON - 7 * DAY),
    "practitioners": lambda ctx: bookings.practitioners(ctx, after="", limit=50),
    "bookings around": lambda ctx: bookings.around(ctx, BOOKING),
    "what became of the others": lambda ctx: bookings.history(ctx, BOOKING),
    "page of bookings": lambda ctx: bookings.page_ends(ctx, OLDEST, 500),
    "missing reminders": lambda ctx: bookings.unplanned(ctx, OLDEST, NEWEST, offsets=[48, 24, 2], limit=25),
    "mending": lambda ctx: ctx.commit(booking_writes.unchanged([]), booking_writes.plan_at(BOOKING, 1)),
    "contacts": lambda ctx: contacts.listed(ctx, after=NEWEST, limit=50, search=None, stage=None, tag=None),
    "timeline": lambda ctx: contacts.timeline(ctx, "c1", after=NEWEST, limit=50, words=True),
    "audit": lambda ctx: auth.audit(ctx, after=NEWEST, limit=50, subject_kind=None, subject_id=None),
    "old bodies": lambda ctx: spine.old_bodies(ctx, NOON, 500),
    "forget": lambda ctx: ctx.commit(
        forgetting.forget_refused(NOON), forgetting.forget_commits(NOON), forgetting.forget_jobs(NOON)
    ),
    "live": lambda ctx: ctx.db.together(LAST_SEQ, hints_after(5, 500), standing(["h"], NOON)),
    "notices": lambda ctx: notices.notices(ctx, before=9, limit=30),
    "unread notices": lambda ctx: notices.unread(ctx),
    "a push": lambda ctx: notices.errand(ctx, "n1", "d1"),
    "old notices": lambda ctx: ctx.commit(forget_notices(NOON)),
    "what rules did": lambda ctx: ctx.commit(
        rules_writes.forget_runs(NOON), rules_writes.forget_bodies("0", "1")
    ),
    # All sessions that are kept are read once a night: six weeks of them.
    "access": lambda ctx: ctx.commit([each for each in purge(NOON, NOON) if "FROM sessions" not in each.sql]),
}


SMALL = ("SCAN up", "SCAN CONSTANT", "SCAN (", "SCAN named")
"""Rows that are no table's: a constant, a subquery, the steps of a recursion; like json_each, a virtual table."""


@pytest.mark.parametrize("what", OFTEN)
def test_nothing_that_runs_often_reads_all_a_tenant_ever_had(what: str) -> None:
    assert reading_everything(plans_of(OFTEN[what]), small=SMALL) == []


def test_a_tick_reads_what_is_due_and_who_is_out_of_step_and_no_other_tenant() -> None:
    world: World = make_platform()
    driver = world.driver = Explaining()
    make_tenant(world)
    asyncio.run(tick(world.platform, "main", app.CADENCES))
    driver.plans.clear()
    world.real += 40 * DAY
    assert asyncio.run(tick(world.platform, "main", app.CADENCES)).cadences == len(app.CADENCES)
    tables = [plan for plan in driver.plans if "VIRTUAL TABLE" not in plan and not plan.startswith(SMALL)]
    reads = {plan for plan in tables if plan.startswith(("SEARCH ", "SCAN "))}
    assert {plan for plan in reads if plan.startswith("SCAN ")} == {
        # Of this index every row is wanted: it has those alone that moved.
        "SCAN tenants USING INDEX tenants_moved",
    }
    assert "SEARCH c USING INDEX cadences_due (next_at<?)" in reads
    assert "SEARCH tenants USING INDEX tenants_by_clock (clock<?)" in reads
    assert not [plan for plan in reads if plan.endswith(TENANT_ONLY)]


FILTERED = {
    "messages in a state": "messages_by_state (tenant_id=? AND state=? AND (due_at,id)<(?,?))",
    "messages of a contact": "messages_by_contact (tenant_id=? AND contact_id=? AND (due_at,id)<(?,?))",
    "messages of a booking": "messages_by_booking (tenant_id=? AND booking_id=? AND due_at<?)",
    "events of a type": "events_by_type (tenant_id=? AND type=? AND seq<?)",
    "events of a trace": "events_by_trace (tenant_id=? AND trace_id=? AND rowid<?)",
    "deliveries with a verdict": "deliveries_by_verdict (tenant_id=? AND verdict=? AND received_at<?)",
    "jobs": "jobs_by_due (tenant_id=? AND (due_at,id)<(?,?))",
    "bookings of a contact": "bookings_by_contact"
    " (tenant_id=? AND contact_id=? AND (starts_at,id)>(?,?) AND starts_at<?)",
    "bookings of a practitioner": "bookings_by_practitioner"
    " (tenant_id=? AND practitioner=? AND (starts_at,id)>(?,?) AND starts_at<?)",
    "bookings in a status": "bookings_by_status (tenant_id=? AND status=? AND (starts_at,id)>(?,?) AND starts_at<?)",
    "bookings of a week": "bookings_by_start (tenant_id=? AND (starts_at,id)>(?,?) AND starts_at<?)",
    "jobs in a state": "jobs_by_state (tenant_id=? AND state=? AND due_at<?)",
    "jobs of a trace": "jobs_by_trace (tenant_id=? AND trace_id=?)",
}
"""What a filter reads: only what it asks for, in order where that may be much."""


@pytest.mark.parametrize("what", FILTERED)
def test_a_filter_reads_no_more_than_it_shows(what: str) -> None:
    plans = plans_of(OFTEN[what])
    assert any(plan.endswith(FILTERED[what]) for plan in plans)
    sorts = [plan for plan in plans if "TEMP B-TREE FOR ORDER BY" in plan]
    assert not sorts or what.endswith("trace"), "a trace is short, the rest is read in order"
