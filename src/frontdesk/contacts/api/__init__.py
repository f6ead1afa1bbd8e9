"""Contacts over HTTP."""

from frontdesk.contacts.api.board import (
    get_board,
    get_column,
    get_warmness,
    list_moves,
    list_tags,
    move_contact,
)
from frontdesk.contacts.api.merging import list_duplicates, merge_contact, undo_merge
from frontdesk.contacts.api.people import (
    create_contact,
    edit_contact,
    get_contact,
    get_timeline,
    list_contacts,
)

__all__ = [
    "create_contact",
    "edit_contact",
    "get_board",
    "get_column",
    "get_contact",
    "get_timeline",
    "get_warmness",
    "list_contacts",
    "list_duplicates",
    "list_moves",
    "list_tags",
    "merge_contact",
    "move_contact",
    "undo_merge",
]
