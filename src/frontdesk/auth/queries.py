"""Reading staff, sessions and the audit log; `actor_of` tells who sends a request."""

from collections.abc import Sequence

from pydantic import BaseModel, Json, ValidationError

from frontdesk.auth.rules import SESSION_CACHE_S, Role, token_hash
from frontdesk.core.arrival import Arrival, credential_of
from frontdesk.core.clock import SECOND
from frontdesk.core.ctx import Actor, Ctx
from frontdesk.core.db import Statement, TenantDb
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Platform
from frontdesk.core.settings import Tenant
from frontdesk.core.upgrade import Caller


class Staff(BaseModel):
    """Somebody who works here. Times in ms."""

    id: str
    email: str
    name: str
    role: Role
    active: bool
    version: int
    created_at: int


class LiveSession(BaseModel):
    """Whose a session is, and when it ends (real ms)."""

    staff_id: str
    role: Role
    expires_at: int


class AuditEntry(BaseModel):
    """Who changed what, when (business ms), and by which request."""

    id: str
    actor_kind: str
    actor_id: str
    action: str
    subject_kind: str
    subject_id: str
    change: Json[dict[str, object]]
    cause_id: str
    at: int


def session_key(tenant_id: str, hash_: str) -> str:
    """Where KV keeps a session; the tenant is part of it, so a session is nobody's anywhere else."""
    return f"session:{tenant_id}:{hash_}"


async def actor_of(platform: Platform, tenant: Tenant, request: Arrival) -> Actor | None:
    """The signed-in member of this tenant's staff who sends `request`, or None.

    KV vouches for a session up to a minute after it was revoked or its owner's role changed.
    """
    credential = credential_of(request)
    hash_ = token_hash(credential.token) if credential else None
    if hash_ is None:
        return None
    key, real = session_key(tenant.id, hash_), platform.clock.real()
    session = _kept(await platform.kv.recall(key))
    if session is None:
        session = await live_session(platform, tenant, hash_)
        if session is None:
            return None
        if session.expires_at - real > SESSION_CACHE_S * SECOND:
            platform.background(platform.kv.remember(key, session.model_dump_json(), ttl_s=SESSION_CACHE_S))
    return Actor("staff", session.staff_id, session.role) if session.expires_at > real else None


def _kept(text: str | None) -> LiveSession | None:
    try:
        return LiveSession.model_validate_json(text) if text else None
    except ValidationError:
        return None


async def live_session(platform: Platform, tenant: Tenant, hash_: str) -> LiveSession | None:
    """The session if it is neither over nor revoked and its owner still works here."""
    return await TenantDb(platform.driver_of(tenant.shard), tenant.id).maybe(
        LiveSession,
        """
        SELECT e.staff_id, s.role, e.expires_at
        FROM sessions e JOIN staff s ON s.tenant_id = :tenant AND s.id = e.staff_id
        WHERE e.tenant_id = :tenant AND e.token_hash = :hash AND e.revoked_at IS NULL
          AND e.expires_at > :real AND s.active = 1
        """,
        hash=hash_,
        real=platform.clock.real(),
    )


async def caller_of(platform: Platform, tenant: Tenant, token: str) -> Caller | None:
    """Whose session a token is, by the database: what lives long is not opened on KV's word."""
    hash_ = token_hash(token)
    session = await live_session(platform, tenant, hash_) if hash_ else None
    return Caller(session.staff_id, session.role, hash_) if session and hash_ else None


def standing(hashes: Sequence[str], real: int) -> Statement:
    """Those of these sessions that still count at `real` (ms), each with its owner's role."""
    return Statement(
        """
        SELECT e.token_hash, s.role
        FROM sessions e JOIN staff s ON s.tenant_id = :tenant AND s.id = e.staff_id
        WHERE e.tenant_id = :tenant AND e.token_hash IN (SELECT value FROM json_each(:hashes))
          AND e.revoked_at IS NULL AND e.expires_at > :real AND s.active = 1
        """,
        {"hashes": dump_json(list(hashes)), "real": real},
    )


