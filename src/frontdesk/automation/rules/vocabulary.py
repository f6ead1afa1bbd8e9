"""What a rule may wait for and do: event types with their fields, anchors in time, actions with their parameters."""

from dataclasses import dataclass

from frontdesk.automation.rules.fields import EVERYWHERE, Field

EDITS = 2
"""Minutes within which edits to one record count once, unless a rule says otherwise."""


@dataclass(frozen=True, slots=True)
class EventType:
    """Something that happens. `sentence` completes "When ..."; `debounce` in minutes."""

    type: str
    label: str
    sentence: str
    subject: str
    fields: tuple[Field, ...] = ()
    debounce: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """An instant a record has. `daily`: looked at once a day, at nine by the tenant's clock."""

    key: str
    label: str
    of: str
    daily: bool = False
    after_only: bool = False


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of an action, as an editor asks for it."""

    name: str
    type: str
    label: str
    options: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of action."""

    do: str
    label: str
    params: tuple[Param, ...]


_MESSAGE = (
    Field("event.template", "the message's template", "text"),
    Field("event.channel", "the message's channel", "choice", ("sms", "email")),
    Field("event.reason", "the reason", "text"),
)
_TASK = (
    Field("event.type", "the task's type", "text"),
    Field("event.title", "the task's title", "text"),
    Field("event.status", "the task's status", "choice", ("open", "done", "dismissed")),
)
EVENTS: dict[str, EventType] = {
    each.type: each
    for each in (
        EventType("booking.created", "Booking made", "a booking is made", "booking"),
        EventType("booking.rescheduled", "Booking moved", "a booking is moved", "booking"),
        EventType("booking.cancelled", "Booking cancelled", "a booking is cancelled", "booking"),
        EventType("booking.confirmed", "Booking confirmed", "a booking is confirmed", "booking"),
        EventType("booking.completed", "Booking completed", "an appointment is over", "booking"),
        EventType("booking.no_show", "No-show", "somebody does not come to their appointment", "booking"),
        EventType("booking.updated", "Booking changed", "a booking is changed", "booking", debounce=EDITS),
        EventType("contact.created", "New contact", "somebody new gets in touch", "contact"),
        EventType("contact.updated", "Contact changed", "a contact is changed", "contact", debounce=EDITS),
        EventType(
            "contact.moved",
            "Contact moved along the pipeline",
            "a contact moves along the pipeline",
            "contact",
            (
                Field("event.from", "the stage before", "choice"),
                Field("event.to", "the stage after", "choice"),
            ),
        ),
        EventType("contact.merged", "Contacts merged", "two contacts become one", "contact"),
        EventType(
            "message.received",
            "Text received",
            "a text comes in",
            "contact",
            (
                Field("event.body", "what the text says", "text"),
                Field("event.keyword", "the keyword", "choice", ("stop", "start", "help")),
            ),
        ),
        EventType(
            "manychat.message",
            "Chat message received",
            "a chat message comes in",
            "contact",
            (
                Field("event.text", "what the message says", "text"),
                Field("event.new", "the contact is new", "boolean", denied="the contact is not new"),
            ),
        ),
        EventType("message.sent", "Message sent", "a message is sent", "message", _MESSAGE),
        EventType("message.delivered", "Message delivered", "a message is delivered", "message", _MESSAGE),
        EventType("message.failed", "Message failed", "a message fails", "message", _MESSAGE),
        EventType("message.skipped", "Message skipped", "a message is skipped", "message", _MESSAGE),
        EventType(
            "message.unknown", "Message in doubt", "nobody knows whether a message went", "message", _MESSAGE
        ),
        EventType("consent.stop", "Opted out", "somebody opts out", "contact"),
        EventType("consent.start", "Opted back in", "somebody opts back in", "contact"),
        EventType(
            "consent.changed", "Consent changed by staff", "staff change somebody's consent", "contact"
        ),
        EventType("task.created", "Task made", "a task is made", "task", _TASK),
        EventType("task.changed", "Task changed", "a task is changed", "task", _TASK, debounce=EDITS),
        EventType("task.done", "Task done", "a task is done", "task", _TASK),
    )
}

ANCHORS: dict[str, Anchor] = {
    each.key: each
    for each in (
        Anchor("booking.starts_at", "a booking starts", "booking"),
        Anchor("booking.ends_at", "a booking ends", "booking"),
        Anchor("booking.created_at", "a booking is made", "booking", after_only=True),
        Anchor("contact.created_at", "somebody first gets in touch", "contact", after_only=True),
        Anchor("contact.last_in_at", "a contact last writes", "contact", after_only=True),
        Anchor("contact.last_word_at", "the last word between us and a contact", "contact", after_only=True),
        Anchor("contact.unanswered", "we write and the contact does not reply", "contact", after_only=True),
        Anchor("contact.recall_due_at", "a contact is due for recall", "contact", daily=True),
        Anchor("contact.last_seen_at", "we last hear of a contact", "contact", daily=True, after_only=True),
    )
}
TIME = "@"
"""Before an anchor's key it stands among the types of triggers."""

_CHANNELS, _PURPOSES = ("auto", "sms", "email"), ("transactional", "service", "marketing")
ACTIONS: tuple[Kind, ...] = (
    Kind(
        "send",
        "Send a message",
        (
            Param("template", "template", "Template"),
            Param("channel", "choice", "Channel", _CHANNELS),
            Param("purpose", "choice", "Purpose", _PURPOSES),
            Param("once", "choice", "At most once for each", ("run", "booking", "contact")),
        ),
    ),
    Kind(
        "create_task",
        "Make a task",
        (
            Param(
                "type",
                "choice",
                "Type",
                ("welcome_call", "follow_up", "recall", "review", "confirm", "other"),
            ),
            Param("title", "text", "Title"),
            Param("note", "long_text", "Note", optional=True),
            Param("due", "choice", "Due", ("now", "minutes", "end_of_business_day")),
            Param("due_minutes", "minutes", "After", optional=True),
            Param("assignee_id", "staff", "For", optional=True),
        ),
    ),
    Kind("move_stage", "Move along the pipeline", (Param("stage", "stage", "To"),)),
    Kind(
        "tag",
        "Tag the contact",
        (Param("add", "tags", "Put on", optional=True), Param("remove", "tags", "Take off", optional=True)),
    ),
    Kind("set_intent", "Set the contact's intent", (Param("value", "number", "0 to 100"),)),
    Kind(
        "notify",
        "Notify staff",
        (
            Param("title", "text", "Title"),
            Param("body", "long_text", "Text", optional=True),
            Param("urgent", "boolean", "Push to devices"),
            Param("staff_id", "staff", "For", optional=True),
        ),
    ),
    Kind("call_webhook", "Call a webhook", (Param("url", "url", "Address"),)),
    Kind("start_rule", "Start another rule", (Param("rule_id", "rule", "Rule"),)),
)

FIELDS: dict[str, Field] = {each.path: each for each in EVERYWHERE}


def field_of(path: str, event_type: str | None) -> Field | None:
    """The field a condition names; those of an event only where the rule waits for that event."""
    if path.startswith("event."):
        known = EVENTS.get(event_type or "")
        return next((each for each in known.fields if each.path == path), None) if known else None
    return FIELDS.get(path)
