"""The one module state that changes: a small cache with a time to live, for tenants, domains and secrets."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

Kept = TypeVar("Kept")


class TtlCache(Generic[Kept]):
    """At most `size` values, each kept `ttl_ms` of real time. A stale value is never served past that."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[str, tuple[int, Kept]] = OrderedDict()

    async def get(self, key: str, now: int, ttl_ms: int, load: Callable[[], Awaitable[Kept]]) -> Kept:
        """The kept value, or what `load` returns; two loads at once both run (requests share no lock)."""
        found = self._kept.get(key)
        if found and found[0] > now:
            self._kept.move_to_end(key)
            return found[1]
        value = await load()
        self.put(key, now + ttl_ms, value)
        return value

    def put(self, key: str, until: int, value: Kept) -> None:
        """Keep this one until then (real ms)."""
        self._kept[key] = (until, value)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def has(self, key: str, now: int) -> bool:
        """Whether `get` would not have to load it."""
        found = self._kept.get(key)
        return found is not None and found[0] > now

    def shorten(self, key: str, until: int) -> None:
        """Keep this one no longer than `until` (real ms): what was not found may exist soon.

        It is also the first to make room, so that names somebody made up push out no real one.
        """
        found = self._kept.get(key)
        if found:
            self._kept[key] = (min(found[0], until), found[1])
            self._kept.move_to_end(key, last=False)

    def drop(self, *keys: str) -> None:
        """Forget these now; other isolates follow within the time to live."""
        for key in keys:
            self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


CACHE: TtlCache[Any] = TtlCache(2_048)
