"""What bookings do when told: take a provider's word, and confirm to the customer."""

from frontdesk.bookings import actions, queries
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event
from frontdesk.core.parsing import parse_model
from frontdesk.core.rows import Job
from frontdesk.integrations.facts import BookingFact


async def apply_wix(ctx: Ctx, job: Job) -> None:
    """A verified Wix event: bring the booking, its contact and its reminders up to date."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    await actions.apply(ctx, parse_model(BookingFact, heard.payload))


async def confirm(ctx: Ctx, job: Job) -> None:
    """Tell the customer that their booking is in, with its date, once."""
    await actions.confirm(ctx, await queries.by_id(ctx, job.subject_id))
