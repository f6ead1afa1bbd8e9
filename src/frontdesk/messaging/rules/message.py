"""The message: one text or mail, to be or as its row says."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from frontdesk.messaging.rules.gate import Channel, Purpose
from frontdesk.messaging.rules.states import State

Direction = Literal["in", "out"]
Medium = Literal["sms", "email", "manychat"]
"""What something was said through; a chat is only heard, it cannot be written to."""
Keyword = Literal["", "stop", "start", "help"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be. Either `template` names its words, filled in when it goes, or `body` has them.

    `unique_key` is what it is about: a second draft with the same key is no second message.
    `skip` is a reason known already; the row is written all the same, so that the ledger is complete.
    `author_id` is the member of staff who wrote it; `request_hash` tells what they asked for from anything else.
    """

    channel: Channel
    purpose: Purpose
    address: str
    unique_key: str
    contact_id: str | None = None
    booking_id: str | None = None
    template: str = ""
    subject: str = ""
    body: str = ""
    sealed_body: str | None = None
    offset_hours: int | None = None
    due_at: int | None = None
    expires_at: int | None = None
    skip: str | None = None
    author_id: str | None = None
    request_hash: str = ""


class Message(BaseModel):
    """A row of the ledger. Instants in business ms, but `sending_at`, which is real time.

    `provider` carries it, or did; `provider_note` says why it is not the tenant's first choice.
    `author_id` is who of staff wrote it; `keyword` what a text that came in was taken for.
    """

    id: str
    direction: Direction
    channel: Medium
    purpose: Purpose | Literal["inbound"]
    contact_id: str | None
    booking_id: str | None
    template: str
    address: str
    sender: str
    subject: str
    body: str
    offset_hours: int | None
    state: State
    reason: str
    detail: str
    due_at: int
    expires_at: int | None
    attempt: int
    provider: str
    provider_note: str
    provider_id: str | None
    segments: int | None
    cost_micros: int | None
    author_id: str | None
    keyword: Keyword
    version: int
    cause_kind: str
    cause_id: str
    trace_id: str
    created_at: int
    sent_at: int | None
    delivered_at: int | None
    updated_at: int


class Outgoing(Message):
    """With what only sending needs."""

    channel: Channel
    sealed_body: str | None
    pace_slot: int | None
    sending_at: int | None
