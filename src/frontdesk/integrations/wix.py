"""Wix Bookings webhooks: verify either signing, unwrap the nested payloads, say it in our words.

Shapes from Wix's REST documentation (Webhooks; Bookings V2) and the types of its official SDK: the body is
one RS256 token whose `data` is JSON text -> {eventType, instanceId, identity, data}; the inner `data` is
again JSON text: a domain event. A relay (or Velo) sends the inner envelope as plain JSON with a hex
HMAC-SHA256 of the body in X-Wix-Webhook-Signature.
"""

import hashlib
import hmac
from typing import Any

from pydantic_core import from_json

from frontdesk.integrations.facts import BookingFact, BookingStatus, ContactFact, clean, zone_or_none
from frontdesk.integrations.inbound import (
    Accepted,
    Ignored,
    Inbound,
    Refused,
    SecretSet,
    Verdict,
    VerifiesRs256,
    matches_any,
    too_large,
)
from frontdesk.integrations.instants import iso_ms
from frontdesk.integrations.jws import opened

PUBLIC_KEY = "wix_public_key"
HMAC_SECRET = "wix_hmac_secret"  # noqa: S105 - the secret's name
ENTITY = "wix.bookings.v2.booking"
SIGNATURE = "x-wix-webhook-signature"

# Slugs of Bookings V2. Every one of them carries the whole booking as it then stands.
ACTIONS = {
    "created": "created",
    "updated": "updated",
    "confirmed": "confirmed",
    "rescheduled": "rescheduled",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "declined": "cancelled",
    "markedAsPending": "updated",
    "number_of_participants_updated": "updated",
}
STATUSES: dict[str, BookingStatus] = {
    "CREATED": "scheduled",
    "PENDING": "scheduled",
    "CONFIRMED": "confirmed",
    "CANCELED": "cancelled",
    "DECLINED": "cancelled",
}


async def verify(crypto: VerifiesRs256, request: Inbound, secrets: SecretSet, *, instance: str) -> Verdict:
    """The verdict on one request; `instance` is the tenant's own Wix instanceId.

    The key belongs to the app, not to the site, so without a matching instance anybody's genuine event would
    pass for this tenant's: an empty `instance` refuses all. What the body looks like decides which signing
    is meant (a token is never JSON), so a header cannot choose the weaker one.
    """
    if refusal := too_large(request):
        return refusal
    body = request.body.strip()
    if body[:1] == b"{":
        envelope = _relayed(request, secrets)
    else:
        envelope = await _from_wix(crypto, body, secrets, request.received_at)
    if isinstance(envelope, Refused):
        return envelope
    site = envelope.get("instanceId")
    if not instance or not isinstance(site, str) or not matches_any(site, (instance,)):
        return Refused("wrong_account", "instanceId is not the one this tenant has configured")
    return _read(envelope)


async def _from_wix(
    crypto: VerifiesRs256, token: bytes, secrets: SecretSet, now_ms: int
) -> dict[str, Any] | Refused:
    if not token:
        return Refused("missing_signature", "the body is empty")
    keys = secrets.valid(PUBLIC_KEY)
    if not keys:
        return Refused("no_secret", "no Wix public key is configured")
    claims = await opened(crypto, token, keys, now_ms)
    if isinstance(claims, Refused):
        return claims
    return _nested(claims.get("data")) or Refused("unreadable", "the token's data is not a JSON object")


def _relayed(request: Inbound, secrets: SecretSet) -> dict[str, Any] | Refused:
    given = request.headers.get(SIGNATURE, "").strip().lower()
    if not given:
        return Refused("missing_signature", "plain JSON needs X-Wix-Webhook-Signature")
    keys = secrets.valid(HMAC_SECRET)
    if not keys:
        return Refused("no_secret", "no Wix HMAC secret is configured")
    expected = tuple(hmac.digest(key.encode(), request.body, hashlib.sha256).hex() for key in keys)
    if not matches_any(given, expected):
        return Refused("bad_signature", "the HMAC does not match")
    envelope = _nested(request.body)
    if envelope is None:
        return Refused("unreadable", "the body is not a JSON object")
    # A relay may pass the token's claims on as they are: one wrapping more.
    return envelope if "eventType" in envelope else _nested(envelope.get("data")) or envelope


def _nested(value: Any) -> dict[str, Any] | None:
    """A JSON object that may be written as JSON text, which is how Wix nests them."""
    if isinstance(value, str | bytes):
        try:
            value = from_json(value, allow_inf_nan=False)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None


