"""What conditions look at: a contact, a booking, an event and the business, laid out by field path."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Json

from frontdesk.automation.rules.fields import WEEKDAYS
from frontdesk.bookings.rules import Booking
from frontdesk.contacts.rules import Contact
from frontdesk.core.clock import HOUR
from frontdesk.core.hours import BusinessHours
from frontdesk.core.settings import Tenant


class Scene(BaseModel):
    """Who and what a run is about, as it stands: `n` tells several of them apart."""

    n: int = 0
    contact: Json[Contact] | None = None
    booking: Json[Booking] | None = None
    next_booking_at: int | None = None
    bookings: int = 0
    open_tasks: int = 0


def facts_of(tenant: Tenant, scene: Scene, payload: Mapping[str, Any], at: int) -> dict[str, Any]:
    """Every field of the catalogue at an instant (business ms); what there is not is absent."""
    facts: dict[str, Any] = {
        "now.at": at,
        "settings.kind": tenant.kind,
        "settings.country": tenant.country,
        "settings.currency": tenant.currency,
        "now.open": BusinessHours.of(tenant).is_open(at),
        **_clock(at, tenant.zone),
    }
    if scene.contact:
        facts |= _contact(scene.contact)
        facts |= {
            "contact.next_booking_at": scene.next_booking_at,
            "contact.bookings": scene.bookings,
            "contact.open_tasks": scene.open_tasks,
        }
    if scene.booking:
        facts |= _booking(scene.booking)
    for name, value in payload.items():
        facts.setdefault(f"event.{name}", value)
    return facts


def _clock(at: int, zone: ZoneInfo) -> dict[str, Any]:
    local = datetime.fromtimestamp(at / 1000, zone)
    return {"now.weekday": WEEKDAYS[local.weekday()], "now.hour": local.hour}


def _contact(contact: Contact) -> dict[str, Any]:
    heard, wrote = contact.last_in_at or 0, contact.last_out_at or 0
    fields = contact.model_dump(
        include={
            "first_name",
            "last_name",
            "stage",
            "stage_since",
            "source",
            "tags",
            "existing_patient",
            "intent",
            "replies",
            "created_at",
            "last_seen_at",
            "last_in_at",
            "last_out_at",
            "recall_due_at",
            "recall_service",
        }
    )
    return {f"contact.{name}": value for name, value in fields.items()} | {
        "contact.has_phone": bool(contact.phone),
        "contact.has_email": bool(contact.email),
        "contact.unanswered": wrote > heard,
        "contact.waiting": heard > wrote,
    }


def _booking(booking: Booking) -> dict[str, Any]:
    fields = booking.model_dump(
        include={
            "status",
            "service",
            "practitioner",
            "location",
            "urgency",
            "source",
            "starts_at",
            "ends_at",
            "created_at",
            "value_minor",
        }
    )
    local = datetime.fromtimestamp(booking.starts_at / 1000, ZoneInfo(booking.time_zone))
    return {f"booking.{name}": value for name, value in fields.items()} | {
        "booking.active": booking.active,
        "booking.notice_hours": round((booking.starts_at - booking.created_at) / HOUR, 1),
        "booking.weekday": WEEKDAYS[local.weekday()],
    }


def about(event_subject: tuple[str, str], payload: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Whose event it is and about which booking: the ids of both, where they can be told."""
    kind, id_ = event_subject
    contact = payload.get("contact")
    nested = contact.get("id") if isinstance(contact, dict) else None
    contact_id = id_ if kind == "contact" else payload.get("contact_id") or nested
    booking_id = id_ if kind == "booking" else payload.get("booking_id")
    return _id(contact_id), _id(booking_id)


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
