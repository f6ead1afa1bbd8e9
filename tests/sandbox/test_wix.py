"""The Wix app signs as the original does, judged by an independent JOSE library, and tells what happened."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from sandbox.client import Sandbox, SandboxError
from support.sandboxed import Receiver, Site

HOUR = 3_600_000


def opened(body: bytes, public_key_pem: str) -> dict[str, Any]:
    """The webhook inside a Wix token, verified by joserfc."""
    token = jwt.decode(body.decode(), RSAKey.import_key(public_key_pem), algorithms=["RS256"])
    claims = jwt.JWTClaimsRegistry(exp={"essential": True}, iat={"essential": True})
    claims.validate(token.claims)
    data = token.claims["data"]
    assert isinstance(data, str)
    webhook: dict[str, Any] = json.loads(data)
    return webhook


def test_a_booking_is_told_as_a_token(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    told = sandbox.book(
        site.instance_id,
        start="2026-03-02T09:00:00+11:00",
        timezone="Australia/Sydney",
        first_name="Ana",
        last_name="Ortiz",
        phone="+61400000001",
        email="ana@example.com",
        service="Ultrasound",
        practitioner="Dr Wu",
    )
    assert told["callbacks"][0]["attempts"][0]["status"] == 200
    heard = receiver.wait(1)[0]
    assert heard.headers["content-type"].startswith("text/plain")
    webhook = opened(heard.body, site.public_key_pem)
    assert webhook["eventType"] == "wix.bookings.v2.booking_created"
    assert webhook["instanceId"] == site.instance_id
    assert json.loads(webhook["identity"])["identityType"] == "ANONYMOUS_VISITOR"
    event = json.loads(webhook["data"])
    assert (event["entityFqdn"], event["slug"]) == ("wix.bookings.v2.booking", "created")
    assert event["entityEventSequence"] == "1"
    booking = event["createdEvent"]["entity"]
    assert booking["id"] == event["entityId"] == told["booking"]["id"]
    slot = booking["bookedEntity"]["slot"]
    assert (booking["bookedEntity"]["title"], slot["resource"]["name"]) == ("Ultrasound", "Dr Wu")
    assert slot["startDate"] == "2026-03-02T09:00:00.000+11:00"
    assert booking["startDate"] == "2026-03-01T22:00:00.000Z"
    assert booking["endDate"] == "2026-03-01T22:30:00.000Z"
    contact = booking["contactDetails"]
    assert (contact["firstName"], contact["lastName"]) == ("Ana", "Ortiz")
    assert (contact["phone"], contact["email"]) == ("+61400000001", "ana@example.com")
    assert (booking["status"], booking["totalParticipants"], booking["revision"]) == ("CONFIRMED", 1, "1")


def test_the_relay_signs_plain_json(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.book(site.instance_id, signing="hmac")
    heard = receiver.wait(1)[0]
    expected = hmac.new(site.hmac_secret.encode(), heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-wix-webhook-signature"] == expected
    assert json.loads(heard.body)["instanceId"] == site.instance_id


def test_a_booking_lives_through_its_events_in_sequence(site: Site, sandbox: Sandbox) -> None:
    start = 1_800_000_000_000
    booking_id = sandbox.book(site.instance_id, start=start)["booking"]["id"]
    moved = sandbox.reschedule(booking_id, start + 24 * HOUR)
    assert moved["webhook"]["eventType"] == "wix.bookings.v2.booking_rescheduled"
    body = moved["event"]["actionEvent"]["body"]
    assert body["previousStartDate"] == "2027-01-15T08:00:00.000Z"
    assert body["booking"]["startDate"] == "2027-01-16T08:00:00.000Z"
    updated = sandbox.update_booking(booking_id, phone="+61400000009")
    assert updated["event"]["updatedEvent"]["currentEntity"]["contactDetails"]["phone"] == "+61400000009"
    seen = sandbox.attendance(booking_id, "NOT_ATTENDED")
    assert seen["event"]["createdEvent"]["entity"]["bookingId"] == booking_id
    cancelled = sandbox.cancel(booking_id)
    assert cancelled["event"]["slug"] == "canceled"
    assert cancelled["event"]["actionEvent"]["body"]["previousStatus"] == "CONFIRMED"
    assert cancelled["booking"]["status"] == "CANCELED"
    events = sandbox.get(f"/wix/bookings/{booking_id}/events")["items"]
    assert [json.loads(row["envelope"])["entityEventSequence"] for row in events] == list("12345")
    assert len({row["id"] for row in events}) == 5


def test_the_other_shape_nests_json_text(site: Site, sandbox: Sandbox) -> None:
    sandbox.wix_app(site.app_id, payload_shape="json")
    told = sandbox.book(site.instance_id)
    assert json.loads(told["event"]["createdEvent"]["entityAsJson"]) == told["booking"]
    moved = sandbox.cancel(told["booking"]["id"])
    assert json.loads(moved["event"]["actionEvent"]["bodyAsJson"])["booking"]["status"] == "CANCELED"


def test_a_copy_is_the_same_event(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    told = sandbox.book(site.instance_id, copies=2)
    sandbox.resend_event(told["event"]["id"])
    ids = {json.loads(opened(heard.body, site.public_key_pem)["data"])["id"] for heard in receiver.wait(3)}
    assert ids == {told["event"]["id"]}


def test_wix_tries_again_until_200(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.extend([500, 302])
    sandbox.book(site.instance_id)
    receiver.wait(3)
    sandbox.settle()
    callback = sandbox.callbacks(provider="wix", state="delivered")[0]
    assert [attempt["status"] for attempt in callback["attempts"]] == [500, 302, 200]


def test_wix_does_not_wait_longer_than_its_timeout(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.wix_app(site.app_id, timeout_ms=50)
    receiver.answers.append(0)
    told = sandbox.book(site.instance_id)
    assert told["callbacks"][0]["attempts"][0]["error"] == "no answer within 50 ms"
    receiver.wait(2)


def test_the_originals_schedule_is_the_default(sandbox: Sandbox) -> None:
    app = sandbox.wix_app("fresh")
    assert (app["timeout_ms"], len(app["retry_ms"])) == (1_250, 12)


@pytest.mark.parametrize(
    "how", ["wrong_key", "unsigned", "alg_none", "hs256_public_key", "expired", "tampered"]
)
def test_an_independent_library_refuses_the_forgeries(
    site: Site, sandbox: Sandbox, receiver: Receiver, how: str
) -> None:
    told = sandbox.post("/wix/bookings", {"instance_id": site.instance_id, "forge": how})
    assert told["callbacks"][0]["forged"] is True
    with pytest.raises((JoseError, ValueError)):
        opened(receiver.wait(1)[0].body, site.public_key_pem)


def test_a_foreign_site_is_signed_well(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.forge_booking(site.instance_id, "foreign_instance")
    assert opened(receiver.wait(1)[0].body, site.public_key_pem)["instanceId"] != site.instance_id


@pytest.mark.parametrize("how", ["wrong_key", "unsigned", "tampered"])
def test_forged_relays_do_not_match(site: Site, sandbox: Sandbox, receiver: Receiver, how: str) -> None:
    sandbox.post("/wix/bookings", {"instance_id": site.instance_id, "forge": how, "signing": "hmac"})
    heard = receiver.wait(1)[0]
    good = hmac.new(site.hmac_secret.encode(), heard.body, hashlib.sha256).hexdigest()
    assert heard.headers.get("x-wix-webhook-signature") != good


def test_a_forgery_can_carry_a_real_events_id(site: Site, sandbox: Sandbox) -> None:
    forged = sandbox.forge_booking(site.instance_id, event_id="event-1")
    genuine = sandbox.book(site.instance_id, event_id="event-1")
    assert forged["event"]["id"] == genuine["event"]["id"] == "event-1"


def test_a_rotated_key_signs_the_next_event(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    new = sandbox.rotate("wix", site.app_id)
    sandbox.book(site.instance_id)
    heard = receiver.wait(1)[0]
    opened(heard.body, new["public_key_pem"])
    with pytest.raises(JoseError):
        opened(heard.body, site.public_key_pem)


def test_signing_alone_sends_nothing(site: Site, sandbox: Sandbox, receiver: Receiver) -> None:
    told = sandbox.book(site.instance_id, send=False)
    assert told["callbacks"] == receiver.heard == []
    assert opened(told["request"]["body"].encode(), site.public_key_pem) == told["webhook"]
    assert told["url"] == f"{receiver.url}/wix"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/wix/bookings", {"instance_id": "nowhere"}, 404),
        ("/wix/bookings", {"instance_id": "SITE", "start": "tomorrow"}, 400),
        ("/wix/bookings", {"instance_id": "SITE", "start": "2026-03-02T09:00:00"}, 400),
        ("/wix/bookings", {"instance_id": "SITE", "colour": "red"}, 400),
        ("/wix/bookings/none/cancel", {}, 404),
    ],
)
def test_nonsense_is_refused(
    site: Site, sandbox: Sandbox, path: str, body: dict[str, Any], status: int
) -> None:
    given = {name: site.instance_id if value == "SITE" else value for name, value in body.items()}
    with pytest.raises(SandboxError) as refusal:
        sandbox.post(path, given)
    assert refusal.value.status == status
