"""What a clinic's front desk does all day: works its tasks, answers who wrote, notes who came."""

from random import Random

from frontdesk.bookings import actions as bookings
from frontdesk.bookings import queries as booking_queries
from frontdesk.bookings.rules import Status
from frontdesk.contacts import actions as contacts
from frontdesk.contacts import queries as contact_queries
from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Value
from frontdesk.core.pages import NEWEST
from frontdesk.messaging.actions import Sketch, change_conversation, compose
from frontdesk.messaging.actions.composing import WouldNotGo
from frontdesk.messaging.queries import conversations
from frontdesk.tasks import actions as tasks
from frontdesk.tasks import queries as task_queries

ROUND_MS = 2 * HOUR
"""How often somebody goes through the lists while the clinic is open."""
CALLS_A_ROUND, ANSWERS_A_ROUND = 14, 9
UNTOUCHED_MS = 5 * HOUR
"""What came in the last hours before the end is still to be worked: it is the reader's turn."""
REPLIES = (
    "Thanks for your message! Yes, that is no problem. See you then.",
    "Hi, thanks for getting in touch. Please bring your referral and Medicare card on the day.",
    "Hello! We have times this week, would you like the morning or the afternoon?",
    "There is parking behind the building, the entrance is on Harbour Street.",
    "No need to fast for this one. Call us if you have any other questions!",
)


class Desk:
    """Somebody at the counter; every verb is the product's own."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice

    async def round(self, ctx: Ctx) -> None:
        """The most pressing tasks and those who wait longest; a few are put off, some stay."""
        found = await task_queries.open_(
            ctx, task_queries.Filters(), due_from=0, due_before=ctx.now + 10 * HOUR, limit=CALLS_A_ROUND
        )
        for task in found.items:
            fate = self._dice.random()
            if task.created_at > ctx.now - 20 * MINUTE or fate < 0.15:
                continue
            changes: dict[str, Value] = {"status": "dismissed" if fate < 0.18 else "done"}
            if fate > 0.93:
                changes = {"due_at": ctx.now + 24 * HOUR}
            await tasks.change(ctx, task.id, task.version, changes)
        waiting = await conversations(ctx, view="unread", search=None, after=NEWEST, limit=ANSWERS_A_ROUND)
        for each in waiting.items:
            if each.last_at < ctx.now - 5 * MINUTE:
                await self._answer(ctx, each.contact_id, textable=bool(each.phone))

    async def _answer(self, ctx: Ctx, contact_id: str, *, textable: bool) -> None:
        if textable and self._dice.random() < 0.5:
            try:
                sketch = Sketch("sms", body=self._dice.choice(REPLIES))
                await compose(ctx, contact_id, f"{self._dice.getrandbits(64):016x}", sketch)
            except WouldNotGo:
                pass  # they wrote STOP, or heard enough for a day
        await change_conversation(ctx, contact_id, read_up_to=ctx.now, done=self._dice.random() < 0.7)

    async def recognise(self, ctx: Ctx, phone: str, tag: str) -> None:
        """They were here before."""
        contact = await contact_queries.by_phone(ctx, phone)
        if contact and not contact.existing_patient:
            changes: dict[str, str | int | list[str] | None] = {"existing_patient": True, "tags": [tag]}
            await contacts.edit(ctx, contact.id, contact.version, changes)

    async def close(self, ctx: Ctx, external_id: str, outcome: Status) -> None:
        """Whether they came."""
        booking = await booking_queries.by_external(ctx, "wix", external_id)
        if booking and booking.active:
            await bookings.set_status(ctx, booking.id, outcome, booking.version)
