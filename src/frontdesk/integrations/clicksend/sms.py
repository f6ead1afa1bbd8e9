"""Texts out through ClickSend: the request as a value, and what each answer means.

POST /v3/sms/send and GET /v3/sms/history of ClickSend's REST API v3; basic authentication (RFC 7617).
There is no idempotency key, so a doubtful answer is Ambiguous and is settled by asking the history.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic_core import from_json, to_json

from frontdesk.core.clock import MINUTE
from frontdesk.core.web import HttpRequest, HttpResponse, retry_after_ms
from frontdesk.integrations.clicksend.webhook import RECEIPT_STATES
from frontdesk.integrations.facts import clean
from frontdesk.integrations.outbound import (
    Ambiguous,
    Found,
    LookFurther,
    LookupResult,
    NotThere,
    Rejected,
    SendResult,
    Sent,
    Throttled,
    Unclear,
)

THROTTLE_MS = MINUTE
PAGE = 100
MARGIN_MS = 10 * MINUTE
"""How far their clock may be behind ours."""

# Per-message statuses of the "Application status codes" that say: not sent, and never will be.
DEFINITE = frozenset(
    {
        "ACCOUNT_NOT_ACTIVATED",
        "BAD_REQUEST",
        "COUNTRY_NOT_ENABLED",
        "EMPTY_MESSAGE",
        "FAILED",
        "FORBIDDEN",
        "INSUFFICIENT_CREDIT",
        "INVALID_CREDENTIALS",
        "INVALID_RECIPIENT",
        "INVALID_SCHEDULE",
        "INVALID_SENDER_ID",
        "MISSING_CREDENTIALS",
        "MISSING_REQUIRED_FIELDS",
        "OPTED_OUT",
        "TOO_MANY_RECIPIENTS",
        "UNAUTHORIZED",
    }
)
OPTED_OUT = "OPTED_OUT"
# Those of them that say something about our account there, not about the recipient or the words.
ELSEWHERE = frozenset(
    {
        "ACCOUNT_NOT_ACTIVATED",
        "COUNTRY_NOT_ENABLED",
        "FORBIDDEN",
        "INSUFFICIENT_CREDIT",
        "INVALID_CREDENTIALS",
        "INVALID_SENDER_ID",
        "MISSING_CREDENTIALS",
        "PAYMENT_REQUIRED",
        "UNAUTHORIZED",
    }
)
HISTORY_STATES: dict[str, Literal["sent", "delivered", "failed"]] = {
    "queued": "sent",
    "scheduled": "sent",
    "sent": "sent",
    "success": "sent",
    "completed": "sent",
    "delivered": "delivered",
    "failed": "failed",
    "undelivered": "failed",
    "cancelled": "failed",
}


@dataclass(frozen=True, slots=True)
class Account:
    """How a tenant signs in: `base` is the API's address without /v3, `key` the API key."""

    base: str
    username: str = field(repr=False)
    key: str = field(repr=False)
    timeout_ms: int = 10_000


def send_request(
    account: Account, *, to: str, body: str, custom_string: str, sender: str = ""
) -> HttpRequest:
    """One text to an E.164 number. `custom_string` (our message's id) comes back in receipts and history."""
    message = {"source": "frontdesk", "to": to, "body": body, "custom_string": custom_string}
    if sender:
        message["from"] = sender
    headers = {**_headers(account), "content-type": "application/json"}
    return HttpRequest(
        "POST", f"{account.base}/v3/sms/send", headers, to_json({"messages": [message]}), account.timeout_ms
    )


