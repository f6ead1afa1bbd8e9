"""A booking's reminders follow it: too late, moved, moved back, cancelled, told late or in the wrong order."""

from itertools import permutations
from typing import Any

import pytest

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import DAY, HOUR, in_sydney, nine_in_sydney

SECOND = 1_000


def ledger(api: Api, booking_id: str) -> list[tuple[int, str, str]]:
    """Every reminder of a booking in the order of its time: offset, state, why."""
    rows = api.items("/api/v1/messages", booking_id=booking_id)
    rows.sort(key=lambda each: (each["due_at"], each["id"]))
    return [(each["offset_hours"], each["state"], each["detail"]) for each in rows if each["offset_hours"]]


def our_id(api: Api, told: dict[str, Any]) -> str:
    """What we call a booking of the site."""
    bookings = api.items("/api/v1/bookings")
    return str(next(each["id"] for each in bookings if each["external_id"] == told["booking"]["id"]))


def test_what_is_too_late_is_shown_and_the_confirmation_has_the_date(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    stage.travel(in_sydney(3, "09:00"))
    phone, start = new_phone(), in_sydney(3, "19:30")
    told = stage.book(clinic, phone=phone, start=start)
    stage.drain()
    assert ledger(api, our_id(api, told)) == [
        (48, "skipped", "too late"),
        (24, "skipped", "too late"),
        (2, "scheduled", ""),
    ]
    (text,) = sandbox.texts(phone)
    assert " at 7:30 pm" in text["body"]
    stage.travel(start + SECOND)
    told = stage.book(clinic, phone=phone, start=start)
    stage.drain()
    assert ledger(api, our_id(api, told)) == [], "who books what has begun is not reminded"
    assert len(sandbox.texts(phone, contains="booked")) == 1


def test_a_cancelled_booking_is_not_reminded_of(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone, start = new_phone(), nine_in_sydney(5)
    told = stage.book(clinic, phone=phone, start=start)
    stage.drain()
    sandbox.cancel(told["booking"]["id"])
    stage.drain()
    booking = our_id(api, told)
    assert ledger(api, booking) == [(hours, "skipped", "cancelled") for hours in (48, 24, 2)]
    assert api.get(f"/api/v1/bookings/{booking}")["booking"]["status"] == "cancelled"
    assert {each["state"] for each in api.items("/api/v1/jobs", kind="messaging.send")} == {"done", "void"}
    for hours in (48, 24, 2):
        stage.travel(start - hours * HOUR + SECOND)
        stage.drain()
    assert len(sandbox.texts(phone)) == 1, "only the confirmation"


def test_there_and_back_again(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    """A -> B -> A: the first plan for A is spent, the second one counts."""
    phone, a = new_phone(), in_sydney(5, "11:00")
    b = a + DAY
    told = stage.book(clinic, phone=phone, start=a)
    stage.drain()
    for start in (b, a):
        sandbox.reschedule(told["booking"]["id"], start)
        stage.drain()
    booking = our_id(api, told)
    counted: dict[tuple[int, str, str], int] = {}
    for line in ledger(api, booking):
        counted[line] = counted.get(line, 0) + 1
    assert counted == {
        **{(hours, "skipped", "rescheduled"): 2 for hours in (48, 24, 2)},
        **{(hours, "scheduled", ""): 1 for hours in (48, 24, 2)},
    }
    timeline = api.items(f"/api/v1/contacts/{api.items('/api/v1/contacts')[0]['id']}/timeline")
    kinds = [each["kind"] for each in timeline if each["kind"].startswith("booking.")]
    assert kinds == ["booking.rescheduled", "booking.rescheduled", "booking.created"]
    for start, hours in ((a, 48), (a, 24), (a, 2), (b, 24), (b, 2)):
        stage.travel(start - hours * HOUR + SECOND)
        stage.drain()
    assert len(sandbox.texts(phone, contains="Reminder")) == 3
    assert len(sandbox.texts(phone, contains="booked")) == 1


def sent_by_hand(api: Api, office: Office, told: dict[str, Any]) -> str:
    """A signed event the sandbox only made, delivered now; the verdict."""
    made = told["request"]
    headers = {name: value for name, value in made["headers"].items() if name.lower() != "host"}
    answer = api.call("POST", f"/webhooks/wix/{office.slug}", raw=made["body"].encode(), headers=headers)
    assert answer.status == 200, answer
    return str(answer.json["status"])


@pytest.mark.parametrize("order", [each for each in permutations(range(3)) if each != (0, 1, 2)])
def test_events_in_any_order_end_the_same(
    order: tuple[int, ...], stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    """Created, moved, moved again: the newest word counts, whenever it arrives."""
    phone, a = new_phone(), nine_in_sydney(5)
    last = a + 2 * DAY
    made = stage.book(clinic, phone=phone, start=a, send=False)
    events = [made, *(sandbox.reschedule(made["booking"]["id"], at, send=False) for at in (a + DAY, last))]
    for number in order:
        assert sent_by_hand(api, clinic, events[number]) == "accepted"
        stage.drain()
    (booking,) = api.items("/api/v1/bookings")
    assert (booking["starts_at"], booking["source_seq"]) == (last, 3)
    assert [each for each in ledger(api, booking["id"]) if each[1] == "scheduled"] == [
        (hours, "scheduled", "") for hours in (48, 24, 2)
    ]
    assert len(sandbox.texts(phone)) == 1
    # And once more, all of them: nothing new.
    before = ledger(api, booking["id"])
    for event in events:
        assert sent_by_hand(api, clinic, event) == "duplicate"
    stage.drain()
    assert ledger(api, booking["id"]) == before


def test_a_cancellation_is_not_undone_by_what_came_before_it(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = new_phone()
    made = stage.book(clinic, phone=phone, send=False)
    moved = sandbox.reschedule(made["booking"]["id"], nine_in_sydney(6), send=False)
    cancelled = sandbox.cancel(made["booking"]["id"], send=False)
    for event in (cancelled, made, moved):
        sent_by_hand(api, clinic, event)
        stage.drain()
    (booking,) = api.items("/api/v1/bookings")
    assert (booking["status"], booking["starts_at"]) == ("cancelled", nine_in_sydney(6))
    assert sandbox.texts(phone) == []
    assert api.items("/api/v1/messages") == []


def test_the_same_stranger_at_once_is_one_contact(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = new_phone()
    for service in ("CT Chest", "MRI Knee", "X-ray Hand", "DEXA Scan", "Ultrasound"):
        stage.book(clinic, phone=phone, service=service, copies=2, wait=False)
    sandbox.settle(clinic.app_id)
    stage.drain()
    (contact,) = api.items("/api/v1/contacts")
    assert contact["phone"] == phone
    assert len(api.items("/api/v1/bookings")) == 5
    assert len(sandbox.texts(phone, contains="booked")) == 5


def test_a_new_number_gets_what_was_planned_for_the_old_one(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    old, new, start = new_phone(), new_phone(), nine_in_sydney(5)
    told = stage.book(clinic, phone=old, start=start)
    stage.drain()
    sandbox.update_booking(told["booking"]["id"], phone=new)
    stage.drain()
    stage.travel(start - 24 * HOUR + SECOND)
    stage.drain()
    assert sandbox.texts(old, contains="Reminder") == []
    assert len(sandbox.texts(new, contains="Reminder")) >= 1
