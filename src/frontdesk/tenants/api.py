"""A tenant's settings and secrets over HTTP."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from frontdesk.core.ctx import Ctx
from frontdesk.core.routing import CtxDep
from frontdesk.core.settings import Tenant, TenantKind, TenantSettings
from frontdesk.tenants import actions, queries
from frontdesk.tenants.queries import SecretState


class Settings(BaseModel):
    """A tenant as its staff see it. `version` goes back with a change."""

    slug: str
    name: str
    kind: TenantKind
    time_zone: str
    country: str
    currency: str
    locale: str
    domains: list[str]
    version: int
    settings: TenantSettings
    secrets: list[SecretState]


class SettingsChange(BaseModel):
    """Only what is to change: a section's fields are merged, lists and plain values are replaced."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    settings: dict[str, Any] = Field(min_length=1, description="Any of the fields of TenantSettings.")


class SecretRotation(BaseModel):
    """A new value. Without one we make it up, where the provider takes ours."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)] | None = (
        Field(default=None, repr=False)
    )
    keep_previous: bool = True


class RotatedSecret(BaseModel):
    """`value` is there only if we made it up, and only this once."""

    name: str
    value: str | None = Field(default=None, repr=False)


async def get_settings(ctx: CtxDep) -> Settings:
    """The tenant's settings as they are now, and which secrets are set."""
    return await _settings(ctx, await queries.fresh(ctx))


async def change_settings(ctx: CtxDep, change: SettingsChange) -> Settings:
    """Change some settings. 409 `stale` when somebody else changed them since `version`."""
    return await _settings(ctx, await actions.change_settings(ctx, change.version, change.settings))


async def rotate_secret(ctx: CtxDep, name: str, rotation: SecretRotation) -> RotatedSecret:
    """Set or rotate a provider's secret. The old value stays valid unless `keep_previous` is false."""
    made = await actions.rotate_secret(ctx, name, rotation.value, keep_previous=rotation.keep_previous)
    return RotatedSecret(name=name, value=made)


async def _settings(ctx: Ctx, tenant: Tenant) -> Settings:
    return Settings(
        **tenant.model_dump(
            include={"slug", "name", "kind", "time_zone", "country", "currency", "locale", "version"}
        ),
        settings=tenant.settings,
        domains=await queries.hosts(ctx),
        secrets=await queries.secret_states(ctx),
    )
