"""Verbs of a tenant: change its settings, rotate its secrets."""

import secrets as random
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from frontdesk.auth.writes import audited
from frontdesk.core.cache import CACHE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid, NotFound, Stale
from frontdesk.core.events import event
from frontdesk.core.sealing import seal
from frontdesk.core.settings import Tenant
from frontdesk.tenants import queries, writes
from frontdesk.tenants.rules import SECRETS, changed, difference, flaw_of
from frontdesk.tenants.secrets import cache_key

GENERATED = frozenset(
    {"clicksend_path_secret", "wix_hmac_secret", "manychat_secret", "webhook_signing_secret"}
)
"""Secrets we may make up ourselves: the other side takes what we tell it."""


async def change_settings(ctx: Ctx, version: int, changes: Mapping[str, Any]) -> Tenant:
    """Merge `changes` into the settings read at `version`.

    Raises:
        Invalid: an unknown setting or a value it cannot take.
        Stale: somebody changed the settings since `version`.

    """
    before = await queries.fresh(ctx)
    if before.version != version:
        raise Stale(f"The settings are at version {before.version} by now; look again.")
    settings = changed(before.settings, changes)
    diff = difference(before.settings, settings)
    if not diff:
        return before
    await ctx.commit(
        writes.set_settings(settings, version),
        audited(ctx, "settings.change", ("tenant", ctx.tenant.id), diff),
        event("settings.changed", {"changed": sorted(diff)}, of=("tenant", ctx.tenant.id)),
    )
    after = await queries.fresh(ctx)
    await _spread(ctx, after)
    return after


async def _spread(ctx: Ctx, tenant: Tenant) -> None:
    """Jobs see here at once what was changed here; requests as soon as KV has it, usually within a minute."""
    keys = [f"tenant:slug:{tenant.slug}", *(f"tenant:host:{host}" for host in await queries.hosts(ctx))]
    CACHE.drop(f"tenant:id:{tenant.shard}:{tenant.id}", *keys)
    for key in keys:
        ctx.platform.background(queries.keep(ctx.platform, key, tenant))


async def rotate_secret(ctx: Ctx, name: str, value: str | None, *, keep_previous: bool) -> str | None:
    """Set a secret. Returns the value only if it was made up here; it is never shown again.

    Raises:
        NotFound: no secret of this name exists.
        Invalid: no value for a secret that the provider makes, or one that cannot be this secret.

    """
    if name not in SECRETS:
        raise NotFound("There is no secret of this name.")
    if value is None and name not in GENERATED:
        raise Invalid(
            "The provider makes this secret; paste it here.",
            errors=[{"field": "value", "message": "required"}],
        )
    if value is not None and (flaw := flaw_of(name, value)):
        raise Invalid(
            "This cannot be the secret; paste it once more.", errors=[{"field": "value", "message": flaw}]
        )
    made = _made_up(name) if value is None else None
    sealed = await seal(ctx.platform, ctx.tenant, name, made or value or "")
    if keep_previous:
        statements = writes.rotate_secret(name, sealed, ctx.now)
    else:
        statements = (writes.drop_previous(name), writes.put_secret(name, sealed, ctx.now))
    await ctx.commit(
        statements, audited(ctx, "secret.rotate", ("secret", name), {"previous_valid": keep_previous})
    )
    CACHE.drop(cache_key(ctx.tenant.id))
    return made


def _made_up(name: str) -> str:
    """256 random bits; a webhook's in the form of the Standard Webhooks specification, which its libraries read."""
    if name == "webhook_signing_secret":
        return f"whsec_{b64encode(random.token_bytes(32)).decode()}"
    return random.token_urlsafe(32)
