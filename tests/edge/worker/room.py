"""A Durable Object that does each thing the product's will do."""

from typing import Any

import js
from pyodide.ffi import create_proxy
from workers import DurableObject


class Room(DurableObject):
    """SQL, an alarm that may crash, hibernating sockets."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        self.state = self.ctx._ctx  # the raw one: the SDK wraps every call
        self.sql = self.state.storage.sql
        self.sql.exec("CREATE TABLE IF NOT EXISTS said (text TEXT)")
        self.sql.exec("CREATE TABLE IF NOT EXISTS lives (began INTEGER)")
        self.sql.exec("INSERT INTO lives VALUES (?)", js.Date.now())
        self.state.setWebSocketAutoResponse(js.WebSocketRequestResponsePair.new("ping", "pong"))

    def _said(self) -> list[str]:
        return [str(row.text) for row in self.sql.exec("SELECT text FROM said ORDER BY rowid").toArray()]

    async def say(self, text: str) -> str:
        self.sql.exec("INSERT INTO said VALUES (?)", text)
        return str(js.JSON.stringify(self.sql.exec("SELECT text FROM said ORDER BY rowid").toArray()))

    async def said(self) -> list[str]:
        return self._said()

    async def lives(self) -> int:
        """How often it was made: once more each time it had been put to sleep."""
        return len(self.sql.exec("SELECT began FROM lives").toArray())

    async def say_and_fail(self, text: str) -> None:
        raise LookupError(text)

    async def try_in_vain(self, text: str) -> list[str]:
        """A transaction whose callback throws."""

        def write() -> None:
            self.sql.exec("INSERT INTO said VALUES (?)", text)
            raise ValueError("no")

        proxy = create_proxy(write)
        try:
            self.state.storage.transactionSync(proxy)
        except Exception:
            return self._said()
        finally:
            proxy.destroy()
        raise AssertionError("the transaction did not raise")

    async def wake_me(self, after_ms: int, crashes: int) -> None:
        await self.state.storage.put("crashes", crashes)
        await self.state.storage.setAlarm(js.Date.now() + after_ms)

    async def alarm(self, info: Any = None) -> None:
        left = int(await self.state.storage.get("crashes") or 0)
        if left:
            await self.state.storage.put("crashes", left - 1)
            raise ValueError("the alarm crashed, as it was told to")
        self.sql.exec("INSERT INTO said VALUES ('alarm')")

    async def fetch(self, request: Any) -> Any:
        client, server = js.WebSocketPair.new().object_values()
        self.state.acceptWebSocket(server, js.Array.of("guest"))
        server.serializeAttachment("attached")
        return js.Response.new(None, js.Object.fromEntries([["status", 101], ["webSocket", client]]))

    async def remind(self, text: str) -> list[str]:
        """A new attachment for everybody; what they had before."""
        sockets = list(self.state.getWebSockets())
        before = [str(socket.deserializeAttachment()) for socket in sockets]
        for socket in sockets:
            socket.serializeAttachment(text)
        return before

    async def webSocketMessage(self, socket: Any, message: Any) -> None:
        present = len(self.state.getWebSockets("guest"))
        socket.send(f"{message} {socket.deserializeAttachment()} {present}")

    async def webSocketClose(self, socket: Any, code: int, reason: str, clean: bool) -> None:
        self.sql.exec("INSERT INTO said VALUES (?)", f"closed {int(code)}")
