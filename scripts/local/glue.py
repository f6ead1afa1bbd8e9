"""Runs inside the interpreter, once, before the application: what production's own entry point does for it."""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module, invalidate_caches
from inspect import isawaitable
from typing import Any

import anyio.to_thread
from pyodide.code import relaxed_call
from pyodide.ffi import to_js

sys.path.insert(0, "/session/metadata")

from workers import python_from_rpc, python_to_rpc


async def _inline(function: Callable[..., Any], *args: Any, **_options: Any) -> Any:
    """There are no threads in WebAssembly; a synchronous route runs where it stands."""
    return function(*args)


anyio.to_thread.run_sync = _inline  # type: ignore[assignment]


async def call_raw(instance: Any, name: str, *args: Any) -> Any:
    """A Durable Object's own events: as they come, as many as the method takes."""
    result = relaxed_call(getattr(instance, name), *args)
    return await result if isawaitable(result) else result


async def call(instance: Any, name: str, *args: Any) -> Any:
    """All else. Only `fetch` may take fewer arguments than there are: `queue` and `scheduled` get three."""
    given, method = [python_from_rpc(arg) for arg in args], getattr(instance, name)
    result = relaxed_call(method, *given) if name == "fetch" else method(*given)
    return python_to_rpc(await result if isawaitable(result) else result)


def imported() -> Any:
    """The packages' modules that were imported, in their order."""
    files = ((name, getattr(module, "__file__", None) or "") for name, module in sys.modules.items())
    return to_js([name for name, file in files if file.startswith("/lib/")])


def prepare(names: Any) -> None:
    """Imports as much beforehand."""
    for name in names:
        with suppress(ImportError):
            import_module(name)


def load(name: str) -> Any:
    """Imports the application. What it makes stays, so looking for garbage meanwhile finds nothing and takes time."""
    invalidate_caches()
    gc.disable()
    try:
        return __import__(name)
    finally:
        gc.enable()


to_js([call, call_raw, imported, prepare, load])
