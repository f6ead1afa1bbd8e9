"""The tenant's Durable Object: live sockets today; one class, several names a tenant (`<tenant>:live:staff`)."""

from typing import Any

from js import Array, Object, Response, WebSocketPair, WebSocketRequestResponsePair
from pyodide.ffi import jsnull
from workers import DurableObject

from frontdesk.auth.queries import standing
from frontdesk.core.db import TenantDb
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
        listener = Listener.model_validate_json(
            str(getattr(request, "js_object", request).headers.get(LISTENER))
        )
        client, server = WebSocketPair.new().object_values()
        for socket in list(self._state.getWebSockets(listener.staff_id))[SOCKETS_EACH - 1 :]:
            socket.close(TOO_MANY, "too many")
        self._state.acceptWebSocket(server, Array.of(listener.staff_id))
        server.serializeAttachment(listener.model_dump_json())
        await self.publish()
        return Response.new(None, Object.fromEntries([["status", 101], ["webSocket", client]]))

    async def publish(self) -> None:
        """Bring every socket up to date. Calls that come meanwhile are answered by one more round at the end."""
        platform = platform_of(self.env, self._state)
        self._again, real = True, platform.clock.real
        # A publish may be lost, a session may end in silence, a round may hang: look once in a while, as long as
        # anybody listens. Set before the round, so that however it ends there is another.
        if len(self._state.getWebSockets()) and await self._state.storage.getAlarm() in (None, jsnull):
            await self._state.storage.setAlarm(real() + platform.settings.live_check_ms)
        if self._busy_until > real():
            return
        try:
            while self._again:
                self._busy_until, self._again = real() + STUCK_MS, False
                sockets = [Socket(raw) for raw in self._state.getWebSockets() if raw.readyState == 1]
                if sockets:
                    first = sockets[0].listener
                    db = TenantDb(platform.driver_of(first.shard), first.tenant_id)
                    await bring_up_to_date(db, sockets, standing, real())
        except Exception as error:
            platform.log.error("live round failed", error)
        finally:
            self._busy_until = 0

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
