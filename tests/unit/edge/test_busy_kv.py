"""What the local KV never does: it takes one write a second for a key, and it can be down."""

import asyncio
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from frontdesk.core.errors import Unavailable
from support.calls import run
from support.runtime import JsException, stand_in

BUSY = JsException("Error: KV PUT failed: 429 Too Many Requests")
DOWN = JsException("Error: KV GET failed: 500 Internal Server Error")


class Namespace:
    """Fails each call with the next of `failures`, and then no more."""

    def __init__(self, *failures: JsException) -> None:
        self.failures = list(failures)
        self.kept: dict[str, str] = {}
        self.calls = 0

    async def _called(self) -> None:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)

    async def get(self, key: str) -> str | None:
        await self._called()
        return self.kept.get(key)

    async def put(self, key: str, value: str, options: Any) -> None:
        await self._called()
        self.kept[key] = value

    async def delete(self, key: str) -> None:
        await self._called()
        self.kept.pop(key, None)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes the seam over a namespace; nobody really waits."""
    stand_in(monkeypatch, "js", Object=SimpleNamespace(fromEntries=None))
    stand_in(monkeypatch, "pyodide")
    ffi = {"JsException": JsException, "JsProxy": object, "jsnull": object()}
    stand_in(monkeypatch, "pyodide.ffi", to_js=lambda value, **_: value, **ffi)
    for name in ("answers", "kv"):
        monkeypatch.delitem(sys.modules, f"frontdesk.edge.{name}", raising=False)
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    from frontdesk.edge.kv import KvStore

    yield lambda namespace: (KvStore(namespace), waits)
    for name in ("answers", "kv"):
        sys.modules.pop(f"frontdesk.edge.{name}")


def test_a_write_waits_for_its_turn(store: Any) -> None:
    namespace = Namespace(BUSY, BUSY)
    kv, waits = store(namespace)
    run(kv.put("k", "v"))
    assert namespace.kept == {"k": "v"}
    assert len(waits) == 2 and min(waits) > 1
    namespace.failures = [BUSY]
    run(kv.delete("k"))
    assert namespace.kept == {}


def test_a_write_that_never_gets_a_turn_says_so(store: Any) -> None:
    namespace = Namespace(*[BUSY] * 9)
    kv, _ = store(namespace)
    with pytest.raises(Unavailable):
        run(kv.put("k", "v"))
    assert namespace.calls < 9


def test_another_failure_is_told_at_once(store: Any) -> None:
    namespace = Namespace(DOWN)
    kv, waits = store(namespace)
    with pytest.raises(Unavailable) as told:
        run(kv.get("k"))
    assert "500" in told.value.because and "500" not in told.value.detail
    namespace.failures = [DOWN]
    with pytest.raises(Unavailable):
        run(kv.delete("k"))
    assert waits == []


def test_what_can_be_found_out_elsewhere_is_simply_not_remembered(store: Any) -> None:
    namespace = Namespace(BUSY)
    kv, waits = store(namespace)
    run(kv.remember("k", "v", ttl_s=60))
    assert namespace.kept == {} and namespace.calls == 1 and waits == []
    run(kv.remember("k", "v", ttl_s=60))
    assert run(kv.recall("k")) == "v"
    namespace.failures = [DOWN]
    assert run(kv.recall("k")) is None
