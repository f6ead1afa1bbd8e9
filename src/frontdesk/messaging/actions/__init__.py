"""Verbs of messaging: word templates, write to people, work the inbox, keep consents."""

from frontdesk.messaging.actions.composing import Composed, Sketch, compose, preview, take_back
from frontdesk.messaging.actions.consents import record_consent
from frontdesk.messaging.actions.inbox import change_conversation
from frontdesk.messaging.actions.wording import reset, template_of, word

__all__ = [
    "Composed",
    "Sketch",
    "change_conversation",
    "compose",
    "preview",
    "record_consent",
    "reset",
    "take_back",
    "template_of",
    "word",
]
