"""One tenant, installed: its rows and sealed secrets in D1, its accounts with the simulated providers."""

import asyncio
import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontdesk.auth.writes import insert_staff
from frontdesk.automation.writes import standard
from frontdesk.core.cadences import plan_cadences
from frontdesk.core.db import Statement, bind
from frontdesk.core.ids import uuid7
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Platform
from frontdesk.core.sealing import Unsealable, seal, unseal
from frontdesk.core.settings import Tenant
from frontdesk.tenants.writes import insert_tenant, put_secret
from local.client import Runtime
from sandbox.client import Sandbox
from seed.host import sealing_platform


@dataclass(frozen=True)
class Profile:
    """What a tenant is. `number` is the one it texts from, E.164."""

    slug: str
    name: str
    kind: str = "clinic"
    time_zone: str = "Australia/Sydney"
    country: str = "AU"
    currency: str = "AUD"
    locale: str = "en-AU"
    number: str = "+61480000000"
    features: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    staff: Sequence[tuple[str, str, str]] = ()
    """(local part of the address, name, role); the address is <local part>@<slug>.example."""

    @property
    def everybody(self) -> list[tuple[str, str, str]]:
        """The staff; an owner is always among them."""
        has_owner = any(local == "owner" for local, _, _ in self.staff)
        return [*([] if has_owner else [("owner", "The Owner", "owner")]), *self.staff]

    @property
    def page(self) -> str:
        """Its page's id at ManyChat, the same in every run."""
        return str(int(uuid.uuid5(uuid.NAMESPACE_DNS, f"page.{self.slug}.example")) % 10**15)

    @property
    def instance(self) -> str:
        """Its site's id at Wix, the same in every run."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.slug}.example"))


@dataclass(frozen=True)
class Office:
    """An installed tenant and what its customers and providers need to reach it."""

    tenant: Tenant
    profile: Profile
    instance: str
    app_id: str
    path_secret: str
    staff_ids: Mapping[str, str]
    """Local part of the address to id."""

    @property
    def slug(self) -> str:
        """Its name in URLs; also its account's name in the sandbox."""
        return self.profile.slug

    @property
    def owner(self) -> str:
        """The owner's address."""
        return f"owner@{self.slug}.example"

    @property
    def staff(self) -> dict[str, tuple[str, str]]:
        """Id to name and role."""
        return {
            self.staff_ids[local]: (name, role)
            for local, name, role in self.profile.everybody
            if local in self.staff_ids
        }


@dataclass(frozen=True)
class Credentials:
    """The secrets a tenant shares with its providers; None lets the installer make one up."""

    clicksend_key: str | None = None
    clicksend_path: str | None = None
    resend_key: str | None = None
    resend_signing: str | None = None
    wix_private_key_pem: str | None = None
    wix_hmac: str | None = None
    manychat: str | None = None
    """None: no page at ManyChat calls this tenant."""


def install(
    runtime: Runtime,
    sandbox: Sandbox,
    profile: Profile,
    *,
    master_key: str,
    cadences: Mapping[str, Any] | None = None,
    credentials: Credentials = Credentials(),
    now: int | None = None,
) -> Office:
    """Registers the accounts, then writes the tenant in one batch. Raises when the slug is taken."""
    at = int(time.time() * 1000) if now is None else now
    slug, path = profile.slug, credentials.clicksend_path or secrets.token_urlsafe(18)
    given = _registered(runtime, sandbox, profile, path, credentials)
    tenant = Tenant.model_validate(
        {
            "id": uuid7(at),
            "slug": slug,
            "kind": profile.kind,
            "name": profile.name,
            "time_zone": profile.time_zone,
            "country": profile.country,
            "currency": profile.currency,
            "locale": profile.locale,
            "plan": "standard",
            "shard": "main",
            "features": dump_json(list(profile.features)),
            "settings": dump_json(_settings(profile, chats=credentials.manychat is not None)),
            "version": 1,
        }
    )
    ids = {local: uuid7(at) for local, _, _ in profile.everybody}
    statements: list[Statement] = [insert_tenant(tenant, at)]
    statements += [
        insert_staff(ids[local], f"{local}@{slug}.example", name, role, at)
        for local, name, role in profile.everybody
    ]
    sealing = sealing_platform(master_key)
    for name, value in given.items():
        sealed = asyncio.run(seal(sealing, tenant, name, value))
        statements.append(put_secret(name, sealed, at))
    statements += standard(tenant.id, tenant.kind, at)
    statements += plan_cadences(cadences or {}, tenant.id, tenant.zone, at)
    write(runtime, tenant.id, statements)
    return Office(tenant, profile, profile.instance, f"app-{slug}", path, ids)


