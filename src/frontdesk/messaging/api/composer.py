"""Writing to a contact by hand, over HTTP."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.core.routing import CtxDep
from frontdesk.core.typed import Line, Written
from frontdesk.messaging import actions
from frontdesk.messaging.actions import Composed, Sketch
from frontdesk.messaging.api.templates import Key
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.message import Message
from frontdesk.messaging.rules.segments import cost_micros, segmented

MAX_BODY = 5_000
"""Characters; a text is cut off by the tenant's own limit of segments long before."""


class Words(BaseModel):
    """A template by its key, or words of one's own, which are sent as they are. `send_at` in ms UTC; None: now."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    template: Key | None = None
    body: Annotated[Written, Field(max_length=MAX_BODY)] | None = None
    subject: Annotated[Line, Field(max_length=300)] = ""
    booking_id: Annotated[str, Field(max_length=100)] | None = None
    send_at: Annotated[int, Field(ge=0, le=2**52)] | None = None

    @property
    def sketch(self) -> Sketch:
        """What is asked for."""
        return Sketch(
            self.channel, self.template or "", self.subject, self.body or "", self.booking_id, self.send_at
        )


class NewMessage(Words):
    """With a key of the caller's own making: the same request with the same key is the same message."""

    key: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class MessagePreview(BaseModel):
    """What would go out and what would become of it, as the gate sees it now.

    `would`: send (at `at`), wait (until `at`) or skip; `reason` is the gate's code and `detail` says it in words,
    by the clock of the recipient's `zone`. `characters` counts what a text is billed by: septets, or UTF-16 units.
    """

    channel: Channel
    address: str
    subject: str
    body: str
    segments: int
    characters: int
    encoding: Literal["gsm7", "ucs2"] | None
    cost_micros: int
    currency: str
    would: Literal["send", "wait", "skip"]
    at: int
    reason: str
    detail: str
    zone: str


class TakeBack(BaseModel):
    """The version that was read."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)


async def preview_message(ctx: CtxDep, contact_id: str, words: Words) -> MessagePreview:
    """How it would read, what it costs, when it would go and why not at once. Nothing is planned."""
    seen = await actions.preview(ctx, contact_id, words.sketch)
    return _shown(seen, ctx.tenant.currency)


def _shown(seen: Composed, currency: str) -> MessagePreview:
    message, body = seen.message, seen.letter.body
    text = segmented(body) if message.channel == "sms" else None
    return MessagePreview(
        channel=message.channel,
        address=message.address,
        subject=seen.letter.subject,
        body=body,
        segments=text.count if text else 0,
        characters=text.units if text else len(body),
        encoding=text.encoding if text else None,
        cost_micros=cost_micros(text.count if text else 1, seen.price_micros),
        currency=currency,
        would=seen.would,
        at=seen.at,
        reason=seen.reason,
        detail=seen.detail,
        zone=seen.zone.key,
    )


async def send_message(ctx: CtxDep, contact_id: str, new: NewMessage) -> Message:
    """Write to a contact. It leaves a few seconds later (`due_at`), so that it can be taken back until then.

    422 `would_not_go` with the gate's `reason` when it would be skipped; 409 `key_reused` for another message
    under a key that was used.
    """
    return await actions.compose(ctx, contact_id, new.key, new.sketch)


async def cancel_message(ctx: CtxDep, message_id: str, back: TakeBack) -> Message:
    """Take back what has not left: planned by hand, by a rule or for a booking. 409 `left` when it has."""
    return await actions.take_back(ctx, message_id, back.version)
