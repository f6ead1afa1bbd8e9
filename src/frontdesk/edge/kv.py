"""Workers KV behind `core.platform.Kv`."""

from js import Object
from pyodide.ffi import JsProxy, jsnull, to_js

MIN_TTL_S = 60
"""Cloudflare refuses shorter times to live."""


class KvStore:
    """Text by key."""

    def __init__(self, namespace: JsProxy) -> None:
        self._namespace = namespace

    async def get(self, key: str) -> str | None:
        """The value, or None."""
        value = await self._namespace.get(key)
        return None if value is None or value is jsnull else str(value)

    async def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        """Keep `value`, at least a minute."""
        if ttl_s is None:
            await self._namespace.put(key, value)
            return
        options = to_js({"expirationTtl": max(MIN_TTL_S, ttl_s)}, dict_converter=Object.fromEntries)
        await self._namespace.put(key, value, options)

    async def delete(self, key: str) -> None:
        """Forget `key`."""
        await self._namespace.delete(key)
