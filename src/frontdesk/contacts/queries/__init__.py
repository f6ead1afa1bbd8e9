"""Reading contacts: who they are, where they stand, and what passed between."""

from frontdesk.contacts.queries.people import (
    TimelineItem,
    by_id,
    by_identities,
    by_phone,
    current,
    is_told,
    listed,
    timeline,
)

__all__ = ["TimelineItem", "by_id", "by_identities", "by_phone", "current", "is_told", "listed", "timeline"]
