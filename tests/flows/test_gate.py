"""The outbound gate: texts wait for the morning, collapse, keep the pace, and are not one too many."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import HOUR, SYDNEY, in_sydney, ms, nine_in_sydney

SECOND = 1_000


def reminders(api: Api, **query: Any) -> dict[int, dict[str, Any]]:
    """The reminders on the ledger by their offset in hours, of one booking."""
    rows = [each for each in api.items("/api/v1/messages", **query) if each["template"] == "booking.reminder"]
    found = {each["offset_hours"]: each for each in rows}
    assert len(found) == len(rows), rows
    return found


def reach(stage: Stage, at: int) -> None:
    """Business time is just past `at`, and everything due has been done."""
    stage.travel(at + SECOND)
    stage.drain()


def test_a_reminder_waits_for_the_end_of_the_night(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    start, phone = in_sydney(5, "06:30"), new_phone()
    stage.book(clinic, phone=phone, start=start)
    stage.drain()
    reach(stage, start - 24 * HOUR)
    waiting = reminders(api)[24]
    morning = in_sydney(4, "08:00")
    assert (waiting["state"], waiting["reason"], waiting["due_at"]) == ("scheduled", "quiet_hours", morning)
    assert waiting["detail"] == "quiet hours until 08:00"
    texts = len(sandbox.texts(phone))
    stage.travel(morning - 5 * SECOND)
    stage.drain(soon_ms=0)
    assert len(sandbox.texts(phone)) == texts
    reach(stage, morning)
    assert len(sandbox.texts(phone)) == texts + 1
    sent = reminders(api)[24]
    assert (sent["state"], sent["reason"], sent["detail"]) == ("delivered", "", "")
    assert morning <= sent["sent_at"] < morning + 60 * SECOND
    # Two hours before half past six is night as well, and its end comes after the appointment.
    reach(stage, start - 2 * HOUR)
    assert (reminders(api)[2]["state"], reminders(api)[2]["detail"]) == ("skipped", "too late")


def test_a_confirmation_does_not_wait(stage: Stage, sandbox: Sandbox, clinic: Office) -> None:
    stage.travel(in_sydney(1, "23:30"))
    phone = new_phone()
    stage.book(clinic, phone=phone, start=nine_in_sydney(5))
    stage.drain(soon_ms=0)
    assert len(sandbox.texts(phone)) == 1


def test_the_night_is_the_recipients(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone, start = new_phone(), nine_in_sydney(5)
    stage.book(clinic, phone=phone, start=start)
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    change = {"version": contact["version"], "time_zone": "Europe/London"}
    api.patch(f"/api/v1/contacts/{contact['id']}", change)
    reach(stage, start - 24 * HOUR)
    waiting = reminders(api)[24]
    until = datetime.fromtimestamp(waiting["due_at"] / 1000, SYDNEY)
    assert waiting["state"] == "scheduled", "nine in Sydney is ten or eleven at night in London"
    assert until.hour in (17, 18, 19)
    reach(stage, waiting["due_at"])
    assert reminders(api)[24]["state"] == "delivered"


def test_an_american_number_has_an_american_night(stage: Stage, clinic: Office, api: Api) -> None:
    """Nobody told us a zone; the area code of 212 does."""
    start = nine_in_sydney(5)
    stage.book(clinic, phone="+12128675309", start=start + 8 * HOUR)
    stage.drain()
    reach(stage, start - 16 * HOUR)
    waiting = reminders(api)[24]
    assert waiting["state"] == "scheduled", (
        "five in the afternoon in Sydney is one or two at night in New York"
    )
    assert waiting["detail"] == "quiet hours until 08:00"


def test_reminders_released_together_collapse_into_the_latest(stage: Stage, sandbox: Sandbox) -> None:
    clinic = stage.office(settings={"reminder_hours": [10, 8, 2]})
    api, phone, start = stage.signed_in(clinic), new_phone(), in_sydney(5, "13:00")
    stage.book(clinic, phone=phone, start=start)
    stage.drain()
    reach(stage, in_sydney(5, "07:00"))
    night = reminders(api)
    assert (night[10]["state"], night[10]["detail"]) == ("skipped", "superseded by a later reminder")
    assert (night[8]["state"], night[8]["due_at"]) == ("scheduled", in_sydney(5, "08:00"))
    reach(stage, in_sydney(5, "08:00"))
    assert len(sandbox.texts(phone, contains="Reminder")) == 1
    reach(stage, start - 2 * HOUR)
    assert len(sandbox.texts(phone, contains="Reminder")) == 2


def next_first_sunday_of_october() -> date:
    """When Sydney's clocks go forward next, at two in the morning."""
    today = datetime.now(SYDNEY).date()
    for year in (today.year, today.year + 1):
        first = date(year, 10, 1)
        sunday = first + timedelta(days=6 - first.weekday())
        if sunday - today > timedelta(days=4):
            return sunday
    raise AssertionError("October comes every year")