class _Hash(BaseModel):
    token_hash: str


async def session_hashes(ctx: Ctx, staff_id: str) -> list[str]:
    """The token hashes of somebody's sessions that KV may still vouch for."""
    rows = await ctx.db.all(
        _Hash,
        """
        SELECT token_hash FROM sessions
        WHERE tenant_id = :tenant AND staff_id = :staff_id AND expires_at > :real
        """,
        staff_id=staff_id,
        real=ctx.platform.clock.real(),
    )
    return [row.token_hash for row in rows]


async def staff_by_id(ctx: Ctx, staff_id: str) -> Staff:
    """Raises NotFound."""
    return await ctx.db.one(
        Staff,
        """
        SELECT id, email, name, role, active, version, created_at
        FROM staff WHERE tenant_id = :tenant AND id = :id
        """,
        id=staff_id,
    )


async def active_staff_by_email(ctx: Ctx, email: str) -> Staff | None:
    """Who may sign in with this address."""
    return await ctx.db.maybe(
        Staff,
        """
        SELECT id, email, name, role, active, version, created_at
        FROM staff WHERE tenant_id = :tenant AND email = :email AND active = 1
        """,
        email=email,
    )


class SignIn(BaseModel):
    """Whose a sign-in is, if it is anybody's, and their address."""

    staff_id: str | None
    email: str | None


async def sign_in(ctx: Ctx, sign_in_id: str, real: int) -> SignIn | None:
    """A sign-in that has not expired at `real` (ms)."""
    return await ctx.db.maybe(
        SignIn,
        """
        SELECT i.staff_id, s.email
        FROM sign_ins i LEFT JOIN staff s ON s.tenant_id = :tenant AND s.id = i.staff_id
        WHERE i.tenant_id = :tenant AND i.id = :id AND i.expires_at > :real
        """,
        id=sign_in_id,
        real=real,
    )


class _Count(BaseModel):
    n: int


async def other_owners(ctx: Ctx, staff_id: str) -> int:
    """How many active owners there are besides this one."""
    row = await ctx.db.one(
        _Count,
        """
        SELECT count(*) AS n FROM staff
        WHERE tenant_id = :tenant AND role = 'owner' AND active = 1 AND id <> :id
        """,
        id=staff_id,
    )
    return row.n


async def staff(ctx: Ctx, *, after: Cursor, limit: int) -> Page[Staff]:
    """Everybody, in the order they came."""
    rows = await ctx.db.all(
        Staff,
        """
        SELECT id, email, name, role, active, version, created_at FROM staff
        WHERE tenant_id = :tenant AND (created_at, id) > (:at, :id)
        ORDER BY created_at, id LIMIT :limit
        """,
        at=after.at,
        id=after.id,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.created_at, row.id))


class Colleague(BaseModel):
    """Somebody who works here, as all who do may know them."""

    id: str
    name: str
    role: Role


async def colleagues(ctx: Ctx) -> list[Colleague]:
    """Who works here now, by name; at most 500."""
    return await ctx.db.all(
        Colleague,
        """
        SELECT id, name, role FROM staff WHERE tenant_id = :tenant AND active = 1
        ORDER BY name COLLATE NOCASE, id LIMIT 500
        """,
    )


async def audit(
    ctx: Ctx, *, after: Cursor, limit: int, subject_kind: str | None, subject_id: str | None
) -> Page[AuditEntry]:
    """The audit log, newest first; of one subject when it is named."""
    rows = await ctx.db.all(
        AuditEntry,
        """
        SELECT id, actor_kind, actor_id, action, subject_kind, subject_id, change, cause_id, at FROM audit
        WHERE tenant_id = :tenant AND (at, id) < (:at, :id)
          AND (:subject_kind IS NULL OR subject_kind = :subject_kind)
          AND (:subject_id IS NULL OR subject_id = :subject_id)
        ORDER BY at DESC, id DESC LIMIT :limit
        """,
        at=after.at,
        id=after.id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.at, row.id))
