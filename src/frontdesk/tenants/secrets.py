"""The secrets a tenant shares with its providers, opened: the current ones and those still valid."""

from frontdesk.core.cache import CACHE
from frontdesk.core.platform import Platform
from frontdesk.core.sealing import Unsealable, derived_keys, seal, unseal
from frontdesk.core.settings import Tenant
from frontdesk.integrations.inbound import SecretSet
from frontdesk.tenants.queries import sealed_secrets

__all__ = ["cache_key", "derived_keys", "seal", "secrets_of", "unseal"]


def cache_key(tenant_id: str) -> str:
    """Where the opened secrets are kept in this isolate's memory."""
    return f"secrets:{tenant_id}"


async def secrets_of(platform: Platform, tenant: Tenant) -> SecretSet:
    """All of a tenant's secrets, stale by at most `tenant_cache_ms`.

    One that does not open is left out and logged: its provider is refused, the others go on.
    """

    async def load() -> SecretSet:
        opened: dict[str, dict[str, str]] = {"current": {}, "previous": {}}
        for row in await sealed_secrets(platform, tenant):
            try:
                opened[row.slot][row.name] = await unseal(platform, tenant, row.name, row.sealed)
            except Unsealable as error:
                platform.log.error("secret does not open", error, tenant=tenant.slug, secret=row.name)
        return SecretSet(opened["current"], opened["previous"])

    now, ttl = platform.clock.real(), platform.settings.tenant_cache_ms
    secrets: SecretSet = await CACHE.get(cache_key(tenant.id), now, ttl, load)
    return secrets
