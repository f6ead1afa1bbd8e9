"""The clinic: every sentence of PRODUCT.md about it that no other flow plays; docs/testing.md lists all of them."""

from datetime import datetime
from typing import Any

import pytest

from frontdesk.automation.rules.standard import standard_rules
from frontdesk.contacts.rules.pipeline import PIPELINES
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.doors import changed, open_manychat
from support.stage import Stage, new_phone
from support.times import DAY, HOUR, SYDNEY, in_sydney, ms

MINUTE = 60_000
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def ahead(day: str) -> int:
    """Days to the next such day of the week in Sydney, today not counted."""
    return (WEEK.index(day) - datetime.now(SYDNEY).weekday()) % 7 or 7


def tasks(api: Api, **query: str) -> list[dict[str, Any]]:
    return api.items("/api/v1/tasks", **{"view": "all", **query})


def sent(sandbox: Sandbox, phone: str) -> list[str]:
    """What we wrote to a phone."""
    return [text["body"] for text in sandbox.texts(phone, direction="out")]


def told(api: Api, booked: dict[str, Any]) -> dict[str, Any]:
    """A booking of the site as the API has it."""
    found = api.items("/api/v1/bookings")
    return next(each for each in found if each["external_id"] == booked["booking"]["id"])


def stand(api: Api, booking_id: str, status: str) -> dict[str, Any]:
    """Staff say how an appointment stands."""
    path = f"/api/v1/bookings/{booking_id}"
    version = api.get(path)["booking"]["version"]
    story: dict[str, Any] = api.post(f"{path}/status", {"status": status, "version": version})
    return story


