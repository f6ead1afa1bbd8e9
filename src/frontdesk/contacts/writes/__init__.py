"""What can change about contacts, as statements for somebody's commit."""

from frontdesk.contacts.writes.merging import as_heard, gather, merge, part, still_merged
from frontdesk.contacts.writes.people import attach, change, insert, release, seen, touchpoint
from frontdesk.contacts.writes.standing import (
    Changed,
    as_visited,
    heard_from,
    move,
    moved,
    sent_to,
    set_intent,
    tag,
    untag,
)

__all__ = [
    "Changed",
    "as_heard",
    "as_visited",
    "attach",
    "change",
    "gather",
    "heard_from",
    "insert",
    "merge",
    "move",
    "moved",
    "part",
    "release",
    "seen",
    "sent_to",
    "set_intent",
    "still_merged",
    "tag",
    "touchpoint",
    "untag",
]
