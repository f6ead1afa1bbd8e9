"""The front door: what somebody sees who types the address of a business without any path."""

from html import escape

from fastapi.responses import HTMLResponse

from frontdesk.core.plain import page
from frontdesk.core.routing import CtxDep


async def front_door(ctx: CtxDep) -> HTMLResponse:
    """Who is here, and the way in for those who work here."""
    name = ctx.tenant.name
    return HTMLResponse(
        page(
            "Welcome",
            f"<p>Behind this door {escape(name)} looks after its appointments and messages.</p>"
            '<p>Do you work here? <a href="/app/">Go to the desk</a></p>',
            of=name,
        )
    )
