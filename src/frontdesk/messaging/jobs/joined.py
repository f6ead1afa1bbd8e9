"""Conversations after a merge: what was said moved with the merge itself, the conversations follow from it."""

from pydantic import BaseModel

from frontdesk.core.again import deciding
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event, Part, event
from frontdesk.core.parsing import parse_model
from frontdesk.core.rows import Job
from frontdesk.messaging.writes.conversations import join, keep_or_end


class Merge(BaseModel):
    """Who is part of the event's subject now, or again somebody of their own."""

    gone_id: str


async def join_conversations(ctx: Ctx, job: Job) -> None:
    """Two contacts are one: so are their conversations."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    gone_id = parse_model(Merge, heard.payload).gone_id
    await deciding(lambda: _commit(ctx, join(gone_id, heard.subject_id), heard.subject_id))


async def part_conversations(ctx: Ctx, job: Job) -> None:
    """A merge was undone: each has the conversation that follows from what they said."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    gone_id = parse_model(Merge, heard.payload).gone_id
    parts: list[Part] = [*keep_or_end(gone_id), *keep_or_end(heard.subject_id)]
    await deciding(lambda: _commit(ctx, parts, heard.subject_id, gone_id))


async def _commit(ctx: Ctx, parts: list[Part], *contacts: str) -> None:
    changed = [event("conversation.changed", {"contact_id": each}, of=("contact", each)) for each in contacts]
    await ctx.commit(parts, changed)
