"""The reminders that hang on a booking: planned with it, taken back with it, and mended where they are missing."""

from collections.abc import Collection, Iterable, Sequence

from frontdesk.bookings import queries, rules, writes
from frontdesk.bookings.queries import Unplanned
from frontdesk.bookings.rules import Booking, Reachable, Sent
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import Part, event
from frontdesk.messaging import writes as messaging
from frontdesk.messaging.queries import withdrawn
from frontdesk.messaging.rules.message import Draft
from frontdesk.messaging.rules.reminders import planned


async def replanned(
    ctx: Ctx, before: Booking | None, after: Booking, contact: Reachable
) -> tuple[Booking, list[Part]]:
    """`after` with its plan, and what that takes: what no longer fits is withdrawn, the rest planned anew.

    Nothing, where the reminders stay as they are. It belongs into the commit that makes `after` true.
    """
    if not rules.reminders_change(before, after):
        return after, []
    parts: list[Part] = []
    left: frozenset[Sent] = frozenset()
    if before:
        reason, only = rules.withdrawal(after)
        parts.append(messaging.withdraw(ctx, after.id, reason, only=only, contact_id=before.contact_id))
        left = rules.gone(await queries.ledger(ctx, after.id))
    if not rules.plannable(after, ctx.now):
        return after.model_copy(update={"planned_version": None}), parts
    after = after.model_copy(update={"planned_version": after.version})
    parts.append(_plan(ctx, after, contact, ctx.settings.reminder_hours, left))
    if before and not before.active:
        # A confirmation that was taken back before it left was never read by anybody.
        theirs: dict[str, str] = {}
        if before.contact_id != after.contact_id:
            channel, address = rules.channel_for(after, contact)
            theirs = {"contact_id": after.contact_id, "channel": channel, "address": address}
        parts += [
            messaging.again(ctx, each.model_copy(update=theirs), after.starts_at)
            for each in await withdrawn(ctx, after.id)
        ]
    return after, parts


def _plan(
    ctx: Ctx, booking: Booking, contact: Reachable, offsets: Iterable[int], left: Collection[Sent] = ()
) -> list[Part]:
    """A row for each offset, under the key of the booking's planned version, so that the ledger is complete.

    One whose time has passed is *skipped: too late*; one that went out for this very start already, to this
    address, is not said twice.
    """
    channel, address = rules.channel_for(booking, contact)
    parts: list[Part] = []
    for reminder in planned(booking.starts_at, offsets, ctx.now):
        sent = Sent(reminder.offset_hours, booking.starts_at, address) in left
        parts.append(
            messaging.plan(
                ctx,
                Draft(
                    channel=channel,
                    purpose="service",
                    address=address,
                    contact_id=booking.contact_id,
                    booking_id=booking.id,
                    template=rules.TEMPLATE,
                    offset_hours=reminder.offset_hours,
                    due_at=reminder.due_at,
                    expires_at=reminder.expires_at,
                    unique_key=f"reminder:{booking.id}:{booking.planned_version}:{reminder.offset_hours}",
                    skip="sent_already" if sent else "too_late" if reminder.late else None,
                ),
            )
        )
    return parts


def mend(ctx: Ctx, found: Sequence[Unplanned]) -> list[Part]:
    """Plans the reminders these bookings lack, and says so. Stale if one changed since it was read."""
    if not found:
        return []
    parts: list[Part] = [writes.unchanged(found)]
    for each in found:
        version = each.planned_version or each.version
        booking = Booking.model_validate(each.model_dump(include=set(Booking.model_fields)))
        booking = booking.model_copy(update={"planned_version": version})
        parts += [
            writes.plan_at(booking, version),
            _plan(ctx, booking, each.reach, each.missing),
            event(
                "booking.mended", {**booking.model_dump(), "mended": each.missing}, of=("booking", booking.id)
            ),
        ]
        ctx.log.warning("reminders were missing", booking=booking.id, offsets=each.missing)
    return parts
