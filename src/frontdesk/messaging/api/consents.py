"""What people allow, over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.core.pages import Page
from frontdesk.core.routing import CtxDep
from frontdesk.core.typed import Note
from frontdesk.messaging import actions, queries
from frontdesk.messaging.queries import Consent
from frontdesk.messaging.rules.gate import Channel


class ConsentChange(BaseModel):
    """What somebody told staff, and how (`note`): on the phone, at the desk, on a form."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    stopped: bool | None = None
    marketing: bool | None = None
    note: Annotated[Note, Field(min_length=3, max_length=300)]


async def get_consent(ctx: CtxDep, contact_id: str) -> Page[Consent]:
    """What a contact allows, for each number and address they are known by."""
    await queries.reach(ctx, contact_id)
    return Page(items=await queries.consents(ctx, contact_id), next=None)


async def put_consent(ctx: CtxDep, contact_id: str, change: ConsentChange) -> Page[Consent]:
    """Record an opt-out, its end, or a yes or no to marketing. 409 `their_word` for what only they can undo: a STOP
    by text ends with their START, a complaint never does.
    """
    after = await actions.record_consent(
        ctx,
        contact_id,
        change.channel,
        stopped=change.stopped,
        marketing=change.marketing,
        note=change.note,
    )
    return Page(items=after, next=None)
