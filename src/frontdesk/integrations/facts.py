"""Facts in our own words: what every provider's payload is translated into before anything else reads it."""

from typing import Annotated, Any, Literal
from unicodedata import category
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def clean(value: Any) -> str:
    """One line of text from whatever came: control characters out, spaces collapsed, at most 200 characters.

    A booking is not lost because somebody's name is odd, so nothing here refuses.
    """
    if value is None or isinstance(value, dict | list | bool):
        return ""
    text = str(value)[:1_000]
    if not text.isprintable():
        text = "".join(" " if category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(text.split())[:200]


def zone_or_none(name: Any) -> ZoneInfo | None:
    """The IANA zone of that name, or None."""
    if not isinstance(name, str) or not 0 < len(name) <= 64:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


Line = Annotated[str, BeforeValidator(clean)]
"""Text of a stranger, made safe to show on one line."""


class ContactFact(BaseModel):
    """Who, as the provider has it. Phone and e-mail are as typed; `contacts` normalises them."""

    model_config = ConfigDict(frozen=True)

    external_id: Line = ""
    first_name: Line = ""
    last_name: Line = ""
    email: Line = ""
    phone: Line = ""
    country: Line = ""
    time_zone: str | None = None


BookingStatus = Literal["scheduled", "confirmed", "cancelled"]


class BookingFact(BaseModel):
    """A booking as it stands after the change, and which change that was. Times are ms UTC."""

    model_config = ConfigDict(frozen=True)

    source: str
    action: str
    external_id: str
    status: BookingStatus
    provider_status: Line = ""
    starts_at: int
    ends_at: int
    time_zone: str | None = None
    service: Line = ""
    service_id: Line = ""
    practitioner: Line = ""
    location: Line = ""
    participants: int = 1
    contact: ContactFact = ContactFact()
    sequence: int | None = Field(default=None, ge=0, lt=2**53)
    changed_at: int


class TextFact(BaseModel):
    """A text somebody sent us. `sender` and `recipient` as the provider writes them."""

    model_config = ConfigDict(frozen=True)

    provider: str
    provider_id: str
    sender: Line
    recipient: Line
    body: str = Field(max_length=5_000)
    in_reply_to: Line = ""
    custom_string: Line = ""
    at: int


class LeadFact(BaseModel):
    """Somebody wrote to us through a chat provider, or answered the questions of one of its flows.

    `fields` are the answers, by the names the flow gives them.
    """

    model_config = ConfigDict(frozen=True)

    provider: str
    contact: ContactFact
    text: str = Field(default="", max_length=5_000)
    fields: dict[Line, Line] = Field(default_factory=dict, max_length=50)
    at: int


class ReceiptFact(BaseModel):
    """What the provider says became of a message of ours.

    `complaint`: the recipient called it spam. `opted_out`: the provider lets nothing of ours through to them.
    """

    model_config = ConfigDict(frozen=True)

    provider: str
    channel: Literal["sms", "email"]
    provider_id: str
    custom_string: Line = ""
    state: Literal["sent", "delivered", "failed"]
    code: Line = ""
    detail: Line = ""
    complaint: bool = False
    opted_out: bool = False
    at: int
