"""A tenant's Durable Object behind `core.platform.Live`, and the way in for a socket."""

from typing import Any

from js import Headers, Object, Request
from pyodide.ffi import JsProxy, to_js

from frontdesk.core.live import Listener

STAFF = "live:staff"
"""The name of the object that staff listen to; a tenant has others for other publics."""
LISTENER = "x-frontdesk-listener"


class LiveRooms:
    """One object a tenant and public, asked for by name; without a binding nobody listens."""

    def __init__(self, namespace: JsProxy | None) -> None:
        self._namespace = namespace

    async def publish(self, shard: str, tenant_id: str) -> None:
        """Tell the tenant's object to look."""
        if self._namespace is not None:
            await self._namespace.getByName(f"{tenant_id}:{STAFF}").publish()


async def handed_over(env: Any, listener: Listener) -> Any:
    """The object's answer to the upgrade: status 101 with our end of the socket.

    It sees a request of our making, so that no header of the caller's can pass for ours.
    """
    namespace = getattr(env, "_env", env).TENANT_AGENT
    headers = Headers.new(
        to_js(
            {"upgrade": "websocket", LISTENER: listener.model_dump_json()}, dict_converter=Object.fromEntries
        )
    )
    request = Request.new("http://live/", to_js({"headers": headers}, dict_converter=Object.fromEntries))
    return await namespace.getByName(f"{listener.tenant_id}:{STAFF}").fetch(request)
