"""Appointments in memory: what staff do with the one there is, and what stands afterwards."""

from typing import Any

from frontdesk.bookings import actions, queries
from frontdesk.bookings.actions import Wish
from frontdesk.bookings.rules import Booking, Status
from frontdesk.core.clock import HOUR
from frontdesk.core.ctx import Actor, Ctx
from support.calls import run
from support.desk import MORNING, Desk


def staff(desk: Desk) -> Ctx:
    """A context of somebody at the counter."""
    return desk.ctx("request").as_(actor=Actor("staff", "s1", "staff"))


def booking(desk: Desk) -> Booking:
    """The appointment."""
    id_ = desk.rows("SELECT id FROM bookings WHERE source = 'wix'")[0]["id"]
    return run(queries.by_id(desk.ctx(), id_))


def stored(desk: Desk) -> dict[str, Any]:
    """The row of the only appointment there is."""
    rows = desk.rows("SELECT * FROM bookings")
    assert len(rows) == 1
    return rows[0]


def said(desk: Desk, status: Status) -> Booking:
    """Staff say how it stands."""
    before = booking(desk)
    return run(actions.set_status(staff(desk), before.id, status, before.version))


def moved(desk: Desk, starts_in: int, **more: Any) -> Booking:
    """Staff move it, to `starts_in` ms from Monday morning."""
    before = booking(desk)
    wish = Wish(MORNING + starts_in, **more)
    return run(actions.reschedule(staff(desk), before.id, wish, before.version))


def booked(**settings: Any) -> Desk:
    """A desk with one appointment in five days, which Wix has told of."""
    desk = Desk(accounts=False, settings=settings)
    desk.book(practitioner="Dr Lim", status="scheduled")
    desk.work()
    return desk


def facts(desk: Desk) -> list[str]:
    """The events of bookings, in order, without their first word."""
    rows = desk.rows("SELECT type FROM events WHERE type LIKE 'booking.%' ORDER BY seq")
    return [row["type"].removeprefix("booking.") for row in rows]


def story(desk: Desk) -> list[str]:
    """What their timelines tell of bookings, in order, without the first word."""
    rows = desk.rows("SELECT kind FROM touchpoints WHERE kind LIKE 'booking.%' ORDER BY id")
    return [row["kind"].removeprefix("booking.") for row in rows]


def waiting(desk: Desk) -> dict[int, int]:
    """The reminders that are still to go: hours before, and when."""
    rows = desk.rows(
        "SELECT offset_hours, due_at FROM messages WHERE state = 'scheduled' AND template = 'booking.reminder'"
    )
    return {row["offset_hours"]: row["due_at"] for row in rows}


def before_start(starts_in: int, *offsets: int) -> dict[int, int]:
    """When reminders of an appointment go."""
    return {hours: MORNING + starts_in - hours * HOUR for hours in offsets}
