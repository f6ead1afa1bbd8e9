"""Misbehaviour on request happens as ordered, to whom it was ordered, and no longer than ordered."""

import time
from typing import Any

import httpx
import pytest

from sandbox.client import Sandbox, SandboxError
from support.sandboxed import Mailing, Receiver, Site, Texting

CUSTOMER = "+61400000001"


def test_rate_limited_twice_then_served(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.fault("clicksend", "rate_limit", account=texting.username, retry_after_s=7, count=2)
    answers = [texting.send(CUSTOMER) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].json()["response_code"] == "TOO_MANY_REQUESTS"
    assert sandbox.sends()["total"] == 1


def test_errors_until_cleared(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.fault("clicksend", "error", status=503, count=None)
    assert [texting.send(CUSTOMER).status_code for _ in range(3)] == [503, 503, 503]
    sandbox.clear_faults()
    assert texting.send(CUSTOMER).status_code == 200


def test_dropped_before_or_after_the_text_was_taken(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.fault("clicksend", "drop")
    with pytest.raises(httpx.RemoteProtocolError):
        texting.send(CUSTOMER, custom_string="job-1")
    assert sandbox.sends()["total"] == 0
    sandbox.fault("clicksend", "drop_after_accept")
    with pytest.raises(httpx.RemoteProtocolError):
        texting.send(CUSTOMER, custom_string="job-1")
    assert sandbox.sends()["by_custom_string"] == {"job-1": 1}
    found = texting.call("GET", "/v3/sms/history", params={"q": "custom_string:job-1"}).json()["data"]
    assert found["total"] == 1
    assert sandbox.texts(CUSTOMER)[0]["state"] == "delivered"


@pytest.mark.parametrize("accept", [False, True])
def test_a_hang_ends_when_the_caller_gives_up(texting: Texting, sandbox: Sandbox, accept: bool) -> None:
    sandbox.fault("clicksend", "hang", accept=accept)
    with pytest.raises(httpx.ReadTimeout):
        texting.call("POST", "/v3/sms/send", json={"messages": [{"to": CUSTOMER, "body": "x"}]}, timeout=0.05)
    if accept:
        sandbox.texts(CUSTOMER, at_least=1)
    assert sandbox.sends()["total"] == int(accept)


def test_a_short_hang_cuts_the_line(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.fault("clicksend", "hang", ms=20)
    with pytest.raises(httpx.RemoteProtocolError):
        texting.send(CUSTOMER)


def test_latency(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.fault("clicksend", "latency", ms=80)
    began = time.monotonic()
    assert texting.send(CUSTOMER).status_code == 200
    assert time.monotonic() - began >= 0.08


def test_a_fault_for_one_recipient_only(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.fault("clicksend", "reject", to=CUSTOMER, reason="COUNTRY_NOT_ENABLED", count=None)
    assert texting.send("+61400000002").json()["data"]["messages"][0]["status"] == "SUCCESS"
    assert texting.send(CUSTOMER).json()["data"]["messages"][0]["status"] == "COUNTRY_NOT_ENABLED"


def test_a_fault_for_one_account_or_operation_only(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.fault("clicksend", "error", account="somebody else", count=None)
    sandbox.fault("clicksend", "error", operation="history", count=None)
    assert texting.send(CUSTOMER).status_code == 200
    assert texting.call("GET", "/v3/sms/history").status_code == 500


def test_resend_drops_after_accept_and_the_key_saves_us(mailing: Mailing, sandbox: Sandbox) -> None:
    sandbox.fault("resend", "drop_after_accept", to="ana@example.com")
    with pytest.raises(httpx.RemoteProtocolError):
        mailing.send("job-1")
    again = mailing.send("job-1")
    assert [email["id"] for email in sandbox.emails()] == [again.json()["id"]]


def test_resend_is_rate_limited_and_rejects(mailing: Mailing, sandbox: Sandbox) -> None:
    sandbox.fault("resend", "rate_limit", retry_after_s=3)
    limited = mailing.send("job-1")
    assert (limited.status_code, limited.json()["name"]) == (429, "rate_limit_exceeded")
    assert limited.headers["retry-after"] == "3"
    sandbox.fault("resend", "reject", status=422, reason="validation_error")
    assert mailing.send("job-1").status_code == 422
    assert mailing.send("job-1").status_code == 200


def test_a_duplicated_callback(texting: Texting, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fault("clicksend", "duplicate", operation="receipt", copies=3)
    texting.sent(CUSTOMER)
    sandbox.settle()
    assert len({heard.body for heard in receiver.wait(3)}) == 1
    assert len(receiver.heard) == 3


def test_reordered_callbacks(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fault("wix", "reorder", operation="created")
    booking_id = sandbox.book(site.instance_id, wait=False)["booking"]["id"]
    sandbox.cancel(booking_id)
    receiver.wait(2)
    sandbox.settle()
    attempts = {row["event"]: row["attempts"][0]["real_ms"] for row in sandbox.callbacks(subject=booking_id)}
    assert attempts["created"] >= attempts["canceled"]


def test_a_forged_twin_goes_first_with_the_same_id(
    mailing: Mailing, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.fault("resend", "forge", operation="email.sent")
    sandbox.resend_account(mailing.name, delivery="manual")
    mailing.send()
    forged, genuine = receiver.wait(2)
    assert forged.headers["svix-id"] == genuine.headers["svix-id"]
    assert forged.headers["svix-signature"] != genuine.headers["svix-signature"]
    sandbox.settle()
    assert [row["forged"] for row in sandbox.callbacks()] == [True, False]


def test_a_lost_callback_is_only_in_the_log(texting: Texting, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fault("clicksend", "lose")
    texting.sent(CUSTOMER)
    assert [row["state"] for row in sandbox.callbacks()] == ["lost"]
    assert receiver.heard == []


def test_a_secret_we_do_not_know(texting: Texting, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fault("clicksend", "wrong_secret")
    texting.sent(CUSTOMER)
    assert receiver.wait(1)[0].path == "/receipt/guessed-secret"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "explode", "provider": "clicksend"},
        {"kind": "drop", "provider": "pigeon"},
        {"kind": "drop", "provider": "resend", "count": 0},
        {"kind": "drop", "provider": "resend", "colour": "red"},
    ],
)
def test_nonsense_faults_are_refused(sandbox: Sandbox, fault: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="400"):
        sandbox.post("/faults", fault)
