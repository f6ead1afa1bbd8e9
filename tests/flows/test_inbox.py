"""The inbox: what people say by text and chat, until somebody answers and calls it done."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.doors import open_manychat
from support.stage import Stage, new_phone
from support.times import in_sydney


@pytest.fixture(autouse=True)
def by_day(stage: Stage) -> None:
    """Whoever answers does so when people may be texted."""
    stage.travel(in_sydney(1, "10:00"))


def asked(stage: Stage, sandbox: Sandbox, clinic: Office, *texts: str) -> str:
    """Somebody with a booking writes; their number."""
    phone = new_phone()
    stage.book(clinic, phone=phone, first_name="Zoe", last_name="Quinn")
    stage.drain()
    for text in texts:
        sandbox.reply(phone, text)
        stage.drain()
    return phone


def inbox(api: Api, view: str = "open", **query: Any) -> list[dict[str, Any]]:
    return api.items("/api/v1/conversations", view=view, **query)


def test_from_a_question_to_done(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = asked(stage, sandbox, clinic, "Is there parking?")
    (one,) = inbox(api)
    assert (one["phone"], one["name"], one["unread"]) == (phone, "Zoe Quinn", 1)
    assert one["last"]["body"] == "Is there parking?" and one["waiting_since"] == one["last"]["at"]
    assert api.get("/api/v1/conversations/counts") == {
        "open": 1,
        "unread": 1,
        "mine": 0,
        "unassigned": 1,
        "waiting": 1,
    }
    here = f"/api/v1/conversations/{one['contact_id']}"
    reply = api.get(here)["reply"]
    assert (reply["channel"], reply["address"], reply["detail"]) == ("sms", phone, "")
    me = api.get("/api/v1/me")["staff"]["id"]
    after = api.patch(here, {"read_up_to": one["last"]["at"], "assignee_id": me})
    assert (after["unread"], after["assignee_id"]) == (0, me)
    assert inbox(api, "unread") == [] and len(inbox(api, "mine")) == 1
    written = {"channel": "sms", "body": "Yes, behind the house.", "key": "key-00001"}
    assert api.call("POST", f"/api/v1/contacts/{one['contact_id']}/messages", written).status == 201
    assert api.get(here)["waiting_since"] is None
    stage.drain()
    (said,) = inbox(api)
    assert (said["last"]["direction"], said["last"]["state"]) == ("out", "delivered")
    assert api.patch(here, {"read_up_to": said["last"]["at"], "done": True})["done"]
    assert inbox(api) == [] and len(inbox(api, "done")) == 1
    sandbox.reply(phone, "Thank you!")
    stage.drain()
    (again,) = inbox(api)
    assert (again["unread"], again["done"], again["assignee_id"]) == (1, False, me)
    thread = [each["body"] for each in api.items("/api/v1/messages", contact_id=one["contact_id"])]
    kept = [each for each in thread if each in ("Thank you!", written["body"], "Is there parking?")]
    assert kept == ["Thank you!", written["body"], "Is there parking?"]


def test_search(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = asked(stage, sandbox, clinic, "Where can I park?")
    for found in ("zo", "QUINN", "park", phone, phone[-6:], f"0{phone[3:6]} {phone[6:]}"):
        assert len(inbox(api, q=found)) == 1, found
    for missed in ("ark", "somebody else", "%"):
        assert inbox(api, q=missed) == [], missed


def test_a_chat_is_there_and_says_that_it_cannot_be_answered_from_here(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    open_manychat(stage, clinic, api)
    sandbox.chat(clinic.slug, subscriber={"id": "77", "first_name": "Mona"}, text="Do you do MRIs?")
    stage.drain()
    (one,) = inbox(api)
    assert (one["last"]["channel"], one["last"]["body"], one["unread"]) == ("manychat", "Do you do MRIs?", 1)
    assert "ManyChat" in api.get(f"/api/v1/conversations/{one['contact_id']}")["reply"]["detail"]
    thread = api.items("/api/v1/messages", contact_id=one["contact_id"])
    assert [(each["channel"], each["body"]) for each in thread] == [("manychat", "Do you do MRIs?")]


def test_colleagues_at_once_and_texts_in_between_leave_one_truth(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = asked(stage, sandbox, clinic, "First")
    (one,) = inbox(api)
    here = f"/api/v1/conversations/{one['contact_id']}"
    staff = sorted(clinic.staff_ids.values())[:2]
    changes: list[dict[str, Any]] = [{"assignee_id": each} for each in staff] * 3
    changes += [{"read_up_to": one["last"]["at"], "done": done} for done in (True, False, True)]
    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(api.call, "PATCH", here, each) for each in changes]
        texts = [pool.submit(sandbox.reply, phone, f"More {number}") for number in range(4)]
        assert {each.result().status for each in answers} == {200}
        assert all(each.result() for each in texts)
    stage.drain()
    (after,) = inbox(api)
    assert after["assignee_id"] in staff and not after["done"]
    assert after["unread"] == 4
    heard = api.items("/api/v1/messages", contact_id=one["contact_id"], direction="in")
    assert len(heard) == 5
    assert after["last"]["message_id"] == heard[0]["id"]


@pytest.mark.parametrize("failpoint", ["commit.before", "commit.after", "handler.after", "send.after"])
def test_a_crash_keeps_the_conversation_and_the_messages_together(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, failpoint: str
) -> None:
    phone = asked(stage, sandbox, clinic, "First")
    (one,) = inbox(api)
    written = {"channel": "sms", "body": "Answer", "key": "key-00001"}
    assert api.call("POST", f"/api/v1/contacts/{one['contact_id']}/messages", written).status == 201
    boots = stage.runtime.status()["boots"]
    stage.runtime.arm_all({failpoint: 1})
    with suppress(Exception):
        sandbox.reply(phone, "Second")
        stage.drain()
    stage.survive(boots)
    stage.drain()
    (after,) = inbox(api)
    rows = api.items("/api/v1/messages", contact_id=one["contact_id"])
    heard = [each for each in rows if each["direction"] == "in"]
    assert [each["body"] for each in heard] == ["Second", "First"]
    assert after["unread"] == 2
    assert len([text for text in sandbox.texts(phone) if text["body"] == "Answer"]) == 1


def test_viewers_look_and_technicians_do_not(stage: Stage, sandbox: Sandbox) -> None:
    office = stage.office(staff=[(role, role.title(), role) for role in ("owner", "viewer", "technician")])
    asked(stage, sandbox, office, "Hello")
    viewer, technician = stage.signed_in(office, "viewer"), stage.signed_in(office, "technician")
    (one,) = inbox(viewer)
    here = f"/api/v1/conversations/{one['contact_id']}"
    assert viewer.call("PATCH", here, {"done": True}).status == 403
    assert technician.call("GET", here).status == 403


def test_another_tenant_sees_nothing(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = asked(stage, sandbox, clinic, "Ours alone")
    (one,) = inbox(api)
    theirs = stage.signed_in(stage.office())
    for view in ("open", "unread", "mine", "unassigned", "done"):
        assert inbox(theirs, view) == inbox(theirs, view, q=phone) == []
    assert set(theirs.get("/api/v1/conversations/counts").values()) == {0}
    here = f"/api/v1/conversations/{one['contact_id']}"
    assert theirs.call("GET", here).status == 404
    assert theirs.call("PATCH", here, {"done": True}).status == 404
    stranger = clinic.staff_ids["owner"]
    other = stage.office()
    asked(stage, sandbox, other, "Theirs")
    their_api = stage.signed_in(other)
    (their,) = inbox(their_api)
    refused = their_api.call(
        "PATCH", f"/api/v1/conversations/{their['contact_id']}", {"assignee_id": stranger}
    )
    assert refused.status == 422
