"""What can change about contacts, as statements for somebody's commit."""

from frontdesk.contacts.writes.people import attach, change, insert, seen, touchpoint

__all__ = ["attach", "change", "insert", "seen", "touchpoint"]
