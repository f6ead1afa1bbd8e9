"""Reading notices and how many of them somebody has not seen."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import Cursor, Page, page

MOST_UNREAD = 99
"""Counting stops there; the badge says 99+."""


class Notice(BaseModel):
    """Something staff should know. `seq` is what `POST /notices/read` takes; `created_at` in business ms."""

    seq: int
    id: str
    title: str
    body: str
    link: str
    urgent: bool
    read: bool
    created_at: int


async def notices(ctx: Ctx, *, before: int, limit: int) -> Page[Notice]:
    """Those for the caller or for everybody, newest first; `before` is the `seq` of the last one shown."""
    rows = await ctx.db.all(
        Notice,
        """
        SELECT n.seq, n.id, n.title, n.body, n.link, n.urgent, n.created_at,
               n.seq <= coalesce((SELECT read_up_to FROM notice_marks
                                  WHERE tenant_id = :tenant AND staff_id = :staff_id), 0) AS read
        FROM notices n INDEXED BY notices_by_seq
        WHERE n.tenant_id = :tenant AND n.seq < :before AND (n.staff_id IS NULL OR n.staff_id = :staff_id)
        ORDER BY n.seq DESC LIMIT :limit
        """,
        staff_id=ctx.actor.id,
        before=before,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.seq, row.id))


class _Unread(BaseModel):
    n: int


async def unread(ctx: Ctx) -> int:
    """How many the caller has not read, `MOST_UNREAD` + 1 at most."""
    row = await ctx.db.one(
        _Unread,
        """
        SELECT count(*) AS n FROM (
          SELECT 1 FROM notices INDEXED BY notices_by_seq
          WHERE tenant_id = :tenant AND (staff_id IS NULL OR staff_id = :staff_id)
            AND seq > coalesce((SELECT read_up_to FROM notice_marks
                                WHERE tenant_id = :tenant AND staff_id = :staff_id), 0)
          LIMIT :most)
        """,
        staff_id=ctx.actor.id,
        most=MOST_UNREAD + 1,
    )
    return row.n
