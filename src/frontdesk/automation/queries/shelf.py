"""The shelf of rules, their versions, and what ids in them are called."""

from pydantic import BaseModel, Json

from frontdesk.automation.rules.definition import Definition
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.ids import floor7
from frontdesk.core.pages import Cursor, Page, page

WEEK = 7 * DAY


class Stats(BaseModel):
    """How a rule did in the last seven days, and when it last had occasion to."""

    runs_7d: int
    failed_7d: int
    cut_7d: int
    last_run_at: int | None


class RuleRow(Stats):
    """A rule with its current version."""

    id: str
    key: str
    name: str
    enabled: bool
    archived: bool
    version: int
    definition: Json[Definition]
    created_at: int
    updated_at: int


_RULE = """
    r.id, r.key, r.name, r.enabled, r.archived, r.version, r.created_at, r.updated_at,
    v.definition,
    (SELECT count(*) FROM rule_runs n INDEXED BY rule_runs_by_rule
     WHERE n.tenant_id = :tenant AND n.rule_id = r.id AND n.id >= :week) AS runs_7d,
    (SELECT count(*) FROM rule_runs n INDEXED BY rule_runs_by_rule
     WHERE n.tenant_id = :tenant AND n.rule_id = r.id AND n.id >= :week AND n.state = 'failed') AS failed_7d,
    (SELECT count(*) FROM rule_runs n INDEXED BY rule_runs_by_rule
     WHERE n.tenant_id = :tenant AND n.rule_id = r.id AND n.id >= :week AND n.state = 'cut') AS cut_7d,
    (SELECT n.created_at FROM rule_runs n INDEXED BY rule_runs_by_rule
     WHERE n.tenant_id = :tenant AND n.rule_id = r.id ORDER BY n.id DESC LIMIT 1) AS last_run_at
"""


async def listed(ctx: Ctx, *, archived: bool, after: Cursor, limit: int) -> Page[RuleRow]:
    """Rules in the order they were made."""
    rows = await ctx.db.all(
        RuleRow,
        f"""
        SELECT {_RULE} FROM rules r
        JOIN rule_versions v ON v.tenant_id = :tenant AND v.rule_id = r.id AND v.version = r.version
        WHERE r.tenant_id = :tenant AND r.archived = :archived AND (r.created_at, r.id) > (:at, :id)
        ORDER BY r.created_at, r.id LIMIT :limit
        """,
        archived=int(archived),
        at=after.at,
        id=after.id,
        limit=limit + 1,
        week=floor7(ctx.now - WEEK),
    )
    return page(rows, limit, lambda row: Cursor(row.created_at, row.id))


async def by_id(ctx: Ctx, rule_id: str) -> RuleRow:
    """One rule. Raises NotFound."""
    return await ctx.db.one(
        RuleRow,
        f"""
        SELECT {_RULE} FROM rules r
        JOIN rule_versions v ON v.tenant_id = :tenant AND v.rule_id = r.id AND v.version = r.version
        WHERE r.tenant_id = :tenant AND r.id = :id
        """,
        id=rule_id,
        week=floor7(ctx.now - WEEK),
    )


class VersionRow(BaseModel):
    """One version of a rule and who wrote it."""

    version: int
    name: str
    definition: Json[Definition]
    author_kind: str
    author_id: str
    author_name: str | None
    at: int


async def versions(ctx: Ctx, rule_id: str, *, after: int, limit: int) -> Page[VersionRow]:
    """All versions of a rule, the newest first."""
    rows = await ctx.db.all(
        VersionRow,
        """
        SELECT v.version, v.name, v.definition, v.author_kind, v.author_id, v.at,
               (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = v.author_id) AS author_name
        FROM rule_versions v
        WHERE v.tenant_id = :tenant AND v.rule_id = :id AND v.version < :after
        ORDER BY v.version DESC LIMIT :limit
        """,
        id=rule_id,
        after=after,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.version, ""))


class Named(BaseModel):
    """What an id is called; `kind` is rule or staff."""

    kind: str
    id: str
    name: str
    live: bool


async def names(ctx: Ctx) -> list[Named]:
    """Rules that are not put away and staff, by id."""
    return await ctx.db.all(
        Named,
        """
        SELECT 'rule' AS kind, id, name, 1 - archived AS live FROM rules WHERE tenant_id = :tenant
        UNION ALL
        SELECT 'staff', id, name, active FROM staff WHERE tenant_id = :tenant
        """,
    )


class Keyed(BaseModel):
    """A standard rule that is put away."""

    id: str
    key: str


async def archived_keys(ctx: Ctx) -> list[Keyed]:
    """The standard rules that were put away."""
    return await ctx.db.all(
        Keyed,
        "SELECT id, key FROM rules WHERE tenant_id = :tenant AND archived = 1 AND key <> '' ORDER BY key",
    )
