"""What a tenant of each kind starts with: its standard rules, by a key that never changes."""

from dataclasses import dataclass
from typing import Any

from frontdesk.automation.rules.definition import Definition

HOUR, DAY = 60, 24 * 60
"""In minutes."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A standard rule."""

    key: str
    name: str
    definition: Definition
    enabled: bool = True


def _rule(key: str, name: str, *, enabled: bool = True, **definition: Any) -> Seed:
    return Seed(key, name, Definition.model_validate(definition), enabled)


def _event(type_: str) -> dict[str, Any]:
    return {"on": "event", "type": type_}


def _time(anchor: str, minutes: int = 0) -> dict[str, Any]:
    return {"on": "time", "anchor": anchor, "minutes": minutes}


def _is(field: str, value: Any = True) -> dict[str, Any]:
    return {"field": field, "op": "is", "value": value}


def _all(*clauses: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(clauses)}


def _op(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


CONFIRMATION = _rule(
    "booking-confirmation",
    "Confirm a new booking",
    trigger=_event("booking.created"),
    conditions=_all(_is("booking.active"), _op("booking.starts_at", "in_future")),
    actions=[
        {
            "do": "send",
            "template": "booking.confirmation",
            "purpose": "transactional",
            "once": "booking",
        }
    ],
)


WELCOME = _rule(
    "welcome-call",
    "Welcome call for a new patient",
    trigger=_event("booking.created"),
    conditions=_all(
        _is("booking.active"), _is("contact.existing_patient", False), _op("contact.bookings", "at_most", 1)
    ),
    actions=[
        {
            "do": "create_task",
            "type": "welcome_call",
            "title": "Welcome call: {{ contact.name | default('new patient', true) }}",
            "note": "{{ booking.service }} on {{ booking.day }} {{ booking.date }} at {{ booking.time }}.",
            "due": "end_of_business_day",
        }
    ],
)
RECALL = _rule(
    "recall",
    "Invite when a recall is due",
    trigger=_time("contact.recall_due_at"),
    conditions=_all(_op("contact.next_booking_at", "empty")),
    actions=[{"do": "move_stage", "stage": "recall"}, {"do": "send", "template": "recall.invite"}],
)
RECALL_CALL = _rule(
    "recall-call",
    "Call when an invitation to recall brought no booking",
    trigger=_time("contact.recall_due_at", 3 * DAY),
    conditions=_all(_op("contact.next_booking_at", "empty")),
    actions=[
        {
            "do": "create_task",
            "type": "recall",
            "title": "Recall: {{ contact.name | default('a contact', true) }}",
            "note": "Invited three days ago, nothing booked yet.",
        }
    ],
)
NO_SHOW = _rule(
    "no-show",
    "Follow up a no-show",
    trigger=_event("booking.no_show"),
    conditions=_all(_op("contact.next_booking_at", "empty")),
    actions=[
        {
            "do": "create_task",
            "type": "follow_up",
            "title": "Missed appointment: {{ contact.name | default('a contact', true) }}",
            "note": "{{ booking.service }} on {{ booking.day }} {{ booking.date }} at {{ booking.time }}."
            " Offer another time.",
        }
    ],
)
ATTENDANCE = _rule(
    "attendance",
    "Ask whether they came",
    enabled=False,
    trigger=_time("booking.ends_at", 2 * HOUR),
    conditions=_all(_op("booking.status", "in", ["scheduled", "confirmed"])),
    actions=[
        {
            "do": "create_task",
            "type": "confirm",
            "title": "Did {{ contact.name | default('they', true) }} come?",
            "note": "{{ booking.service }} on {{ booking.day }} {{ booking.date }} at {{ booking.time }}.",
        }
    ],
)
REVIEW = _rule(
    "review-request",
    "Ask for a review the day after",
    enabled=False,
    trigger=_event("booking.completed"),
    delay={"minutes": DAY, "within_hours": True},
    still=_all(_is("booking.status", "completed")),
    actions=[{"do": "send", "template": "review.request", "once": "booking"}],
)
FAILED = _rule(
    "message-failed",
    "A message that failed is looked after",
    trigger=_event("message.failed"),
    conditions=_all(_op("contact.created_at", "not_empty")),
    actions=[
        {
            "do": "create_task",
            "type": "follow_up",
            "title": "Message failed: {{ contact.name | default('a contact', true) }}",
            "note": "Reach them another way, or put their number or address right.",
        },
        {"do": "notify", "title": "A message to {{ contact.name | default('a contact', true) }} failed"},
    ],
)


def _no_response(after: int, says: str) -> Seed:
    return _rule(
        "no-response",
        f"Follow up a lead after {says} of silence",
        trigger=_time("contact.last_word_at", after),
        conditions=_all(_is("contact.stage", "lead"), _op("contact.next_booking_at", "empty")),
        actions=[
            {"do": "send", "template": "followup.no_response"},
            {
                "do": "create_task",
                "type": "follow_up",
                "title": "No reply: {{ contact.name | default('a lead', true) }}",
                "note": f"A lead, and nothing said for {says}.",
            },
        ],
    )


def _dormant(days: int, *stages: str) -> Seed:
    return _rule(
        "dormant",
        f"Leads not heard of for {days} days are dormant",
        trigger=_time("contact.last_seen_at", days * DAY),
        conditions=_all(_op("contact.stage", "in", list(stages)), _op("contact.next_booking_at", "empty")),
        actions=[{"do": "move_stage", "stage": "dormant"}],
    )


_STANDARD: dict[str, tuple[Seed, ...]] = {
    "clinic": (
        CONFIRMATION,
        WELCOME,
        _no_response(4 * HOUR, "4 hours"),
        RECALL,
        RECALL_CALL,
        _dormant(60, "lead", "pre_appointment"),
        NO_SHOW,
        ATTENDANCE,
        REVIEW,
        FAILED,
    ),
    "diner": (CONFIRMATION, NO_SHOW, REVIEW, FAILED),
    "store": (CONFIRMATION, _no_response(DAY, "a day"), NO_SHOW, REVIEW, _dormant(180, "lead"), FAILED),
    "trades": (
        CONFIRMATION,
        _no_response(4 * HOUR, "4 hours"),
        RECALL,
        RECALL_CALL,
        _dormant(60, "lead", "pre_appointment"),
        ATTENDANCE,
        REVIEW,
        FAILED,
    ),
    "saas": (CONFIRMATION, _no_response(DAY, "a day"), NO_SHOW, _dormant(90, "lead"), FAILED),
}


def standard_rules(kind: str) -> tuple[Seed, ...]:
    """The standard rules of a kind of tenant, in the order they are listed."""
    return _STANDARD[kind]
