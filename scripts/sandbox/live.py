"""Tells whoever waits (tests, open pages) that something changed."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

T = TypeVar("T")


class Live:
    """A version number that grows with every change, and the means to wait for it to grow."""

    def __init__(self) -> None:
        self.version = 0
        self.closing = False
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Something visible changed."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        """Ends every open stream, so that the server can stop at once."""
        self.closing = True
        self.changed()

    async def wait(
        self, look: Callable[[], T], enough: Callable[[T], bool], timeout_ms: int
    ) -> tuple[T, bool]:
        """Looks again after each change until it is enough; what was seen last, and whether it sufficed."""
        deadline = time.monotonic() + timeout_ms / 1000
        while True:
            changed = self._changed
            seen = look()
            if enough(seen):
                return seen, True
            left = deadline - time.monotonic()
            if left <= 0 or self.closing:
                return seen, False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), left)

    async def stream(self) -> AsyncIterator[str]:
        """Server-sent events: one `change` per burst of changes, a comment every 15 s to keep the line."""
        yield f"retry: 1000\nevent: change\ndata: {self.version}\n\n"
        while not self.closing:
            try:
                await asyncio.wait_for(self._changed.wait(), 15)
                await asyncio.sleep(0.03)  # a burst of changes becomes one event
                yield f"event: change\ndata: {self.version}\n\n"
            except TimeoutError:
                yield ": still here\n\n"
