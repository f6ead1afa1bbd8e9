"""The main job on real input: a signed Wix booking becomes a contact, a booking and a text on the phone."""

from typing import Any

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage
from support.times import HOUR, nine_in_sydney


def only(items: list[Any]) -> Any:
    """The one there is."""
    assert len(items) == 1, items
    return items[0]


def test_a_booking_becomes_a_contact_a_booking_and_one_text(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    start = nine_in_sydney(5)
    phone = "+61400000101"
    told = sandbox.book(
        clinic.instance,
        phone=phone,
        first_name="Ana",
        last_name="Reyes",
        start=start,
        timezone="Australia/Sydney",
        service="MRI Knee",
        copies=2,
    )
    statuses = [each["attempts"][0]["status"] for each in told["callbacks"]]
    assert statuses == [200, 200]
    forged = sandbox.forge_booking(clinic.instance, "wrong_key", phone=phone, start=start)
    assert forged["callbacks"][0]["attempts"][0]["status"] == 401
    stage.drain()

    contact = only(api.items("/api/v1/contacts"))
    assert (contact["first_name"], contact["phone"]) == ("Ana", phone)
    booking = only(api.items("/api/v1/bookings"))
    assert (booking["service"], booking["starts_at"], booking["status"]) == ("MRI Knee", start, "confirmed")
    text = only(sandbox.texts(phone, at_least=1))
    assert "MRI Knee" in text["body"]
    messages = api.get(f"/api/v1/bookings/{booking['id']}")["messages"]
    reminders = {m["offset_hours"]: m for m in messages if m["template"] == "booking.reminder"}
    assert {h: (m["state"], start - m["due_at"]) for h, m in reminders.items()} == {
        48: ("scheduled", 48 * HOUR),
        24: ("scheduled", 24 * HOUR),
        2: ("scheduled", 2 * HOUR),
    }
    confirmation = only([m for m in messages if m["template"] == "booking.confirmation"])
    assert confirmation["state"] == "delivered"
    verdicts = [each["verdict"] for each in api.items("/api/v1/deliveries", source="wix")]
    assert sorted(verdicts) == ["accepted", "duplicate", "refused"]
