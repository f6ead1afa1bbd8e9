"""ClickSend and Resend at their worst: each message ends in the right number of texts and in a state one can see."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone


@dataclass(frozen=True)
class Case:
    """What goes wrong with one customer's confirmation, and how it must end."""

    fault: dict[str, Any]
    sent: int = 1
    state: str = "delivered"
    reason: str = ""
    more: dict[str, Any] = field(default_factory=dict)


HANG = {"kind": "hang", "ms": 60_000}
TEXTS = {
    "500, not taken": Case({"kind": "error", "status": 500}),
    "503, taken": Case({"kind": "error", "status": 503, "accept": True}),
    "500 twice": Case({"kind": "error", "status": 500, "count": 2}),
    "500 for ever": Case({"kind": "error", "status": 500, "count": None}, 0, "failed", "not_taken"),
    "hangs, not taken": Case(HANG),
    "hangs, taken": Case({**HANG, "accept": True}),
    "drops, not taken": Case({"kind": "drop"}),
    "drops, taken": Case({"kind": "drop_after_accept"}),
    "429": Case({"kind": "rate_limit", "retry_after_s": 1, "count": 2}),
    "slow": Case({"kind": "latency", "ms": 800}),
    "no such recipient": Case({"kind": "reject"}, 0, "failed", "INVALID_RECIPIENT"),
    "no credit": Case(
        {"kind": "reject", "reason": "INSUFFICIENT_CREDIT"}, 0, "failed", "INSUFFICIENT_CREDIT"
    ),
    "unauthorised": Case(
        {"kind": "error", "status": 401, "reason": "UNAUTHORIZED"}, 0, "failed", "UNAUTHORIZED"
    ),
}
MAILS = {
    "500, not taken": Case({"kind": "error", "status": 500}),
    "500, taken": Case({"kind": "error", "status": 500, "accept": True}),
    "hangs, taken": Case({**HANG, "accept": True}),
    "drops, not taken": Case({"kind": "drop"}),
    "drops, taken": Case({"kind": "drop_after_accept"}),
    "drops, taken, twice": Case({"kind": "drop", "accept": True, "count": 2}),
    "429": Case({"kind": "rate_limit", "retry_after_s": 1}),
    "refused": Case(
        {"kind": "reject", "status": 422, "reason": "validation_error"}, 0, "failed", "validation_error"
    ),
    "wrong key": Case({"kind": "error", "status": 403, "reason": "x"}, 0, "failed", "invalid_api_key"),
}


def confirmation(api: Api, address: str) -> dict[str, Any]:
    """The one confirmation to an address, as the ledger shows it."""
    (found,) = [
        each
        for each in api.items("/api/v1/messages", direction="out")
        if each["address"] == address and each["template"] == "booking.confirmation"
    ]
    row: dict[str, Any] = found
    return row


def check(api: Api, sends: int, address: str, name: str, case: Case) -> None:
    """That it ended as it must."""
    message = confirmation(api, address)
    assert sends == case.sent, f"{name}: {sends} sent, {message}"
    assert (message["state"], message["reason"]) == (case.state, case.reason), f"{name}: {message}"
    assert bool(message["delivered_at"]) == (case.state == "delivered"), name


def hurry(stage: Stage) -> None:
    """Does all there is to do within a quarter of an hour from each thing to the next: retries, and questions."""
    stage.drain(soon_ms=900_000)


def test_every_text_ends_right(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phones = {name: new_phone() for name in TEXTS}
    for name, case in TEXTS.items():
        sandbox.fault("clicksend", account=clinic.slug, operation="send", to=phones[name], **case.fault)
    for phone in phones.values():
        stage.book(clinic, phone=phone)
    hurry(stage)
    for name, case in TEXTS.items():
        check(api, sandbox.sends(account=clinic.slug, to=phones[name])["total"], phones[name], name, case)
    assert [each for each in api.items("/api/v1/jobs") if each["state"] in ("dead", "running")] == []
    assert len(sandbox.sends(account=clinic.slug)["duplicates"]) == 0


def test_every_mail_ends_right(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    boxes = {name: f"p{number}@{clinic.slug}.example" for number, name in enumerate(MAILS)}
    for name, case in MAILS.items():
        sandbox.fault("resend", account=clinic.slug, operation="send", to=boxes[name], **case.fault)
    for box in boxes.values():
        stage.book(clinic, email=box)
    hurry(stage)
    for name, case in MAILS.items():
        check(api, len(sandbox.emails(to=boxes[name])), boxes[name], name, case)


def test_what_cannot_be_known_is_shown_and_never_sent_again(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = new_phone()
    sandbox.clicksend_account(clinic.slug, delivery="manual")
    sandbox.fault("clicksend", "drop_after_accept", account=clinic.slug, operation="send")
    sandbox.fault("clicksend", "error", account=clinic.slug, operation="history", count=None)
    stage.book(clinic, phone=phone)
    stage.drain(soon_ms=0)
    assert confirmation(api, phone)["state"] == "sending"
    hurry(stage)
    message = confirmation(api, phone)
    assert (message["state"], message["reason"]) == ("unknown", "no_answer")
    assert "500" in message["detail"]
    sandbox.clear_faults()
    stage.travel(stage.runtime.now_ms() + 3_600_000)
    stage.drain(soon_ms=0)
    (text,) = sandbox.texts(phone)
    # Their word, however late, is worth more than our doubt.
    sandbox.receipt(text["id"], 201)
    stage.drain(soon_ms=0)
    assert confirmation(api, phone)["state"] == "delivered"
    assert len(sandbox.texts(phone)) == 1


def test_a_history_that_lags_is_waited_for(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    """The receipt settles it before the history does: nobody asks any more."""
    phone = new_phone()
    sandbox.clicksend_account(clinic.slug, history_lag_ms=30_000)
    sandbox.fault("clicksend", "drop_after_accept", account=clinic.slug, operation="send")
    stage.book(clinic, phone=phone)
    stage.drain()
    assert confirmation(api, phone)["state"] == "delivered"
    assert len(sandbox.texts(phone)) == 1


def test_the_history_settles_what_no_receipt_does(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = new_phone()
    sandbox.clicksend_account(clinic.slug, delivery="manual")
    sandbox.fault("clicksend", "drop_after_accept", account=clinic.slug, operation="send")
    sandbox.fault("clicksend", "error", account=clinic.slug, operation="history", count=2)
    stage.book(clinic, phone=phone)
    hurry(stage)
    message, (text,) = confirmation(api, phone), sandbox.texts(phone)
    assert (message["state"], message["provider_id"]) == ("sent", text["id"])
    assert message["segments"] == text["parts"]


def test_a_wrong_api_key_is_seen_and_put_right(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    sandbox.clicksend_account(clinic.slug, api_key="changed-behind-our-back")
    first, second = new_phone(), new_phone()
    stage.book(clinic, phone=first)
    stage.drain()
    assert confirmation(api, first)["state"] == "failed"
    api.post("/api/v1/settings/secrets/clicksend_api_key", {"value": "changed-behind-our-back"})
    stage.book(clinic, phone=second)
    stage.drain()
    assert confirmation(api, second)["state"] == "delivered"
