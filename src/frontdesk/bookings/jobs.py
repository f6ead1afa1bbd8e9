"""What bookings do when told: take a provider's word, and confirm to the customer."""

from pydantic import BaseModel

from frontdesk.bookings import actions, queries, writes
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event
from frontdesk.core.parsing import parse_model
from frontdesk.core.rows import Job
from frontdesk.integrations.facts import BookingFact


class Readdressed(BaseModel):
    """Old and new, for what changed."""

    phone: tuple[str | None, str | None] = (None, None)
    email: tuple[str | None, str | None] = (None, None)


async def apply_wix(ctx: Ctx, job: Job) -> None:
    """A verified Wix event: bring the booking, its contact and its reminders up to date."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    await actions.apply(ctx, parse_model(BookingFact, heard.payload))


async def confirm(ctx: Ctx, job: Job) -> None:
    """Tell the customer that their booking is in, with its date, once."""
    await actions.confirm(ctx, await queries.by_id(ctx, job.subject_id))


async def readdress(ctx: Ctx, job: Job) -> None:
    """Staff put a contact's number or address right: bookings to come that had the old one follow."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    moved = parse_model(Readdressed, heard.payload)
    await ctx.commit(
        [
            writes.readdress(job.subject_id, field, old, new, ctx.now)
            for field, (old, new) in (("phone", moved.phone), ("email", moved.email))
            if old
        ]
    )
