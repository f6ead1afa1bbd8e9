"""Twilio as a tenant's carrier: texts in and out, statuses, forgeries, and a second carrier when the first refuses."""

import base64
from typing import Any

import pytest

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.doors import TwilioLine, changed, open_twilio
from support.stage import Stage, new_phone

FIRST = {"provider": "twilio"}
SECOND = {"provider": "clicksend", "fallback": "twilio"}


def text_of(api: Api, phone: str) -> dict[str, Any]:
    """The ledger's row of the confirmation to that phone."""
    found = [m for m in api.items("/api/v1/messages") if m["template"] == "booking.confirmation"]
    assert [m["address"] for m in found] == [phone]
    row: dict[str, Any] = found[0]
    return row


def statuses(sandbox: Sandbox, office: Office) -> set[int]:
    """What we answered to Twilio."""
    told = sandbox.callbacks(provider="twilio", account=office.slug)
    return {attempt["status"] for each in told for attempt in each["attempts"]}


@pytest.fixture
def line(stage: Stage, clinic: Office, api: Api) -> TwilioLine:
    """The clinic's number at Twilio, its first choice."""
    return open_twilio(stage, clinic, api, sms=FIRST)


def test_a_confirmation_goes_out_and_its_statuses_come_back(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, line: TwilioLine
) -> None:
    phone = new_phone()
    stage.book(clinic, phone=phone, service="MRI Knee")
    stage.drain()
    text = sandbox.texts(phone, at_least=1)[0]
    assert (text["provider"], text["business"]) == ("twilio", line.number)
    row = text_of(api, phone)
    assert (row["state"], row["provider"], row["provider_id"]) == ("delivered", "twilio", text["id"])
    assert row["provider_note"] == ""
    assert f"/webhooks/twilio/{clinic.slug}?message={row['id']}" in text["custom_string"]
    events = {each["type"] for each in api.items("/api/v1/events", subject=row["id"])}
    assert {"message.delivered"} <= events
    receipts = api.items("/api/v1/deliveries", source="twilio")
    assert [each["verdict"] for each in receipts] == ["accepted"] * 3
    # Late and repeated words change nothing.
    sandbox.twilio_status(text["id"], "sent")
    sandbox.twilio_status(text["id"], "delivered")
    stage.drain()
    assert text_of(api, phone)["state"] == "delivered"
    assert statuses(sandbox, clinic) <= {200, 204}


def test_a_text_from_a_customer_is_on_the_timeline_and_stop_is_obeyed(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, line: TwilioLine
) -> None:
    phone = new_phone()
    for body in ("Can I bring my scans?", "STOP"):
        sandbox.reply(phone, body, line.number)
        stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    assert (contact["phone"], contact["source"]) == (phone, "twilio")
    timeline = [each["summary"] for each in api.items(f"/api/v1/contacts/{contact['id']}/timeline")]
    assert "Can I bring my scans?" in timeline
    assert any("Opted out" in each for each in timeline)
    told = sandbox.callbacks(provider="twilio", account=clinic.slug, event="inbound")[0]["attempts"][0]
    assert told["status"] == 200 and told["answer"].endswith("<Response/>")
    stage.book(clinic, phone=phone)
    stage.drain()
    assert text_of(api, phone)["state"] == "skipped"


def test_forgeries_and_other_accounts_leave_a_log_row_and_nothing_else(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, line: TwilioLine
) -> None:
    assert sandbox.forge_twilio_text(clinic.slug)["attempts"][0]["status"] == 401
    # A genuine call of another tenant's account, sent to this tenant's address.
    other = stage.office()
    their_line = open_twilio(stage, other, stage.signed_in(other), sms=FIRST)
    sandbox.twilio_account(
        other.slug, inbound_url=f"{stage.runtime.url}/webhooks/twilio/{clinic.slug}", retry_ms=[]
    )
    sandbox.reply(new_phone(), "Hello?", their_line.number)
    sandbox.settle(other.slug)
    assert statuses(sandbox, other) == {401}
    # Even with this tenant's token, the account must be this tenant's.
    sandbox.twilio_account(other.slug, auth_token=line.auth_token)
    sandbox.reply(new_phone(), "Hello?", their_line.number)
    stage.drain()
    reasons = [each["reason"].split(":")[0] for each in api.items("/api/v1/deliveries", source="twilio")]
    assert reasons == ["wrong_account", "bad_signature", "bad_signature"]
    assert api.items("/api/v1/contacts") == []


def test_a_rotated_token_and_the_one_before_both_count(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, line: TwilioLine
) -> None:
    new = sandbox.rotate("twilio", clinic.slug)["auth_token"]
    api.post("/api/v1/settings/secrets/twilio_auth_token", {"value": new})
    sandbox.reply(new_phone(), "Signed anew", line.number)
    sandbox.twilio_account(clinic.slug, auth_token=line.auth_token)
    sandbox.reply(new_phone(), "Signed as before", line.number)
    stage.drain()
    assert len(api.items("/api/v1/contacts")) == 2
    assert statuses(sandbox, clinic) == {200}