def _read(envelope: dict[str, Any]) -> Verdict:
    event = _nested(envelope.get("data"))
    if event is None:
        return Refused("unreadable", "the event is not a JSON object")
    external_id, slug = event.get("id"), event.get("slug")
    if not isinstance(external_id, str) or not 0 < len(external_id) <= 200:
        return Refused("unreadable", "the event has no id")
    if event.get("entityFqdn") != ENTITY or not isinstance(slug, str) or slug not in ACTIONS:
        what = clean(envelope.get("eventType")) or clean(slug)
        return Ignored("not_a_booking", what, external_id)
    if event.get("triggeredByAnonymizeRequest") is True:
        return Ignored("anonymised", "Wix erased the contact; the booking did not change", external_id)
    booking = _booking(event)
    if booking is None:
        return Refused("unreadable", "the event carries no booking")
    if booking.get("status") == "WAITING_LIST":
        return Ignored("waiting_list", "nobody has an appointment yet", external_id)
    fact = _fact(event, booking, ACTIONS[slug])
    if isinstance(fact, str):
        return Refused("unreadable", fact)
    account = clean(envelope.get("instanceId"))
    return Accepted(external_id, "wix.booking", fact.changed_at, fact.model_dump(mode="json"), account)


def _booking(event: dict[str, Any]) -> dict[str, Any] | None:
    """The booking, wherever this kind of event keeps it; as an object or as JSON text, both are seen."""
    if created := _nested(event.get("createdEvent")):
        return _nested(created.get("entity") or created.get("entityAsJson"))
    if updated := _nested(event.get("updatedEvent")):
        return _nested(updated.get("currentEntity") or updated.get("currentEntityAsJson"))
    action = _nested(event.get("actionEvent")) or {}
    body = _nested(action.get("body") or action.get("bodyAsJson")) or {}
    return _nested(body.get("booking"))


def _fact(event: dict[str, Any], booking: dict[str, Any], action: str) -> BookingFact | str:
    """Our own model, or what is missing for it."""
    external_id = booking.get("id") or booking.get("_id") or event.get("entityId")
    if not isinstance(external_id, str) or not 0 < len(external_id) <= 200:
        return "the booking has no id"
    status = "cancelled" if action == "cancelled" else STATUSES.get(str(booking.get("status")))
    if status is None:
        return f"the booking's status {clean(booking.get('status'))!r} is unknown"
    entity = _nested(booking.get("bookedEntity")) or {}
    slot = _nested(entity.get("slot")) or _nested(entity.get("schedule")) or {}
    zone = zone_or_none(slot.get("timezone"))
    starts_at = iso_ms(booking.get("startDate"), zone) or iso_ms(slot.get("startDate"), zone)
    if starts_at is None:
        return "the booking has no start"
    ends_at = iso_ms(booking.get("endDate"), zone) or iso_ms(slot.get("endDate"), zone) or starts_at
    changed_at = iso_ms(event.get("eventTime")) or iso_ms(booking.get("updatedDate"))
    if changed_at is None:
        return "the event has no time"
    resource, location = _nested(slot.get("resource")) or {}, _nested(slot.get("location")) or {}
    return BookingFact(
        source="wix",
        action=action,
        external_id=external_id,
        status=status,
        provider_status=booking.get("status"),
        starts_at=starts_at,
        ends_at=max(starts_at, ends_at),
        time_zone=zone.key if zone else None,
        service=entity.get("title"),
        service_id=slot.get("serviceId"),
        practitioner=resource.get("name"),
        location=location.get("name") or location.get("formattedAddress"),
        participants=_count(booking),
        contact=_contact(_nested(booking.get("contactDetails")) or {}),
        sequence=_sequence(event.get("entityEventSequence")),
        changed_at=changed_at,
    )


def _contact(details: dict[str, Any]) -> ContactFact:
    zone = zone_or_none(details.get("timeZone"))
    return ContactFact(
        external_id=details.get("contactId"),
        first_name=details.get("firstName"),
        last_name=details.get("lastName"),
        email=details.get("email"),
        phone=details.get("phone"),
        country=details.get("countryCode"),
        time_zone=zone.key if zone else None,
    )


def _sequence(value: Any) -> int | None:
    """Wix writes it as a string. One too large for a database number orders nothing, so it is left out."""
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    number = int(text)
    return number if number < 2**53 else None


def _count(booking: dict[str, Any]) -> int:
    count = booking.get("totalParticipants", booking.get("numberOfParticipants"))
    return count if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= 1_000 else 1
