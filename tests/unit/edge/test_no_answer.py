"""Services that are down: an upload is temporarily unavailable, a counter stops nobody."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from frontdesk.core.errors import Unavailable
from support.calls import run
from support.runtime import JsException, stand_in

MODULES = ("answers", "limits", "r2")


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Any:
    stand_in(monkeypatch, "js", Object=SimpleNamespace(fromEntries=None))
    stand_in(monkeypatch, "pyodide")
    ffi = {"JsException": JsException, "JsProxy": object, "jsnull": object()}
    stand_in(monkeypatch, "pyodide.ffi", to_js=lambda value, **_: value, **ffi)
    for name in MODULES:
        monkeypatch.delitem(sys.modules, f"frontdesk.edge.{name}", raising=False)
    from frontdesk.edge import limits, r2

    yield SimpleNamespace(limits=limits, r2=r2)
    for name in MODULES:
        sys.modules.pop(f"frontdesk.edge.{name}", None)


async def down(*_: Any) -> Any:
    raise JsException("Error: internal error; reference = 0123456789")


def test_files_that_do_not_answer_are_unavailable(edge: Any) -> None:
    files = edge.r2.R2Files(SimpleNamespace(put=down, get=down, delete=down))
    for call in (files.put("k", b"v", content_type="text/plain"), files.get("k"), files.delete("k")):
        with pytest.raises(Unavailable) as told:
            run(call)
        assert "reference" in told.value.because and "reference" not in told.value.detail


def test_a_counter_that_does_not_answer_stops_nobody(edge: Any) -> None:
    limits = edge.limits.RateLimits({"ip": SimpleNamespace(limit=down)})
    assert run(limits.allows("ip", "192.0.2.1"))
