"""Twilio's callbacks: texts from customers, and what became of ours.

Parameters from Twilio's "Messaging webhooks" and "Outbound message status in status callbacks". Twilio hands nothing
of ours back, so our message's id travels in the query of the StatusCallback URL, which the signature covers.
"""

from typing import Literal
from urllib.parse import quote

from frontdesk.core.web import HttpResponse
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
from frontdesk.integrations.twilio.signature import checked, query_of

AUTH_TOKEN = "twilio_auth_token"  # noqa: S105 - the secret's name
MESSAGE = "message"
"""The query parameter of the StatusCallback URL that holds our message's id."""
MAX_TEXT = 5_000
TWIML = HttpResponse(
    200, {"content-type": "text/xml; charset=utf-8"}, b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
)
"""Say nothing back: what we answer goes through the outbound gate."""
NOTHING = HttpResponse(204)

# Whatever Twilio has taken counts as sent, as it does when it answers the request; `read` is of other channels.
STATES: dict[str, Literal["sent", "delivered", "failed"]] = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
OPTED_OUT = "21610"
"""The error code of what is not sent because the recipient said STOP to Twilio, by answer or by status."""
# What Twilio's error dictionary says of the codes that statuses carry; the calls have no words for them.
WORDS = {
    OPTED_OUT: "they said STOP to Twilio",
    "30003": "the phone is switched off or out of reach",
    "30004": "the phone or its network takes no texts from us",
    "30005": "there is no such number, or it is not in use any more",
    "30006": "a landline, or a network that takes no texts",
    "30007": "held back as unwanted by the network",
    "30008": "the network does not say why",
}


def in_words(code: str) -> str:
    """What an error code means, for staff."""
    known = WORDS.get(code)
    return f"{known} (Twilio {code})" if known else f"Twilio error {code}" if code else ""


def callback_url(origin: str, slug: str, message_id: str) -> str:
    """Where Twilio reports on one message. `origin`: where the tenant is reached from outside."""
    return f"{origin}/webhooks/twilio/{quote(slug)}?{MESSAGE}={quote(message_id)}"


def verify(request: Inbound, secrets: SecretSet, *, account_sid: str) -> Verdict:
    """The verdict on one callback; `account_sid` is the tenant's."""
    if refusal := too_large(request):
        return refusal
    pairs = checked(request, secrets.valid(AUTH_TOKEN))
    if isinstance(pairs, Refused):
        return pairs
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    if not account_sid or not matches_any(fields.get("AccountSid", ""), (account_sid,)):
        return Refused("wrong_account", "AccountSid is not this tenant's")
    sid = clean(fields.get("MessageSid") or fields.get("SmsSid"))
    if not sid:
        return Refused("unreadable", "neither a text nor a status: MessageSid is missing")
    status = clean(fields.get("MessageStatus")).lower()
    if status:
        return _receipt(request, fields, sid, status)
    return _text(request, fields, sid)


def _receipt(request: Inbound, fields: dict[str, str], sid: str, status: str) -> Verdict:
    external_id = f"receipt:{sid}:{status}"
    state = STATES.get(status)
    if state is None:
        return Ignored("unknown_status", f"MessageStatus {status!r}", external_id, NOTHING)
    code = clean(fields.get("ErrorCode"))
    fact = ReceiptFact(
        provider="twilio",
        channel="sms",
        provider_id=sid,
        custom_string=dict(query_of(request.url)).get(MESSAGE, ""),
        state=state,
        code=code or status,
        detail=clean(fields.get("ErrorMessage")) or in_words(code),
        opted_out=code == OPTED_OUT,
        at=request.received_at,
    )
    return Accepted(external_id, "twilio.receipt", fact.at, fact.model_dump(mode="json"), reply=NOTHING)


def _text(request: Inbound, fields: dict[str, str], sid: str) -> Verdict:
    sender, external_id = clean(fields.get("From")), f"inbound:{sid}"
    if not sender or "Body" not in fields:
        return Refused("unreadable", "neither a status nor a text: From or Body is missing")
    if ":" in sender:
        return Ignored("not_sms", sender.partition(":")[0], external_id, TWIML)
    body = fields["Body"].replace("\x00", "")[:MAX_TEXT]
    media = clean(fields.get("NumMedia"))
    if not body and media.isdigit() and media.strip("0"):
        body = f"[{media[:3]} attached]"
    fact = TextFact(
        provider="twilio",
        provider_id=sid,
        sender=sender,
        recipient=fields.get("To"),
        body=body,
        at=request.received_at,
    )
    return Accepted(external_id, "twilio.text", fact.at, fact.model_dump(mode="json"), reply=TWIML)