def test_sydneys_short_night(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    """Offsets are elapsed hours: what is at ten on Sunday is reminded of at nine on Saturday."""
    sunday = next_first_sunday_of_october()

    def local(days: int, clock: str) -> int:
        day = sunday + timedelta(days=days)
        return ms(datetime.combine(day, time.fromisoformat(clock), SYDNEY))

    stage.travel(local(-4, "12:00"))
    start, phone = local(0, "10:00"), new_phone()
    assert start - local(-1, "10:00") == 23 * HOUR
    stage.book(clinic, phone=phone, start=start)
    stage.drain(soon_ms=0)
    spoken = f"Sun {sunday.day} Oct at 10:00 am"
    assert spoken in sandbox.texts(phone, at_least=1)[0]["body"]
    planned = {offset: each["due_at"] for offset, each in reminders(api).items()}
    assert planned == {48: local(-2, "09:00"), 24: local(-1, "09:00"), 2: local(0, "08:00")}
    for offset in (48, 24, 2):
        reach(stage, planned[offset])
        assert reminders(api)[offset]["state"] == "delivered", offset
    texts = sandbox.texts(phone, contains="Reminder")
    assert [spoken in each["body"] for each in texts] == [True, True, True]


def test_an_early_appointment_after_the_short_night(stage: Stage, clinic: Office, api: Api) -> None:
    """The end of quiet hours is eight on the wall, ten elapsed hours after nine in the evening."""
    sunday = next_first_sunday_of_october()
    eight = ms(datetime.combine(sunday, time(8), SYDNEY))
    stage.travel(eight - 48 * HOUR)
    stage.book(clinic, phone=new_phone(), start=eight + 90 * 60 * SECOND)
    stage.drain(soon_ms=0)
    reach(stage, eight - 30 * 60 * SECOND)
    assert (reminders(api)[2]["state"], reminders(api)[2]["due_at"]) == ("scheduled", eight)


def test_no_more_than_the_cap_in_a_day(stage: Stage, sandbox: Sandbox) -> None:
    clinic = stage.office(settings={"caps": {"service": 1}})
    api, phone, start = stage.signed_in(clinic), new_phone(), in_sydney(5, "11:00")
    for service in ("CT Chest", "MRI Knee"):
        stage.book(clinic, phone=phone, service=service, start=start)
    stage.drain()
    reach(stage, start - 24 * HOUR)
    day_before = [each for each in api.items("/api/v1/messages") if each["offset_hours"] == 24]
    assert sorted((each["state"], each["detail"]) for each in day_before) == [
        ("delivered", ""),
        ("skipped", "frequency cap"),
    ]
    reach(stage, start - 2 * HOUR)
    assert len(sandbox.texts(phone, contains="Reminder")) == 1, "22 hours later is still the same day"
    capped = [each["detail"] for each in api.items("/api/v1/messages") if each["offset_hours"] == 2]
    assert capped == ["frequency cap", "frequency cap"]


def test_the_same_words_go_out_once(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = new_phone()
    for _ in range(3):
        stage.book(clinic, phone=phone, service="CT Chest")
    stage.drain()
    assert len(sandbox.texts(phone)) == 1
    confirmations = [each for each in api.items("/api/v1/messages") if not each["offset_hours"]]
    assert sorted((each["state"], each["detail"]) for each in confirmations) == [
        ("delivered", ""),
        ("skipped", "duplicate"),
        ("skipped", "duplicate"),
    ]


def test_a_tenant_keeps_its_pace(stage: Stage, sandbox: Sandbox) -> None:
    clinic = stage.office(settings={"sms": {"per_second": 1}})
    phones = [new_phone() for _ in range(3)]
    for phone in phones:
        stage.book(clinic, phone=phone)
    stage.drain()
    sent = {text["custom_string"]: text["at_ms"] for phone in phones for text in sandbox.texts(phone)}
    assert len(sent) == 3
    sql = "SELECT id, pace_slot FROM messages WHERE tenant_id = ?1 AND pace_slot IS NOT NULL"
    slots = {each["id"]: each["pace_slot"] for each in stage.runtime.d1(sql, clinic.tenant.id)}
    assert slots.keys() == sent.keys()
    assert all(later - sooner >= SECOND for sooner, later in pairwise(sorted(slots.values())))
    assert all(sent[id_] >= slot for id_, slot in slots.items()), "nothing goes before its slot"
