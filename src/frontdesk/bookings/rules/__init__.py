"""Deciding about appointments: whose word counts, what kind of change it is, whom to tell and how, what clashes."""

from frontdesk.bookings.rules.booking import ACTIVE, Booking, Status, Urgency
from frontdesk.bookings.rules.changes import (
    SUMMARIES,
    Change,
    Word,
    after_word,
    change_of,
    is_news,
    local_text,
    moved_by_staff,
    said_by_staff,
    same,
    set_back,
    told_of,
)
from frontdesk.bookings.rules.clashes import Clash, Other, clashes
from frontdesk.bookings.rules.offers import minutes_of, value_of
from frontdesk.bookings.rules.reminders import (
    TEMPLATE,
    Fate,
    Line,
    Reachable,
    Sent,
    channel_for,
    fates,
    gone,
    plannable,
    reminders_change,
    withdrawal,
)
from frontdesk.bookings.rules.risk import risk_of

__all__ = [
    "ACTIVE",
    "SUMMARIES",
    "TEMPLATE",
    "Booking",
    "Change",
    "Clash",
    "Fate",
    "Line",
    "Other",
    "Reachable",
    "Sent",
    "Status",
    "Urgency",
    "Word",
    "after_word",
    "change_of",
    "channel_for",
    "clashes",
    "fates",
    "gone",
    "is_news",
    "local_text",
    "minutes_of",
    "moved_by_staff",
    "plannable",
    "reminders_change",
    "risk_of",
    "said_by_staff",
    "same",
    "set_back",
    "told_of",
    "value_of",
    "withdrawal",
]
