"""Reading the ledger, what the gate needs to know, what messages are worded with, and what came in."""

from frontdesk.messaging.queries.heard import about, is_heard, last_written_to
from frontdesk.messaging.queries.ledger import Listed, by_id, listed
from frontdesk.messaging.queries.sending import Standing, carried, outgoing, standing, window_start
from frontdesk.messaging.queries.wording import Filling, OwnWords, Scene, filling, own_words, scene

__all__ = [
    "Filling",
    "Listed",
    "OwnWords",
    "Scene",
    "Standing",
    "about",
    "by_id",
    "carried",
    "filling",
    "is_heard",
    "last_written_to",
    "listed",
    "outgoing",
    "own_words",
    "scene",
    "standing",
    "window_start",
]
