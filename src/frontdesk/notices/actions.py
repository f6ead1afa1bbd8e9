"""Taking in and letting go the browsers that are pushed what cannot wait."""

import hashlib

from frontdesk.auth.writes import audited
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import expect
from frontdesk.core.errors import Conflict, Invalid, NotFound, Stale
from frontdesk.integrations import webpush
from frontdesk.notices import queries, writes
from frontdesk.notices.jobs import sender_of
from frontdesk.notices.queries import Known
from frontdesk.notices.writes import Device


async def add_device(
    ctx: Ctx, endpoint: str, p256dh: str, auth: str, *, session_hash: str, user_agent: str
) -> str:
    """A browser that is pushed the caller's urgent notices for as long as this session lives; its id.

    Raises:
        Conflict: pushing is not set up here.
        Invalid: no push service we know, or no keys.

    """
    if sender_of(ctx.platform) is None:
        raise Conflict("Pushing is not set up here.")
    if not webpush.is_service(endpoint, ctx.platform.settings.push_services):
        raise _invalid("endpoint", "not a push service of a browser we know")
    try:
        webpush.browser_keys(p256dh, auth)
    except ValueError as error:
        raise _invalid("keys", str(error)) from None
    hash_ = hashlib.sha256(endpoint.encode()).hexdigest()
    known = await queries.device_at(ctx, hash_)
    id_ = known.id if known else ctx.new_id()
    if known == Known(id=id_, staff_id=ctx.actor.id, session_hash=session_hash, p256dh=p256dh, auth=auth):
        return id_
    device = Device(id_, ctx.actor.id, session_hash, endpoint, hash_, p256dh, auth, user_agent[:200])
    service = endpoint.split("/")[2]
    await ctx.commit(
        writes.put_device(device, ctx.now),
        audited(ctx, "push.on", ("push_device", id_), {"service": service}),
    )
    # Another page may have told of the same browser in the meantime; then theirs is the id.
    now = await queries.device_at(ctx, hash_)
    return now.id if now else id_


async def drop_device(ctx: Ctx, device_id: str) -> None:
    """A browser that is pushed nothing any more. Raises NotFound when it is not the caller's."""
    try:
        await ctx.commit(
            writes.drop_device(device_id, ctx.actor.id),
            expect(1),
            audited(ctx, "push.off", ("push_device", device_id), {}),
        )
    except Stale:
        raise NotFound() from None


def _invalid(field: str, message: str) -> Invalid:
    return Invalid("This browser cannot be pushed to.", errors=[{"field": field, "message": message}])
