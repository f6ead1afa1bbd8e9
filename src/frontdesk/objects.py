"""The tenant's Durable Object: live sockets today; one class, several names a tenant (`<tenant>:live:staff`)."""

from time import time_ns
from typing import Any

from js import Array, Object, Response, WebSocketPair, WebSocketRequestResponsePair
from pyodide.ffi import jsnull, to_js
from workers import DurableObject

from frontdesk.auth.queries import standing
from frontdesk.core.live import SOCKETS_EACH, SPOKE, TOO_MANY, Listener, bring_up_to_date
from frontdesk.edge.live import LISTENER
from frontdesk.edge.runtime import platform_of
from frontdesk.edge.sockets import Socket

STUCK_MS = 10_000
"""Real time after which a round that never ended holds nobody up any more."""


class TenantAgent(DurableObject):
    """Nothing in it is the only copy of anything: it may be restarted at any moment."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        state: Any = getattr(self.ctx, "_ctx", self.ctx)  # the raw one: the SDK wraps every call
        self._state = state
        state.setWebSocketAutoResponse(WebSocketRequestResponsePair.new("ping", "pong"))
        self._busy_until, self._again = 0, False

    async def fetch(self, request: Any) -> Any:
        """Take in a socket that our own door admitted."""
        listener = str(getattr(request, "js_object", request).headers.get(LISTENER))
        staff_id = Listener.model_validate_json(listener).staff_id
        client, server = WebSocketPair.new().object_values()
        for socket in list(self._state.getWebSockets(staff_id))[SOCKETS_EACH - 1 :]:
            socket.close(TOO_MANY, "too many")
        self._state.acceptWebSocket(server, Array.of(staff_id))
        server.serializeAttachment(listener)
        await self.publish()
        init = to_js({"status": 101, "webSocket": client}, dict_converter=Object.fromEntries)
        return Response.new(None, init)

    async def publish(self) -> None:
        """Bring every socket up to date. Calls that come meanwhile are answered by one more round at the end."""
        self._again = True
        if self._busy_until > _now():
            return
        platform = platform_of(self.env, self._state)
        try:
            while self._again:
                self._busy_until, self._again = _now() + STUCK_MS, False
                sockets = [Socket(raw) for raw in self._state.getWebSockets() if raw.readyState == 1]
                if sockets:
                    driver = platform.driver_of(sockets[0].listener.shard)
                    await bring_up_to_date(driver, sockets, standing, platform.clock.real())
        except Exception as error:
            platform.log.error("live round failed", error)
        finally:
            self._busy_until = 0
        # A publish may be lost, a session may end in silence: look once in a while, as long as anybody listens.
        if len(self._state.getWebSockets()) and await self._state.storage.getAlarm() in (None, jsnull):
            await self._state.storage.setAlarm(_now() + platform.settings.live_check_ms)

    async def alarm(self, info: Any = None) -> None:
        """Look."""
        await self.publish()

    async def webSocketMessage(self, socket: Any, message: Any) -> None:
        """Nobody has anything to say here; `ping` is answered without waking us."""
        socket.close(SPOKE, "listen only")

    async def webSocketClose(self, socket: Any, code: int, reason: str, clean: bool) -> None:
        """Answer the goodbye."""
        socket.close()

    async def webSocketError(self, socket: Any, error: Any) -> None:
        """Gone; its client comes back with what it heard last."""


def _now() -> int:
    return time_ns() // 1_000_000
