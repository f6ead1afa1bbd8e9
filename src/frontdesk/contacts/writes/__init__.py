"""What can change about contacts, as statements for somebody's commit."""

from frontdesk.contacts.writes.merging import gather, merge, part
from frontdesk.contacts.writes.people import attach, change, insert, seen, touchpoint
from frontdesk.contacts.writes.standing import (
    Changed,
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
    "attach",
    "change",
    "gather",
    "heard_from",
    "insert",
    "merge",
    "move",
    "moved",
    "part",
    "seen",
    "sent_to",
    "set_intent",
    "tag",
    "touchpoint",
    "untag",
]
