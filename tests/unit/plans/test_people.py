"""What SQLite does, without statistics, with every statement about people and tasks: it enters an index."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from frontdesk.auth import queries as auth
from frontdesk.contacts import queries as contacts
from frontdesk.contacts import writes
from frontdesk.contacts.queries import Filters, merging
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.pipeline import stages
from frontdesk.contacts.rules.warmness import Score
from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import NEWEST
from frontdesk.tasks import queries as tasks
from frontdesk.tasks import writes as task_writes
from support.explaining import plans_of, reading_everything
from support.platform import NOON

JO = Contact.model_validate(
    {
        "id": "c1", "first_name": "Jo", "last_name": "Lee", "email": "jo@example.com", "phone": "+61491570006",
        "time_zone": None, "existing_patient": False, "pipeline": "main", "stage": "lead", "source": "wix",
        "tags": "[]", "version": 1, "last_seen_at": 0, "created_at": 0, "updated_at": 0,
    }
)  # fmt: skip
STAGES = [stage.key for stage in stages("clinic")]
ANY, ONE = tasks.Filters(), tasks.Filters(contact_id="c1", type="recall", assignee="s1")
SPAN: dict[str, Any] = {"due_from": 0, "due_before": NOON, "limit": 50}


OFTEN: dict[str, Callable[[Ctx], Awaitable[Any]]] = {
    "board": lambda ctx: contacts.board(ctx, STAGES, Filters(q="jo", tag="vip", source="wix"), limit=25),
    "counts of the board": lambda ctx: contacts.counts(ctx, STAGES, Filters()),
    "column": lambda ctx: contacts.column(ctx, "lead", Filters(), after=NEWEST, limit=50),
    "warmth": lambda ctx: contacts.signals(ctx, ["c1", "c2"]),
    "visits": lambda ctx: contacts.visits(ctx, "c1", "c2"),
    "moves": lambda ctx: contacts.moves(ctx, "c1", after=NEWEST, limit=50),
    "candidates": lambda ctx: merging.candidates(ctx, JO),
    "gather": lambda ctx: ctx.commit(writes.gather("m1", "c1", "c2")),
    "part": lambda ctx: ctx.commit(
        [each for each in writes.part("m1", "c1", "c2", NOON) if "SELECT CASE" not in each.sql]
    ),
    "sent": lambda ctx: ctx.commit(writes.sent_to("c1", NOON)),
    "tasks": lambda ctx: tasks.open_(ctx, ANY, **SPAN),
    "tasks of one": lambda ctx: tasks.open_(ctx, ONE, **SPAN),
    "tasks done": lambda ctx: tasks.done(ctx, ANY, limit=50),
    "tasks done of one": lambda ctx: tasks.done(ctx, ONE, limit=50),
    "all tasks": lambda ctx: tasks.all_(ctx, ANY, limit=50),
    "all tasks of one": lambda ctx: tasks.all_(ctx, ONE, limit=50),
    "counts of tasks": lambda ctx: tasks.counts(ctx, None, today=NOON, tomorrow=NOON),
    "weighed": lambda ctx: tasks.weighed(ctx, ["t1", "t2"]),
    "rank": lambda ctx: ctx.commit(task_writes.rank({"t1": Score(score=5, reasons=[])})),
    "to settle": lambda ctx: tasks.to_settle(ctx, "b1", '["confirm"]'),
    "task by key": lambda ctx: tasks.by_key(ctx, "staff:k"),
    "contact by key": lambda ctx: contacts.by_made_key(ctx, "k"),
    "as visited": lambda ctx: ctx.commit(writes.as_visited(["c1", "c2"], [])),
    "release": lambda ctx: ctx.commit(writes.release([("phone", "+61491570006")], "c1")),
    "patience": lambda ctx: contacts.patience(ctx),
    "open tasks of one": lambda ctx: tasks.open_ids(ctx, contact_id="c1"),
    "recall": lambda ctx: contacts.booked_by(ctx, "b1"),
}


@pytest.mark.parametrize("what", OFTEN)
def test_nothing_reads_all_a_tenant_ever_had(what: str) -> None:
    small = ("SCAN (", "SCAN f", "SCAN c", "SCAN CONSTANT")
    assert reading_everything(plans_of(OFTEN[what]), small=small) == []


def test_tasks_are_read_in_the_order_they_are_shown() -> None:
    for what in ("tasks", "tasks done", "all tasks"):
        assert not [plan for plan in plans_of(OFTEN[what]) if "TEMP B-TREE" in plan], what


def test_colleagues_are_the_only_ones_that_read_a_whole_table_and_tags_a_whole_index() -> None:
    """A handful of staff, and a list of tags that is asked for when a menu opens: whoever has none is not in it."""

    async def both(ctx: Ctx) -> None:
        await auth.colleagues(ctx)
        await contacts.tags(ctx)

    plans = plans_of(both)
    assert all("USING" in plan for plan in plans if plan.startswith("SEARCH"))
    assert "SEARCH contacts USING COVERING INDEX contacts_tagged (tenant_id=?)" in plans
