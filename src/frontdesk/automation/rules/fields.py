"""What a condition may look at: each field's type and label, and the operators of each type."""

from dataclasses import dataclass
from typing import Literal, get_args

FieldType = Literal["text", "choice", "number", "boolean", "time", "tags"]
Takes = Literal["nothing", "text", "choice", "number", "boolean", "minutes", "choices", "texts"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its path, what people call it, its type, and what it can be where that is a list.

    The label of a yes or no is a sentence; `denied` is that sentence when the answer is no.
    """

    path: str
    label: str
    type: FieldType
    options: tuple[str, ...] = ()
    denied: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to compare; `label` goes between field and value in a sentence. `negates` is its exact opposite."""

    op: str
    label: str
    takes: Takes = "nothing"
    negates: str = ""


STATUSES = ("scheduled", "confirmed", "completed", "cancelled", "no_show")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS = ("clinic", "diner", "store", "trades", "saas")

CONTACT: tuple[Field, ...] = (
    Field("contact.first_name", "the contact's first name", "text"),
    Field("contact.last_name", "the contact's last name", "text"),
    Field(
        "contact.has_phone",
        "the contact has a phone number",
        "boolean",
        denied="the contact has no phone number",
    ),
    Field(
        "contact.has_email",
        "the contact has an e-mail address",
        "boolean",
        denied="the contact has no e-mail address",
    ),
    Field("contact.stage", "the contact's stage", "choice"),
    Field("contact.stage_since", "the contact's last change of stage", "time"),
    Field("contact.source", "where the contact came from", "text"),
    Field("contact.tags", "the contact's tags", "tags"),
    Field(
        "contact.existing_patient",
        "the contact is an existing patient",
        "boolean",
        denied="the contact is not an existing patient",
    ),
    Field("contact.intent", "the contact's intent", "number"),
    Field("contact.replies", "the number of the contact's replies", "number"),
    Field("contact.created_at", "the contact's first day with us", "time"),
    Field("contact.last_seen_at", "when we last heard of the contact", "time"),
    Field("contact.last_in_at", "the contact's last message", "time"),
    Field("contact.last_out_at", "our last message to the contact", "time"),
    Field(
        "contact.unanswered",
        "the contact has not replied to our last message",
        "boolean",
        denied="the contact has replied, or we never wrote",
    ),
    Field(
        "contact.waiting",
        "the contact waits for our answer",
        "boolean",
        denied="the contact waits for nothing from us",
    ),
    Field("contact.next_booking_at", "the contact's next booking", "time"),
    Field("contact.bookings", "the number of the contact's bookings", "number"),
    Field("contact.open_tasks", "the number of open tasks about the contact", "number"),
    Field("contact.recall_due_at", "the contact's recall date", "time"),
    Field("contact.recall_service", "the service to recall the contact for", "text"),
)
BOOKING: tuple[Field, ...] = (
    Field(
        "booking.active",
        "the booking stands",
        "boolean",
        denied="the booking does not stand",
    ),
    Field("booking.status", "the booking's status", "choice", STATUSES),
    Field("booking.service", "the booking's service", "text"),
    Field("booking.practitioner", "the practitioner", "text"),
    Field("booking.location", "the location", "text"),
    Field("booking.urgency", "the booking's urgency", "choice", ("routine", "soon", "urgent")),
    Field("booking.source", "where the booking was made", "text"),
    Field("booking.starts_at", "the booking's start", "time"),
    Field("booking.ends_at", "the booking's end", "time"),
    Field("booking.created_at", "when the booking was made", "time"),
    Field("booking.notice_hours", "the hours between booking and appointment", "number"),
    Field("booking.weekday", "the weekday of the booking", "choice", WEEKDAYS),
    Field("booking.value_minor", "the booking's value in cents", "number"),
)
AROUND: tuple[Field, ...] = (
    Field("settings.kind", "the kind of business", "choice", KINDS),
    Field("settings.country", "the country of the business", "text"),
    Field("settings.currency", "the currency of the business", "text"),
    Field(
        "now.open",
        "the business is open",
        "boolean",
        denied="the business is closed",
    ),
    Field("now.weekday", "today", "choice", WEEKDAYS),
    Field("now.hour", "the hour of the day", "number"),
)
EVERYWHERE: tuple[Field, ...] = (*CONTACT, *BOOKING, *AROUND)

_IS = (Operator("is", "is", "text", "is_not"), Operator("is_not", "is not", "text", "is"))
_IN = (
    Operator("in", "is one of", "texts", "not_in"),
    Operator("not_in", "is none of", "texts", "in"),
)
_EMPTY = (
    Operator("empty", "is not known", negates="not_empty"),
    Operator("not_empty", "is known", negates="empty"),
)
OPERATORS: dict[FieldType, tuple[Operator, ...]] = {
    "text": (
        *_IS,
        Operator("contains", "contains", "text", "not_contains"),
        Operator("not_contains", "does not contain", "text", "contains"),
        Operator("starts_with", "starts with", "text", "not_starts_with"),
        Operator("not_starts_with", "does not start with", "text", "starts_with"),
        *_IN,
        *_EMPTY,
    ),
    "choice": (
        Operator("is", "is", "choice", "is_not"),
        Operator("is_not", "is not", "choice", "is"),
        Operator("in", "is one of", "choices", "not_in"),
        Operator("not_in", "is none of", "choices", "in"),
        *_EMPTY,
    ),
    "number": (
        Operator("is", "is", "number", "is_not"),
        Operator("is_not", "is not", "number", "is"),
        Operator("more_than", "is more than", "number"),
        Operator("at_least", "is at least", "number"),
        Operator("less_than", "is less than", "number"),
        Operator("at_most", "is at most", "number"),
        *_EMPTY,
    ),
    "boolean": (
        Operator("is", "is", "boolean", "is_not"),
        Operator("is_not", "is not", "boolean", "is"),
    ),
    "time": (
        Operator("in_past", "is in the past", negates="not_in_past"),
        Operator("not_in_past", "is not in the past", negates="in_past"),
        Operator("in_future", "is in the future", negates="not_in_future"),
        Operator("not_in_future", "is not in the future", negates="in_future"),
        Operator("more_than_ago", "is more than so long ago:", "minutes"),
        Operator("less_than_ago", "is less than so long ago:", "minutes"),
        Operator("more_than_ahead", "is more than so far ahead:", "minutes"),
        Operator("less_than_ahead", "is less than so far ahead:", "minutes"),
        *_EMPTY,
    ),
    "tags": (
        Operator("has", "have", "text", "has_not"),
        Operator("has_not", "do not have", "text", "has"),
        Operator("has_any", "have one of", "texts", "has_none"),
        Operator("has_none", "have none of", "texts", "has_any"),
        Operator("empty", "are none", negates="not_empty"),
        Operator("not_empty", "are some", negates="empty"),
    ),
}
BY_OP: dict[tuple[str, str], Operator] = {
    (type_, each.op): each for type_ in get_args(FieldType) for each in OPERATORS[type_]
}
