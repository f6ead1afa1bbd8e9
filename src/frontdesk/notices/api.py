"""Notices over HTTP: the list behind the bell, and marking it read."""

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.core.events import event
from frontdesk.core.pages import END_OF_TIME, NEWEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.notices import queries, writes
from frontdesk.notices.queries import Notice


class Notices(Page[Notice]):
    """A page, and how many are unread in all (100 stands for more)."""

    unread: int


class Read(BaseModel):
    """Everything up to this notice's `seq` has been seen."""

    model_config = ConfigDict(extra="forbid")

    up_to: int = Field(ge=0, le=END_OF_TIME)


class Unread(BaseModel):
    """How many are left (100 stands for more)."""

    unread: int


async def list_notices(ctx: CtxDep, after: str | None = None, limit: Limit = 30) -> Notices:
    """What the caller should know, newest first."""
    found = await queries.notices(ctx, before=decode_cursor(after, NEWEST).at, limit=limit)
    return Notices(items=found.items, next=found.next, unread=await queries.unread(ctx))


async def mark_read(ctx: CtxDep, read: Read) -> Unread:
    """The caller has seen them up to here; their other pages hear of it."""
    if await queries.unread(ctx):
        fact = {"up_to": read.up_to, "only_for": ctx.actor.id}
        await ctx.commit(
            writes.mark_read(ctx.actor.id, read.up_to),
            event("notice.read", fact, of=("staff", ctx.actor.id)),
        )
    return Unread(unread=await queries.unread(ctx))
