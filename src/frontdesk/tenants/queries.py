"""Finding a tenant by host, slug or id: this isolate's memory, then KV, then D1.

A settings change writes KV anew and is dropped from memory where it was made; elsewhere it is seen after
`tenant_cache_ms` (memory) and the minute KV takes to spread. KV has no compare-and-set: a reader who fetched
the old row just before may put it over the new one, which then holds for KV's whole 300 s, and memory beyond.
Whatever must not run on that reads `by_id` or `fresh`. A tenant that does not exist is forgotten sooner, so
that a new one appears within ten seconds.
"""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ValidationError

from frontdesk.core.cache import CACHE
from frontdesk.core.clock import SECOND
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import SystemDb, TenantDb
from frontdesk.core.errors import NotFound
from frontdesk.core.platform import Platform
from frontdesk.core.settings import Tenant
from frontdesk.tenants.rules import SECRETS, SLUG, host_or_none, is_platform_host, slug_of

DIRECTORY = "main"
"""The database that knows all tenants and which database each lives in."""
KV_TTL_S = 300
UNKNOWN_MS = 10 * SECOND


async def by_host(platform: Platform, host: str) -> Tenant:
    """The tenant of `<slug>.<platform domain>` or of a custom domain. Raises NotFound."""
    name, domain = host_or_none(host), platform.settings.platform_domain
    if name is None:
        raise NotFound("This is not the address of a business.")
    slug = slug_of(name, domain)
    if slug is not None:
        return await by_slug(platform, slug)
    if is_platform_host(name, domain):
        raise NotFound("There is no business at this address.")
    sql = """
        SELECT t.id, t.slug, t.kind, t.name, t.time_zone, t.country, t.currency, t.locale, t.plan, t.shard,
               t.features, t.settings, t.version
        FROM domains d JOIN tenants t ON t.id = d.tenant_id WHERE d.host = :key
    """
    return await _found(platform, f"tenant:host:{name}", lambda: _row(platform, sql, name))


async def by_slug(platform: Platform, slug: str) -> Tenant:
    """The tenant with this slug. Raises NotFound."""
    if not SLUG.fullmatch(slug):
        raise NotFound("There is no business of this name.")
    sql = """
        SELECT t.id, t.slug, t.kind, t.name, t.time_zone, t.country, t.currency, t.locale, t.plan, t.shard,
               t.features, t.settings, t.version
        FROM tenants t WHERE t.slug = :key
    """
    return await _found(platform, f"tenant:slug:{slug}", lambda: _row(platform, sql, slug))


def in_memory(platform: Platform, slug: str) -> bool:
    """Whether `by_slug` would ask nobody, neither KV nor D1."""
    return not SLUG.fullmatch(slug) or CACHE.has(f"tenant:slug:{slug}", platform.clock.real())


async def by_id(platform: Platform, tenant_id: str, shard: str = DIRECTORY) -> Tenant:
    """The tenant a job or bell belongs to, from memory or D1: work must not run on KV's idea of settings.

    Raises NotFound.
    """
    sql = """
        SELECT t.id, t.slug, t.kind, t.name, t.time_zone, t.country, t.currency, t.locale, t.plan, t.shard,
               t.features, t.settings, t.version
        FROM tenants t WHERE t.id = :key
    """
    now, ttl = platform.clock.real(), platform.settings.tenant_cache_ms
    found: Tenant | None = await CACHE.get(
        f"tenant:id:{shard}:{tenant_id}", now, ttl, lambda: _row(platform, sql, tenant_id, shard)
    )
    if found is None:
        raise NotFound("There is no such business.")
    return found


async def _found(platform: Platform, key: str, read: Callable[[], Awaitable[Tenant | None]]) -> Tenant:
    async def load() -> Tenant | None:
        kept = await platform.kv.recall(key)
        if kept:
            try:
                return Tenant.model_validate_json(kept)
            except ValidationError:
                platform.log.warning("tenant in KV is of another release", key=key)
        tenant = await read()
        if tenant is not None:
            platform.background(platform.kv.remember(key, _written(tenant), ttl_s=KV_TTL_S))
        return tenant

    now, ttl = platform.clock.real(), platform.settings.tenant_cache_ms
    found: Tenant | None = await CACHE.get(key, now, ttl, load)
    if found is None:
        CACHE.shorten(key, now + min(ttl, UNKNOWN_MS))
        raise NotFound("There is no business at this address.")
    return found


async def keep(platform: Platform, key: str, tenant: Tenant) -> None:
    """Put a tenant's row under one of its KV keys."""
    await platform.kv.put(key, _written(tenant), ttl_s=KV_TTL_S)


def _written(tenant: Tenant) -> str:
    return tenant.model_dump_json(round_trip=True)


async def _row(platform: Platform, sql: str, key: str, shard: str = DIRECTORY) -> Tenant | None:
    directory = SystemDb(platform.driver_of(shard))
    return await directory.maybe(Tenant, sql, key=key)


async def fresh(ctx: Ctx) -> Tenant:
    """The tenant as its row is now, for whoever is about to change it."""
    return await ctx.db.one(
        Tenant,
        """
        SELECT t.id, t.slug, t.kind, t.name, t.time_zone, t.country, t.currency, t.locale, t.plan, t.shard,
               t.features, t.settings, t.version
        FROM tenants t WHERE t.id = :tenant
        """,
    )


class _Host(BaseModel):
    host: str


async def hosts(ctx: Ctx) -> list[str]:
    """The tenant's custom domains."""
    rows = await ctx.db.all(_Host, "SELECT host FROM domains WHERE tenant_id = :tenant ORDER BY host")
    return [row.host for row in rows]


class SecretState(BaseModel):
    """What may be told about a secret: whether it is set, since when (ms), and whether an old one still counts."""

    name: str
    title: str
    set_at: int | None = None
    previous_valid: bool = False


class Sealed(BaseModel):
    """A secret as it lies in D1; `slot` is current or previous."""

    name: str
    slot: str
    sealed: str


async def sealed_secrets(platform: Platform, tenant: Tenant) -> list[Sealed]:
    """All of a tenant's secrets, still sealed."""
    db = TenantDb(platform.driver_of(tenant.shard), tenant.id)
    return await db.all(Sealed, "SELECT name, slot, sealed FROM tenant_secrets WHERE tenant_id = :tenant")


class _Slot(BaseModel):
    name: str
    slot: str
    created_at: int


async def secret_states(ctx: Ctx) -> list[SecretState]:
    """Every secret the tenant can have, set or not."""
    rows = await ctx.db.all(
        _Slot,
        "SELECT name, slot, created_at FROM tenant_secrets WHERE tenant_id = :tenant ORDER BY name, slot",
    )
    current = {row.name: row.created_at for row in rows if row.slot == "current"}
    previous = {row.name for row in rows if row.slot == "previous"}
    return [
        SecretState(name=name, title=title, set_at=current.get(name), previous_valid=name in previous)
        for name, title in SECRETS.items()
    ]
