"""Where contacts stand: what makes them warm, their board, their bookings as the pipeline sees them, their moves."""

from collections.abc import Sequence

from pydantic import BaseModel, Json

from frontdesk.contacts.rules.conditions import DORMANT, NO_RESPONSE, Patience
from frontdesk.contacts.rules.pipeline import Visit
from frontdesk.contacts.rules.warmness import LATELY, Score, Signals, warmness
from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import like_prefix
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.core.parsing import dump_json
from frontdesk.core.phone import e164_prefix


class _Signals(BaseModel):
    id: str
    heard_at: int | None
    lately: int
    replies: int
    source: str
    intent: int | None


async def signals(ctx: Ctx, contact_ids: Sequence[str]) -> dict[str, Signals]:
    """What is known of the warmth of these contacts, by id; one round trip for all of them.

    More than six sightings in 30 days are not counted: they make nobody warmer.
    """
    rows = await ctx.db.all(
        _Signals,
        """
        SELECT c.id, c.replies, c.source, c.intent,
               NULLIF(max(COALESCE(c.last_in_at, 0), COALESCE((
                 SELECT t.at FROM touchpoints t INDEXED BY touchpoints_by_contact
                 WHERE t.tenant_id = :tenant AND t.contact_id = c.id AND t.direction = 'in'
                 ORDER BY t.at DESC LIMIT 1), 0)), 0) AS heard_at,
               (SELECT count(*) FROM (
                  SELECT 1 FROM touchpoints t INDEXED BY touchpoints_by_contact
                  WHERE t.tenant_id = :tenant AND t.contact_id = c.id AND t.at >= :lately
                    AND t.direction = 'in' LIMIT 6))
               + (SELECT count(*) FROM (
                  SELECT 1 FROM messages m INDEXED BY messages_by_contact
                  WHERE m.tenant_id = :tenant AND m.contact_id = c.id AND m.due_at >= :lately
                    AND m.direction = 'in' LIMIT 6)) AS lately
        FROM json_each(:ids) j
        CROSS JOIN contacts c
        WHERE c.tenant_id = :tenant AND c.id = j.value
        """,
        ids=dump_json(list(contact_ids)),
        lately=ctx.now - LATELY,
    )
    return {row.id: Signals(row.heard_at, row.lately, row.replies, row.source, row.intent) for row in rows}


async def warmths(ctx: Ctx, contact_ids: Sequence[str]) -> dict[str, Score]:
    """How warm these contacts are now, by id."""
    found = await signals(ctx, contact_ids) if contact_ids else {}
    return {id_: warmness(each, ctx.now) for id_, each in found.items()}


async def visits(ctx: Ctx, *contact_ids: str) -> list[Visit]:
    """Their latest bookings, at most 200, as the pipeline sees them."""
    return await ctx.db.all(
        Visit,
        """
        SELECT b.status, b.starts_at, b.service, b.version
        FROM json_each(:ids) j
        CROSS JOIN bookings b INDEXED BY bookings_by_contact
        WHERE b.tenant_id = :tenant AND b.contact_id = j.value
        ORDER BY b.starts_at DESC LIMIT 200
        """,
        ids=dump_json(contact_ids),
    )


async def booked_by(ctx: Ctx, booking_id: str) -> str | None:
    """Whose a booking is now."""
    row = await ctx.db.maybe(
        dict, "SELECT contact_id FROM bookings WHERE tenant_id = :tenant AND id = :id", id=booking_id
    )
    return str(row["contact_id"]) if row else None


class CardRow(BaseModel):
    """A card of the board as its row has it."""

    id: str
    name: str
    phone: str | None
    tags: Json[list[str]]
    source: str
    stage: str
    stage_since: int
    last_in_at: int | None
    version: int
    next_booking_at: int | None
    open_tasks: int


class Filters(BaseModel):
    """What the board shows: the start of a name, number or address; a tag; a source."""

    q: str | None = None
    tag: str | None = None
    source: str | None = None

    def bound(self, country: str) -> dict[str, str | None]:
        """As parameters of a statement; a number is taken as somebody in `country` types it."""
        return {
            "pattern": like_prefix(self.q) if self.q else None,
            "number": like_prefix(e164_prefix(self.q, country) or self.q) if self.q else None,
            "tag": self.tag,
            "source": self.source,
        }


_CARD = """
    c.id, trim(c.first_name || ' ' || c.last_name) AS name, c.phone, c.tags, c.source, c.stage, c.stage_since,
    c.last_in_at, c.version,
    (SELECT min(b.starts_at) FROM bookings b INDEXED BY bookings_by_contact
     WHERE b.tenant_id = :tenant AND b.contact_id = c.id AND b.starts_at >= :now
       AND b.status IN ('scheduled', 'confirmed')) AS next_booking_at,
    (SELECT count(*) FROM tasks t INDEXED BY tasks_by_contact
     WHERE t.tenant_id = :tenant AND t.contact_id = c.id AND t.status = 'open') AS open_tasks"""
_SHOWN = """
    (:tag IS NULL OR EXISTS (SELECT 1 FROM json_each(s.tags) WHERE value = :tag))
    AND (:source IS NULL OR s.source = :source)
    AND (:pattern IS NULL OR s.first_name LIKE :pattern ESCAPE '\\' OR s.last_name LIKE :pattern ESCAPE '\\'
         OR s.first_name || ' ' || s.last_name LIKE :pattern ESCAPE '\\'
         OR s.email LIKE :pattern ESCAPE '\\' OR s.phone LIKE :number ESCAPE '\\')"""


