"""Verbs on contacts."""

from frontdesk.contacts.actions.sighting import Sighting, edit, sighted

__all__ = ["Sighting", "edit", "sighted"]
