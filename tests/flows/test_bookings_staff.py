"""Staff and appointments, as the calendar does it: over HTTP, beside Wix, with the customer's phone at the end."""

from typing import Any

import pytest

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import DAY, HOUR, in_sydney, nine_in_sydney

SERVICES = [{"name": "CT Chest", "minutes": 20, "price_minor": 31_500, "recall_months": 12}]


@pytest.fixture
def phone() -> str:
    return new_phone()


@pytest.fixture
def clinic(stage: Stage) -> Office:
    always = [{"opens": "07:00", "closes": "21:00"}]
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return stage.office(settings={"services": SERVICES, "hours": dict.fromkeys(days, always)})


def booked(
    stage: Stage, api: Api, clinic: Office, phone: str, days: int = 5, **fields: str
) -> dict[str, Any]:
    stage.book(clinic, phone=phone, start=nine_in_sydney(days), practitioner="Dr Lim", **fields)
    stage.drain()
    return next(each for each in api.items("/api/v1/bookings") if each["phone"] == phone)


def reminders(api: Api, booking_id: str) -> dict[int, tuple[str, int]]:
    """Those that are to go or have gone, by hours before: state and when."""
    told = api.get(f"/api/v1/bookings/{booking_id}")["messages"]
    return {
        line["offset_hours"]: (line["state"], line["due_at"])
        for line in told
        if line["template"] == "booking.reminder" and line["state"] != "skipped"
    }


def test_a_receptionist_confirms_moves_and_settles_an_appointment(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, phone: str
) -> None:
    booking = booked(stage, api, clinic, phone)
    path = f"/api/v1/bookings/{booking['id']}"
    assert booking["value_minor"] == 31_500

    # Where to? First a look: the reminders would move along, and nothing speaks against it.
    to = nine_in_sydney(8)
    seen = api.post(f"{path}/reschedule/preview", {"starts_at": to})
    assert {each["offset_hours"]: (each["fate"], each["at"]) for each in seen["reminders"]} == {
        hours: ("moves", to - hours * HOUR) for hours in (48, 24, 2)
    }
    assert seen["conflicts"] == [] and seen["booking"]["starts_at"] == to
    assert api.get(path)["booking"]["starts_at"] == booking["starts_at"]

    story = api.post(f"{path}/reschedule", {"starts_at": to, "version": booking["version"]})
    assert story["booking"]["ends_at"] - to == booking["ends_at"] - booking["starts_at"]
    assert reminders(api, booking["id"]) == {h: ("scheduled", to - h * HOUR) for h in (48, 24, 2)}

    # A colleague who still has the old version is told so.
    answer = api.call("POST", f"{path}/reschedule", {"starts_at": to + HOUR, "version": booking["version"]})
    assert (answer.status, answer.json["code"]) == (409, "stale")
    answer = api.call("POST", f"{path}/status", {"status": "cancelled", "version": booking["version"]})
    assert (answer.status, answer.json["code"]) == (409, "stale")

    # Nobody is a no-show before the day.
    version = story["booking"]["version"]
    early = api.call("POST", f"{path}/status", {"status": "no_show", "version": version})
    assert early.status == 422 and "still to come" in early.json["detail"]
    stage.travel(to + HOUR)
    stage.drain()
    done = api.post(f"{path}/status", {"status": "completed", "version": version})
    assert done["booking"]["status"] == "completed"
    back = api.post(f"{path}/status", {"status": "confirmed", "version": done["booking"]["version"]})
    assert back["booking"]["status"] == "confirmed"

    stage.drain()
    facts = [event["type"] for event in api.items("/api/v1/events", subject=booking["id"])]
    assert [each for each in facts if each.startswith("booking.")][::-1] == [
        "booking.created",
        "booking.rescheduled",
        "booking.completed",
        "booking.updated",
    ]
    audit = api.items("/api/v1/audit", subject_kind="booking", subject_id=booking["id"])
    assert [each["action"] for each in audit][::-1] == [
        "booking.rescheduled",
        "booking.completed",
        "booking.updated",
    ]
    contact = booking["contact_id"]
    timeline = [each["kind"] for each in api.items(f"/api/v1/contacts/{contact}/timeline")]
    assert {"booking.rescheduled", "booking.completed"} <= set(timeline)


def test_what_wix_said_before_does_not_undo_what_staff_did_and_what_it_says_later_counts(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, phone: str
) -> None:
    booking = booked(stage, api, clinic, phone)
    sandbox_id = booking["external_id"]
    path = f"/api/v1/bookings/{booking['id']}"
    cancelled = api.post(f"{path}/status", {"status": "cancelled", "version": booking["version"]})
    assert reminders(api, booking["id"]) == {}
    # Wix does not know: what it says of something else still says that the appointment stands.
    sandbox.update_booking(sandbox_id, service="CT Head")
    stage.drain()
    after = api.get(path)["booking"]
    assert (after["status"], after["service"]) == ("cancelled", "CT Head")
    assert after["version"] > cancelled["booking"]["version"]
    # The customer moves it themselves, later: so it stands, with its reminders.
    to = nine_in_sydney(9)
    sandbox.reschedule(sandbox_id, to)
    stage.drain()
    after = api.get(path)["booking"]
    assert (after["status"], after["starts_at"]) == ("confirmed", to)
    assert {hours: at for hours, (_, at) in reminders(api, booking["id"]).items()} == {
        hours: to - hours * HOUR for hours in (48, 24, 2)
    }


