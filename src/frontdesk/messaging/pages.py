"""The one page a recipient of a mail may need: stop these mails, and say so."""

from html import escape

from fastapi.responses import HTMLResponse

from frontdesk.contacts.queries import by_identities
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import NotFound
from frontdesk.core.plain import page
from frontdesk.core.routing import CtxDep
from frontdesk.messaging import queries, writes
from frontdesk.messaging.rules.unsubscribe import address_of
from frontdesk.tenants.secrets import derived_keys


async def ask_unsubscribe(ctx: CtxDep, token: str) -> HTMLResponse:
    """Ask first: mail scanners follow links, and following one must not unsubscribe anybody."""
    address = _address(ctx, token)
    return _page(
        ctx,
        f"Stop e-mails to {address}?",
        '<form method="post"><button type="submit">Unsubscribe</button></form>',
    )


async def unsubscribe(ctx: CtxDep, token: str) -> HTMLResponse:
    """Stop mails to this address; mail programs post here themselves (RFC 8058). Twice is the same as once."""
    address = _address(ctx, token)
    # What staff or a provider said is not their own word, and may be undone.
    if await queries.stopped_by(ctx, "email", address) != "unsubscribe":
        owners, _ = await by_identities(ctx, [("email", address)])
        contact_id = owners.get(("email", address))
        await ctx.commit(
            writes.consent(
                "email",
                address,
                stopped=True,
                marketing=False,
                source="unsubscribe",
                said_at=ctx.now,
                cause_id=ctx.cause.id,
            ),
            writes.stopped(ctx, contact_id, "email", address, "Unsubscribed from mails"),
        )
    return _page(ctx, "Done.", f"<p>We will not send such e-mails to {escape(address)} any more.</p>")


def _address(ctx: Ctx, token: str) -> str:
    address = address_of(token, derived_keys(ctx.platform, "unsubscribe"), ctx.tenant.id)
    if address is None:
        raise NotFound("This link is not complete. Open it from the e-mail once more.")
    return address


def _page(ctx: Ctx, heading: str, body: str) -> HTMLResponse:
    return HTMLResponse(page(heading, body, of=ctx.tenant.name))
