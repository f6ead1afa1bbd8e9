"""Outgoing callbacks: delivered with retries, bent by faults, and logged attempt by attempt."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.faults import Fault, Faults
from sandbox.live import Live
from sandbox.store import Json, Store, dumps
from sandbox.wire import WireError, request

MAX_AT_ONCE = 32
HOLD_MS = 2_000  # a reordered callback waits for a later one, but not for ever
OPEN_STATES = ("pending", "held")


@dataclass(frozen=True)
class Message:
    """The bytes of one request: what a provider sends, or what a forger would."""

    body: bytes
    headers: dict[str, str]
    url: str | None = None


@dataclass
class Callback:
    """One thing a provider has to tell us. `make` signs it anew for each attempt, as the original does."""

    provider: str
    account: str
    event: str
    subject: str
    url: str
    make: Callable[[], Message]
    forge: Callable[[], Message]
    method: str = "POST"
    timeout_ms: int = 10_000
    retry_ms: list[int] = field(default_factory=list)
    recipients: tuple[str, ...] = ()


class Callbacks:
    """Sends callbacks in the background, each in a task of its own."""

    def __init__(self, store: Store, live: Live, faults: Faults, now: Callable[[], int]) -> None:
        self.store, self.live, self.faults, self.now = store, live, faults, now
        self.lines = asyncio.Semaphore(MAX_AT_ONCE)
        self.tasks: set[asyncio.Task[None]] = set()
        self.held: dict[tuple[str, str], list[asyncio.Event]] = {}

    def send(self, callback: Callback) -> list[int]:
        """Starts delivery; the ids under which it is logged (several when duplicated or forged).

        An account without a URL sends nothing, as in the originals.
        """
        if not callback.url:
            return []
        fault = self.faults.take(
            callback.provider,
            callback.account,
            callback.event,
            (callback.subject, *callback.recipients),
            callbacks=True,
        )
        kind = fault.kind if fault else None
        if kind == "lose":
            return [self._log(callback, callback.make(), forged=False, state="lost")]
        ids: list[int] = []
        if kind == "forge":
            ids.append(self._start(callback, callback.forge, forged=True))
        copies = fault.copies if fault and kind == "duplicate" else 1
        make = callback.forge if kind == "wrong_secret" else callback.make
        for _ in range(copies):
            ids.append(self._start(callback, make, forged=kind == "wrong_secret", fault=fault))
        return ids

    def _start(
        self, callback: Callback, make: Callable[[], Message], forged: bool, fault: Fault | None = None
    ) -> int:
        held = fault is not None and fault.kind == "reorder"
        message = make()
        number = self._log(callback, message, forged, "held" if held else "pending")
        task = asyncio.create_task(self._deliver(number, callback, make, message, forged, fault))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return number

    def _log(self, callback: Callback, message: Message, forged: bool, state: str) -> int:
        number = self.store.insert(
            "callbacks",
            {
                "provider": callback.provider,
                "account": callback.account,
                "event": callback.event,
                "subject": callback.subject,
                "method": callback.method,
                "url": message.url or callback.url,
                "body": message.body.decode("utf-8", "replace"),
                "forged": int(forged),
                "state": state,
                "at_ms": self.now(),
            },
        )
        self.live.changed()
        return number

    async def _deliver(
        self,
        number: int,
        callback: Callback,
        make: Callable[[], Message],
        message: Message,
        forged: bool,
        fault: Fault | None,
    ) -> None:
        line = (callback.provider, callback.account)
        if fault is not None and fault.kind == "reorder":
            await self._hold(line)
        elif fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.ms / 1000)
        # A forger does not try again; a provider does, until it gets a 2xx or has had enough.
        pauses = [] if forged else callback.retry_ms
        for attempt in range(len(pauses) + 1):
            if attempt:
                await asyncio.sleep(pauses[attempt - 1] / 1000)
                message = make()
            good = await self._attempt(number, attempt + 1, callback, message)
            for waiting in self.held.pop(line, []) if attempt == 0 and not forged else []:
                waiting.set()
            if good:
                self._settle(number, "delivered")
                return
        self._settle(number, "failed")

    async def _hold(self, line: tuple[str, str]) -> None:
        passed = asyncio.Event()
        self.held.setdefault(line, []).append(passed)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(passed.wait(), HOLD_MS / 1000)

    def _settle(self, number: int, state: str) -> None:
        self.store.run("UPDATE callbacks SET state = ? WHERE seq = ?", state, number)
        self.live.changed()

    async def _attempt(self, number: int, attempt: int, callback: Callback, message: Message) -> bool:
        status, error, answer = None, None, ""
        agent = {"user-agent": f"sandbox-{callback.provider}/1"}
        url, body = message.url or callback.url, message.body
        async with self.lines:
            real_ms, began = int(time.time() * 1000), time.monotonic()
            try:
                reply = await request(
                    callback.method, url, {**agent, **message.headers}, body, callback.timeout_ms
                )
                status, answer = reply.status, reply.text[:20_000]
            except TimeoutError:
                error = f"no answer within {callback.timeout_ms} ms"
            except WireError as failure:
                error = str(failure)
        self.store.insert(
            "attempts",
            {
                "callback": number,
                "number": attempt,
                "real_ms": real_ms,
                "duration_ms": round((time.monotonic() - began) * 1000),
                "status": status,
                "error": error,
                "answer": answer,
                "headers": dumps(message.headers),
            },
        )
        self.live.changed()
        return status is not None and 200 <= status < 300

    async def once(self, callback: Callback, forged: bool) -> list[Json]:
        """Sends the (forged) message a single time and returns the logged callback with its attempt."""
        message = callback.forge() if forged else callback.make()
        number = self._log(callback, message, forged, "pending")
        good = await self._attempt(number, 1, callback, message)
        self._settle(number, "delivered" if good else "failed")
        return self.logged([number])

    def logged(self, numbers: list[int]) -> list[Json]:
        """Callbacks by id, each with its attempts."""
        marks = ", ".join("?" for _ in numbers)
        return self._with_attempts(
            self.store.rows(f"SELECT * FROM callbacks WHERE seq IN ({marks}) ORDER BY seq", *numbers)
        )

    def find(self, wanted: dict[str, str], limit: int) -> list[Json]:
        """The latest callbacks whose columns equal `wanted`, oldest first, each with its attempts."""
        names = [name for name in ("provider", "account", "event", "subject", "state") if name in wanted]
        where = " AND ".join(f"{name} = ?" for name in names) or "1"
        found = self.store.rows(
            f"SELECT * FROM callbacks WHERE {where} ORDER BY seq DESC LIMIT ?",
            *(wanted[name] for name in names),
            limit,
        )
        return self._with_attempts(found[::-1])

    def _with_attempts(self, found: list[Json]) -> list[Json]:
        for row in found:
            row["forged"] = bool(row["forged"])
            row["attempts"] = self.store.rows(
                "SELECT number, real_ms, duration_ms, status, error, answer, headers FROM attempts"
                " WHERE callback = ? ORDER BY number",
                row["seq"],
            )
        return found

    def open(self, account: str | None = None) -> int:
        """How many callbacks are still on their way."""
        row = self.store.row(
            "SELECT count(*) AS n FROM callbacks WHERE state IN ('pending', 'held')"
            " AND (? IS NULL OR account = ?)",
            account,
            account,
        )
        return int(row["n"]) if row else 0

    async def cancel(self) -> None:
        """Gives up everything still on its way."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.held.clear()
