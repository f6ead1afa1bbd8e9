"""What became of a message, as an event: whom it was for and why, never what it said."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from frontdesk.contacts.writes import sent_to
from frontdesk.core.events import EventDraft, Part, event
from frontdesk.messaging.rules.message import Medium, Message
from frontdesk.messaging.writes.conversations import keep

Fate = Literal["planned", "sent", "delivered", "failed", "skipped", "unknown", "rerouted"]


class About(Protocol):
    """Whom a message is for: a draft or a row."""

    @property
    def channel(self) -> Medium:
        """What it goes by."""

    @property
    def purpose(self) -> str:
        """What it is for."""

    @property
    def contact_id(self) -> str | None:
        """Whom it is to."""

    @property
    def booking_id(self) -> str | None:
        """What it is about."""

    @property
    def template(self) -> str:
        """What words it."""

    @property
    def author_id(self) -> str | None:
        """Who of staff wrote it."""


def about(message: About) -> dict[str, Any]:
    """What every event of a message says, and the job that sends it carries for when it dies."""
    return {
        "contact_id": message.contact_id,
        "booking_id": message.booking_id,
        "template": message.template,
        "channel": message.channel,
        "purpose": message.purpose,
        "author_id": message.author_id,
    }


def told(
    fate: Fate,
    id_: str,
    message: About | dict[str, Any],
    *,
    reason: str = "",
    code: str = "",
    if_changed: bool = False,
    more: Mapping[str, Any] | None = None,
) -> EventDraft:
    """`message.<fate>`: `reason` is ours (of the gate, or `provider`), `code` the provider's own."""
    whom = message if isinstance(message, dict) else about(message)
    payload = {**whom, "message_id": id_, "reason": reason, "code": code, **(more or {})}
    return event(f"message.{fate}", payload, of=("message", id_), if_changed=if_changed)


def became(
    message: Message,
    fate: Fate,
    now: int,
    *,
    reason: str = "",
    code: str = "",
    if_changed: bool = False,
    more: Mapping[str, Any] | None = None,
) -> list[Part]:
    """All that follows from what became of a message: its event, its conversation, when we last wrote to them.

    `if_changed`: only told if the statement right before it changed the row.
    """
    whom = message.contact_id
    first_leaves = whom is not None and fate in ("sent", "delivered") and message.sent_at is None
    return [
        told(fate, message.id, message, reason=reason, code=code, if_changed=if_changed, more=more),
        sent_to(whom, now) if whom is not None and first_leaves else [],
        keep(whom),
    ]
