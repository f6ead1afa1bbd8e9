"""The static front ends: every address under /app is the dashboard's one page, which routes by itself.

Scripts and styles do not come through here: `run_worker_first` in wrangler.toml leaves them to the asset layer.
"""

from fastapi import Response
from starlette.responses import RedirectResponse

from frontdesk.core.errors import NotFound
from frontdesk.core.routing import CtxDep

DASHBOARD = "/app/"


async def to_dashboard(ctx: CtxDep) -> Response:
    """As people type it."""
    return RedirectResponse(DASHBOARD, 308)


async def dashboard(ctx: CtxDep, path: str) -> Response:
    """The page for any address without an extension; a file's address is that file or nothing."""
    last = path.rsplit("/", 1)[-1]
    found = await ctx.platform.assets.get(f"{DASHBOARD}{path}" if "." in last else DASHBOARD)
    if found is None:
        raise NotFound("There is no such file.")
    return Response(found.body, 200, {**found.headers, "cache-control": "no-cache"})
