"""ClickSend's callbacks: replies and delivery receipts, behind a secret path because nothing is signed.

Fields from ClickSend's documentation (Inbound SMS rules, SMS delivery receipts) and its official clients;
a rule pushes them as a form or as JSON.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

from pydantic_core import from_json

from frontdesk.integrations.facts import ReceiptFact, TextFact, clean
from frontdesk.integrations.inbound import (
    Accepted,
    Ignored,
    Inbound,
    Refused,
    SecretSet,
    Verdict,
    matches_any,
    too_large,
)
from frontdesk.integrations.instants import unix_ms

PATH_SECRET = "clicksend_path_secret"  # noqa: S105 - the secret's name
MAX_FIELDS = 100
MAX_TEXT = 5_000

# SMS gateway codes: 200 on its way, 201 on the handset, 300 failed for now and retried by them, 301 given up,
# 302 expired on the way (check).
RECEIPT_STATES: dict[str, Literal["sent", "delivered", "failed"]] = {
    "200": "sent",
    "201": "delivered",
    "300": "sent",
    "301": "failed",
    "302": "failed",
}


def verify(request: Inbound, secrets: SecretSet, *, presented: str) -> Verdict:
    """The verdict on one callback; `presented` is the secret segment of the path."""
    if refusal := too_large(request):
        return refusal
    valid = secrets.valid(PATH_SECRET)
    if not valid:
        return Refused("no_secret", "no ClickSend path secret is configured")
    if not matches_any(presented, valid):
        return Refused("bad_signature", "the secret in the path is wrong")
    fields = _fields(request)
    if fields is None:
        return Refused("malformed", "neither a form nor a JSON object")
    if "status_code" in fields:
        return _receipt(fields, request.received_at)
    return _text(fields, request.received_at)


def _fields(request: Inbound) -> Mapping[str, Any] | None:
    """The callback's fields. In a form, bytes that are no UTF-8 become U+FFFD: a STOP beside them counts."""
    if request.body.lstrip()[:1] in (b"{", b"["):
        try:
            value = from_json(request.body, allow_inf_nan=False)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None
    return _form(request.body.decode("utf-8", "replace"))


def _form(text: str) -> Mapping[str, Any] | None:
    try:
        pairs = parse_qsl(text.strip(), keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError:
        return None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields


def _receipt(fields: Mapping[str, Any], received_at: int) -> Verdict:
    message_id, code = clean(fields.get("message_id")), clean(fields.get("status_code"))
    if not message_id:
        return Refused("unreadable", "the receipt has no message_id")
    state = RECEIPT_STATES.get(code)
    external_id = f"receipt:{message_id}:{code}"
    if state is None:
        return Ignored("unknown_status", f"status_code {code!r}", external_id)
    fact = ReceiptFact(
        provider="clicksend",
        channel="sms",
        provider_id=message_id,
        custom_string=fields.get("custom_string"),
        state=state,
        code=clean(fields.get("error_code")) or code,
        detail=clean(fields.get("error_text")) or clean(fields.get("status_text")),
        at=unix_ms(fields.get("timestamp")) or received_at,
    )
    return Accepted(external_id, "clicksend.receipt", fact.at, fact.model_dump(mode="json"))


def _text(fields: Mapping[str, Any], received_at: int) -> Verdict:
    sender, recipient = clean(fields.get("from")), clean(fields.get("to"))
    raw = fields.get("body", fields.get("message"))
    if not sender or not isinstance(raw, str):
        return Refused("unreadable", "neither a receipt nor a text: from or body is missing")
    body = raw.replace("\x00", "")[:MAX_TEXT]
    at = unix_ms(fields.get("timestamp")) or received_at
    message_id = clean(fields.get("message_id"))
    if not message_id:
        # Documented as always there; without it the same text in the same second is one text.
        told = "\n".join((sender, recipient, body, clean(fields.get("timestamp"))))
        message_id = "sha256-" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]
    fact = TextFact(
        provider="clicksend",
        provider_id=message_id,
        sender=sender,
        recipient=recipient,
        body=body,
        in_reply_to=fields.get("original_message_id"),
        custom_string=fields.get("custom_string"),
        at=at,
    )
    return Accepted(f"inbound:{message_id}", "clicksend.text", at, fact.model_dump(mode="json"))
