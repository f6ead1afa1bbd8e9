"""ManyChat's External Request: a subscriber and what they said, behind a secret of our own in a header.

ManyChat signs nothing and sends no event id. The body is what the flow's author puts there: the subscriber ("full
contact data") at the top or under `subscriber`, and beside it `text` and `fields`; field names from ManyChat's API
reference (`/fb/subscriber/getInfo`), the answer from its Dynamic Block reference, version v2.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from frontdesk.core.clock import MINUTE
from frontdesk.core.web import HttpResponse
from frontdesk.integrations.facts import ContactFact, LeadFact, clean, zone_or_none
from frontdesk.integrations.inbound import (
    Accepted,
    Inbound,
    Refused,
    SecretSet,
    Verdict,
    matches_any,
    too_large,
)

SECRET = "manychat_secret"  # noqa: S105 - the secret's name
HEADER = "x-frontdesk-secret"
WINDOW_MS = MINUTE
"""The same words of the same person count once in each of these spans of real time, which start at whole minutes.

ManyChat repeats nothing by itself, so what comes twice within seconds is a double tap or a flow that calls us twice;
two calls on either side of a full minute are two events, which the contact's timeline survives.
"""
MAX_TEXT = 5_000
MAX_FIELDS = 50
DYNAMIC_BLOCK = HttpResponse(
    200, {"content-type": "application/json"}, b'{"version":"v2","content":{"messages":[]}}'
)
"""An empty Dynamic Block: the flow goes on, and we say nothing past the outbound gate."""


def verify(request: Inbound, secrets: SecretSet, *, page: str = "") -> Verdict:
    """The verdict on one External Request. `page`, when the tenant has set it, must be the subscriber's page."""
    if refusal := too_large(request):
        return refusal
    valid, given = secrets.valid(SECRET), request.headers.get(HEADER, "")
    if not given:
        return Refused("missing_signature", "X-Frontdesk-Secret is required")
    if not valid:
        return Refused("no_secret", "no ManyChat secret is configured")
    if not matches_any(given, valid):
        return Refused("bad_signature", "the secret in X-Frontdesk-Secret is wrong")
    body = _object(request.body)
    if body is None:
        return Refused("malformed", "the body is not a JSON object")
    subscriber = body.get("subscriber")
    person = subscriber if isinstance(subscriber, dict) else body
    if page and not matches_any(clean(person.get("page_id")), (page,)):
        return Refused("wrong_account", "page_id is not this tenant's")
    fact = _lead(body, person, request.received_at)
    if not fact.contact.external_id:
        return Refused("unreadable", "the subscriber has no id")
    return Accepted(
        _external_id(fact, person),
        "manychat.lead",
        fact.at,
        fact.model_dump(mode="json"),
        reply=DYNAMIC_BLOCK,
    )


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _lead(body: Mapping[str, Any], person: Mapping[str, Any], at: int) -> LeadFact:
    text = body.get("text")
    if not isinstance(text, str):
        text = person.get("last_input_text")
    zone = zone_or_none(person.get("timezone"))
    first, last = clean(person.get("first_name")), clean(person.get("last_name"))
    if not (first or last):
        first, _, last = clean(person.get("name")).partition(" ")
    return LeadFact(
        provider="manychat",
        contact=ContactFact(
            external_id=person.get("id"),
            first_name=first,
            last_name=last,
            email=person.get("email"),
            phone=person.get("phone") or person.get("whatsapp_phone"),
            time_zone=zone.key if zone else None,
        ),
        text=text.replace("\x00", "")[:MAX_TEXT] if isinstance(text, str) else "",
        fields=_fields(body.get("fields"), person.get("custom_fields")),
        at=at,
    )


def _fields(*sources: Any) -> dict[str, str]:
    """The answers that say something, those of the request before the subscriber's own."""
    found: dict[str, str] = {}
    for source in sources:
        for name, value in source.items() if isinstance(source, dict) else ():
            said = ("yes" if value else "no") if isinstance(value, bool) else clean(value)
            if said and clean(name) and len(found) < MAX_FIELDS:
                found.setdefault(clean(name), said)
    return found


def _external_id(fact: LeadFact, person: Mapping[str, Any]) -> str:
    """A hash of who said what, and in which minute. `last_interaction` tells two equal words apart."""
    told: list[Any] = [fact.contact.external_id, fact.text, sorted(fact.fields.items())]
    told += [clean(person.get("last_interaction")), fact.at // WINDOW_MS]
    return f"lead:{hashlib.sha256(to_json(told)).hexdigest()[:40]}"
