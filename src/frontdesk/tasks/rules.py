"""Deciding about tasks: what a task is, and how much it presses, with its reasons."""

from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, Json

from frontdesk.contacts.rules.warmness import Reason, Score, scored

TaskType = Literal["welcome_call", "follow_up", "recall", "review", "confirm", "other"]
TYPES: tuple[TaskType, ...] = get_args(TaskType)
TaskStatus = Literal["open", "done", "dismissed"]

URGENCY, WARMNESS, LATENESS, VALUE = 30, 25, 25, 20
"""The most points each ground can give; together 100."""
BY_URGENCY = {"urgent": 30, "soon": 20}
BY_TYPE: dict[TaskType, int] = {
    "welcome_call": 15,
    "confirm": 15,
    "follow_up": 12,
    "other": 10,
    "recall": 8,
    "review": 5,
}
LABELS: dict[TaskType, str] = {
    "welcome_call": "Welcome call",
    "follow_up": "Follow-up",
    "recall": "Recall",
    "review": "Review",
    "confirm": "Confirm",
    "other": "Task",
}
BY_VALUE = ((100_000, 20), (50_000, 15), (20_000, 10), (5_000, 5))
A_DAY_LATE = 5

MOOT_WITHOUT_BOOKING: frozenset[TaskType] = frozenset({"welcome_call", "confirm"})
"""Nobody is welcomed to, or asked about, an appointment that is off."""


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task to be, once for each `unique_key`. `due_at` in ms UTC."""

    type: TaskType
    title: str
    due_at: int
    unique_key: str
    note: str = ""
    contact_id: str | None = None
    booking_id: str | None = None
    assignee_id: str | None = None


class TaskRow(BaseModel):
    """A task as its row has it. Times in ms UTC; `done_by` is the member of staff, null for the system."""

    id: str
    type: TaskType
    title: str
    note: str
    contact_id: str | None
    booking_id: str | None
    assignee_id: str | None
    status: TaskStatus
    due_at: int
    priority: int
    reasons: Json[list[Reason]]
    cause_kind: str
    cause_id: str
    trace_id: str
    version: int
    created_at: int
    updated_at: int
    done_at: int | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Weights:
    """What a task's priority is made of. `days_late` in the tenant's days, `value_minor` in minor units."""

    type: TaskType
    urgency: str = "routine"
    warmness: int = 0
    days_late: int = 0
    value_minor: int = 0


def priority(weights: Weights) -> Score:
    """More urgent, warmer, later or worth more never presses less."""
    return scored(
        [
            _urgency(weights),
            Reason(
                label=f"Contact's warmness {weights.warmness} of 100",
                points=WARMNESS * min(100, max(0, weights.warmness)) // 100,
            ),
            _lateness(weights.days_late),
            _value(weights.value_minor),
        ]
    )


def _urgency(weights: Weights) -> Reason:
    by_type, by_booking = BY_TYPE[weights.type], BY_URGENCY.get(weights.urgency, 0)
    if by_booking > by_type:
        return Reason(
            label="Urgent booking" if weights.urgency == "urgent" else "Booking wanted soon",
            points=by_booking,
        )
    return Reason(label=LABELS[weights.type], points=by_type)


def _lateness(days: int) -> Reason:
    late = max(0, days)
    label = "A day late" if late == 1 else f"{late} days late"
    return Reason(label=label, points=min(LATENESS, A_DAY_LATE * late))


def _value(value_minor: int) -> Reason:
    points = next((points for least, points in BY_VALUE if value_minor >= least), 0)
    return Reason(label=f"Worth {max(0, value_minor) // 100:,}", points=points)
