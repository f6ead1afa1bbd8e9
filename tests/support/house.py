"""The API's own rooms behind the real door: tenants, staff, and how a test signs somebody in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from frontdesk.auth import api as auth
from frontdesk.auth import jobs as auth_jobs
from frontdesk.auth.queries import actor_of
from frontdesk.auth.rules import may
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.door import Door, answer
from frontdesk.core.routing import Route, build
from frontdesk.core.sealing import unseal
from frontdesk.core.settings import Tenant
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import JobKind, Wiring
from frontdesk.edge import asgi
from frontdesk.integrations.inbound import Inbound
from frontdesk.tenants import api as tenants
from frontdesk.tenants.queries import by_host
from support.calls import ask, parsed, run
from support.platform import NOON, World, make_platform, make_tenant

ROUTES = [
    Route("POST", "/api/v1/auth/codes", auth.request_code, None, "Ask for a code", status=202),
    Route("POST", "/api/v1/auth/sessions", auth.sign_in, None, "Sign in", status=201),
    Route("DELETE", "/api/v1/auth/sessions/current", auth.sign_out, "me", "Sign out", status=204),
    Route("GET", "/api/v1/me", auth.get_me, "me", "Who am I"),
    Route("GET", "/api/v1/staff", auth.list_staff, "staff:read", "List staff"),
    Route("POST", "/api/v1/staff", auth.add_staff, "staff:write", "Add staff", status=201),
    Route("PATCH", "/api/v1/staff/{staff_id}", auth.change_staff, "staff:write", "Change staff"),
    Route("GET", "/api/v1/audit", auth.list_audit, "audit:read", "Audit log"),
    Route("GET", "/api/v1/settings", tenants.get_settings, "settings:read", "Settings"),
    Route("PATCH", "/api/v1/settings", tenants.change_settings, "settings:write", "Change settings"),
    Route(
        "POST", "/api/v1/settings/secrets/{name}", tenants.rotate_secret, "secrets:write", "Rotate a secret"
    ),
]
API = build(ROUTES, may)
DOOR = Door(by_host, actor_of, partial(asgi.call, API))
WIRING = Wiring(
    jobs={
        "messaging.mail_code": JobKind(auth_jobs.leave_unclaimed),
        "auth.leave_unclaimed": JobKind(auth_jobs.leave_unclaimed),
    },
    events={
        "auth.code_requested": ("messaging.mail_code",),
        "auth.code_unclaimed": ("auth.leave_unclaimed",),
    },
)


@dataclass
class House:
    """Two tenants, `harbour` and `blue`, each with one member of staff of every role."""

    world: World = field(default_factory=make_platform)
    tenants: dict[str, Tenant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for slug in ("harbour", "blue"):
            self.tenants[slug] = make_tenant(self.world, slug)
            for role in ("owner", "admin", "staff", "technician", "viewer"):
                self.hire(slug, role, role)

    def hire(self, slug: str, id_: str, role: str, *, active: int = 1) -> None:
        """Another member of staff, whose address is `<id>@<slug>.example`."""
        self.world.driver.connection.execute(
            "INSERT INTO staff (tenant_id, id, email, name, role, active, created_at) VALUES (?,?,?,?,?,?,?)",
            (f"tenant-{slug}", id_, f"{id_}@{slug}.example", id_.title(), role, active, NOON),
        )

    def send(self, method: str, path: str, body: Any = None, **rest: Any) -> HttpResponse:
        """One request through the door, background work included."""
        return self._answered(ask(method, f"/api/v1{path}", json_body=body, **rest))

    def raw(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> HttpResponse:
        """The same with bytes, and no header but these."""
        return self._answered(ask(method, f"/api/v1{path}", body=body, headers=headers))

    def _answered(self, request: Inbound) -> HttpResponse:
        async def story() -> HttpResponse:
            response = await answer(self.world.platform, WIRING, DOOR, request)
            await self.world.settle()
            return response

        return run(story())

    def code(self, email: str, slug: str = "harbour", **rest: Any) -> tuple[str, str]:
        """Ask for a code; the sign-in's id and the code as the mail would show it."""
        host = f"{slug}.localhost"
        response = self.send("POST", "/auth/codes", {"email": email}, host=host, **rest)
        assert response.status == 202, response.body
        return parsed(response)["sign_in_id"], self.mailed(slug)["code"]

    def mailed(self, slug: str = "harbour") -> Any:
        """What the latest event tells the mailing job."""
        row = self.world.driver.rows(
            "SELECT payload FROM events WHERE type LIKE 'auth.code%' ORDER BY seq DESC LIMIT 1"
        )[0]
        sealed = json.loads(row["payload"])["sealed"]
        return json.loads(run(unseal(self.world.platform, self.tenants[slug], "auth.code", sealed)))

    def token(self, who: str = "owner", slug: str = "harbour") -> str:
        """A fresh session's token."""
        sign_in_id, code = self.code(f"{who}@{slug}.example", slug)
        response = self.send(
            "POST",
            "/auth/sessions",
            {"sign_in_id": sign_in_id, "code": code},
            host=f"{slug}.localhost",
            headers={"user-agent": "test"},
        )
        assert response.status == 201, response.body
        return str(parsed(response)["token"])

    def ctx(self, slug: str = "harbour") -> Ctx:
        """A context of the system."""
        return Ctx(self.world.platform, WIRING, self.tenants[slug], SYSTEM, Cause("test", "t", "t"))

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """For assertions."""
        return self.world.driver.rows(sql, *values)
