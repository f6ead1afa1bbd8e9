"""Reading notices and how many of them somebody has not seen."""

from pydantic import BaseModel

from frontdesk.core.clock import HOUR
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
    """Those for the caller or for everybody, newest first; `before` is the `seq` of the last one shown.

    What is older than the caller's time here is history to them, not news: it counts as read.
    """
    rows = await ctx.db.all(
        Notice,
        """
        SELECT n.seq, n.id, n.title, n.body, n.link, n.urgent, n.created_at,
               n.seq <= coalesce((SELECT read_up_to FROM notice_marks
                                  WHERE tenant_id = :tenant AND staff_id = :staff_id), 0)
               OR n.created_at < coalesce((SELECT created_at FROM staff
                                           WHERE tenant_id = :tenant AND id = :staff_id), 0) AS read
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
            AND created_at >= coalesce((SELECT created_at FROM staff
                                        WHERE tenant_id = :tenant AND id = :staff_id), 0)
          LIMIT :most)
        """,
        staff_id=ctx.actor.id,
        most=MOST_UNREAD + 1,
    )
    return row.n


class _Id(BaseModel):
    id: str


async def devices_for(ctx: Ctx, notice_id: str) -> list[str]:
    """The devices of those a notice is for, as far as they still work here."""
    rows = await ctx.db.all(
        _Id,
        """
        SELECT d.id FROM notices n
        JOIN staff s ON s.tenant_id = :tenant AND s.active = 1 AND (n.staff_id IS NULL OR n.staff_id = s.id)
        JOIN push_devices d ON d.tenant_id = :tenant AND d.staff_id = s.id
        WHERE n.tenant_id = :tenant AND n.id = :id LIMIT 500
        """,
        id=notice_id,
    )
    return [row.id for row in rows]


class Errand(BaseModel):
    """One notice on its way to one device, and what speaks against it."""

    notice_id: str
    title: str
    body: str
    link: str
    created_at: int
    device_id: str
    staff_id: str
    endpoint: str
    p256dh: str
    auth: str
    read: bool
    signed_in: bool
    lately: int


async def errand(ctx: Ctx, notice_id: str, device_id: str) -> Errand | None:
    """None when the notice or the device is gone, is somebody else's by now, or the one got the other already."""
    return await ctx.db.maybe(
        Errand,
        """
        SELECT n.id AS notice_id, n.title, n.body, n.link, n.created_at,
               d.id AS device_id, d.staff_id, d.endpoint, d.p256dh, d.auth,
               n.seq <= coalesce((SELECT read_up_to FROM notice_marks
                                  WHERE tenant_id = :tenant AND staff_id = d.staff_id), 0) AS read,
               EXISTS (SELECT 1 FROM sessions e JOIN staff s ON s.tenant_id = :tenant AND s.id = e.staff_id
                       WHERE e.tenant_id = :tenant AND e.token_hash = d.session_hash AND e.staff_id = d.staff_id
                         AND e.revoked_at IS NULL AND e.expires_at > :real AND s.active = 1) AS signed_in,
               (SELECT count(*) FROM pushes
                WHERE tenant_id = :tenant AND staff_id = d.staff_id AND at > :lately AND state = 'sent'
                  AND device_id = d.id) AS lately
        FROM notices n JOIN push_devices d ON d.tenant_id = :tenant AND d.id = :device
         AND (n.staff_id IS NULL OR n.staff_id = d.staff_id)
        WHERE n.tenant_id = :tenant AND n.id = :notice
          AND NOT EXISTS (SELECT 1 FROM pushes
                          WHERE tenant_id = :tenant AND notice_id = :notice AND device_id = :device)
        """,
        notice=notice_id,
        device=device_id,
        real=ctx.platform.clock.real(),
        lately=ctx.now - HOUR,
    )


class Known(BaseModel):
    """A device as it is on record."""

    id: str
    staff_id: str
    session_hash: str
    p256dh: str
    auth: str


async def device_at(ctx: Ctx, endpoint_hash: str) -> Known | None:
    """The device with this endpoint, whoever's it was."""
    return await ctx.db.maybe(
        Known,
        """
        SELECT id, staff_id, session_hash, p256dh, auth FROM push_devices
        WHERE tenant_id = :tenant AND endpoint_hash = :hash
        """,
        hash=endpoint_hash,
    )