def sent(response: HttpResponse, *, custom_string: str, now_ms: int) -> SendResult:
    """What the answer to `send_request` means. `now_ms` is real time, for a Retry-After date.

    A refusal is believed only where it says that nothing was sent: by status 4xx, or by the message's own
    status. Server errors, redirects and answers that cannot be read may each follow an accepted text.
    """
    answer = _object(response.body)
    code, told = clean(answer.get("response_code")), clean(answer.get("response_msg"))
    if response.status == 429 or code in ("THROTTLED", "TOO_MANY_REQUESTS"):
        return Throttled(retry_after_ms(response.headers, now_ms, THROTTLE_MS))
    if 400 <= response.status < 500 and response.status not in (408, 409, 425):
        return _rejected(
            code or f"HTTP_{response.status}",
            told or f"ClickSend answered {response.status}",
            by_status=not code and response.status in (401, 402, 403),
        )
    if not 200 <= response.status < 300:
        return Ambiguous(f"ClickSend answered {response.status}")
    message = _ours(answer, custom_string) or {}
    status, provider_id = clean(message.get("status")), clean(message.get("message_id"))
    if status == "SUCCESS" and provider_id:
        # Whatever is said of the request as a whole.
        return Sent(provider_id, _count(message.get("message_parts")), _micros(message.get("message_price")))
    if code in DEFINITE:
        return _rejected(code, told)
    if not message:
        return Ambiguous("the answer does not mention the message")
    if status in ("THROTTLED", "TOO_MANY_REQUESTS"):
        return Throttled(THROTTLE_MS)
    if status in DEFINITE:
        # In words: what is told of the request as a whole is that it was taken.
        words = status.replace("_", " ").lower().replace(" id", " ID")
        return _rejected(status, clean(message.get("error_text")) or words)
    return Ambiguous(f"the message's status is {status!r}")


def _rejected(code: str, message: str, *, by_status: bool = False) -> Rejected:
    return Rejected(code, message, elsewhere=by_status or code in ELSEWHERE, opted_out=code == OPTED_OUT)


def history_request(account: Account, *, since: int, page: int = 1) -> HttpRequest:
    """Asks for all texts from shortly before `since` (ms UTC) on, one page at a time.

    `since` is when the call was made, by whichever of the two clocks was earlier: where a test has moved
    business time, nobody can say by which one the provider's double dates its history.

    The history's free-text filter `q` is left alone: read differently than meant it would hide the text
    we ask for, and "not there" must be true.
    """
    query = urlencode(
        {
            "date_from": (since - MARGIN_MS) // 1000,
            "page": page,
            "limit": PAGE,
        }
    )
    url = f"{account.base}/v3/sms/history?{query}"
    return HttpRequest("GET", url, _headers(account), timeout_ms=account.timeout_ms)


def found(response: HttpResponse, *, custom_string: str) -> LookupResult:
    """What became of the text with our `custom_string`, by one page of the history.

    NotThere only when this was provably the last page: `current_page` has reached `last_page`.
    """
    if response.status != 200:
        return Unclear(f"ClickSend answered {response.status}")
    data = _object(response.body).get("data")
    items = data.get("data") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(items, list):
        return Unclear("the history has no list")
    for item in items:
        if isinstance(item, dict) and item.get("custom_string") == custom_string:
            return _entry(item)
    current, last = _count(data.get("current_page")), _count(data.get("last_page"))
    if current is None or last is None:
        return Unclear("the history does not say how long it is")
    return LookFurther(current + 1) if current < last else NotThere()


def _entry(item: Mapping[str, Any]) -> LookupResult:
    provider_id, status = clean(item.get("message_id")), clean(item.get("status"))
    state = RECEIPT_STATES.get(clean(item.get("status_code"))) or HISTORY_STATES.get(status.lower())
    if not provider_id:
        return Unclear("the history's entry has no message_id")
    if state is None:
        state = "failed" if status in DEFINITE else "sent"
    detail = clean(item.get("error_text")) or clean(item.get("status_text")) or status
    parts, price = _count(item.get("message_parts")), _micros(item.get("message_price"))
    return Found(provider_id, state, detail, parts, price, opted_out=status == OPTED_OUT)


def _headers(account: Account) -> dict[str, str]:
    token = b64encode(f"{account.username}:{account.key}".encode()).decode()
    return {"authorization": f"Basic {token}", "accept": "application/json", "user-agent": "frontdesk/1"}


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _ours(answer: Mapping[str, Any], custom_string: str) -> Mapping[str, Any] | None:
    """The entry about our message. One was sent, so a lone entry is it even without the custom string."""
    data = answer.get("data")
    messages = data.get("messages") if isinstance(data, dict) else None
    entries = [m for m in messages if isinstance(m, dict)] if isinstance(messages, list) else []
    named = [m for m in entries if m.get("custom_string") == custom_string]
    if named:
        return named[0]
    return entries[0] if len(entries) == 1 and not entries[0].get("custom_string") else None


def _count(value: Any) -> int | None:
    text = clean(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _micros(value: Any) -> int | None:
    """A price as number or text, in millionths of the account's currency."""
    try:
        amount = Decimal(clean(value)) * 1_000_000
    except InvalidOperation:
        return None
    return int(amount.to_integral_value()) if amount.is_finite() and 0 <= amount < 10**12 else None
