"""The pipeline over HTTP: the board, its columns, moves, and how warm somebody is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.contacts import actions, queries
from frontdesk.contacts.queries import CardRow, Filters, StageMove, TagCount
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.conditions import Holding, holding
from frontdesk.contacts.rules.pipeline import has_stage, stages
from frontdesk.contacts.rules.warmness import Score, warmness
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import NotFound
from frontdesk.core.pages import NEWEST, Cursor, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep

Search = Annotated[str | None, Field(max_length=100)]


class Card(CardRow):
    """A contact on the board. `warmness` is 0 to 100; instants in ms UTC."""

    warmness: int


class Column(BaseModel):
    """A stage with its first cards; `next` is the marker for more of them."""

    key: str
    label: str
    count: int
    next: str | None
    items: list[Card]


class Board(BaseModel):
    """The tenant's pipeline."""

    pipeline: str
    stages: list[Column]


async def get_board(
    ctx: CtxDep, q: Search = None, tag: str | None = None, source: str | None = None, limit: Limit = 25
) -> Board:
    """Every stage with its count and its first cards, who came last first."""
    filters = Filters(q=q or None, tag=tag or None, source=source or None)
    pipeline = stages(ctx.tenant.kind)
    keys = [stage.key for stage in pipeline]
    counts = await queries.counts(ctx, keys, filters)
    cards = await _cards(ctx, await queries.board(ctx, keys, filters, limit=limit))
    columns = []
    for stage in pipeline:
        found = [card for card in cards if card.stage == stage.key]
        shown, more = found[:limit], len(found) > limit
        marker = Cursor(shown[-1].stage_since, shown[-1].id).encode() if more else None
        columns.append(
            Column(key=stage.key, label=stage.label, count=counts[stage.key], next=marker, items=shown)
        )
    return Board(pipeline="main", stages=columns)


async def get_column(
    ctx: CtxDep,
    stage: str,
    q: Search = None,
    tag: str | None = None,
    source: str | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[Card]:
    """More cards of one stage."""
    if not has_stage(ctx.tenant.kind, stage):
        raise NotFound("There is no such stage.")
    filters = Filters(q=q or None, tag=tag or None, source=source or None)
    found = await queries.column(ctx, stage, filters, after=decode_cursor(after, NEWEST), limit=limit)
    return Page(items=await _cards(ctx, found.items), next=found.next)


async def _cards(ctx: Ctx, rows: list[CardRow]) -> list[Card]:
    warm = await queries.warmths(ctx, [row.id for row in rows])
    return [Card.model_construct(**dict(row), warmness=warm[row.id].score) for row in rows]


class StageChange(BaseModel):
    """To which stage; `version` is the one that was read."""

    model_config = ConfigDict(extra="forbid")

    stage: str = Field(min_length=1, max_length=40)
    version: int = Field(ge=1)


async def move_contact(ctx: CtxDep, contact_id: str, change: StageChange) -> Contact:
    """Move a contact along the pipeline. 409 when somebody else changed it since `version`."""
    return await actions.move(ctx, contact_id, change.stage, change.version)


async def list_moves(
    ctx: CtxDep, contact_id: str, after: str | None = None, limit: Limit = 50
) -> Page[StageMove]:
    """A contact's moves along the pipeline, with who and why, the latest first."""
    await queries.by_id(ctx, contact_id)
    return await queries.moves(ctx, contact_id, after=decode_cursor(after, NEWEST), limit=limit)


class Warmness(Score):
    """A contact's warmth, and what holds of them: a silence, a recall that is due, dormancy."""

    holds: list[Holding]


async def get_warmness(ctx: CtxDep, contact_id: str) -> Warmness:
    """How warm a contact is, 0 to 100, what each point is for, and what holds of them now."""
    contact = await queries.by_id(ctx, contact_id)
    found = await queries.signals(ctx, [contact_id])
    score = warmness(found[contact_id], ctx.now)
    upcoming = any(
        visit.open and visit.starts_at > ctx.now for visit in await queries.visits(ctx, contact_id)
    )
    holds = holding(contact, ctx.now, await queries.patience(ctx), upcoming=upcoming)
    return Warmness(score=score.score, reasons=score.reasons, holds=holds)


class Tags(BaseModel):
    """The tags in use."""

    items: list[TagCount]


async def list_tags(ctx: CtxDep) -> Tags:
    """The tags in use, the commonest first; at most 200."""
    return Tags(items=await queries.tags(ctx))
