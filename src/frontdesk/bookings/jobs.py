"""What bookings do when told: take a provider's word, look whether reminders are missing."""

from pydantic import BaseModel

from frontdesk.bookings import actions, queries, writes
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event, JobDraft
from frontdesk.core.pages import END_OF_TIME, Cursor
from frontdesk.core.parsing import parse_model
from frontdesk.core.rows import Job
from frontdesk.integrations.facts import BookingFact
from frontdesk.messaging.jobs.readdressed import Readdressed
from frontdesk.messaging.writes import by_mail


async def apply_wix(ctx: Ctx, job: Job) -> None:
    """A verified Wix event: bring the booking, its contact and its reminders up to date."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    await actions.apply(ctx, parse_model(BookingFact, heard.payload))


async def readdress(ctx: Ctx, job: Job) -> None:
    """Staff put a contact's number or address right: bookings to come that had the old one follow."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    moved = parse_model(Readdressed, heard.payload)
    await ctx.commit(
        [
            writes.readdress(job.subject_id, field, old, ctx.now)
            for field, (old, _) in (("phone", moved.phone), ("email", moved.email))
            if old
        ],
        by_mail(job.subject_id, ctx.now),
    )


BOOKINGS_A_ROUND = 500
MENDS_A_ROUND = 25
"""One commit mends so many at most; what is left is the next round's, at once."""


class From(BaseModel):
    """Where a round begins: behind this booking. Without one, at what begins now."""

    starts_at: int | None = None
    id: str = "~"


async def safety_net(ctx: Ctx, job: Job) -> None:
    """Each booking to come has its reminders on the ledger; where one is missing, it is planned and told of.

    It also gives bookings that were there before the reminders of an offset the tenant added since.
    """
    begins = From.model_validate(job.payload)
    after = Cursor(ctx.now if begins.starts_at is None else begins.starts_at, begins.id)
    end = await queries.page_ends(ctx, after, BOOKINGS_A_ROUND)
    until = Cursor(END_OF_TIME, "~") if end is None else Cursor(end.starts_at, end.id)
    offsets = sorted(set(ctx.settings.reminder_hours))
    found = await queries.unplanned(ctx, after, until, offsets=offsets, limit=MENDS_A_ROUND)
    if len(found) == MENDS_A_ROUND:
        until = Cursor(found[-1].starts_at, found[-1].id)
    more = end is not None or len(found) == MENDS_A_ROUND
    following = {"starts_at": until.at, "id": until.id}
    await ctx.commit(
        actions.mend(ctx, found),
        [JobDraft("bookings.safety_net", key=f"{job.id}:more", payload=following)] if more else [],
    )
