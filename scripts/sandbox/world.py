"""Everything the sandbox knows, in one place that each door is given."""

import time
from pathlib import Path
from typing import cast

from starlette.requests import Request

from sandbox.accounts import Accounts
from sandbox.callbacks import Callbacks
from sandbox.faults import Faults
from sandbox.live import Live
from sandbox.store import Store


class World:
    """Store, accounts, faults, callbacks, and the business clock."""

    def __init__(self, state: Path | None) -> None:
        self.store = Store(state)
        self.live = Live()
        self.faults = Faults()
        self.accounts = Accounts(self.store)
        self.callbacks = Callbacks(self.store, self.live, self.faults, self.now)
        self.offset_ms = 0  # as the Worker's own clock, it starts at real time
        self.calls: dict[tuple[str, str], list[float]] = {}
        self.keys_in_use: set[tuple[str, str]] = set()  # Resend: account and idempotency key, until answered

    def now(self) -> int:
        """Business time in ms: what pages and callbacks show."""
        return int(time.time() * 1000) + self.offset_ms

    def set_offset(self, offset_ms: int) -> None:
        """Shifts business time against real time."""
        self.offset_ms = offset_ms
        self.live.changed()

    def too_fast(self, provider: str, account: str, per_second: int) -> bool:
        """Whether this call exceeds the account's rate (0: no limit)."""
        if per_second <= 0:
            return False
        now = time.monotonic()
        recent = [at for at in self.calls.get((provider, account), []) if at > now - 1]
        self.calls[(provider, account)] = [*recent, now]
        return len(recent) >= per_second


def world_of(request: Request) -> World:
    """The world behind a request."""
    return cast(World, request.app.state.world)
