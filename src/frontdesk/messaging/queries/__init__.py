"""Reading the ledger and the inbox, what the gate needs to know, how to word messages and whom they reach."""

from frontdesk.messaging.queries.conversations import (
    Conversed,
    Counts,
    View,
    conversation,
    conversations,
    counts,
)
from frontdesk.messaging.queries.heard import about, is_heard, last_written_to
from frontdesk.messaging.queries.ledger import Listed, by_id, listed, withdrawn
from frontdesk.messaging.queries.reaching import (
    Asked,
    Consent,
    Reach,
    asked_for,
    consents,
    next_slot,
    reach,
    stopped_by,
)
from frontdesk.messaging.queries.sending import Standing, carried, outgoing, standing, window_start
from frontdesk.messaging.queries.wording import Filling, OwnWords, Scene, filling, own_words, scene

__all__ = [
    "Asked",
    "Consent",
    "Conversed",
    "Counts",
    "Filling",
    "Listed",
    "OwnWords",
    "Reach",
    "Scene",
    "Standing",
    "View",
    "about",
    "asked_for",
    "by_id",
    "carried",
    "consents",
    "conversation",
    "conversations",
    "counts",
    "filling",
    "is_heard",
    "last_written_to",
    "listed",
    "next_slot",
    "outgoing",
    "own_words",
    "reach",
    "scene",
    "standing",
    "stopped_by",
    "window_start",
    "withdrawn",
]