def test_an_appointment_made_at_the_counter_is_confirmed_and_reminded_like_any_other(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, phone: str
) -> None:
    first = booked(stage, api, clinic, phone, first_name="Ada")
    new = {
        "contact_id": first["contact_id"],
        "service": "ct chest",
        "practitioner": "Dr Wood",
        "starts_at": in_sydney(7, "10:00"),
        "note": "Brings her scans",
        "key": "made-once",
    }
    made = api.post("/api/v1/bookings", new)["booking"]
    assert (made["source"], made["ends_at"] - made["starts_at"], made["value_minor"]) == (
        "staff",
        1_200_000,
        31_500,
    )
    again = api.post("/api/v1/bookings", new)["booking"]
    assert again["id"] == made["id"]
    stage.drain()
    assert reminders(api, made["id"]).keys() == {48, 24, 2}
    assert [each["id"] for each in api.items("/api/v1/bookings", practitioner="Dr Wood")] == [made["id"]]
    assert [each["name"] for each in api.items("/api/v1/practitioners")] == ["Dr Lim", "Dr Wood"]

    # At that time Dr Wood is taken, and she cannot be in two places.
    at = {"starts_at": made["starts_at"] + 600_000}
    seen = api.post(f"/api/v1/bookings/{first['id']}/reschedule/preview", {**at, "practitioner": "Dr Wood"})
    assert [(each["kind"], each["booking_id"]) for each in seen["conflicts"]] == [
        ("practitioner", made["id"])
    ]
    seen = api.post(f"/api/v1/bookings/{first['id']}/reschedule/preview", at)
    assert [each["kind"] for each in seen["conflicts"]] == ["contact"]
    seen = api.post(
        f"/api/v1/bookings/{first['id']}/reschedule/preview", {"starts_at": in_sydney(7, "22:00")}
    )
    assert [each["kind"] for each in seen["conflicts"]] == ["closed"]

    stage.travel(made["starts_at"] - 48 * HOUR + 60_000)
    stage.drain()
    words = [text["body"] for text in sandbox.texts(phone)]
    assert any("Reminder" in body for body in words)


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": -1},
        {"starts_at": 2**60},
        {"starts_at": "soon"},
        {"starts_at": 10 * DAY, "ends_at": 9 * DAY},
        {"starts_at": 10 * DAY, "ends_at": 12 * DAY},
        {"starts_at": 10 * DAY, "practitioner": "x" * 201},
        {"starts_at": 10 * DAY, "practitioner": "two\nlines"},
        {"starts_at": 10 * DAY, "reminders": []},
        {},
    ],
)
def test_a_move_to_nowhere_is_refused(
    stage: Stage, clinic: Office, api: Api, phone: str, wrong: dict[str, Any]
) -> None:
    path = "/api/v1/bookings/01900000-0000-7000-8000-000000000000"
    assert api.call("POST", f"{path}/reschedule/preview", wrong).status == 422
    assert api.call("POST", f"{path}/reschedule", {**wrong, "version": 1}).status == 422


def test_a_technician_looks_and_does_not_touch(stage: Stage, clinic: Office, api: Api, phone: str) -> None:
    office = stage.office(staff=[("tess", "Tess", "technician")])
    theirs = stage.signed_in(office, "tess")
    assert theirs.items("/api/v1/bookings") == [] and theirs.items("/api/v1/practitioners") == []
    body = {"contact_id": "c", "service": "x", "starts_at": nine_in_sydney(3)}
    assert theirs.call("POST", "/api/v1/bookings", body).status == 403


def test_another_tenants_appointment_is_not_there(stage: Stage, clinic: Office, api: Api, phone: str) -> None:
    booking = booked(stage, api, clinic, phone)
    other = stage.signed_in(stage.office())
    path = f"/api/v1/bookings/{booking['id']}"
    move = {"starts_at": nine_in_sydney(6), "version": booking["version"]}
    assert other.call("POST", f"{path}/reschedule", move).status == 404
    assert other.call("POST", f"{path}/status", {"status": "cancelled", "version": 1}).status == 404
    assert other.call("POST", f"{path}/reschedule/preview", {"starts_at": move["starts_at"]}).status == 404
    assert other.items("/api/v1/practitioners") == []
    body = {"contact_id": booking["contact_id"], "service": "x", "starts_at": move["starts_at"]}
    assert other.call("POST", "/api/v1/bookings", body).status == 404
