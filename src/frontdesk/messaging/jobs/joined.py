"""Conversations that others change: a chat came in, two contacts became one, or were parted again."""

from pydantic import BaseModel

from frontdesk.contacts.queries import current
from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event, JobDraft, event
from frontdesk.core.parsing import parse_model
from frontdesk.core.rows import Job
from frontdesk.messaging import writes

ONCE_MORE_MS = 3 * MINUTE
"""After the merge's own second look at what was written to the contact that went."""


class Merge(BaseModel):
    """Which contact went into another one, or came out of it."""

    gone_id: str


async def hear_chat(ctx: Ctx, job: Job) -> None:
    """A chat's message is on the timeline; the conversation follows, and whoever looks at the inbox is told."""
    contact = await current(ctx, job.subject_id)
    await ctx.commit(
        writes.keep(contact.id),
        event(
            "conversation.changed",
            {"contact_id": contact.id, "channel": "manychat"},
            of=("contact", contact.id),
        ),
    )


async def join_conversations(ctx: Ctx, job: Job) -> None:
    """Two contacts became one: so do their conversations, and again once whatever was under way has arrived."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    gone = parse_model(Merge, heard.payload).gone_id
    kept, gone_now = await current(ctx, heard.subject_id), await current(ctx, gone)
    if gone_now.id == gone:
        # Parted again before we came to it.
        return
    again = JobDraft(
        "messaging.join_conversations",
        key=f"{heard.id}:again",
        subject_id=job.subject_id,
        payload={"event": heard.id, "again": True},
        due_at=ctx.now + ONCE_MORE_MS,
    )
    await ctx.commit(
        writes.join(gone, kept.id),
        event("conversation.changed", {"contact_id": kept.id, "joined": gone}, of=("contact", kept.id)),
        [] if job.payload.get("again") else again,
    )


async def part_conversations(ctx: Ctx, job: Job) -> None:
    """A merge was taken back: each has a conversation of their own again, read and done as far as the joint one."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    gone = parse_model(Merge, heard.payload).gone_id
    back = await current(ctx, gone)
    await ctx.commit(
        writes.part(heard.subject_id, gone) if back.id == gone else [],
        event("conversation.changed", {"contact_id": gone}, of=("contact", gone)),
    )
