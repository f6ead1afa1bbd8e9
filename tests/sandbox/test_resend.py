"""The Resend door is as strict as the original; Svix's own library accepts its genuine events only."""

import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from svix.webhooks import Webhook, WebhookVerificationError

from sandbox.client import Sandbox
from support.sandboxed import Mailing, Receiver


def test_an_email_lands_in_the_outbox(mailing: Mailing, sandbox: Sandbox) -> None:
    answer = mailing.send(subject="Your code", text="Your code is 482913.")
    assert answer.status_code == 200
    email_id = answer.json()["id"]
    email = sandbox.emails(to="ana@example.com", at_least=1)[0]
    assert (email["id"], email["subject"], email["state"]) == (email_id, "Your code", "delivered")
    assert sandbox.sign_in_code("ana@example.com") == "482913"
    fetched = mailing.get(email_id).json()
    assert (fetched["object"], fetched["last_event"], fetched["to"]) == (
        "email",
        "delivered",
        ["ana@example.com"],
    )


def test_a_code_is_found_in_html_but_not_in_its_colours(mailing: Mailing, sandbox: Sandbox) -> None:
    mailing.send(
        text=None, html="<style>a{color:#123456}</style><p style='color:#654321'>Code <b>004217</b></p>"
    )
    assert sandbox.emails(at_least=1)[0]["codes"] == ["004217"]


@pytest.mark.parametrize(
    ("header", "status", "name"),
    [
        (None, 401, "missing_api_key"),
        ("Basic x", 401, "missing_api_key"),
        ("Bearer re_wrong", 403, "invalid_api_key"),
    ],
)
def test_the_key_is_checked(mailing: Mailing, header: str | None, status: int, name: str) -> None:
    headers = {"authorization": header} if header else {}
    answer = mailing.http.post(f"{mailing.sandbox.resend_api}/emails", headers=headers, json={})
    assert (answer.status_code, answer.json()["name"]) == (status, name)
    assert answer.json()["statusCode"] == status


def test_a_user_agent_is_required(mailing: Mailing) -> None:
    url = f"{mailing.sandbox.resend_api}/emails"
    headers = {"authorization": f"Bearer {mailing.key}", "user-agent": ""}
    assert mailing.http.post(url, headers=headers, json={}).status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "name"),
    [
        ({"from": None}, 422, "missing_required_field"),
        ({"to": None}, 422, "missing_required_field"),
        ({"subject": None}, 422, "missing_required_field"),
        ({"from": "Harbour"}, 422, "invalid_from_address"),
        ({"to": ["ana"]}, 422, "validation_error"),
        ({"to": [f"a{n}@example.com" for n in range(51)]}, 422, "validation_error"),
        ({"text": None}, 422, "validation_error"),
        ({"bdoy": "x"}, 422, "validation_error"),
        ({"tags": [{"name": "a b", "value": "c"}]}, 422, "validation_error"),
        ({"headers": {"X-N": 1}}, 422, "validation_error"),
    ],
)
def test_requests_are_validated(mailing: Mailing, change: dict[str, Any], status: int, name: str) -> None:
    answer = mailing.send(**change)
    assert (answer.status_code, answer.json()["name"]) == (status, name)
    assert mailing.sandbox.emails() == []


def test_only_verified_domains_send(mailing: Mailing, sandbox: Sandbox) -> None:
    sandbox.resend_account(mailing.name, domains=["harbour.example"])
    assert mailing.send().status_code == 200
    assert mailing.send(**{"from": "x@elsewhere.example"}).status_code == 403


def test_an_idempotency_key_sends_once(mailing: Mailing, sandbox: Sandbox) -> None:
    first, second = mailing.send("job-1"), mailing.send("job-1")
    assert first.json() == second.json()
    assert len(sandbox.emails()) == 1
    assert mailing.send("job-2").json() != first.json()
    other = mailing.send("job-1", subject="Else")
    assert (other.status_code, other.json()["name"]) == (409, "invalid_idempotent_request")
    assert len(sandbox.emails()) == 2


def test_a_key_in_use_waits_for_its_answer(mailing: Mailing, sandbox: Sandbox) -> None:
    sandbox.fault("resend", "latency", ms=1_000)
    first: list[int] = []
    sender = threading.Thread(target=lambda: first.append(mailing.send("job-1").status_code))
    sender.start()
    while sandbox.status()["faults"]:
        time.sleep(0.01)
    second = mailing.send("job-1")
    assert (second.status_code, second.json()["name"]) == (409, "concurrent_idempotent_requests")
    assert mailing.send("job-2").status_code == 200
    sender.join()
    assert first == [200]
    assert mailing.send("job-1").status_code == 200
    assert len(sandbox.emails()) == 2


@pytest.mark.parametrize("key", ["", "k" * 257])
def test_an_idempotency_key_has_a_length(mailing: Mailing, key: str) -> None:
    answer = mailing.send(key)
    assert (answer.status_code, answer.json()["name"]) == (400, "invalid_idempotency_key")


def test_a_refused_request_does_not_use_up_its_key(mailing: Mailing) -> None:
    assert mailing.send("job-1", to=["nobody"]).status_code == 422
    assert mailing.send("job-1").status_code == 200


