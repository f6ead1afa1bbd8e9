"""A deployment as the outside world meets it: its tenant's API, and Wix's relay knocking with a shared secret."""

import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit
from uuid import NAMESPACE_DNS, uuid5

from devtools.flags import is_loopback
from frontdesk.core.clock import DAY, MINUTE
from sandbox.signing import hex_hmac
from sandbox.store import dumps
from sandbox.wix import Wanted, change, envelope, new_booking, webhook
from sandbox.world import World
from seed.api import Answer, Api

PREFIX = "SMOKE_"


class Unusable(Exception):
    """What we were told makes no sense; the text says which and never what, for there are secrets among it."""


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
        """SMOKE_TENANT, SMOKE_HOST, SMOKE_TOKEN, SMOKE_WIX_SECRET, SMOKE_WIX_INSTANCE, SMOKE_PHONE. Raises Unusable."""
        names = {f"{PREFIX}{field.upper()}": field for field in cls._fields}
        for name in variables:
            if name.startswith(PREFIX) and name not in names:
                raise Unusable(f"{name} is none of {', '.join(names)}")
        given = {names[name]: value.strip() for name, value in variables.items() if name in names}
        for field, value in given.items():
            if not (value.isascii() and value.isprintable()):
                raise Unusable(f"{PREFIX}{field.upper()} has characters that cannot be in one")
        return cls(**given)


class Deployment:
    """One address and what is known of a tenant behind it."""

    def __init__(self, url: str, known: Known) -> None:
        self.known = known
        self.url = url
        parts = urlsplit(url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
        # On loopback a tenant is only a Host header; elsewhere it has an address of its own.
        if is_loopback(host):
            here = url.replace(host, "127.0.0.1") if host.endswith("localhost") else url
            self.platform = _At(here, parts.netloc)
            self.tenant = _At(here, known.host or f"{known.tenant}.localhost{port}", known.token)
        else:
            name = known.host or f"{known.tenant}.{parts.netloc}"
            self.platform = _At(url, parts.netloc)
            self.tenant = _At(f"{parts.scheme}://{name}", name, known.token)
        self.start = 0
        """When the appointment begins, ms UTC."""
        self.is_booked = False
        """Whether there may be a booking of ours that is not cancelled."""
        self._booking: dict[str, Any] = {}
        self._sequence = 0

    @property
    def wix_instance(self) -> str:
        """As we were told, else as the tenant's settings say."""
        return self.known.wix_instance or str(self.tenant.get("/api/v1/settings")["settings"]["wix_instance"])

    def book(self, start: int) -> bytes:
        """A booking at `start` (ms UTC) that is about to be made: the webhook's body.

        It is the same patient each time, so that the tenant keeps one contact of us and no more. Unless we were given a
        phone, they cannot be reached at all; with one it is another patient, or the first would have that number for
        ever.
        """
        wanted = Wanted(
            start=start,
            service="Smoke test",
            practitioner="",
            first_name="Smoke",
            last_name="Test",
            phone=self.known.phone or None,
            contact_id=str(uuid5(NAMESPACE_DNS, f"{self.known.phone}.smoke-test")),
        )
        self._booking = new_booking(_world(), self.wix_instance, wanted)
        self.start, self.is_booked = start, True
        return self._event("create", {})

    def cancel(self) -> Answer:
        """That booking is cancelled, if the answer is 200."""
        self._booking, beside = change(_world(), self._booking, "cancel", {})
        answer = self.knock(self._event("cancel", beside), self.known.wix_secret)
        self.is_booked = answer.status != 200
        return answer

    def take_back(self) -> None:
        """Cancels a booking that is still there, if anybody answers."""
        if self.is_booked:
            with suppress(OSError, HTTPException):
                self.cancel()

    @property
    def booking_id(self) -> str:
        """What Wix calls it."""
        return str(self._booking["id"])

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
    soon = int(time.time() * 1000) + 10 * DAY
    return soon - soon % MINUTE


def _world() -> World:
    """As much of the sandbox's world as its payloads look at."""
    return cast(World, SimpleNamespace(now=lambda: int(time.time() * 1000)))
