"""The whole product on this machine, for tests: its own state, quick timeouts, tenants made for one test each."""

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from devtools.stack import Stack
from frontdesk import app
from frontdesk.auth.rules import new_token, token_hash
from frontdesk.auth.writes import insert_session
from local.client import Runtime, RuntimeFailed
from sandbox.client import Sandbox
from sandbox.signing import new_private_key
from seed.api import Api
from seed.office import Credentials, Office, Profile, install, write
from support.platform import MASTER_KEY
from support.times import FAR, PATIENCE_S, nine_in_sydney

QUICK = {
    "MASTER_KEY_CURRENT": MASTER_KEY,
    "PROVIDER_TIMEOUT_MS": "1500",
    "RECONCILE_GRACE_MS": "1000",
    "RING_AGAIN_AFTER_MS": "500",
    "TENANT_CACHE_MS": "0",
    "LIVE_CHECK_MS": "2000",
}
"""Waiting costs a test nothing but time, so everything that waits for real waits little."""


_NUMBERS = count()
"""Each is given out once: what is drawn by lot is drawn twice some day, and two tests then hear each other's texts."""


def new_phone() -> str:
    """A customer's number that no other test uses: an Australian mobile, E.164."""
    return f"+61412{next(_NUMBERS):06d}"


def new_address() -> str:
    """A client's address in a site (/48) that no other test uses: documentation IPv6 (RFC 3849)."""
    return f"2001:db8:{next(_NUMBERS):x}::1"


class Stage:
    """One stack, and what tests do to it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.runtime: Runtime = stack.runtime
        self.sandbox = Sandbox(stack.sandbox_url)
        # Making an RSA key takes a while; tenants differ by instance, as the sites of one Wix app do.
        self._key = new_private_key()

    @classmethod
    @contextmanager
    def open(cls, state: Path, variables: Mapping[str, str] | None = None) -> Iterator["Stage"]:
        """A fresh stack, stopped at the end."""
        log = (state / "log").open("w")
        with log, Stack.start(state, variables={**QUICK, **(variables or {})}, log=log) as stack:
            yield cls(stack)

    def office(self, slug: str = "", **profile: Any) -> Office:
        """A fresh tenant with its accounts at every provider."""
        # Letters only: six digits in a name would pass for a sign-in code.
        slug = slug or "t" + "".join(secrets.choice("bcdfghjkmnpqrstvwxz") for _ in range(9))
        number = f"+6148{next(_NUMBERS):07d}"
        return install(
            self.runtime,
            self.sandbox,
            Profile(**{"slug": slug, "name": slug.title(), "number": number, **profile}),
            master_key=MASTER_KEY,
            cadences=app.CADENCES,
            credentials=Credentials(wix_private_key_pem=self._key),
        )

    def signed_in(self, office: Office, who: str = "owner") -> Api:
        """A session of one of the tenant's staff, without the mail."""
        token = new_token()
        hash_ = token_hash(token)
        assert hash_
        now = int(time.time() * 1000)
        write(self.runtime, office.tenant.id, insert_session(hash_, office.staff_ids[who], "tests", now))
        return self.api(office, token)

    def api(self, office: Office, token: str = "") -> Api:
        """The tenant's API; nobody is signed in without a token. Each client has an address of its own."""
        return Api(self.runtime.url, office.slug, token=token, headers={"cf-connecting-ip": new_address()})

    def book(self, office: Office, **fields: Any) -> dict[str, Any]:
        """A customer books at the tenant's site: in five days at nine, by text, unless `fields` say otherwise."""
        common = {"start": nine_in_sydney(5), "timezone": "Australia/Sydney", "service": "CT Chest"}
        return self.sandbox.book(office.instance, **{**common, **fields})

    def set_clock(self, offset_ms: int) -> None:
        """Business time, for the Worker and for what the simulated providers write down."""
        self.runtime.set_clock(offset_ms)
        self.sandbox.set_clock(offset_ms)

    def travel(self, to_ms: int) -> None:
        """Business time becomes `to_ms`, and goes on from there."""
        self.set_clock(to_ms - int(time.time() * 1000))

    def tick_at(self, at: int) -> None:
        """The minute's tick at an instant of business time, and all it starts."""
        self.travel(at)
        self.runtime.tick()
        self.drain()

    def hush(self) -> None:
        """The tenants that are there do nothing by themselves any more, however the clock is moved."""
        self.runtime.d1("UPDATE jobs SET state = 'void' WHERE state = 'pending'")
        self.runtime.d1("UPDATE cadences SET next_at = ?1", FAR)

    def drain(self, timeout_s: float = PATIENCE_S, *, soon_ms: int = 10_000) -> None:
        """Until no callback is on its way and nothing is due: business time moves on to what is due within `soon_ms`.

        Retries, reconciling and what may be taken back for a moment are not waited for.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            drained = self.runtime.drain(max(1, deadline - time.monotonic()))
            assert drained.drained, drained.left
            if self.sandbox.status()["open_callbacks"]:
                time.sleep(0.05)
            elif not self._hastened(soon_ms):
                return
            assert time.monotonic() < deadline, "work that was due soon is still there"

    def _hastened(self, within_ms: int) -> bool:
        """Moves on to the first job that is due within so many ms, whose bell rings in real time; False if none is."""
        now = self.runtime.now_ms()
        due = self.runtime.d1(
            "SELECT min(due_at) AS at FROM jobs WHERE state = 'pending' AND due_at <= ?1", now + within_ms
        )[0]["at"]
        if due is None:
            return False
        if due > now:
            self.travel(due)
        self.runtime.d1("UPDATE jobs SET rung_at = 0 WHERE state = 'pending' AND due_at <= ?1", due)
        return True

    def tick_through_a_crash(self) -> None:
        """A tick that is expected to take the process with it."""
        with suppress(RuntimeFailed, OSError):
            self.runtime.tick()

    def survive(self, boots: int) -> None:
        """Waits until the process was killed and serves again, then disarms. Fails if it never died."""
        deadline = time.monotonic() + PATIENCE_S
        while self.runtime.status()["boots"] <= boots:
            assert time.monotonic() < deadline, "the failpoint was never reached"
            time.sleep(0.05)
        self.runtime.disarm()
