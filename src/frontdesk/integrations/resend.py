"""Resend: e-mail out with an idempotency key, Svix-signed events in.

POST /emails, its error names, and the event types are from Resend's API reference and webhook pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic_core import from_json, to_json

from frontdesk.core.clock import HOUR, SECOND
from frontdesk.core.web import HttpRequest, HttpResponse, retry_after_ms
from frontdesk.integrations.facts import ReceiptFact, clean
from frontdesk.integrations.inbound import Accepted, Ignored, Inbound, Refused, SecretSet, Verdict, too_large
from frontdesk.integrations.instants import iso_ms
from frontdesk.integrations.outbound import Ambiguous, Rejected, SendResult, Sent, Throttled
from frontdesk.integrations.svix import checked

MESSAGE = "message"
"""The tag that holds our message's id; events bring it back, also of a mail whose answer we never heard."""
SIGNING_SECRET = "resend_signing_secret"  # noqa: S105 - the secret's name
SOON_MS = 2 * SECOND

# What each event says about the message. A complaint comes after delivery; it is about consent.
STATES: dict[str, Literal["sent", "delivered", "failed"]] = {
    "email.sent": "sent",
    "email.delivery_delayed": "sent",
    "email.delivered": "delivered",
    "email.complained": "delivered",
    "email.bounced": "failed",
    "email.failed": "failed",
    "email.suppressed": "failed",
}
# Not tried: the address is on a list of those that bounced or complained before. By an event of its own, or a bounce.
SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList"})
QUOTAS = frozenset({"daily_quota_exceeded", "monthly_quota_exceeded"})


@dataclass(frozen=True, slots=True)
class Account:
    """How a tenant sends: `base` is the API's address, `key` its API key."""

    base: str
    key: str = field(repr=False)
    timeout_ms: int = 10_000


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail to one address. `headers` carry List-Unsubscribe and the like."""

    sender: str
    to: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def verify(request: Inbound, secrets: SecretSet) -> Verdict:
    """The verdict on one event; its external id is the svix-id."""
    if refusal := too_large(request):
        return refusal
    message_id = checked(request, secrets.valid(SIGNING_SECRET))
    if isinstance(message_id, Refused):
        return message_id
    event = _object(request.body)
    kind, data = clean(event.get("type")), event.get("data")
    if not kind or not isinstance(data, dict):
        return Refused("unreadable", "the event has no type or no data")
    state = STATES.get(kind)
    if state is None:
        return Ignored("not_a_receipt", kind, message_id)
    email_id = clean(data.get("email_id"))
    if not email_id:
        return Refused("unreadable", "the event has no email_id")
    fact = ReceiptFact(
        provider="resend",
        channel="email",
        provider_id=email_id,
        custom_string=_tag(data),
        state=state,
        code=kind.removeprefix("email."),
        detail=_detail(data),
        complaint=kind == "email.complained",
        opted_out=kind == "email.suppressed" or _bounced_as(data) in SUPPRESSED,
        at=iso_ms(event.get("created_at")) or request.received_at,
    )
    return Accepted(message_id, "resend.receipt", fact.at, fact.model_dump(mode="json"))


def _tag(data: Mapping[str, Any]) -> str:
    """Our tag; they come back by name, or as the list in which they were sent (check)."""
    tags = data.get("tags")
    if isinstance(tags, list):
        tags = {clean(each.get("name")): each.get("value") for each in tags if isinstance(each, dict)}
    return clean(tags.get(MESSAGE)) if isinstance(tags, dict) else ""


def _bounced_as(data: Mapping[str, Any]) -> str:
    bounce = data.get("bounce")
    return clean(bounce.get("subType")) if isinstance(bounce, dict) else ""


def _detail(data: Mapping[str, Any]) -> str:
    for name in ("bounce", "failed", "suppressed"):
        part = data.get(name)
        if isinstance(part, dict):
            words = (clean(part.get(key)) for key in ("type", "subType", "reason", "message"))
            return clean(": ".join(word for word in words if word))
    return ""


def send_request(account: Account, email: Email, *, idempotency_key: str) -> HttpRequest:
    """One e-mail. The same key (our message's id) within 24 hours sends it once; it comes back in events."""
    payload: dict[str, Any] = {
        "from": email.sender,
        "to": [email.to],
        "subject": email.subject,
        "text": email.text,
        "tags": [{"name": MESSAGE, "value": idempotency_key}],
    }
    optional: Sequence[tuple[str, Any]] = (
        ("html", email.html),
        ("reply_to", email.reply_to),
        ("headers", dict(email.headers)),
    )
    payload.update((name, value) for name, value in optional if value)
    headers = {
        "authorization": f"Bearer {account.key}",
        "content-type": "application/json",
        "accept": "application/json",
        "idempotency-key": idempotency_key,
        "user-agent": "frontdesk/1",  # Resend answers 403 without one
    }
    return HttpRequest("POST", f"{account.base}/emails", headers, to_json(payload), account.timeout_ms)


def sent(response: HttpResponse, *, now_ms: int) -> SendResult:
    """What the answer to `send_request` means. `now_ms` is real time, for a Retry-After date.

    Doubtful answers are Ambiguous but repeatable, thanks to the key. One is not: the key was used with
    another payload, so an earlier attempt got through, and what became of it is not in this answer.
    """
    answer = _object(response.body)
    name, message = clean(answer.get("name")), clean(answer.get("message"))
    if 200 <= response.status < 300:
        email_id = clean(answer.get("id"))
        return Sent(email_id) if email_id else Ambiguous("the answer has no id", repeatable=True)
    if response.status == 429:
        return Throttled(retry_after_ms(response.headers, now_ms, HOUR if name in QUOTAS else SOON_MS))
    if response.status == 409:
        if name == "invalid_idempotent_request":
            return Ambiguous("the idempotency key was used for another message")
        return Throttled(retry_after_ms(response.headers, now_ms, SOON_MS))
    if 400 <= response.status < 500 and response.status not in (408, 425):
        # Whose key or domain is refused here may have been taken for good a moment ago.
        return Rejected(
            name or f"http_{response.status}",
            message or f"Resend answered {response.status}",
            elsewhere=response.status in (401, 403),
        )
    return Ambiguous(f"Resend answered {response.status}", repeatable=True)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
