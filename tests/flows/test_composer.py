"""Staff write to people: what the composer shows is what happens, undo works, and a repeat is harmless."""

from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from typing import Any

import pytest

from sandbox.client import Sandbox
from seed.api import Answer, Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import in_sydney

SECOND = 1_000


@pytest.fixture(autouse=True)
def by_day(stage: Stage) -> None:
    """Staff write when people may be texted."""
    stage.travel(in_sydney(1, "10:00"))


def somebody(stage: Stage, clinic: Office, api: Api) -> tuple[str, dict[str, Any]]:
    """A number, and the contact who has it."""
    phone = new_phone()
    stage.book(clinic, phone=phone, first_name="Jo")
    stage.drain()
    return phone, next(each for each in api.items("/api/v1/contacts") if each["phone"] == phone)


def words(body: str, **more: Any) -> dict[str, Any]:
    return {"channel": "sms", "body": body, **more}


def at(contact: Mapping[str, Any], path: str = "") -> str:
    return f"/api/v1/contacts/{contact['id']}/messages{path}"


def write(api: Api, contact: Mapping[str, Any], key: str, body: str, **more: Any) -> Answer:
    return api.call("POST", at(contact), {**words(body, **more), "key": key})


def test_a_text_is_previewed_written_and_arrives(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone, contact = somebody(stage, clinic, api)
    body = "Bring your scans – and {{ this }} stays as it is."
    shown = api.call("POST", at(contact, "/preview"), words(body)).json
    assert (shown["would"], shown["encoding"], shown["segments"], shown["body"]) == ("send", "ucs2", 1, body)
    assert shown["characters"] == len(body) and shown["address"] == phone
    assert (shown["cost_micros"], shown["currency"]) == (79_000, "AUD")
    answer = write(api, contact, "key-00001", body)
    assert answer.status == 201
    message = answer.json
    assert (message["state"], message["purpose"], message["author_id"]) == (
        "scheduled",
        "service",
        clinic.staff_ids["owner"],
    )
    stage.drain()
    assert [text["body"] for text in sandbox.texts(phone)][-1] == body
    sent = api.get(f"/api/v1/messages/{message['id']}")
    assert (sent["state"], sent["cost_micros"]) == ("delivered", shown["cost_micros"])
    timeline = api.items(f"/api/v1/contacts/{contact['id']}/timeline")
    assert body in [item["summary"] for item in timeline]
    assert [
        each["action"]
        for each in api.items("/api/v1/audit", subject_kind="message", subject_id=message["id"])
    ] == ["message.write"]
    thread = api.items("/api/v1/messages", contact_id=contact["id"])
    assert next(each for each in thread if each["id"] == message["id"])["author_name"]


def test_undo_within_the_moment(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone, contact = somebody(stage, clinic, api)
    texts = len(sandbox.texts(phone))
    message = write(api, contact, "key-00001", "Sent to the wrong person").json
    cancel = f"/api/v1/messages/{message['id']}/cancel"
    back = api.call("POST", cancel, {"version": message["version"]})
    assert (back.status, back.json["state"], back.json["reason"]) == (200, "skipped", "taken_back")
    assert api.call("POST", cancel, {"version": message["version"]}).status == 200
    stage.drain()
    assert len(sandbox.texts(phone)) == texts
    gone = write(api, contact, "key-00002", "This one goes").json
    stage.drain()
    late = api.call("POST", f"/api/v1/messages/{gone['id']}/cancel", {"version": gone["version"]})
    assert (late.status, late.json["code"]) == (409, "left")


def test_a_repeat_is_the_same_message_and_a_key_is_for_one_thing(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone, contact = somebody(stage, clinic, api)
    texts = len(sandbox.texts(phone))
    first = write(api, contact, "key-00001", "Once")
    again = write(api, contact, "key-00001", "Once")
    assert (first.status, again.status, again.json["id"]) == (201, 201, first.json["id"])
    other = write(api, contact, "key-00001", "Twice")
    assert (other.status, other.json["code"]) == (409, "key_reused")
    stage.drain()
    assert len(sandbox.texts(phone)) == texts + 1
    assert write(api, contact, "key-00001", "Once").json["id"] == first.json["id"]


@pytest.mark.parametrize("failpoint", ["commit.before", "commit.after"])
def test_a_crash_while_it_is_written_and_the_same_request_again(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, failpoint: str
) -> None:
    phone, contact = somebody(stage, clinic, api)
    texts, boots = len(sandbox.texts(phone)), stage.runtime.status()["boots"]
    stage.runtime.arm_all({failpoint: 1})
    with suppress(OSError, HTTPException):
        write(api, contact, "key-00001", "Once")
    stage.survive(boots)
    assert write(api, contact, "key-00001", "Once").status == 201
    stage.drain()
    assert len(sandbox.texts(phone)) == texts + 1
    assert len(api.items("/api/v1/audit", subject_kind="message")) == 1


def test_at_night_it_waits_and_says_until_when(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone, contact = somebody(stage, clinic, api)
    texts = len(sandbox.texts(phone))
    stage.travel(in_sydney(1, "22:30"))
    shown = api.call("POST", at(contact, "/preview"), words("Good night")).json
    morning = in_sydney(2, "08:00")
    assert (shown["would"], shown["reason"], shown["at"]) == ("wait", "quiet_hours", morning)
    assert (shown["detail"], shown["zone"]) == ("quiet hours until 08:00", "Australia/Sydney")
    message = write(api, contact, "key-00001", "Good night").json
    stage.travel(in_sydney(1, "22:31"))
    stage.drain()
    assert api.get(f"/api/v1/messages/{message['id']}")["due_at"] == morning
    stage.travel(morning + SECOND)
    stage.drain()
    assert len(sandbox.texts(phone)) == texts + 1


def test_it_can_wait_for_its_time(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone, contact = somebody(stage, clinic, api)
    texts, tomorrow = len(sandbox.texts(phone)), in_sydney(2, "09:30")
    shown = api.call("POST", at(contact, "/preview"), words("Tomorrow", send_at=tomorrow)).json
    assert (shown["would"], shown["at"]) == ("send", tomorrow)
    message = write(api, contact, "key-00001", "Tomorrow", send_at=tomorrow).json
    assert message["due_at"] == tomorrow
    stage.drain()
    assert len(sandbox.texts(phone)) == texts
    stage.travel(tomorrow + SECOND)
    stage.drain()
    assert len(sandbox.texts(phone)) == texts + 1


def test_who_opted_out_is_not_written_to(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone, contact = somebody(stage, clinic, api)
    sandbox.reply(phone, "STOP")
    stage.drain()
    shown = api.call("POST", at(contact, "/preview"), words("Hello")).json
    assert (shown["would"], shown["reason"]) == ("skip", "opted_out")
    refused = write(api, contact, "key-00001", "Hello")
    assert (refused.status, refused.json["code"], refused.json["reason"]) == (
        422,
        "would_not_go",
        "opted_out",
    )
    consent = f"/api/v1/contacts/{contact['id']}/consent"
    held = api.call("PUT", consent, {"channel": "sms", "stopped": False, "note": "asked at the desk"})
    assert (held.status, held.json["code"]) == (409, "their_word")
    assert "START" in held.json["detail"]
    sandbox.reply(phone, "START")
    stage.drain()
    assert write(api, contact, "key-00001", "Hello").status == 201


def test_an_opt_out_on_the_phone_is_recorded(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone, contact = somebody(stage, clinic, api)
    consent = f"/api/v1/contacts/{contact['id']}/consent"
    assert [each["stopped"] for each in api.get(consent)["items"]] == [False]
    said = {"channel": "sms", "stopped": True, "note": "called and asked"}
    after = api.call("PUT", consent, said).json["items"][0]
    assert (after["address"], after["stopped"], after["source"]) == (phone, True, "staff")
    lines = [item["summary"] for item in api.items(f"/api/v1/contacts/{contact['id']}/timeline")]
    assert "Asked for no more texts: called and asked" in lines
    assert "consent.change" in [each["action"] for each in api.items("/api/v1/audit")]
    assert write(api, contact, "key-00001", "Hello").status == 422


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "sms"},
        {"channel": "sms", "body": "x", "template": "booking.reminder"},
        {"channel": "sms", "body": "x", "subject": "y"},
        {"channel": "email", "body": "x"},
        {"channel": "fax", "body": "x"},
        {"channel": "sms", "body": "x", "send_at": 2**52},
        {"channel": "sms", "body": "x" * 5_001},
        {"channel": "sms", "body": "x", "extra": 1},
    ],
)
def test_what_makes_no_message_is_refused(
    stage: Stage, clinic: Office, api: Api, body: dict[str, Any]
) -> None:
    _, contact = somebody(stage, clinic, api)
    assert api.call("POST", at(contact, "/preview"), body).status == 422
    assert api.call("POST", at(contact), {**body, "key": "key-00001"}).status == 422


def test_another_tenant_writes_to_nobody_of_ours(stage: Stage, clinic: Office, api: Api) -> None:
    _, contact = somebody(stage, clinic, api)
    message = write(api, contact, "key-00001", "Ours").json
    theirs = stage.signed_in(stage.office())
    assert theirs.call("POST", at(contact, "/preview"), words("Hi")).status == 404
    assert write(theirs, contact, "key-00001", "Hi").status == 404
    cancel = theirs.call("POST", f"/api/v1/messages/{message['id']}/cancel", {"version": message["version"]})
    assert cancel.status == 404
    for method in ("GET", "PUT"):
        said = {"channel": "sms", "stopped": True, "note": "none of yours"} if method == "PUT" else None
        assert theirs.call(method, f"/api/v1/contacts/{contact['id']}/consent", said).status == 404
