"""Statements that make and change tenants, their domains and their sealed secrets."""

from collections.abc import Sequence

from frontdesk.core.db import Statement, expect
from frontdesk.core.parsing import dump_json
from frontdesk.core.settings import Tenant, TenantSettings


def insert_tenant(tenant: Tenant, now: int) -> Statement:
    """A new tenant. Committed with a `Ctx` of that tenant: its id is `:tenant`."""
    return Statement(
        """
        INSERT INTO tenants (id, slug, kind, name, time_zone, country, currency, locale, plan, shard,
                             features, settings, version, created_at)
        VALUES (:tenant, :slug, :kind, :name, :time_zone, :country, :currency, :locale, :plan, :shard,
                :features, :settings, :version, :now)
        """,
        {
            **tenant.model_dump(mode="json", exclude={"id", "features", "settings"}),
            "features": dump_json(tenant.features),
            "settings": dump_json(tenant.settings),
            "now": now,
        },
    )


def set_settings(settings: TenantSettings, version: int) -> Sequence[Statement]:
    """New settings if the row is still at `version`; else the commit is Stale."""
    return (
        Statement(
            """
            UPDATE tenants SET settings = :settings, version = version + 1
            WHERE id = :tenant AND version = :version
            """,
            {"settings": dump_json(settings), "version": version},
        ),
        expect(1),
    )


def add_domain(host: str, now: int) -> Statement:
    """A custom domain; a host belongs to one tenant only (Conflict)."""
    return Statement(
        "INSERT INTO domains (host, tenant_id, created_at) VALUES (:host, :tenant, :now)",
        {"host": host, "now": now},
    )


def put_secret(name: str, sealed: str, now: int) -> Statement:
    """Set the current value; one that was valid before no longer counts."""
    return Statement(
        """
        INSERT INTO tenant_secrets (tenant_id, name, slot, sealed, created_at)
        VALUES (:tenant, :name, 'current', :sealed, :now)
        ON CONFLICT (tenant_id, name, slot) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
        """,
        {"name": name, "sealed": sealed, "now": now},
    )


def drop_previous(name: str) -> Statement:
    """The end of a rotation: only the current value counts."""
    return Statement(
        "DELETE FROM tenant_secrets WHERE tenant_id = :tenant AND name = :name AND slot = 'previous'",
        {"name": name},
    )


def rotate_secret(name: str, sealed: str, now: int) -> Sequence[Statement]:
    """A new current value; the one before stays valid as `previous`, an older one does not."""
    return (
        drop_previous(name),
        Statement(
            """
            UPDATE tenant_secrets SET slot = 'previous'
            WHERE tenant_id = :tenant AND name = :name AND slot = 'current'
            """,
            {"name": name},
        ),
        put_secret(name, sealed, now),
    )
