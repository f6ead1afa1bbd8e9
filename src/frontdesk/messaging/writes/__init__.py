"""What can change about messages, as statements; each names the states it may leave."""

from frontdesk.messaging.writes.consents import consent
from frontdesk.messaging.writes.giving_up import GAVE_UP, give_up, take_up
from frontdesk.messaging.writes.heard import heard_key, receipt, received
from frontdesk.messaging.writes.planning import SEND, plan, withdraw
from frontdesk.messaging.writes.sending import delay, fail, settled, skip, take_slot, try_again

__all__ = [
    "GAVE_UP",
    "SEND",
    "consent",
    "delay",
    "fail",
    "give_up",
    "heard_key",
    "plan",
    "receipt",
    "received",
    "settled",
    "skip",
    "take_slot",
    "take_up",
    "try_again",
    "withdraw",
]
