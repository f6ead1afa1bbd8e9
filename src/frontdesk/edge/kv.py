"""Workers KV behind `core.platform.Kv`."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from js import Object
from pyodide.ffi import JsException, JsProxy, jsnull, to_js

from frontdesk.core.errors import Unavailable
from frontdesk.edge.answers import answered

MIN_TTL_S = 60
"""Cloudflare refuses shorter times to live."""
TURN_S = 1.1
"""A key takes one write a second; another one is refused with 429 (KV's limits)."""
TURNS = 4
"""How often a write waits for its turn."""


class KvStore:
    """Text by key."""

    def __init__(self, namespace: JsProxy) -> None:
        self._namespace = namespace

    async def get(self, key: str) -> str | None:
        """The value, or None."""
        value = await answered(lambda: self._namespace.get(key))
        return None if value is None or value is jsnull else str(value)

    async def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        """Keep `value`, at least a minute."""
        await _in_turn(lambda: self._put(key, value, ttl_s))

    async def delete(self, key: str) -> None:
        """Forget `key`."""
        await _in_turn(lambda: self._namespace.delete(key))

    async def recall(self, key: str) -> str | None:
        """The value, if there is one and KV answers."""
        try:
            return await self.get(key)
        except Unavailable:
            return None

    async def remember(self, key: str, value: str, *, ttl_s: int) -> None:
        """One try."""
        with suppress(JsException):
            await self._put(key, value, ttl_s)

    def _put(self, key: str, value: str, ttl_s: int | None) -> Any:
        ttl = {} if ttl_s is None else {"expirationTtl": max(MIN_TTL_S, ttl_s)}
        return self._namespace.put(key, value, to_js(ttl, dict_converter=Object.fromEntries))


async def _in_turn(write: Callable[[], Awaitable[Any]]) -> None:
    for turn in range(TURNS):
        try:
            await answered(write)
            return
        except Unavailable as error:
            if turn == TURNS - 1 or " 429 " not in error.because:
                raise
        await asyncio.sleep(TURN_S)
