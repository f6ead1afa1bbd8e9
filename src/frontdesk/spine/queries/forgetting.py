"""What the nightly forgetting looks for: bodies that had their days, files nobody names."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.core.parsing import dump_json


class OldBody(BaseModel):
    """A delivery whose body has had its days; `body` is the file's key where it is one."""

    id: str
    body: str
    body_form: str


async def old_bodies(ctx: Ctx, before: int, limit: int) -> list[OldBody]:
    """Bodies received before an instant (ms) and still kept."""
    return await ctx.db.all(
        OldBody,
        """
        SELECT id, CASE WHEN body_form = 'file' THEN body ELSE '' END AS body, body_form FROM deliveries
        WHERE tenant_id = :tenant AND received_at < :before AND body_form <> 'purged'
        ORDER BY received_at LIMIT :limit
        """,
        before=before,
        limit=limit,
    )


class _Id(BaseModel):
    id: str


async def without_file(ctx: Ctx, ids: list[str]) -> set[str]:
    """Those of these ids that no delivery has whose body is a file."""
    rows = await ctx.db.all(
        _Id,
        """
        SELECT value AS id FROM json_each(:ids) WHERE NOT EXISTS (
          SELECT 1 FROM deliveries WHERE tenant_id = :tenant AND id = value AND body_form = 'file')
        """,
        ids=dump_json(ids),
    )
    return {row.id for row in rows}
