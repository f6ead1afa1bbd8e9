"""What can change about messages, consents and templates, as statements for somebody's commit."""

from frontdesk.messaging.writes.consents import consent
from frontdesk.messaging.writes.messages import (
    SEND,
    delay,
    fail,
    heard_key,
    plan,
    receipt,
    received,
    reroute,
    settled,
    skip,
    take_slot,
    try_again,
    withdraw,
)
from frontdesk.messaging.writes.templates import change_template, insert_template

__all__ = [
    "SEND",
    "change_template",
    "consent",
    "delay",
    "fail",
    "heard_key",
    "insert_template",
    "plan",
    "receipt",
    "received",
    "reroute",
    "settled",
    "skip",
    "take_slot",
    "try_again",
    "withdraw",
]
