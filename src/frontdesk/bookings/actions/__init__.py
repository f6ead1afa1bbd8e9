"""Verbs on bookings: what providers say about them, what staff do with them, and the reminders that follow."""

from frontdesk.bookings.actions.heard import apply
from frontdesk.bookings.actions.reminders import mend, replanned
from frontdesk.bookings.actions.staff import Made, Preview, Wish, book, preview, reschedule, set_status
from frontdesk.bookings.rules import local_text

__all__ = [
    "Made",
    "Preview",
    "Wish",
    "apply",
    "book",
    "local_text",
    "mend",
    "preview",
    "replanned",
    "reschedule",
    "set_status",
]
