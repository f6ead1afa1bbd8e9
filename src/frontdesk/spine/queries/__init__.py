"""Reading the record of what happened, and what of it may be forgotten."""

from frontdesk.spine.queries.forgetting import OldBody, old_bodies, without_file
from frontdesk.spine.queries.record import (
    CadenceRow,
    Delivery,
    DeliveryDetail,
    Effect,
    EventRow,
    JobRow,
    cadences,
    deliveries,
    delivery,
    effects,
    event,
    events,
    job,
    jobs,
)

__all__ = [
    "CadenceRow",
    "Delivery",
    "DeliveryDetail",
    "Effect",
    "EventRow",
    "JobRow",
    "OldBody",
    "cadences",
    "deliveries",
    "delivery",
    "effects",
    "event",
    "events",
    "job",
    "jobs",
    "old_bodies",
    "without_file",
]
