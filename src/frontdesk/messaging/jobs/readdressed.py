"""Staff put a contact's number or address right: what still waits for the old one goes to the new one."""

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event
from frontdesk.core.parsing import parse_model
from frontdesk.core.rows import Job
from frontdesk.messaging import writes


class Readdressed(BaseModel):
    """Old and new, for what changed."""

    phone: tuple[str | None, str | None] = (None, None)
    email: tuple[str | None, str | None] = (None, None)


async def readdress(ctx: Ctx, job: Job) -> None:
    """Messages about no booking; those about one go to what the booking says (`queries.outgoing`)."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    moved = parse_model(Readdressed, heard.payload)
    await ctx.commit(
        [
            writes.readdress(heard.subject_id, channel, old, ctx.now)
            for channel, (old, _) in (("sms", moved.phone), ("email", moved.email))
            if old
        ]
    )