def test_four_hours_of_silence_are_a_text_and_a_task_by_the_next_quarter(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    stage.travel(in_sydney(ahead("monday"), "10:07"))
    phone, other = new_phone(), new_phone()
    sandbox.reply(phone, "How much is an MRI?", clinic.profile.number)
    stage.book(clinic, phone=other, start=in_sydney(ahead("monday") + 9, "09:00"))
    stage.drain()
    lead = next(each for each in api.items("/api/v1/contacts") if each["phone"] == phone)
    silent = lead["last_in_at"] + 4 * HOUR
    stage.tick_at(silent - MINUTE)
    assert sent(sandbox, phone) == [] and tasks(api, contact_id=lead["id"]) == []
    warmness = f"/api/v1/contacts/{lead['id']}/warmness"
    assert api.get(warmness)["holds"] == []
    stage.travel(silent + 1_000)
    assert [each["why"] for each in api.get(warmness)["holds"]] == [
        "They wrote 4 hours ago and nobody has answered"
    ]
    (sweep,) = [each["next_at"] for each in api.items("/api/v1/cadences") if each["name"] == "sweep"]
    sweep += 15 * MINUTE if sweep < silent else 0
    assert sweep <= silent + 15 * MINUTE
    stage.tick_at(sweep)
    (text,) = sent(sandbox, phone)
    assert "Can we help you" in text
    (task,) = tasks(api, contact_id=lead["id"])
    assert (task["type"], task["status"]) == ("follow_up", "open")
    chain = [each["title"] for each in api.get(f"/api/v1/trace/task/{task['id']}")["chain"]]
    assert any("4 hours of silence" in title for title in chain), chain
    # The silence goes on: once is enough. Who has an appointment is no lead.
    stage.tick_at(sweep + 5 * HOUR)
    assert len(sent(sandbox, phone)) == len(tasks(api, contact_id=lead["id"])) == 1
    assert [text for text in sent(sandbox, other) if "Can we help" in text] == []


@pytest.mark.parametrize(
    ("day", "clock", "later", "due"),
    [("tuesday", "10:00", 0, "17:00"), ("friday", "18:30", 3, "17:00"), ("saturday", "11:00", 2, "17:00")],
    ids=["in the morning", "on Friday evening", "at the weekend"],
)
def test_a_new_patient_is_called_by_the_end_of_the_business_day(
    stage: Stage, clinic: Office, api: Api, day: str, clock: str, later: int, due: str
) -> None:
    stage.travel(in_sydney(ahead(day), clock))
    known = api.post("/api/v1/contacts", {"first_name": "Old", "phone": new_phone()})
    api.patch(f"/api/v1/contacts/{known['id']}", {"version": known["version"], "existing_patient": True})
    start = in_sydney(ahead(day) + 8, "09:00")
    stage.book(clinic, phone=new_phone(), first_name="Ada", last_name="Field", start=start)
    stage.book(clinic, phone=known["phone"], start=start + HOUR)
    stage.drain()
    (call,) = tasks(api, type="welcome_call")
    assert (call["title"], call["status"]) == ("Welcome call: Ada Field", "open")
    assert call["due_at"] == in_sydney(ahead(day) + later, due)


def test_a_patients_way_from_lead_to_recall(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    changed(api, services=[{"name": "CT Chest", "price_minor": 31_500, "recall_months": 12}])
    day, phone = ahead("tuesday"), new_phone()
    stage.travel(in_sydney(day, "10:00"))
    sandbox.reply(phone, "Do you do chests?", clinic.profile.number)
    stage.drain()
    first = stage.book(clinic, phone=phone, first_name="Ada", start=in_sydney(day + 2, "09:00"))
    stage.drain()
    sandbox.cancel(first["booking"]["id"])
    stage.drain()
    start = in_sydney(day + 3, "09:00")
    second = stage.book(clinic, phone=phone, start=start)
    stage.drain()
    stage.travel(start + 2 * HOUR)
    stand(api, told(api, second)["id"], "completed")
    stage.drain()
    (contact,) = api.items("/api/v1/contacts")
    due = contact["recall_due_at"]
    visit = datetime.fromtimestamp(start / 1000, SYDNEY)
    # Nine on the same day of the next year: nobody was born on the 29th of February here.
    assert due == ms(visit.replace(year=visit.year + 1, hour=9))

    stage.tick_at(due - 2 * HOUR)
    invited = "time for your next visit"
    assert sandbox.texts(phone, contains=invited) == []
    stage.tick_at(due + MINUTE)
    assert len(sandbox.texts(phone, contains=invited)) == 1
    stage.tick_at(due + DAY + MINUTE)
    assert tasks(api, type="recall") == []
    for days in (4, 5):
        stage.tick_at(due + days * DAY + MINUTE)
        assert [task["contact_id"] for task in tasks(api, type="recall")] == [contact["id"]]
    assert len(sandbox.texts(phone, contains=invited)) == 1

    moves = api.items(f"/api/v1/contacts/{contact['id']}/moves")[::-1]
    assert [(move["from_stage"], move["to_stage"]) for move in moves] == [
        ("lead", "appointment"),
        ("appointment", "pre_appointment"),
        ("pre_appointment", "appointment"),
        ("appointment", "post"),
        ("post", "recall"),
    ]
    assert all(move["why"] and move["cause_id"] for move in moves)


def test_a_lead_not_heard_of_for_two_months_is_moved_and_never_deleted(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    asked = in_sydney(ahead("wednesday"), "12:00")
    stage.travel(asked)
    phone = new_phone()
    sandbox.reply(phone, "Do you do chests?", clinic.profile.number)
    stage.drain()
    (lead,) = api.items("/api/v1/contacts")
    before = api.items(f"/api/v1/contacts/{lead['id']}/timeline")
    stage.tick_at(asked + 59 * DAY)
    assert api.items("/api/v1/contacts")[0]["stage"] == "lead"
    stage.tick_at(asked + 61 * DAY)
    (after,) = api.items("/api/v1/contacts")
    assert (after["id"], after["stage"], after["phone"]) == (lead["id"], "dormant", phone)
    (move,) = api.items(f"/api/v1/contacts/{lead['id']}/moves")
    assert (move["from_stage"], move["to_stage"], move["cause_kind"]) == ("lead", "dormant", "run")
    kept = [item["summary"] for item in api.items(f"/api/v1/contacts/{lead['id']}/timeline")]
    assert {item["summary"] for item in before} <= set(kept)


def test_who_books_texts_and_mails_is_one_person(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone, email = new_phone(), f"ada@{clinic.slug}.example"
    as_typed = f"0{phone[3:6]} {phone[6:9]} {phone[9:]}"
    stage.book(clinic, phone=as_typed, email=email.upper(), first_name="Ada", contact_id="wix-ada")
    stage.drain()
    for n, who in enumerate(({"phone": phone}, {"email": email}, {"contact_id": "wix-ada"})):
        stage.book(clinic, start=in_sydney(6 + n, "09:00"), **who)
    sandbox.reply(phone, "It is me")
    stage.drain()
    (contact,) = api.items("/api/v1/contacts")
    assert (contact["phone"], contact["email"], contact["first_name"]) == (phone, email, "Ada")
    assert {each["contact_id"] for each in api.items("/api/v1/bookings")} == {contact["id"]}
    assert len(api.items("/api/v1/bookings")) == 4


def test_everything_that_passes_is_on_one_timeline(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    open_manychat(stage, clinic, api)
    day, phone = ahead("monday"), new_phone()
    stage.travel(in_sydney(day, "10:00"))
    sandbox.chat(clinic.slug, subscriber={"id": "9", "first_name": "Ada", "phone": phone}, text="Hello?")
    stage.drain()
    booked = stage.book(clinic, phone=phone, start=in_sydney(day + 5, "09:00"))
    stage.drain()
    sandbox.reply(phone, "Can I bring my scans?")
    sandbox.reschedule(booked["booking"]["id"], in_sydney(day + 6, "09:00"))
    stage.drain()
    (contact,) = api.items("/api/v1/contacts")
    path = f"/api/v1/contacts/{contact['id']}"
    api.post(f"{path}/messages", {"channel": "sms", "body": "Yes, please do.", "key": "answer-1"})
    api.post(f"{path}/move", {"stage": "recall", "version": api.get(path)["version"]})
    sandbox.cancel(booked["booking"]["id"])
    stage.drain()
    line = api.items(f"{path}/timeline")
    assert [each["at"] for each in line] == sorted((each["at"] for each in line), reverse=True)
    said = " | ".join(each["summary"] for each in line)
    for words in ("Hello?", "Can I bring my scans?", "Yes, please do.", "is booked for"):
        assert words in said, said
    kinds = {each["kind"] for each in line}
    assert kinds >= {"booking.created", "booking.rescheduled", "booking.cancelled"}, kinds


def test_a_no_show_is_followed_up_and_speaks_against_the_next_appointment(
    stage: Stage, clinic: Office, api: Api
) -> None:
    day, phone = ahead("monday"), new_phone()
    start = in_sydney(day + 1, "09:00")
    stage.travel(in_sydney(day, "10:00"))
    missed = stage.book(clinic, phone=phone, first_name="Ada", last_name="Field", start=start)
    stage.drain()
    before = api.get(f"/api/v1/bookings/{told(api, missed)['id']}")["risk"]
    assert before["score"] == sum(reason["points"] for reason in before["reasons"])
    stage.travel(start + HOUR)
    assert stand(api, told(api, missed)["id"], "no_show")["risk"] is None
    stage.drain()
    assert [task["title"] for task in tasks(api, type="follow_up")] == ["Missed appointment: Ada Field"]
    (contact,) = api.items("/api/v1/contacts")
    assert contact["stage"] == "pre_appointment"
    again = stage.book(clinic, phone=phone, start=start + 5 * DAY)
    stage.drain()
    risk = api.get(f"/api/v1/bookings/{told(api, again)['id']}")["risk"]
    assert risk["score"] > before["score"]
    assert {"label": "Missed 1 of 1 appointments", "points": 40} in risk["reasons"]


def test_the_report_credits_who_it_is_told_to(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    changed(api, services=[{"name": "CT Chest", "price_minor": 30_000}])
    open_manychat(stage, clinic, api)
    day, phone = ahead("monday"), new_phone()
    stage.travel(in_sydney(day, "10:00"))
    sandbox.chat(clinic.slug, subscriber={"id": "9", "first_name": "Ada", "phone": phone}, text="Hello?")
    stage.drain()
    for days, words in ((1, "How much is a CT?"), (2, "And with contrast?")):
        stage.travel(in_sydney(day + days, "10:00"))
        sandbox.reply(phone, words, clinic.profile.number)
        stage.drain()
    start = in_sydney(day + 3, "09:00")
    booked = stage.book(clinic, phone=phone, start=start)
    stage.drain()
    stage.travel(start + HOUR)
    stand(api, told(api, booked)["id"], "completed")
    stage.drain()

    def credit(model: str) -> dict[str, int]:
        week = datetime.fromtimestamp(start / 1000, SYDNEY).date().isoformat()
        report = api.get("/api/v1/reports/weekly", start=week, model=model)
        return {each["source"]: each["revenue_minor"] for each in report["sources"] if each["revenue_minor"]}

    # A chat, two texts, and then the booking, which is what they led to.
    assert credit("first") == {"manychat": 30_000}
    assert credit("last") == {"sms": 30_000}
    assert credit("linear") == {"manychat": 10_000, "sms": 20_000}
    assert credit("position") == {"manychat": 12_000, "sms": 18_000}
    decay = credit("decay")
    assert 0 < decay["manychat"] < 10_000 and sum(decay.values()) == 30_000


def test_the_month_comes_on_the_first_at_nine(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    boss = f"boss@{clinic.slug}.example"
    changed(api, reports={"to": [boss]})
    stage.book(clinic, phone=new_phone())
    stage.drain()
    today = datetime.now(SYDNEY)
    month = (today.year * 12 + today.month) % 12 + 1
    first = datetime(today.year + (month < today.month), month, 1, 9, tzinfo=SYDNEY)
    stage.tick_at(ms(first) - MINUTE)
    assert api.items("/api/v1/reports", kind="monthly") == []
    stage.tick_at(ms(first))
    (kept,) = api.items("/api/v1/reports", kind="monthly")
    last = today.replace(day=1).date()
    assert (kept["start"], kept["mailed_to"]) == (last.isoformat(), [boss])
    label = kept["report"]["period"]["label"]
    assert len(sandbox.emails(to=boss, contains=label, at_least=1)) == 1


@pytest.mark.parametrize("kind", ["clinic", "diner", "store", "trades", "saas"])
def test_each_kind_of_tenant_has_its_own_pipeline_and_rules(stage: Stage, kind: Any) -> None:
    api = stage.signed_in(stage.office(kind=kind))
    stages = api.get("/api/v1/pipeline")["stages"]
    assert [(each["key"], each["label"]) for each in stages] == [tuple(each) for each in PIPELINES[kind]]
    rules = {each["key"]: each["enabled"] for each in api.items("/api/v1/automations")}
    assert rules == {seed.key: seed.enabled for seed in standard_rules(kind)}
