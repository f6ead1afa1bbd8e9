"""Reading the reports that were kept, and how the walk over all days stands."""

from pydantic import BaseModel, Json

from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.reports.rules.periods import Kind
from frontdesk.reports.rules.shape import Report
from frontdesk.reports.rules.tally import Difference


class Kept(BaseModel):
    """A report as it was on the morning it was due."""

    id: str
    kind: Kind
    start: str
    report: Json[Report]
    mailed_to: Json[list[str]]
    created_at: int


async def reports(ctx: Ctx, *, after: Cursor, limit: int, kind: Kind | None) -> Page[Kept]:
    """The reports kept, newest first."""
    rows = await ctx.db.all(
        Kept,
        """
        SELECT id, kind, start_day AS start, figures AS report, mailed_to, created_at FROM reports
        WHERE tenant_id = :tenant AND (created_at, id) < (:at, :id) AND (:kind IS NULL OR kind = :kind)
        ORDER BY created_at DESC, id DESC LIMIT :limit
        """,
        at=after.at,
        id=after.id,
        kind=kind,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.created_at, row.id))


class Check(BaseModel):
    """A walk over all days: each reckoned anew from the facts, beside what is kept of it. Instants in ms."""

    id: str
    state: str
    first_day: str
    last_day: str
    next_day: str
    days: int
    found: int
    differences: Json[list[Difference]]
    started_at: int
    finished_at: int | None


async def check(ctx: Ctx, check_id: str) -> Check:
    """One walk. Raises NotFound."""
    return await ctx.db.one(
        Check,
        """
        SELECT id, state, first_day, last_day, next_day, days, found, differences, started_at, finished_at
        FROM rollup_checks WHERE tenant_id = :tenant AND id = :id
        """,
        id=check_id,
    )


async def latest_check(ctx: Ctx) -> Check | None:
    """The walk that was begun last; ids sort by time."""
    return await ctx.db.maybe(
        Check,
        """
        SELECT id, state, first_day, last_day, next_day, days, found, differences, started_at, finished_at
        FROM rollup_checks WHERE tenant_id = :tenant ORDER BY id DESC LIMIT 1
        """,
    )
