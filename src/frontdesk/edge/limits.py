"""Cloudflare's rate limiting bindings behind `core.platform.Limiter`."""

from collections.abc import Mapping

from js import Object
from pyodide.ffi import JsException, JsProxy, to_js


class RateLimits:
    """Counters per location by name; a limit that is not bound, or does not answer, allows everything."""

    def __init__(self, bindings: Mapping[str, JsProxy | None]) -> None:
        self._bindings = bindings

    async def allows(self, name: str, key: str) -> bool:
        """Whether one more under `key` is within the limit."""
        binding = self._bindings.get(name)
        if binding is None:
            return True
        try:
            outcome = await binding.limit(to_js({"key": key}, dict_converter=Object.fromEntries))
        except JsException:
            return True
        return bool(outcome.success)
