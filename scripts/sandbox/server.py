"""The map of the sandbox, and how it starts and stops."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import chat, clicksend, console, pages, push, resend, traffic, twilio
from sandbox.visitors import Visitors
from sandbox.world import World

OPERATOR = [*push.OPERATOR, *traffic.ROUTES, *chat.ROUTES, *console.ROUTES]


class DroppingProtocol(H11Protocol):
    """Hands each request its transport, so that a fault can cut the line."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by asyncio for every connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Server(uvicorn.Server):
    """Says when it is ready, and lets open pages go when it is told to stop."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self.world = world

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listens, then prints the one line others wait for."""
        await super().startup(None)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            print(json.dumps({"ready": True, "url": f"http://{self.config.host}:{port}"}), flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came: streams end first, or they would keep the server open."""
        self.world.live.close()
        super().handle_exit(sig, frame)


def build(world: World) -> Starlette:
    """The application: every door under its prefix."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await world.callbacks.cancel()
        world.store.close()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Mount("/clicksend", routes=clicksend.ROUTES),
            Mount("/twilio", routes=twilio.ROUTES),
            Mount("/resend", routes=resend.ROUTES),
            Mount("/push", routes=push.ROUTES),
            Mount("/_sandbox", routes=OPERATOR, middleware=[Middleware(Visitors)]),
            *pages.ROUTES,
        ],
    )
    app.state.world = world
    return app


def main() -> None:
    """Runs until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8788, help="0 takes any free port")
    parser.add_argument("--state", type=Path, help="keep everything in this directory; else in memory")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    options = parser.parse_args()
    world = World(options.state)
    config = uvicorn.Config(
        build(world),
        host="127.0.0.1",
        port=options.port,
        http=DroppingProtocol,
        ws="none",
        log_level="info" if options.verbose else "warning",
        access_log=options.verbose,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    # uvicorn raises the signal once more after it has stopped in good order.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with suppress(KeyboardInterrupt):
        Server(config, world).run()
