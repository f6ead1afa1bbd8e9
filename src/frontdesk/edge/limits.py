"""Cloudflare's rate limiting bindings behind `core.platform.Limiter`."""

from collections.abc import Mapping

from js import Object
from pyodide.ffi import JsProxy, to_js


class RateLimits:
    """Counters per location by name; a limit that is not bound allows everything."""

    def __init__(self, bindings: Mapping[str, JsProxy | None]) -> None:
        self._bindings = bindings

    async def allows(self, name: str, key: str) -> bool:
        """Whether one more under `key` is within the limit."""
        binding = self._bindings.get(name)
        if binding is None:
            return True
        outcome = await binding.limit(to_js({"key": key}, dict_converter=Object.fromEntries))
        return bool(outcome.success)
