"""What a service of Cloudflare throws, as an error of ours."""

from collections.abc import Awaitable, Callable
from typing import Any

from pyodide.ffi import JsException

from frontdesk.core.errors import Unavailable


async def answered(call: Callable[[], Awaitable[Any]]) -> Any:
    """What it resolves to. Raises Unavailable, with the service's own words for the log."""
    try:
        return await call()
    except JsException as error:
        raise Unavailable("A part of the platform did not answer.", cause=str(error)[:200]) from None
