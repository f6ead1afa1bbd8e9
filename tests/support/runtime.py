"""The runtime's modules, stood in for, so that one module of the edge can be tested outside workerd."""

import sys
from types import ModuleType
from typing import Any

import pytest


class JsException(Exception):
    """As Pyodide raises it: the name of the JavaScript error, and its message."""

    name = "TypeError"


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **members: Any) -> None:
    """A module of this name with these members, until the test is over."""
    module = ModuleType(name)
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)