def test_keys_and_emails_belong_to_one_account(mailing: Mailing, sandbox: Sandbox) -> None:
    email_id = mailing.send("job-1").json()["id"]
    sandbox.resend_account("other", api_key="re_other")
    other = Mailing(sandbox, mailing.http, "other", "re_other")
    assert other.send("job-1").json()["id"] != email_id
    assert other.get(email_id).status_code == 404


def test_svix_verifies_the_events(mailing: Mailing, receiver: Receiver) -> None:
    email_id = mailing.send(tags=[{"name": "kind", "value": "code"}]).json()["id"]
    library = Webhook(mailing.secret)
    for heard in receiver.wait(2):
        library.verify(heard.body, heard.headers)
    events = [json.loads(heard.body) for heard in receiver.wait(2)]
    assert {event["type"] for event in events} == {"email.sent", "email.delivered"}
    for event in events:
        assert event["data"]["email_id"] == email_id
        assert event["data"]["to"] == ["ana@example.com"]
        assert event["data"]["tags"] == {"kind": "code"}
        assert event["created_at"].endswith("+00:00")


@pytest.mark.parametrize("kind", ["email.bounced", "email.complained", "email.opened"])
def test_things_happen_on_request(mailing: Mailing, sandbox: Sandbox, receiver: Receiver, kind: str) -> None:
    email_id = mailing.send().json()["id"]
    receiver.wait(2)  # sent and delivered, in either order
    sandbox.email_event(email_id, kind)
    event = json.loads(receiver.wait(3)[2].body)
    assert event["type"] == kind
    assert ("bounce" in event["data"]) == (kind == "email.bounced")
    assert mailing.get(email_id).json()["last_event"] == kind.removeprefix("email.")


@pytest.mark.parametrize("kind", ["email.bounced", "email.complained"])
def test_who_bounced_or_complained_is_mailed_no_more(mailing: Mailing, sandbox: Sandbox, kind: str) -> None:
    sandbox.email_event(mailing.send().json()["id"], kind)
    again = mailing.send(subject="Again")
    assert again.status_code == 200
    assert mailing.get(again.json()["id"]).json()["last_event"] == "suppressed"
    sandbox.settle()
    told = sandbox.callbacks(event="email.suppressed")
    assert [each["subject"] for each in told] == [again.json()["id"]]
    sandbox.resend_account(mailing.name, suppressed=[])
    assert mailing.get(mailing.send(subject="Back").json()["id"]).json()["last_event"] == "delivered"


def test_the_test_addresses_behave(mailing: Mailing, sandbox: Sandbox) -> None:
    mailing.send(to="bounced@resend.dev")
    assert sandbox.emails()[0]["state"] == "bounced"


def test_a_retry_keeps_its_id_and_is_signed_again(
    mailing: Mailing, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.resend_account(mailing.name, delivery="manual")
    receiver.answers.extend([500, 503])
    mailing.send()
    heard = receiver.wait(3)
    assert len({request.headers["svix-id"] for request in heard}) == 1
    for request in heard:
        Webhook(mailing.secret).verify(request.body, request.headers)
    sandbox.settle()
    callback = sandbox.callbacks(event="email.sent")[0]
    assert callback["state"] == "delivered"
    assert [attempt["status"] for attempt in callback["attempts"]] == [500, 503, 200]


def test_both_secrets_sign_during_a_rotation(mailing: Mailing, sandbox: Sandbox, receiver: Receiver) -> None:
    new = sandbox.rotate("resend", mailing.name)["webhook_secret"]
    mailing.send()
    heard = receiver.wait(2)[0]
    assert len(heard.headers["svix-signature"].split()) == 2
    Webhook(mailing.secret).verify(heard.body, heard.headers)
    Webhook(new).verify(heard.body, heard.headers)
    sandbox.rotate("resend", mailing.name, overlap=False)
    mailing.send()
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(receiver.wait(4)[3].body, receiver.wait(4)[3].headers)


@pytest.mark.parametrize("how", ["wrong_secret", "unsigned", "tampered", "stale", "future"])
def test_svix_refuses_the_forgeries(mailing: Mailing, sandbox: Sandbox, receiver: Receiver, how: str) -> None:
    email_id = mailing.send().json()["id"]
    callback = sandbox.forge_email_event(email_id, how, type="email.bounced")
    assert (callback["forged"], callback["attempts"][0]["status"]) == (True, 200)
    heard = next(request for request in receiver.wait(3) if b"email.bounced" in request.body)
    with pytest.raises(WebhookVerificationError):
        Webhook(mailing.secret).verify(heard.body, heard.headers)


def test_business_time_is_in_the_event_but_not_in_its_signature(
    mailing: Mailing, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.set_clock(400 * 24 * 3_600_000)
    mailing.send()
    heard = receiver.wait(1)[0]
    Webhook(mailing.secret).verify(heard.body, heard.headers)
    event = json.loads(heard.body)
    ahead = datetime.fromisoformat(event["created_at"]) - datetime.now(UTC)
    assert ahead.days in (399, 400)
