"""Forged calls are refused and logged, and take nothing away from the genuine ones."""

import hashlib
import json
from typing import Any, get_args
from urllib.parse import urlencode

import pytest

from frontdesk.core.deliveries import REFUSED_A_MINUTE, UNVERIFIED_BYTES
from local.client import Runtime
from sandbox.client import Forgery, Sandbox
from sandbox.signing import svix_headers
from seed.api import Answer, Api
from seed.office import Office
from support.stage import Stage, new_phone


def status(told: dict[str, Any]) -> int:
    """The Worker's answer to the one callback of an operation."""
    (callback,) = told["callbacks"]
    return int(callback["attempts"][0]["status"])


def refusals(api: Api) -> list[dict[str, Any]]:
    """What the webhook log says of the forged."""
    return api.items("/api/v1/deliveries", verdict="refused")


def nothing_happened(api: Api) -> None:
    """No contact, no booking, no text, no event, no work."""
    for name in ("contacts", "bookings", "messages", "events", "jobs"):
        assert api.items(f"/api/v1/{name}") == [], name


@pytest.mark.parametrize("signing", ["jwt", "hmac"])
def test_every_forged_booking_is_refused(
    signing: str, sandbox: Sandbox, stage: Stage, clinic: Office, api: Api
) -> None:
    kinds = get_args(Forgery)
    for how in kinds:
        assert status(stage.book(clinic, phone=new_phone(), forge=how, signing=signing)) == 401, how
    stage.drain()
    nothing_happened(api)
    logged = refusals(api)
    assert len(logged) == len(kinds)
    reasons = {each["reason"].partition(":")[0] for each in logged}
    expected = {"jwt": {"bad_signature", "missing_signature", "expired", "wrong_account"}}
    assert reasons == expected.get(signing, {"bad_signature", "missing_signature", "wrong_account"})
    assert all(each["event_id"] is None for each in logged)


def test_a_genuine_booking_counts_after_a_forged_one_with_its_id(
    sandbox: Sandbox, stage: Stage, clinic: Office, api: Api
) -> None:
    for how in ("wrong_key", "foreign_instance"):
        phone = new_phone()
        forged = stage.book(clinic, phone=phone, first_name="Ana", forge=how)
        assert status(forged) == 401
        assert status(sandbox.resend_event(forged["event"]["id"])) == 200
        stage.drain()
        (contact,) = api.items("/api/v1/contacts", search=phone)
        (booking,) = api.items("/api/v1/bookings", contact_id=contact["id"])
        assert booking["external_id"] == forged["booking"]["id"]
        assert len(sandbox.texts(phone)) == 1


def test_another_sites_genuine_booking_is_not_ours(
    sandbox: Sandbox, stage: Stage, clinic: Office, api: Api
) -> None:
    """One app, one key, many sites: whoever installs the app holds events that verify."""
    neighbour = stage.office()
    for signing in ("jwt", "hmac"):
        made = stage.book(neighbour, phone=new_phone(), send=False, signing=signing)["request"]
        path = f"/webhooks/wix/{clinic.slug}"
        answer = api.call("POST", path, raw=made["body"].encode(), headers=sendable(made))
        assert answer.status == 401, answer
    stage.drain()
    nothing_happened(api)


def sendable(made: dict[str, Any]) -> dict[str, str]:
    """The headers of a signed request that the sandbox did not send."""
    return {name: value for name, value in made["headers"].items() if name.lower() != "host"}


def text_from(phone: str, office: Office, body: str, message_id: str) -> bytes:
    """An inbound text as ClickSend posts it."""
    fields = {"from": phone, "to": office.profile.number, "body": body, "message_id": message_id}
    return urlencode({**fields, "timestamp": "1790000000"}).encode()


def post_text(api: Api, office: Office, secret: str, body: bytes) -> Answer:
    """At ClickSend's door."""
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return api.call("POST", f"/webhooks/clicksend/{office.slug}/{secret}", raw=body, headers=kind)


