"""What SQLite does, without statistics, with every statement about conversations, consents and writing by hand."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from frontdesk.core.ctx import Actor, Ctx
from frontdesk.core.pages import NEWEST
from frontdesk.messaging import queries, writes
from frontdesk.messaging.queries import View
from frontdesk.messaging.rules.message import Message, Outgoing
from frontdesk.messaging.rules.permission import Standing
from support.explaining import plans_of, reading_everything
from support.platform import NOON

_FIELDS: dict[str, Any] = dict.fromkeys((*Outgoing.model_fields, "version"))
WRITTEN = Outgoing.model_construct(
    **{**_FIELDS, "id": "m1", "contact_id": "c1", "author_id": "s1", "address": "+61", "due_at": NOON}
)
PLANNED = Message.model_construct(**{**_FIELDS, "id": "m1", "contact_id": "c1", "version": 1})
NOBODY, STAFF = Standing(False, False, ""), Standing(True, False, "staff")


def inbox(view: View, search: str | None = None) -> Callable[[Ctx], Awaitable[Any]]:
    return lambda ctx: queries.conversations(ctx, view=view, search=search, after=NEWEST, limit=50)


VIEWS: tuple[View, ...] = ("open", "unread", "mine", "unassigned", "done")
OFTEN: dict[str, Callable[[Ctx], Awaitable[Any]]] = {
    **{view: inbox(view) for view in VIEWS},
    "search": inbox("open", "park"),
    "counts": queries.counts,
    "reach": lambda ctx: _or_none(queries.reach(ctx, "c1")),
    "consents": lambda ctx: queries.consents(ctx, "c1"),
    "asked for": lambda ctx: queries.asked_for(ctx, "composed:k"),
    "next slot": lambda ctx: queries.next_slot(ctx, "sms"),
    "gate": lambda ctx: queries.standing(ctx, WRITTEN, "h", NOON),
    "keep": lambda ctx: ctx.commit(writes.keep("c1")),
    "join": lambda ctx: ctx.commit(writes.join("c1", "c2")),
    "part": lambda ctx: ctx.commit(writes.part("c1", "c2")),
    "marks": lambda ctx: ctx.commit(
        writes.read_up_to("c1", 1)[0],
        writes.unread("c1")[0],
        writes.assign("c1", None)[0],
        writes.finish("c1", 1)[0],
    ),
    "take back": lambda ctx: ctx.commit(
        [part for part in writes.take_back(PLANNED, NOON) if part != writes.take_back(PLANNED, NOON)[1]]
    ),
    "record": lambda ctx: ctx.commit(
        writes.record_consent("sms", "+61", NOBODY, STAFF, said_at=1, cause_id="t")
    ),
}
SMALL = ("SCAN CONSTANT", "SCAN (", "SCAN said", "SCAN a", "SCAN s", "SCAN l")
"""Rows that are no table's: one contact's share of `said`, or of their addresses."""


async def _or_none(work: Awaitable[Any]) -> Any:
    try:
        return await work
    except Exception:
        return None


def plans(what: str) -> list[str]:
    return plans_of(OFTEN[what], Actor("staff", "s1", "staff"))


@pytest.mark.parametrize("what", OFTEN)
def test_nothing_reads_all_a_tenant_ever_had(what: str) -> None:
    assert reading_everything(plans(what), small=SMALL, small_index="conversations_") == []


@pytest.mark.parametrize("what", ["keep", "reach", "gate"])
def test_what_was_said_is_read_of_one_contact(what: str) -> None:
    said = [plan for plan in plans(what) if "messages_said" in plan or "touchpoints" in plan]
    assert said
    for plan in said:
        assert "contact_id=?" in plan, plan


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_reads_its_own_index_in_order(view: str) -> None:
    found = plans(view)
    name = "conversations_by_assignee" if view in ("mine", "unassigned") else f"conversations_{view}"
    assert name in found[0]
    assert [plan for plan in found if "TEMP B-TREE" in plan] == []
