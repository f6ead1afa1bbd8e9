"""Who works here, and what each of them had to do at an instant."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx


class Colleague(BaseModel):
    """A member of staff, or one who was."""

    id: str
    name: str
    role: str
    active: bool


async def staff(ctx: Ctx) -> list[Colleague]:
    """Everybody who works or worked here, by name."""
    return await ctx.db.all(
        Colleague,
        "SELECT id, name, role, active FROM staff WHERE tenant_id = :tenant ORDER BY name, id LIMIT 500",
    )


class Load(BaseModel):
    """Tasks of one member of staff (None: nobody's) that were open, and those of them that were late."""

    assignee_id: str | None
    open: int
    overdue: int


async def open_at(ctx: Ctx, at: int) -> list[Load]:
    """What was open at an instant (ms): what is still, and what was done or dismissed only later."""
    return await ctx.db.all(
        Load,
        """
        SELECT assignee_id, count(*) AS open, sum(due_at < :at) AS overdue FROM (
          SELECT assignee_id, due_at FROM tasks INDEXED BY tasks_open_by_due
          WHERE tenant_id = :tenant AND status = 'open' AND created_at < :at
          UNION ALL
          SELECT assignee_id, due_at FROM tasks INDEXED BY tasks_done
          WHERE tenant_id = :tenant AND status <> 'open' AND done_at >= :at AND created_at < :at
        ) GROUP BY assignee_id
        """,
        at=at,
    )


class _Email(BaseModel):
    email: str


async def in_charge(ctx: Ctx) -> list[str]:
    """The addresses of the owners and admins who work here."""
    rows = await ctx.db.all(
        _Email,
        """
        SELECT email FROM staff
        WHERE tenant_id = :tenant AND active = 1 AND role IN ('owner', 'admin') ORDER BY email LIMIT 50
        """,
    )
    return [row.email for row in rows]
