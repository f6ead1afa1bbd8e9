"""What providers tell us comes twice, late, in the wrong order, forged or not at all: the end is the same."""

from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import nine_in_sydney


def state_of(api: Api, address: str) -> str:
    """Of the one confirmation to an address."""
    (message,) = [
        each
        for each in api.items("/api/v1/messages", direction="out")
        if each["address"] == address and each["template"] == "booking.confirmation"
    ]
    return str(message["state"])


@dataclass(frozen=True)
class Case:
    """What befalls the receipt of one text, and the state that is left."""

    fault: dict[str, Any]
    state: str = "delivered"


RECEIPTS = {
    "twice": Case({"kind": "duplicate"}),
    "twenty times": Case({"kind": "duplicate", "copies": 20}),
    "after a later one": Case({"kind": "reorder"}),
    "late": Case({"kind": "delay", "ms": 1_500}),
    "behind a forged one": Case({"kind": "forge"}),
    "never": Case({"kind": "lose"}, "sent"),
}


def test_receipts_in_every_shape(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phones = {name: new_phone() for name in RECEIPTS}
    for name, case in RECEIPTS.items():
        sandbox.fault("clicksend", account=clinic.slug, operation="receipt", to=phones[name], **case.fault)
    for phone in phones.values():
        stage.book(clinic, phone=phone)
    sandbox.settle(clinic.slug, timeout_ms=10_000)
    stage.drain()
    assert {name: state_of(api, phone) for name, phone in phones.items()} == {
        name: case.state for name, case in RECEIPTS.items()
    }
    assert sandbox.sends(account=clinic.slug)["duplicates"] == []
    events = api.items("/api/v1/events", type="message.delivered")
    assert len(events) == len(RECEIPTS) - 1, "each delivery is told once"


@dataclass(frozen=True)
class Told:
    """Receipt codes in the order they arrive, and the state they leave."""

    codes: tuple[int, ...]
    state: str


ORDERS = (
    Told((200, 201), "delivered"),
    Told((201, 200), "delivered"),
    Told((201, 301), "delivered"),
    Told((301, 201), "delivered"),
    Told((300, 300), "sent"),
    Told((200, 301, 200), "failed"),
    Told((302,), "failed"),
)


def test_receipts_in_any_order(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    sandbox.clicksend_account(clinic.slug, delivery="manual")
    phones = [new_phone() for _ in ORDERS]
    for phone in phones:
        stage.book(clinic, phone=phone)
    stage.drain()
    for told, phone in zip(ORDERS, phones, strict=True):
        (text,) = sandbox.texts(phone)
        for code in told.codes:
            sandbox.receipt(text["id"], code)
            sandbox.settle(clinic.slug)
    stage.drain()
    assert {t.codes: state_of(api, p) for t, p in zip(ORDERS, phones, strict=True)} == {
        t.codes: t.state for t in ORDERS
    }


def test_a_number_that_is_not_reached_is_shown(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = new_phone()
    sandbox.clicksend_account(clinic.slug, undeliverable=[phone])
    stage.book(clinic, phone=phone)
    stage.drain()
    (failed,) = api.items("/api/v1/messages", state="failed")
    assert (failed["reason"], failed["delivered_at"]) == ("provider", None)
    assert "could not be delivered" in failed["detail"]
    assert failed["sent_at"] is not None


def test_replies_in_every_shape(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    for number, fault in enumerate(("duplicate", "reorder", "forge", "delay")):
        sandbox.fault("clicksend", fault, account=clinic.slug, operation="inbound")
        sandbox.reply(phone, f"reply {number}")
    sandbox.reply(phone, "reply 4")
    sandbox.settle(clinic.slug, timeout_ms=10_000)
    stage.drain()
    heard = sorted(each["body"] for each in api.items("/api/v1/messages", direction="in"))
    assert heard == [f"reply {number}" for number in range(5)]
    sandbox.fault("clicksend", "lose", account=clinic.slug, operation="inbound")
    sandbox.reply(phone, "lost on the way")
    stage.drain()
    assert len(api.items("/api/v1/messages", direction="in")) == 5


@pytest.mark.parametrize("shape", ["post", "json"])
def test_both_ways_to_post_a_callback(
    shape: str, stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    sandbox.clicksend_account(clinic.slug, webhook_type=shape)
    phone = new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    sandbox.reply(phone, "Ça va, 你好 & 100 % = ok?")
    stage.drain()
    assert state_of(api, phone) == "delivered"
    assert api.items("/api/v1/messages", direction="in")[0]["body"] == "Ça va, 你好 & 100 % = ok?"


def test_mail_events_in_every_shape(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    kinds = ("duplicate", "reorder", "forge", "delay")
    boxes = {kind: f"{kind}@{clinic.slug}.example" for kind in kinds}
    for kind, box in boxes.items():
        sandbox.fault("resend", kind, account=clinic.slug, operation="email.delivered", to=box)
    for box in boxes.values():
        stage.book(clinic, email=box)
    sandbox.settle(clinic.slug, timeout_ms=10_000)
    stage.drain()
    assert {state_of(api, box) for box in boxes.values()} == {"delivered"}
    bounced = f"bounced@{clinic.slug}.example"
    sandbox.resend_account(clinic.slug, delivery="manual")
    stage.book(clinic, email=bounced)
    stage.drain()
    (mail,) = sandbox.emails(to=bounced)
    for kind in ("email.bounced", "email.opened", "email.clicked"):
        sandbox.email_event(mail["id"], kind)
    stage.drain()
    assert state_of(api, bounced) == "failed"


def test_an_address_resend_delivers_to_no_more_is_left_alone(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    box = f"gone@{clinic.slug}.example"
    stage.book(clinic, email=box)
    stage.drain()
    sandbox.email_event(sandbox.emails(to=box)[0]["id"], "email.bounced")
    (contact,) = api.items("/api/v1/contacts")
    path = f"/api/v1/contacts/{contact['id']}"
    words = {"channel": "email", "subject": "Your visit", "body": "Hello"}
    written = api.post(f"{path}/messages", {**words, "key": "key-00001"})
    stage.drain()
    assert sandbox.emails(to=box)[-1]["state"] == "suppressed"
    assert api.get(f"/api/v1/messages/{written['id']}")["state"] == "failed"
    line = f"Resend delivers no mails to {box} any more"
    assert line in [each["summary"] for each in api.items(f"{path}/timeline")]
    shown = api.post(f"{path}/messages/preview", words)
    assert (shown["would"], shown["reason"]) == ("skip", "opted_out")
    # Staff hear of the new mailbox, and Resend was told.
    sandbox.resend_account(clinic.slug, suppressed=[])
    again = api.call("PUT", f"{path}/consent", {"channel": "email", "stopped": False, "note": "new mailbox"})
    assert again.status == 200
    assert api.post(f"{path}/messages/preview", words)["would"] == "send"


def test_a_mail_whose_answer_was_lost_is_known_by_its_events(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    sandbox.fault("resend", "drop_after_accept", account=clinic.slug, operation="send", count=None)
    box = f"lost@{clinic.slug}.example"
    stage.book(clinic, email=box)
    sandbox.emails(to=box, at_least=1)
    sandbox.settle(clinic.slug)
    stage.drain()
    assert state_of(api, box) == "delivered"
    assert len(sandbox.emails(to=box)) == 1


@pytest.mark.parametrize("shape", ["object", "json"])
@pytest.mark.parametrize("signing", ["jwt", "hmac"])
def test_wix_in_every_shape(
    signing: str, shape: str, stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    sandbox.wix_app(clinic.app_id, signing=signing, payload_shape=shape)
    phone, moved = new_phone(), nine_in_sydney(6)
    sandbox.fault("wix", "duplicate", account=clinic.app_id, operation="created", copies=5)
    told = stage.book(clinic, phone=phone, first_name="Ana")
    sandbox.fault("wix", "forge", account=clinic.app_id, operation="rescheduled")
    sandbox.reschedule(told["booking"]["id"], moved)
    sandbox.update_booking(told["booking"]["id"], practitioner="Dr. Zu")
    sandbox.settle(clinic.app_id)
    stage.drain()
    (booking,) = api.items("/api/v1/bookings")
    assert (booking["starts_at"], booking["practitioner"]) == (moved, "Dr. Zu")
    assert (booking["service"], booking["contact_name"]) == ("CT Chest", "Ana Lee")
    assert len(sandbox.texts(phone)) == 1
    sandbox.cancel(told["booking"]["id"])
    stage.drain()
    assert api.items("/api/v1/bookings")[0]["status"] == "cancelled"


def test_attendance_is_not_a_booking_we_misread(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    told = stage.book(clinic, phone=new_phone())
    answer = sandbox.attendance(told["booking"]["id"], "ATTENDED")
    assert answer["callbacks"][0]["attempts"][0]["status"] == 200
    stage.drain()
    assert api.items("/api/v1/deliveries", verdict="ignored")[0]["reason"].startswith("not_a_booking")
    assert api.items("/api/v1/bookings")[0]["status"] == "confirmed"


def test_wix_tries_again_until_we_know_its_new_key(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    """A key rotated on their side first: refused, kept by them, accepted once it is set here."""
    public = sandbox.rotate("wix", clinic.app_id)["public_key_pem"]
    phone = new_phone()
    told = stage.book(clinic, phone=phone)
    assert told["callbacks"][0]["attempts"][0]["status"] == 401
    api.post("/api/v1/settings/secrets/wix_public_key", {"value": public})
    sandbox.settle(clinic.app_id, timeout_ms=10_000)
    stage.drain()
    assert state_of(api, phone) == "delivered"