def find(runtime: Runtime, profile: Profile) -> Office | None:
    """The tenant of this slug as it was installed, or None."""
    rows = runtime.d1("SELECT * FROM tenants WHERE slug = ?1", profile.slug)
    if not rows:
        return None
    tenant = Tenant.model_validate(rows[0])
    staff = runtime.d1("SELECT id, email FROM staff WHERE tenant_id = ?1", tenant.id)
    ids = {str(row["email"]).partition("@")[0]: str(row["id"]) for row in staff}
    return Office(tenant, profile, profile.instance, f"app-{profile.slug}", "", ids)


def reconnect(
    runtime: Runtime, sandbox: Sandbox, office: Office, *, master_key: str, credentials: Credentials
) -> int:
    """Registers an installed tenant's accounts again, with where the Worker is now; how many secrets changed.

    One from an older release gets the standard rules it lacks.
    """
    path = credentials.clicksend_path or secrets.token_urlsafe(18)
    given = _registered(runtime, sandbox, office.profile, path, credentials)
    sealing = sealing_platform(master_key)
    rows = runtime.d1(
        "SELECT name, sealed FROM tenant_secrets WHERE tenant_id = ?1 AND slot = 'current'", office.tenant.id
    )
    known = {str(row["name"]): str(row["sealed"]) for row in rows}
    statements = [
        put_secret(name, asyncio.run(seal(sealing, office.tenant, name, value)), runtime.now_ms())
        for name, value in given.items()
        if name not in known or _opened(sealing, office.tenant, name, known[name]) != value
    ]
    rules = standard(office.tenant.id, office.tenant.kind, runtime.now_ms())
    write(runtime, office.tenant.id, statements, rules)
    return len(statements)


def _opened(sealing: Platform, tenant: Tenant, name: str, sealed: str) -> str | None:
    try:
        return asyncio.run(unseal(sealing, tenant, name, sealed))
    except Unsealable:
        return None


def write(runtime: Runtime, tenant_id: str, *parts: Statement | Sequence[Statement]) -> None:
    """Statements of the product's own making, in one batch, past the Worker."""
    statements = [each for part in parts for each in ([part] if isinstance(part, Statement) else part)]
    bounds = [bind(each.sql, {**each.params, "tenant": tenant_id}) for each in statements]
    runtime.d1_batch([(bound.sql, bound.values) for bound in bounds])


def _settings(profile: Profile, *, chats: bool) -> dict[str, Any]:
    given = dict(profile.settings)
    if chats:
        given.setdefault("manychat_page", profile.page)
    given.setdefault("wix_instance", profile.instance)
    given["sms"] = {"sender": profile.number, **given.get("sms", {})}
    given["email"] = {
        "sender": f"{profile.name} <hello@{profile.slug}.example>",
        "postal_address": f"{profile.name}, 1 Example Street",
        **given.get("email", {}),
    }
    return given


def _registered(
    runtime: Runtime, sandbox: Sandbox, profile: Profile, path: str, credentials: Credentials
) -> dict[str, str]:
    """Makes or renews the accounts at ClickSend, Resend and Wix; the secrets they share with the tenant."""
    slug = profile.slug
    hooks = f"{runtime.url}/webhooks"
    texting = sandbox.clicksend_account(
        slug,
        label=profile.name,
        numbers=[profile.number],
        inbound_url=f"{hooks}/clicksend/{slug}/{path}",
        receipt_url=f"{hooks}/clicksend/{slug}/{path}",
        **_given(api_key=credentials.clicksend_key),
    )
    mailing = sandbox.resend_account(
        slug,
        label=profile.name,
        webhook_url=f"{hooks}/resend/{slug}",
        **_given(api_key=credentials.resend_key, webhook_secret=credentials.resend_signing),
    )
    app = sandbox.wix_app(
        f"app-{slug}",
        label=profile.name,
        sites={profile.instance: f"{hooks}/wix/{slug}"},
        **_given(private_key_pem=credentials.wix_private_key_pem, hmac_secret=credentials.wix_hmac),
    )
    chat = {}
    if credentials.manychat:
        hook = f"{hooks}/manychat/{slug}"
        made = sandbox.manychat_account(
            slug, label=profile.name, webhook_url=hook, secret=credentials.manychat, page_id=profile.page
        )
        chat = {"manychat_secret": made["secret"]}
    return {
        **chat,
        "wix_public_key": app["public_key_pem"],
        "wix_hmac_secret": app["hmac_secret"],
        "clicksend_path_secret": path,
        "clicksend_username": slug,
        "clicksend_api_key": texting["api_key"],
        "resend_api_key": mailing["api_key"],
        "resend_signing_secret": mailing["webhook_secret"],
    }


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