def test_the_second_carrier_takes_what_the_first_refuses_for_itself(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    line = open_twilio(stage, clinic, api, sms=SECOND)
    sandbox.clicksend_account(clinic.slug, balance=0)
    phone = new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    text = sandbox.texts(phone, at_least=1)[0]
    assert (text["provider"], text["business"]) == ("twilio", line.number)
    row = text_of(api, phone)
    assert (row["state"], row["provider"]) == ("delivered", "twilio")
    assert "clicksend refused it" in row["provider_note"] and "INSUFFICIENT_CREDIT" in row["provider_note"]
    types = [each["type"] for each in api.items("/api/v1/events", subject=row["id"])]
    assert "message.rerouted" in types
    assert sandbox.sends(account=clinic.slug, to=phone)["total"] == 1


@pytest.mark.parametrize("kind", ["recipient", "doubt"])
def test_the_second_carrier_is_left_alone_otherwise(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, kind: str
) -> None:
    open_twilio(stage, clinic, api, sms=SECOND)
    phone = new_phone()
    if kind == "recipient":
        sandbox.fault(
            "clicksend", "reject", account=clinic.slug, operation="send", reason="INVALID_RECIPIENT"
        )
    else:
        sandbox.fault("clicksend", "drop_after_accept", account=clinic.slug, operation="send")
    stage.book(clinic, phone=phone)
    stage.drain()
    row = text_of(api, phone)
    assert (row["provider"], row["provider_note"]) == ("clicksend", "")
    assert row["state"] == ("failed" if kind == "recipient" else "delivered")
    assert {text["provider"] for text in sandbox.texts(phone)} <= {"clicksend"}
    assert sandbox.sends(account=clinic.slug, to=phone)["total"] == (0 if kind == "recipient" else 1)


@pytest.mark.parametrize("told", [True, False])
def test_a_lost_answer_is_settled_by_a_status_or_by_the_list(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, line: TwilioLine, told: bool
) -> None:
    sandbox.twilio_account(clinic.slug, delivery="auto" if told else "manual")
    sandbox.fault("twilio", "drop_after_accept", account=clinic.slug, operation="send")
    phone = new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    row = text_of(api, phone)
    assert (row["state"], row["provider"]) == ("delivered" if told else "sent", "twilio")
    assert row["provider_id"] == sandbox.texts(phone)[0]["id"]
    assert sandbox.sends(account=clinic.slug, to=phone)["total"] == 1


@pytest.mark.parametrize("sender", ["number", "service"])
def test_who_stopped_at_twilio_is_texted_no_more_until_their_start(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, line: TwilioLine, sender: str
) -> None:
    """A messaging service takes every text, and says afterwards which it did not send."""
    if sender == "service":
        changed(api, twilio={"account_sid": line.account_sid, "sender": "MG" + "0" * 32})
    phone = new_phone()
    sandbox.twilio_account(clinic.slug, opted_out=[phone])
    stage.book(clinic, phone=phone)
    stage.drain()
    first = text_of(api, phone)
    assert (first["state"], first["reason"]) == ("failed", "21610" if sender == "number" else "provider")
    (contact,) = api.items("/api/v1/contacts")
    path = f"/api/v1/contacts/{contact['id']}"
    assert "Opted out of texts, says Twilio" in [each["summary"] for each in api.items(f"{path}/timeline")]
    assert [(each["stopped"], each["source"]) for each in api.items(f"{path}/consent")] == [(True, "twilio")]
    held = api.call("PUT", f"{path}/consent", {"channel": "sms", "stopped": False, "note": "at the desk"})
    assert (held.status, held.json["code"]) == (409, "their_word")

    stage.book(clinic, phone=phone, service="MRI Knee")
    stage.drain()
    (second,) = [each for each in api.items("/api/v1/messages", state="skipped") if not each["offset_hours"]]
    assert (second["template"], second["detail"]) == ("booking.confirmation", "opted out")
    assert {each["state"] for each in sandbox.texts(phone)} <= {"failed"}
    sandbox.reply(phone, "START", line.number)
    stage.drain()
    stage.book(clinic, phone=phone, service="CT Chest")
    stage.drain()
    assert any("CT Chest" in each["body"] for each in sandbox.texts(phone, direction="out"))


def test_the_token_never_shows(stage: Stage, clinic: Office, api: Api, line: TwilioLine) -> None:
    changed(api, sms={"fallback": "clicksend"})
    stage.book(clinic, phone=new_phone())
    stage.drain()
    basic = base64.b64encode(f"{line.account_sid}:{line.auth_token}".encode()).decode()
    shown = [
        api.call("GET", path).body.decode() for path in ("/api/v1/settings", "/api/v1/events", "/api/v1/jobs")
    ]
    logs = "\n".join(each["text"] for each in stage.runtime.logs())
    for hidden in (line.auth_token, basic):
        assert not any(hidden in text for text in (*shown, logs))
