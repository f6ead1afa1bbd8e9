"""Verbs on contacts."""

from frontdesk.contacts.actions.editing import edit
from frontdesk.contacts.actions.sighting import Sighting, create, sighted
from frontdesk.contacts.actions.standing import follow, move

__all__ = ["Sighting", "create", "edit", "follow", "move", "sighted"]
