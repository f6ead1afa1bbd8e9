"""Wix Bookings: bookings at a site, and the webhooks its app sends when they change.

Payloads after Wix's published Bookings V2 webhooks. `payload_shape: "object"` nests the entity as in that
reference; `"json"` uses the *AsJson variants of the underlying domain events.
"""

import json
import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from sandbox.accounts import Refused
from sandbox.store import Json, dumps
from sandbox.world import World

FQDN = "wix.bookings.v2.booking"
SLUGS = {
    "create": "created",
    "update": "updated",
    "reschedule": "rescheduled",
    "cancel": "canceled",
    "confirm": "confirmed",
    "decline": "declined",
}


class Wanted(BaseModel):
    """What the operator says about a booking; everything has a plausible default. Times: ISO 8601 or ms."""

    model_config = ConfigDict(extra="forbid")
    start: int | str | None = None
    end: int | str | None = None
    duration_min: int = Field(30, ge=1)
    timezone: str = "UTC"
    service: str = "Consultation"
    service_id: str | None = None
    practitioner: str = "Alex Reed"
    location: str = "Main Street"
    first_name: str = "Jordan"
    last_name: str = "Lee"
    email: str | None = None
    phone: str | None = None
    contact_id: str | None = None
    status: str = "CONFIRMED"
    participants: int = Field(1, ge=1)
    booking_id: str | None = None


def to_ms(value: int | str) -> int:
    """Milliseconds from either form. Raises Refused."""
    if isinstance(value, int):
        return value
    try:
        parsed = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise Refused(f"not a time: {value!r}") from None
    if parsed.tzinfo is None:
        raise Refused(f"a time needs an offset: {value!r}")
    return int(parsed.timestamp() * 1000)


def zulu(ms: int) -> str:
    """`2026-03-01T09:00:00.000Z`"""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def local(ms: int, zone: str) -> str:
    """Local time with its offset, as in a slot: `2026-03-01T09:00:00.000+11:00`"""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).isoformat(timespec="milliseconds")


def _id(name: str) -> str:
    """The same made-up id for the same name, so that a service keeps its id over bookings."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.sandbox"))


def new_booking(world: World, instance_id: str, wanted: Wanted) -> Json:
    """A booking as Wix holds it."""
    now = world.now()
    start = to_ms(wanted.start) if wanted.start is not None else now + 72 * 3_600_000
    end = to_ms(wanted.end) if wanted.end is not None else start + wanted.duration_min * 60_000
    contact: Json = {
        "contactId": wanted.contact_id or str(uuid.uuid4()),
        "firstName": wanted.first_name,
        "lastName": wanted.last_name,
    }
    contact.update(
        {name: value for name, value in (("email", wanted.email), ("phone", wanted.phone)) if value}
    )
    service_id = wanted.service_id or _id(f"{instance_id}-{wanted.service}")
    return {
        "id": wanted.booking_id or str(uuid.uuid4()),
        "bookedEntity": {
            "slot": {
                "sessionId": uuid.uuid4().hex,
                "serviceId": service_id,
                "scheduleId": _id(f"{service_id}-schedule"),
                "startDate": local(start, wanted.timezone),
                "endDate": local(end, wanted.timezone),
                "timezone": wanted.timezone,
                "resource": {
                    "id": _id(f"{instance_id}-{wanted.practitioner}"),
                    "name": wanted.practitioner,
                    "scheduleId": _id(f"{instance_id}-{wanted.practitioner}-schedule"),
                },
                "location": {
                    "id": _id(f"{instance_id}-{wanted.location}"),
                    "name": wanted.location,
                    "formattedAddress": wanted.location,
                    "locationType": "OWNER_BUSINESS",
                },
            },
            "title": wanted.service,
            "tags": ["INDIVIDUAL"],
        },
        "contactDetails": contact,
        "additionalFields": [],
        "status": wanted.status,
        "paymentStatus": "NOT_PAID",
        "selectedPaymentOption": "OFFLINE",
        "createdDate": zulu(now),
        "updatedDate": zulu(now),
        "startDate": zulu(start),
        "endDate": zulu(end),
        "revision": "1",
        "bookingSource": {"platform": "WEB", "actor": "CUSTOMER"},
        "totalParticipants": wanted.participants,
    }


def change(world: World, booking: Json, verb: str, changes: Json) -> tuple[Json, Json]:
    """The booking after a verb, and what the event's body says beside it. Raises Refused."""
    after: Json = json.loads(dumps(booking))
    slot, beside = after["bookedEntity"]["slot"], dict[str, object]()
    if verb == "reschedule":
        if "start" not in changes:
            raise Refused("reschedule needs a start")
        length = to_ms(booking["endDate"]) - to_ms(booking["startDate"])
        start = to_ms(changes.pop("start"))
        end = to_ms(changes.pop("end", start + length))
        beside = {"previousStartDate": booking["startDate"], "previousEndDate": booking["endDate"]}
        after.update(startDate=zulu(start), endDate=zulu(end))
        slot.update(startDate=local(start, slot["timezone"]), endDate=local(end, slot["timezone"]))
    elif verb in ("cancel", "confirm", "decline"):
        beside = {"previousStatus": booking["status"]}
        after["status"] = {"cancel": "CANCELED", "confirm": "CONFIRMED", "decline": "DECLINED"}[verb]
    elif verb == "update":
        details = after["contactDetails"]
        for name, field in (
            ("first_name", "firstName"),
            ("last_name", "lastName"),
            ("email", "email"),
            ("phone", "phone"),
        ):
            if name in changes:
                details[field] = changes.pop(name)
        if "practitioner" in changes:
            slot["resource"]["name"] = changes.pop("practitioner")
        if "service" in changes:
            after["bookedEntity"]["title"] = changes.pop("service")
        if "participants" in changes:
            after["totalParticipants"] = changes.pop("participants")
    else:
        raise Refused(f"no such verb: {verb!r}", 404)
    if changes:
        raise Refused(f"{verb} cannot change {', '.join(sorted(changes))}")
    after.update(revision=str(int(booking["revision"]) + 1), updatedDate=zulu(world.now()))
    return after, beside