def test_a_text_with_a_wrong_path_secret_is_nobodys(
    sandbox: Sandbox, stage: Stage, clinic: Office, api: Api, runtime: Runtime
) -> None:
    phone = new_phone()
    forged = sandbox.forge_text(clinic.slug, "STOP", **{"from": phone, "message_id": "M-1"})
    assert forged["attempts"][0]["status"] == 401
    stop = text_from(phone, clinic, "STOP", "M-1")
    for secret in (
        "guess",
        clinic.path_secret[:-1],
        clinic.path_secret + "x",
        clinic.path_secret.upper(),
        "%00",
    ):
        assert post_text(api, clinic, secret, stop).status == 401, secret
    assert api.call("POST", f"/webhooks/clicksend/{clinic.slug}", raw=stop).status == 401
    stage.drain()
    nothing_happened(api)
    assert all(
        each["path"] in (f"/webhooks/clicksend/{clinic.slug}/***", f"/webhooks/clicksend/{clinic.slug}")
        for each in refusals(api)
    )

    genuine = text_from(phone, clinic, "Is parking free?", "M-1")
    assert post_text(api, clinic, clinic.path_secret, genuine).status == 200
    stage.drain()
    (message,) = api.items("/api/v1/messages", direction="in")
    assert (message["body"], message["address"]) == ("Is parking free?", phone)


def mailed(stage: Stage, clinic: Office) -> dict[str, Any]:
    """A confirmation by mail whose receipts wait until they are asked for."""
    stage.sandbox.resend_account(clinic.slug, delivery="manual")
    address = f"ana@{clinic.slug}.example"
    stage.book(clinic, email=address, first_name="Ana")
    stage.drain()
    return stage.sandbox.emails(to=address, at_least=1)[0]


def test_forged_mail_events_change_nothing(sandbox: Sandbox, stage: Stage, clinic: Office, api: Api) -> None:
    mail = mailed(stage, clinic)
    for how in ("wrong_secret", "unsigned", "tampered", "stale", "future"):
        told = sandbox.forge_email_event(mail["id"], how, type="email.bounced", message_id="msg_1")
        assert told["attempts"][0]["status"] == 401, f"{how}: {told}"
    stage.drain()
    (message,) = api.items("/api/v1/messages", state="sent")
    assert message["provider_id"] == mail["id"]
    assert len(refusals(api)) == 5

    # The genuine event that has this id.
    body = json.dumps({"type": "email.bounced", "data": {"email_id": mail["id"]}}).encode()
    secret = sandbox.account("resend", clinic.slug)["webhook_secret"]
    path, headers = f"/webhooks/resend/{clinic.slug}", svix_headers([secret], "msg_1", body)
    assert api.call("POST", path, raw=body, headers=headers).json["status"] == "accepted"
    assert api.call("POST", path, raw=body, headers=headers).json["status"] == "duplicate"
    stage.drain()
    assert api.get(f"/api/v1/messages/{message['id']}")["state"] == "failed"


def test_a_forgery_is_logged_in_part_and_a_flood_is_capped(
    stage: Stage, clinic: Office, api: Api, runtime: Runtime
) -> None:
    path, body = f"/webhooks/wix/{clinic.slug}", b'{"x": "' + b"\xf0\x9f\x99\x82" * 5_000 + b'"}'
    assert api.call("POST", path, raw=body).status == 401
    (row,) = refusals(api)
    kept = api.get(f"/api/v1/deliveries/{row['id']}")["delivery"]
    assert (kept["body_bytes"], kept["body_sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    shown = kept["body"].encode() if kept["body_form"] == "text" else None
    assert shown is None or body.startswith(shown)
    assert len(kept["body"]) <= UNVERIFIED_BYTES * 4 / 3 + 4

    for _ in range(REFUSED_A_MINUTE + 20):
        assert api.call("POST", path, raw=b"{}").status == 401
    assert len(refusals(api)) == REFUSED_A_MINUTE
    assert status(stage.book(clinic, phone=new_phone())) == 200
    stage.drain()
    assert len(api.items("/api/v1/bookings")) == 1
