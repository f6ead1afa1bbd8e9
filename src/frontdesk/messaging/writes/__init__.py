"""What changes messages, conversations, consents and templates, as statements; each names the states it leaves."""

from frontdesk.messaging.writes.consents import consent, opted_out, record_consent, stopped
from frontdesk.messaging.writes.conversations import assign, finish, join, keep, part, read_up_to, unread
from frontdesk.messaging.writes.giving_up import GAVE_UP, give_up, take_up
from frontdesk.messaging.writes.heard import heard_key, receipt, received
from frontdesk.messaging.writes.planning import (
    SEND,
    TAKEN_BACK,
    again,
    by_mail,
    plan,
    readdress,
    send_job,
    take_back,
    withdraw,
    write,
)
from frontdesk.messaging.writes.sending import (
    Still,
    delay,
    fail,
    reroute,
    settled,
    skip,
    take_slot,
    try_again,
)
from frontdesk.messaging.writes.templates import change_template, insert_template
from frontdesk.messaging.writes.told import about, became, told

__all__ = [
    "GAVE_UP",
    "SEND",
    "TAKEN_BACK",
    "Still",
    "about",
    "again",
    "assign",
    "became",
    "by_mail",
    "change_template",
    "consent",
    "delay",
    "fail",
    "finish",
    "give_up",
    "heard_key",
    "insert_template",
    "join",
    "keep",
    "opted_out",
    "part",
    "plan",
    "read_up_to",
    "readdress",
    "receipt",
    "received",
    "record_consent",
    "reroute",
    "send_job",
    "settled",
    "skip",
    "stopped",
    "take_back",
    "take_slot",
    "take_up",
    "told",
    "try_again",
    "unread",
    "withdraw",
    "write",
]