def envelope(
    world: World,
    verb: str,
    booking: Json,
    beside: Json,
    sequence: int,
    shape: str,
    event_id: str | None = None,
) -> Json:
    """The domain event: the inner `data` of the webhook."""
    if verb == "create":
        body: Json = {"createdEvent": {"entity": booking}}
        if shape == "json":
            body = {"createdEvent": {"entityAsJson": dumps(booking)}}
    elif verb == "update":
        body = {"updatedEvent": {"currentEntity": booking}}
        if shape == "json":
            body = {"updatedEvent": {"currentEntityAsJson": dumps(booking)}}
    else:
        action = {"booking": booking, **beside, "participantNotification": {"notifyParticipants": False}}
        body = (
            {"actionEvent": {"body": action}}
            if shape == "object"
            else {"actionEvent": {"bodyAsJson": dumps(action)}}
        )
    return {
        "id": event_id or str(uuid.uuid4()),
        "entityFqdn": FQDN,
        "slug": SLUGS[verb],
        "entityId": booking["id"],
        **body,
        "eventTime": zulu(world.now()),
        "triggeredByAnonymizeRequest": False,
        "originatedFrom": "",
        "entityEventSequence": str(sequence),
    }


def attendance(
    world: World, booking: Json, status: str, sequence: int, shape: str, event_id: str | None = None
) -> Json:
    """Wix keeps attendance beside the booking, as an entity of its own (check: slug and fields)."""
    if status not in ("ATTENDED", "NOT_ATTENDED"):
        raise Refused("status must be ATTENDED or NOT_ATTENDED")
    entity = {
        "id": _id(f"{booking['id']}-attendance"),
        "bookingId": booking["id"],
        "status": status,
        "sessionId": booking["bookedEntity"]["slot"]["sessionId"],
        "numberOfAttendees": booking["totalParticipants"] if status == "ATTENDED" else 0,
    }
    body: Json = {"entity": entity} if shape == "object" else {"entityAsJson": dumps(entity)}
    return {
        "id": event_id or str(uuid.uuid4()),
        "entityFqdn": "wix.bookings.v2.attendance",
        "slug": "created",
        "entityId": entity["id"],
        "createdEvent": body,
        "eventTime": zulu(world.now()),
        "triggeredByAnonymizeRequest": False,
        "originatedFrom": "",
        "entityEventSequence": str(sequence),
    }


def webhook(envelope_: Json, instance_id: str) -> Json:
    """What the JWT's `data` holds: the event and the identity are strings within it."""
    kind = f"{envelope_['entityFqdn']}_{envelope_['slug']}"
    identity = dumps({"identityType": "ANONYMOUS_VISITOR", "anonymousVisitorId": _id(envelope_["entityId"])})
    return {"eventType": kind, "instanceId": instance_id, "data": dumps(envelope_), "identity": identity}
