"""The pages a person looks at: home, phone, outbox, pushes. Static files; everything else comes from /_sandbox."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"


async def page(request: Request) -> Response:
    """The HTML file named like the path."""
    name = request.url.path.strip("/") or "home"
    return FileResponse(STATIC / f"{name}.html", headers={"cache-control": "no-store"})


ROUTES: list[BaseRoute] = [
    Route("/", page),
    Route("/phone", page),
    Route("/outbox", page),
    Route("/pushes", page),
    Mount("/static", StaticFiles(directory=STATIC)),
]
