"""What an outbound request's failure says: its kind, and nothing that was sent."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from frontdesk.core.web import HttpRequest, TransportError
from support.calls import run
from support.runtime import JsException, stand_in


def test_a_header_that_javascript_quotes_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(url: str, options: Any) -> Any:
        raise JsException('TypeError: Headers.append: "Basic c2VjcmV0" is an invalid header value.')

    stand_in(
        monkeypatch,
        "js",
        fetch=fetch,
        Object=SimpleNamespace(fromEntries=None),
        AbortSignal=SimpleNamespace(timeout=lambda ms: ms),
    )
    stand_in(monkeypatch, "pyodide")
    stand_in(monkeypatch, "pyodide.ffi", JsException=JsException, to_js=lambda value, **_: value)
    monkeypatch.delitem(sys.modules, "frontdesk.edge.http", raising=False)
    from frontdesk.edge.http import FetchHttp

    request = HttpRequest("POST", "https://x.example", headers={"authorization": "Basic c2VjcmV0"})
    with pytest.raises(TransportError) as told:
        run(FetchHttp(1_000).send(request))
    sys.modules.pop("frontdesk.edge.http")
    assert str(told.value) == "TypeError"
