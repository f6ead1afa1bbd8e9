"""Web Push in memory: a browser's end of it, and a desk whose colleagues have one each."""

import asyncio
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from devtools.vapid import made
from frontdesk import app
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Actor, Cause, Ctx
from frontdesk.core.web import HttpRequest, HttpResponse
from frontdesk.integrations.webpush import Keys
from frontdesk.notices import actions, queries, writes
from frontdesk.notices.rules import NoticeDraft
from sandbox.push import POINT, unpadded
from support.desk import Desk

ENDPOINT = "https://fcm.googleapis.com/fcm/send/"


def browser() -> tuple[ec.EllipticCurvePrivateKey, Keys]:
    """A fresh browser: what it keeps, and what it tells."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private, Keys(private.public_key().public_bytes(*POINT), os.urandom(16))


class Office(Desk):
    """A desk with two members of staff, their sessions and devices, and a push service that answers as told."""

    def __post_init__(self) -> None:
        super().__post_init__()
        private, public = made()
        keys = {
            "vapid_private_key": private,
            "vapid_public_key": public,
            "vapid_subject": "mailto:a@b.example",
        }
        self.world.settings = self.world.settings.model_copy(update=keys)
        self.answers: list[HttpResponse | Exception] = []
        self.pushed: list[HttpRequest] = []
        self.world.http.answer = self._answer
        for id_ in ("ana", "bo"):
            self.rows(
                "INSERT INTO staff (tenant_id, id, email, name, role, created_at) VALUES (?, ?, ?, ?, 'staff', 0)"
                " RETURNING id",
                self.tenant.id,
                id_,
                f"{id_}@x.example",
                id_,
            )
            self.rows(
                "INSERT INTO sessions (tenant_id, token_hash, staff_id, created_at, expires_at)"
                " VALUES (?, ?, ?, 0, ?) RETURNING staff_id",
                self.tenant.id,
                f"session of {id_}",
                id_,
                self.world.real + 30 * DAY,
            )

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.pushed.append(request)
        told = self.answers.pop(0) if self.answers else HttpResponse(201)
        if isinstance(told, Exception):
            raise told
        return told

    def as_(self, staff_id: str) -> Ctx:
        """A request of somebody's."""
        cause = Cause("request", "r1", "r1")
        return Ctx(self.world.platform, app.WIRING, self.tenant, Actor("staff", staff_id, "staff"), cause)

    def subscribe(self, staff_id: str, name: str = "") -> Any:
        """A browser of somebody's; its private key and secret."""
        private, keys = browser()
        asyncio.run(
            actions.add_device(
                self.as_(staff_id),
                f"{ENDPOINT}{name or staff_id}",
                unpadded(keys.p256dh),
                unpadded(keys.auth),
                session_hash=f"session of {staff_id}",
                user_agent="tests",
            )
        )
        return private, keys.auth

    def tell(self, key: str = "n1", **more: Any) -> None:
        """A notice: urgent and for everybody, unless `more` says otherwise."""
        fields = {"title": "Call back", "body": "Ava waits", "link": "/app/today", "urgent": True, **more}
        self.commit(writes.notify(self.ctx(), NoticeDraft(unique_key=key, **fields)))

    def fates(self) -> list[tuple[str, str]]:
        """What became of each push, oldest first."""
        return [(row["state"], row["reason"]) for row in self.rows("SELECT * FROM pushes ORDER BY at")]

    def devices(self) -> int:
        """How many browsers are subscribed."""
        return int(self.rows("SELECT count(*) AS n FROM push_devices")[0]["n"])


def listed(office: Office, who: str) -> list[Any]:
    """The notices somebody sees, newest first."""
    return asyncio.run(queries.notices(office.as_(who), before=2**52, limit=50)).items
