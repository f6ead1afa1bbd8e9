"""Why did this happen: from an effect up its causes, one row a step, down to the call that began it."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx


class Link(BaseModel):
    """One step of a chain as its row has it, and what caused it. `about`: the contact whose page shows it best."""

    id: str
    title: str
    detail: str
    at: int
    cause_kind: str
    cause_id: str
    rule_id: str | None = None
    version: int | None = None
    actor: str | None = None
    about: str | None = None


_STEPS = {
    "message": """
        SELECT m.id, CASE WHEN m.template <> '' THEN m.template
                          WHEN m.direction = 'in' THEN 'Text received' ELSE 'Message' END AS title,
               m.channel || ', ' || m.state || CASE WHEN m.reason = '' THEN '' ELSE ': ' || m.detail END AS detail,
               m.created_at AS at, m.cause_kind, m.cause_id,
               CASE m.direction WHEN 'in' THEN m.contact_id END AS about,
               (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = m.author_id) AS actor
        FROM messages m WHERE m.tenant_id = :tenant AND m.id = :id AND m.purpose <> 'auth'
    """,
    "task": """
        SELECT id, title, type || ', ' || status AS detail, created_at AS at, cause_kind, cause_id
        FROM tasks WHERE tenant_id = :tenant AND id = :id
    """,
    "move": """
        SELECT v.id, v.from_stage || ' to ' || v.to_stage AS title, v.why AS detail, v.at, v.cause_kind, v.cause_id,
               v.contact_id AS about,
               (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = v.actor_id) AS actor
        FROM stage_moves v WHERE v.tenant_id = :tenant AND v.id = :id
    """,
    "booking": """
        SELECT b.id, b.service AS title, b.status AS detail, b.created_at AS at, 'event' AS cause_kind,
               COALESCE((SELECT e.id FROM events e INDEXED BY events_by_subject
                         WHERE e.tenant_id = :tenant AND e.subject_kind = 'booking' AND e.subject_id = b.id
                         ORDER BY e.seq LIMIT 1), '') AS cause_id
        FROM bookings b WHERE b.tenant_id = :tenant AND b.id = :id
    """,
    "run": """
        SELECT n.id, v.name AS title,
               CASE WHEN n.reason = '' THEN n.state ELSE n.state || ': ' || n.reason END AS detail,
               n.created_at AS at, n.cause_kind, n.cause_id, n.rule_id, n.version
        FROM rule_runs n
        JOIN rule_versions v ON v.tenant_id = :tenant AND v.rule_id = n.rule_id AND v.version = n.version
        WHERE n.tenant_id = :tenant AND n.id = :id
    """,
    "event": """
        SELECT e.id, e.type AS title, e.source AS detail, e.recorded_at AS at,
               CASE WHEN e.delivery_id IS NULL THEN e.cause_kind ELSE 'delivery' END AS cause_kind,
               COALESCE(e.delivery_id, e.cause_id) AS cause_id,
               CASE e.type WHEN 'message.received' THEN e.subject_id END AS about,
               (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = e.actor_id) AS actor
        FROM events e WHERE e.tenant_id = :tenant AND e.id = :id
    """,
    "job": """
        SELECT id, kind AS title, CASE WHEN last_error = '' THEN state ELSE state || ': ' || last_error END AS detail,
               created_at AS at, cause_kind, cause_id
        FROM jobs WHERE tenant_id = :tenant AND id = :id
    """,
    "delivery": """
        SELECT id, source AS title, verdict AS detail, received_at AS at, '' AS cause_kind, '' AS cause_id
        FROM deliveries WHERE tenant_id = :tenant AND id = :id
    """,
}
ASKED = ("message", "task", "move", "run", "event", "job", "booking")


async def step(ctx: Ctx, kind: str, id_: str) -> Link | None:
    """One step; None for what has no row, or none any more."""
    sql = _STEPS.get(kind)
    return await ctx.db.maybe(Link, sql, id=id_) if sql else None


async def version(ctx: Ctx, rule_id: str, number: int) -> Link | None:
    """The version of a rule that a run followed, and who wrote it."""
    return await ctx.db.maybe(
        Link,
        """
        SELECT v.rule_id AS id, v.name AS title, v.definition AS detail, v.at, '' AS cause_kind, '' AS cause_id,
               v.rule_id, v.version,
               (SELECT s.name FROM staff s WHERE s.tenant_id = :tenant AND s.id = v.author_id) AS actor
        FROM rule_versions v WHERE v.tenant_id = :tenant AND v.rule_id = :rule_id AND v.version = :version
        """,
        rule_id=rule_id,
        version=number,
    )
