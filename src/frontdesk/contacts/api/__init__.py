"""Contacts over HTTP."""

from frontdesk.contacts.api.people import edit_contact, get_contact, get_timeline, list_contacts

__all__ = ["edit_contact", "get_contact", "get_timeline", "list_contacts"]
