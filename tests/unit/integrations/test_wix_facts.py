"""What Wix says of a booking, in every shape it says it: the fact, or why there is none."""

import json
from typing import Any

import pytest

from frontdesk.integrations.facts import BookingFact
from frontdesk.integrations.inbound import Accepted, Ignored, Refused
from support.wix import SITE, accepted, envelope, event, refused, token, verdict


def test_created_becomes_a_fact() -> None:
    given = verdict(token(envelope(event())))
    assert isinstance(given, Accepted)
    assert given.event_type == "wix.booking"
    assert given.external_id == "e4f1c0de-0000-4000-8000-000000000001"
    assert given.account == SITE
    fact = BookingFact.model_validate(given.payload)
    assert given.occurred_at == fact.changed_at == 1_789_997_590_123
    assert fact == BookingFact(
        source="wix",
        action="created",
        external_id="b00c0000-0000-4000-8000-000000000001",
        status="confirmed",
        provider_status="CONFIRMED",
        starts_at=1_790_290_800_000,
        ends_at=1_790_292_600_000,
        time_zone="Australia/Sydney",
        service="MRI knee",
        service_id="5e4f1ce0-0000-4000-8000-000000000001",
        practitioner="Dr Ada Lim",
        location="Harbour Street",
        participants=1,
        contact=fact.contact,
        sequence=1,
        changed_at=1_789_997_590_123,
    )
    assert fact.contact.model_dump(exclude_defaults=True) == {
        "external_id": "c0117ac7-0000-4000-8000-000000000001",
        "first_name": "Jo",
        "last_name": "O'Neill",
        "email": "jo@example.com",
        "phone": "0491 570 006",
        "country": "AU",
    }


@pytest.mark.parametrize(
    ("name", "action", "status"),
    [
        ("updated", "updated", "confirmed"),
        ("rescheduled", "rescheduled", "confirmed"),
        ("canceled", "cancelled", "cancelled"),
    ],
)
def test_other_events_carry_the_whole_booking(name: str, action: str, status: str) -> None:
    fact = accepted(token(envelope(event(name))))
    assert (fact.action, fact.status, fact.external_id) == (
        action,
        status,
        "b00c0000-0000-4000-8000-000000000001",
    )


def test_entities_as_json_text_read_the_same() -> None:
    plain = event("rescheduled")
    nested = {**plain, "actionEvent": {"bodyAsJson": json.dumps(plain["actionEvent"]["body"])}}
    assert accepted(token(envelope(nested))) == accepted(token(envelope(plain)))
    plain = event("created")
    nested = {**plain, "createdEvent": {"entityAsJson": json.dumps(plain["createdEvent"]["entity"])}}
    assert accepted(token(envelope(nested))) == accepted(token(envelope(plain)))


def test_of_no_interest() -> None:
    for change in (
        {"entityFqdn": "wix.contacts.v4.contact"},
        {"slug": "deleted"},
        {"slug": ["created"]},
        {"slug": None},
    ):
        given = verdict(token(envelope({**event(), **change})))
        assert isinstance(given, Ignored), change
        assert given.reason == "not_a_booking"
    given = verdict(token(envelope({**event(), "triggeredByAnonymizeRequest": True})))
    assert isinstance(given, Ignored)
    waiting = event()
    waiting["createdEvent"]["entity"]["status"] = "WAITING_LIST"
    assert isinstance(verdict(token(envelope(waiting))), Ignored)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), None),
        (("id",), ""),
        (("id",), "x" * 201),
        (("createdEvent",), None),
        (("createdEvent", "entity"), "not json"),
        (("createdEvent", "entity"), []),
        (("createdEvent", "entity", "status"), "MAYBE"),
        (("createdEvent", "entity", "status"), {"a": 1}),
    ],
)
def test_a_genuine_but_unreadable_event_is_sent_again_by_wix(path: tuple[str, ...], value: Any) -> None:
    whole = event()
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    given = verdict(token(envelope(whole)))
    assert isinstance(given, Refused)
    assert (given.reason, given.status) == ("unreadable", 422)


def test_odd_values_do_not_lose_a_booking() -> None:
    whole = event()
    booking = whole["createdEvent"]["entity"]
    whole["entityEventSequence"] = "9" * 30
    booking["contactDetails"] = {
        "firstName": "A" * 5_000,
        "lastName": "B\u0000\n C",
        "phone": 61491570006,
        "email": None,
    }
    booking["totalParticipants"] = -3
    booking["endDate"] = "2001-01-01T00:00:00Z"
    fact = accepted(token(envelope(whole)))
    assert fact.sequence is None
    assert (len(fact.contact.first_name), fact.contact.last_name) == (200, "B C")
    assert (fact.contact.phone, fact.contact.email) == ("61491570006", "")
    assert fact.participants == 1
    assert fact.ends_at == fact.starts_at
    booking["contactDetails"] = None
    assert accepted(token(envelope(whole))).contact.phone == ""


def test_without_event_time_the_bookings_own_counts() -> None:
    whole = {**event(), "eventTime": "yesterday"}
    assert accepted(token(envelope(whole))).changed_at == 1_789_997_590_000
    del whole["createdEvent"]["entity"]["updatedDate"]
    assert refused(token(envelope(whole))) == "unreadable"


def test_times_without_offset_are_read_in_the_slots_zone() -> None:
    whole = event()
    booking = whole["createdEvent"]["entity"]
    with_offset = accepted(token(envelope(whole))).starts_at
    del booking["startDate"]
    booking["bookedEntity"]["slot"]["startDate"] = "2026-09-25T09:00:00:000+10:00"
    assert accepted(token(envelope(whole))).starts_at == with_offset
    booking["bookedEntity"]["slot"]["startDate"] = "2026-09-25T09:00:00"
    assert accepted(token(envelope(whole))).starts_at == with_offset
    booking["bookedEntity"]["slot"]["timezone"] = "Mars/Olympus"
    assert refused(token(envelope(whole))) == "unreadable"
