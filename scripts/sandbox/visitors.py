"""Who may work the operator's door: programs and pages of this machine, not a web page that happens to be open."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Visitors:
    """Refuses what a browser sends for somebody else: from another origin, or to a name made to point at us."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if urlsplit(f"//{host}").hostname not in LOOPBACK or origin not in (None, f"http://{host}"):
            refusal = {"error": "this door is for programs and pages of this machine"}
            await JSONResponse(refusal, 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
