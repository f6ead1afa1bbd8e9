"""Notices over HTTP: the list behind the bell, marking it read, and the browsers that are pushed what cannot wait."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.auth.rules import may, token_hash
from frontdesk.core.arrival import credential_of
from frontdesk.core.errors import Unauthenticated
from frontdesk.core.events import event
from frontdesk.core.live import LAST_SEQ, MOST, Hint, hints_after
from frontdesk.core.pages import END_OF_TIME, NEWEST, Limit, Page, decode_cursor
from frontdesk.core.routing import ArrivalDep, CtxDep
from frontdesk.notices import actions, jobs, queries, writes
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


class Since(BaseModel):
    """What a program missed: hints up to `seq`, or `reload` when that is too much to tell one by one."""

    seq: int
    items: list[Hint]
    reload: bool = False


async def list_since(ctx: CtxDep, seq: Annotated[int, Field(ge=0, le=END_OF_TIME)] = 0) -> Since:
    """What the caller would have heard live since `seq`, for programs without a socket."""
    last, found = await ctx.db.together(LAST_SEQ, hints_after(seq, MOST + 1))
    topics = frozenset(topic for topic, needed in ctx.wiring.live.items() if may(ctx.actor, needed))
    hints = [Hint.model_validate(row) for row in found]
    if len(hints) > MOST:
        return Since(seq=last[0]["seq"], items=[], reload=True)
    heard = [hint for hint in hints if hint.is_for(ctx.actor.id, topics)]
    return Since(seq=last[0]["seq"], items=heard)


class PushKey(BaseModel):
    """What a browser subscribes with (`applicationServerKey`, base64url); null where pushing is not set up."""

    key: str | None


class SubscriptionKeys(BaseModel):
    model_config = ConfigDict(extra="forbid")

    p256dh: str = Field(max_length=100)
    auth: str = Field(max_length=40)


class Subscription(BaseModel):
    """A `PushSubscription` as a browser writes it in JSON."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    endpoint: str = Field(max_length=1000)
    keys: SubscriptionKeys
    expires: int | None = Field(default=None, alias="expirationTime")


class Subscribed(BaseModel):
    """The device's id, for taking it back."""

    id: str


async def get_push_key(ctx: CtxDep) -> PushKey:
    """Whether and with which key browsers can be pushed to."""
    return PushKey(key=ctx.platform.settings.vapid_public_key if jobs.sender_of(ctx.platform) else None)


async def subscribe(ctx: CtxDep, request: ArrivalDep, new: Subscription) -> Subscribed:
    """Push the caller's urgent notices to this browser, until this session ends. Asking again renews it."""
    credential = credential_of(request)
    session_hash = token_hash(credential.token) if credential else None
    if session_hash is None:
        raise Unauthenticated("Sign in to do this.")
    id_ = await actions.add_device(
        ctx,
        new.endpoint,
        new.keys.p256dh,
        new.keys.auth,
        session_hash=session_hash,
        user_agent=request.headers.get("user-agent", ""),
    )
    return Subscribed(id=id_)


async def unsubscribe(ctx: CtxDep, subscription_id: str) -> None:
    """Push nothing to this browser any more."""
    await actions.drop_device(ctx, subscription_id)
