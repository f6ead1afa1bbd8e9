"""What can change about messages, consents and templates, as statements; each names the states it may leave."""

from frontdesk.messaging.writes.consents import consent
from frontdesk.messaging.writes.giving_up import GAVE_UP, give_up, take_up
from frontdesk.messaging.writes.heard import heard_key, receipt, received
from frontdesk.messaging.writes.planning import SEND, plan, withdraw
from frontdesk.messaging.writes.sending import delay, fail, reroute, settled, skip, take_slot, try_again
from frontdesk.messaging.writes.templates import change_template, insert_template

__all__ = [
    "GAVE_UP",
    "SEND",
    "change_template",
    "consent",
    "delay",
    "fail",
    "give_up",
    "heard_key",
    "insert_template",
    "plan",
    "receipt",
    "received",
    "reroute",
    "settled",
    "skip",
    "take_slot",
    "take_up",
    "try_again",
    "withdraw",
]
