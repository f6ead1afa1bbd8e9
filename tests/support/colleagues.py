"""Staff of a desk in memory, and what they do as themselves."""

from frontdesk.core.ctx import Actor, Ctx
from support.desk import MORNING, Desk


def hired(desk: Desk, id_: str = "mia", role: str = "staff", *, active: bool = True) -> Ctx:
    """Somebody who works there; what they do is done in the context that comes back."""
    desk.world.driver.connection.execute(
        "INSERT INTO staff (tenant_id, id, email, name, role, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (desk.tenant.id, id_, f"{id_}@harbour.example", id_.title(), role, int(active), MORNING),
    )
    return desk.ctx(f"request-of-{id_}").as_(actor=Actor("staff", id_, role))