async def board(ctx: Ctx, stages: Sequence[str], filters: Filters, *, limit: int) -> list[CardRow]:
    """The first cards of each of these stages, who came last first; up to `limit + 1` of each."""
    return await ctx.db.all(
        CardRow,
        f"""
        SELECT {_CARD}
        FROM json_each(:stages) j
        CROSS JOIN contacts c
        WHERE c.tenant_id = :tenant AND c.id IN (
          SELECT s.id FROM contacts s INDEXED BY contacts_on_board
          WHERE s.tenant_id = :tenant AND s.stage = j.value AND s.merged_into IS NULL AND {_SHOWN}
          ORDER BY s.stage_since DESC, s.id DESC LIMIT :limit)
        ORDER BY j.key, c.stage_since DESC, c.id DESC
        """,
        stages=dump_json(list(stages)),
        now=ctx.now,
        limit=limit + 1,
        **filters.bound(ctx.tenant.country),
    )


async def column(ctx: Ctx, stage: str, filters: Filters, *, after: Cursor, limit: int) -> Page[CardRow]:
    """The cards of one stage, who came last first."""
    rows = await ctx.db.all(
        CardRow,
        f"""
        SELECT {_CARD}
        FROM (
          SELECT s.* FROM contacts s INDEXED BY contacts_on_board
          WHERE s.tenant_id = :tenant AND s.stage = :stage AND s.merged_into IS NULL
            AND (s.stage_since, s.id) < (:at, :id) AND {_SHOWN}
          ORDER BY s.stage_since DESC, s.id DESC LIMIT :limit) c
        ORDER BY c.stage_since DESC, c.id DESC
        """,
        stage=stage,
        now=ctx.now,
        at=after.at,
        id=after.id,
        limit=limit + 1,
        **filters.bound(ctx.tenant.country),
    )
    return page(rows, limit, lambda row: Cursor(row.stage_since, row.id))


class _Wait(BaseModel):
    key: str
    minutes: int


async def patience(ctx: Ctx) -> Patience:
    """How long the tenant's own standard rules wait; those that are off or wait for something else say nothing."""
    rows = await ctx.db.all(
        _Wait,
        """
        SELECT r.key, t.minutes
        FROM rules r INDEXED BY rules_by_key
        JOIN rule_triggers t ON t.tenant_id = :tenant AND t.rule_id = r.id
        WHERE r.tenant_id = :tenant AND r.key <> '' AND r.key IN ('no-response', 'dormant')
          AND t.type = CASE r.key WHEN 'dormant' THEN '@contact.last_seen_at' ELSE '@contact.last_word_at' END
        """,
    )
    waits = {row.key: row.minutes * MINUTE for row in rows}
    return Patience(waits.get("no-response", NO_RESPONSE), waits.get("dormant", DORMANT))


class _Count(BaseModel):
    stage: str
    n: int


async def counts(ctx: Ctx, stages: Sequence[str], filters: Filters) -> dict[str, int]:
    """How many cards each of these stages has."""
    rows = await ctx.db.all(
        _Count,
        f"""
        SELECT j.value AS stage, (
          SELECT count(*) FROM contacts s INDEXED BY contacts_on_board
          WHERE s.tenant_id = :tenant AND s.stage = j.value AND s.merged_into IS NULL AND {_SHOWN}) AS n
        FROM json_each(:stages) j
        """,
        stages=dump_json(list(stages)),
        **filters.bound(ctx.tenant.country),
    )
    return {row.stage: row.n for row in rows}


class StageMove(BaseModel):
    """One move along the pipeline: by whom, why, and what caused it."""

    id: str
    from_stage: str
    to_stage: str
    why: str
    actor_kind: str
    actor_id: str
    actor_name: str | None
    cause_kind: str
    cause_id: str
    trace_id: str
    at: int


async def moves(ctx: Ctx, contact_id: str, *, after: Cursor, limit: int) -> Page[StageMove]:
    """A contact's moves, the latest first."""
    rows = await ctx.db.all(
        StageMove,
        """
        SELECT m.id, m.from_stage, m.to_stage, m.why, m.actor_kind, m.actor_id, m.cause_kind, m.cause_id,
               m.trace_id, m.at,
               (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = m.actor_id) AS actor_name
        FROM stage_moves m
        WHERE m.tenant_id = :tenant AND m.contact_id = :contact_id AND (m.at, m.id) < (:at, :id)
        ORDER BY m.at DESC, m.id DESC LIMIT :limit
        """,
        contact_id=contact_id,
        at=after.at,
        id=after.id,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.at, row.id))


class TagCount(BaseModel):
    """A tag and how many contacts have it."""

    tag: str
    count: int


async def tags(ctx: Ctx) -> list[TagCount]:
    """The 200 tags most in use. Whoever has the same ones is counted in the index alone, before any is taken apart."""
    return await ctx.db.all(
        TagCount,
        """
        SELECT j.value AS tag, sum(c.n) AS count
        FROM (SELECT tags, count(*) AS n FROM contacts INDEXED BY contacts_tagged
              WHERE tenant_id = :tenant AND merged_into IS NULL AND tags <> '[]' GROUP BY tags) c
        CROSS JOIN json_each(c.tags) j
        GROUP BY j.value ORDER BY sum(c.n) DESC, j.value LIMIT 200
        """,
    )
