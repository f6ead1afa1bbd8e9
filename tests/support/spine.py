"""The spine alone, in memory: one tenant and the smallest map there is, with a job of each bell and an event."""

from collections.abc import Awaitable, Callable
from typing import Any

from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.db import Statement
from frontdesk.core.events import JobDraft
from frontdesk.core.rows import Job
from frontdesk.core.wiring import JobKind, Wiring
from support.calls import run
from support.platform import World, make_tenant

Handler = Callable[[Ctx, Job], Awaitable[None]]


async def nothing(ctx: Ctx, job: Job) -> None:
    """Does nothing; the runner's own commit proves it."""


def wiring(handler: Handler = nothing, attempts: int = 3) -> Wiring:
    """`handler` does the job `work`; `thing.happened` makes one of each kind."""
    return Wiring(
        jobs={"work": JobKind(handler, attempts=attempts), "text": JobKind(nothing, bell="messages")},
        events={"thing.happened": ("work", "text")},
    )


def a_ctx(world: World, wires: Wiring | None = None, slug: str = "harbour") -> Ctx:
    """A context of a new tenant."""
    return Ctx(world.platform, wires or wiring(), make_tenant(world, slug), SYSTEM, Cause("test", "t1", "t1"))


def contact(id_: str, phone: str = "+61400000001") -> Statement:
    """Something lasting, by which a test sees what was written; an id can be used once."""
    return Statement(
        "INSERT INTO contacts (tenant_id, id, phone, last_seen_at, created_at, updated_at) "
        "VALUES (:tenant, :id, :phone, 0, 0, 0)",
        {"id": id_, "phone": phone},
    )


def queued(world: World, wires: Wiring, due_at: int | None = None) -> tuple[Ctx, str]:
    """A new tenant with one job, `work`, that nobody has taken up; its id."""
    ctx = a_ctx(world, wires)
    run(ctx.commit(JobDraft("work", key="k", due_at=due_at)))
    world.bells.take()
    return ctx, world.driver.rows("SELECT id FROM jobs")[0]["id"]


def job_row(world: World) -> dict[str, Any]:
    """The row of the only job there is."""
    return world.driver.rows("SELECT * FROM jobs")[0]
