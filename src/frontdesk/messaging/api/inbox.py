"""The inbox over HTTP."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.core.pages import NEWEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.messaging import actions, queries
from frontdesk.messaging.queries import Conversed, Counts, View
from frontdesk.messaging.rules.answering import Answer, answer_by
from frontdesk.messaging.rules.message import Direction, Medium
from frontdesk.messaging.rules.states import State


class Last(BaseModel):
    """The last thing said; `body` is the beginning of it."""

    message_id: str
    direction: Direction
    channel: Medium
    body: str
    at: int
    state: State
    reason: str


class Conversation(BaseModel):
    """All that was said between a contact and us, in a line. `waiting_since`: the oldest that nobody answered.

    `done` ends with the next thing they say. `read_at`: up to when somebody read it. Instants in ms UTC.
    """

    contact_id: str
    name: str
    phone: str | None
    email: str | None
    last: Last
    unread: int
    waiting_since: int | None
    assignee_id: str | None
    assignee_name: str | None
    done: bool
    read_at: int
    version: int


class OneConversation(Conversation):
    """With how to answer."""

    reply: Answer


class ConversationChange(BaseModel):
    """What to change. `read_up_to` (ms UTC) is when the last message one has seen was said (`last.at`).

    Send it with `done` as well: what came in after it keeps the conversation open. `unread` takes back that the
    last thing they said was read.
    """

    model_config = ConfigDict(extra="forbid")

    read_up_to: Annotated[int, Field(ge=0, le=2**52)] | None = None
    assignee_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    done: bool | None = None
    unread: Literal[True] | None = None


async def list_conversations(
    ctx: CtxDep,
    view: View = "open",
    q: Annotated[str | None, Field(max_length=100)] = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Conversation]:
    """Conversations, where something was said last first. `q`: a name or the last words from the start of a word,
    or digits of the number.
    """
    found = await queries.conversations(
        ctx, view=view, search=q or None, after=decode_cursor(after, NEWEST), limit=limit
    )
    return Page(items=[_shown(each) for each in found.items], next=found.next)


async def count_conversations(ctx: CtxDep) -> Counts:
    """How many there are in each view but `done`, and how many wait for an answer."""
    return await queries.counts(ctx)


async def get_conversation(ctx: CtxDep, contact_id: str) -> OneConversation:
    """One conversation, and how to answer. What was said is `GET /messages?contact_id=`."""
    return await _one(ctx, await queries.conversation(ctx, contact_id))


async def change_conversation(ctx: CtxDep, contact_id: str, change: ConversationChange) -> OneConversation:
    """Mark it read, give it to somebody (null: nobody), call it done or not."""
    given = change.model_fields_set
    assignee: str | Literal[False] | None = change.assignee_id if "assignee_id" in given else False
    after = await actions.change_conversation(
        ctx,
        contact_id,
        read_up_to=change.read_up_to,
        unread=bool(change.unread),
        assignee_id=assignee,
        done=change.done,
    )
    return await _one(ctx, after)


async def _one(ctx: CtxDep, row: Conversed) -> OneConversation:
    reach = await queries.reach(ctx, row.contact_id)
    reply = answer_by(
        reach.last_channel,
        phone=reach.address("sms"),
        email=reach.address("email"),
        phone_stopped=reach.phone_stopped,
        email_stopped=reach.email_stopped,
    )
    return OneConversation(**_shown(row).model_dump(), reply=reply)


def _shown(row: Conversed) -> Conversation:
    last = Last(
        message_id=row.last_message_id,
        direction=row.direction,
        channel=row.channel,
        body=row.preview,
        at=row.last_at,
        state=row.state,
        reason=row.reason,
    )
    return Conversation(last=last, **row.model_dump(include=set(Conversation.model_fields) - {"last"}))
