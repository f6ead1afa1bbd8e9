"""A deployment as the outside world meets it: its tenant's API, and Wix's relay knocking with a shared secret."""

import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from frontdesk.core.clock import DAY
from sandbox.signing import hex_hmac
from sandbox.store import dumps
from sandbox.wix import Wanted, change, envelope, new_booking, webhook
from sandbox.world import World
from seed.api import Answer, Api

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Known(NamedTuple):
    """What we were told about a tenant; empty what we were not."""

    tenant: str = ""
    host: str = ""
    token: str = ""
    wix_secret: str = ""
    wix_instance: str = ""
    phone: str = ""

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> "Known":
        """SMOKE_TENANT, SMOKE_HOST, SMOKE_TOKEN, SMOKE_WIX_SECRET, SMOKE_WIX_INSTANCE, SMOKE_PHONE."""
        return cls(*(variables.get(f"SMOKE_{field.upper()}", "") for field in cls._fields))


class Deployment:
    """One address and what is known of a tenant behind it."""

    def __init__(self, url: str, known: Known) -> None:
        self.known = known
        parts = urlsplit(url if "://" in url else f"https://{url}")
        self.url = f"{parts.scheme}://{parts.netloc}"
        host = parts.hostname or ""
        self.platform = _At(self.url, parts.netloc)
        # On loopback the tenant is only a Host header; elsewhere it has an address of its own.
        if host in LOOPBACK:
            self.tenant = _At(self.url, known.host or f"{known.tenant}.localhost:{parts.port}", known.token)
        else:
            name = known.host or f"{known.tenant}.{parts.netloc}"
            self.tenant = _At(f"{parts.scheme}://{name}", name, known.token)
        self._booking: dict[str, Any] = {}
        self._sequence = 0

    @property
    def wix_instance(self) -> str:
        """As we were told, else as the tenant's settings say."""
        return self.known.wix_instance or str(self.tenant.get("/api/v1/settings")["settings"]["wix_instance"])

    def book(self, start: int) -> bytes:
        """A booking by a new patient who, unless we were given a phone, cannot be reached at all."""
        wanted = Wanted(
            start=start,
            service="Smoke test",
            practitioner="",
            first_name="Smoke",
            last_name=f"Test {int(time.time())}",
            phone=self.known.phone or None,
        )
        self._booking = new_booking(_world(), self.wix_instance, wanted)
        return self._event("create", {})

    def cancel(self) -> bytes:
        """That booking, cancelled."""
        self._booking, beside = change(_world(), self._booking, "cancel", {})
        return self._event("cancel", beside)

    @property
    def booking_id(self) -> str:
        """What Wix calls it."""
        return str(self._booking["id"])

    @property
    def last_name(self) -> str:
        """By which the patient is found."""
        return str(self._booking["contactDetails"]["lastName"])

    def _event(self, verb: str, beside: dict[str, Any]) -> bytes:
        self._sequence += 1
        event = envelope(_world(), verb, self._booking, beside, self._sequence, "object")
        return dumps(webhook(event, self.wix_instance)).encode()

    def knock(self, body: bytes, secret: str) -> Answer:
        """The relay's call, signed with `secret`."""
        return self.platform.call(
            "POST",
            f"/webhooks/wix/{self.known.tenant}",
            raw=body,
            headers={"content-type": "application/json", "x-wix-webhook-signature": hex_hmac(secret, body)},
        )


class _At(Api):
    """The API client for a host that is not `<slug>.localhost`."""

    def __init__(self, url: str, host: str, token: str = "") -> None:
        super().__init__(url, "", token=token)
        self.host = host


def in_ten_days() -> int:
    """A start (ms UTC) whose reminders are all still to come."""
    return int(time.time() * 1000) + 10 * DAY


def _world() -> World:
    """As much of the sandbox's world as its payloads look at."""
    return cast(World, SimpleNamespace(now=lambda: int(time.time() * 1000)))
