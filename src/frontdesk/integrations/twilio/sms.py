"""Texts out through Twilio: the request as a value, and what each answer means.

POST and GET /2010-04-01/Accounts/{Sid}/Messages.json; basic authentication (RFC 7617). Error codes from Twilio's
"Error and warning dictionary". There is no idempotency key, so a doubtful answer is Ambiguous and is settled by
asking which texts Twilio has for the recipient.
"""

from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from pydantic_core import from_json

from frontdesk.core.clock import MINUTE, SECOND
from frontdesk.core.web import HttpRequest, HttpResponse, retry_after_ms
from frontdesk.integrations.facts import clean
from frontdesk.integrations.outbound import (
    Ambiguous,
    Found,
    LookupResult,
    NotThere,
    Rejected,
    SendResult,
    Sent,
    Throttled,
    Unclear,
)
from frontdesk.integrations.twilio.signature import FORM
from frontdesk.integrations.twilio.webhook import OPTED_OUT, STATES, in_words

THROTTLE_MS = 5 * SECOND
PAGE = 1_000
"""The most Twilio lists at once, so that one answer has all that one customer was ever sent."""
MARGIN_MS = 10 * MINUTE
"""How far their clock may be behind ours."""

# 20429: too many requests. 14107, 21611, 63038: the sender's rate, its queue of texts or its day is full for now.
WAIT = frozenset({"20429", "14107", "21611", "63038"})
# About our account, our sender or where it may send; not about the recipient, nor about the words.
ELSEWHERE = frozenset(
    {
        "10001",  # the account is not active
        "20003",  # the credentials are wrong
        "20005",  # the account is not active
        "20006",  # access denied
        "21212",  # the sender is no valid number
        "21408",  # the recipient's country is not enabled
        "21603",  # no sender
        "21606",  # the sender is not the account's, or cannot text
        "21608",  # a trial account texts verified numbers only
        "21609",  # our callback's address is refused
        "21612",  # not reachable from this sender
        "21659",  # the sender is not the account's
        "21660",  # the sender is another account's
        "21703",  # the messaging service has no sender
        "30002",  # the account is suspended
        "30034",  # the sender is not registered with the carriers
    }
)


@dataclass(frozen=True, slots=True)
class Account:
    """How a tenant signs in: `base` is the API's address without the version."""

    base: str
    sid: str
    token: str = field(repr=False)
    timeout_ms: int = 10_000


def send_request(account: Account, *, to: str, body: str, sender: str, callback: str) -> HttpRequest:
    """One text to an E.164 number; its fate is told to `callback`.

    `SmartEncoded` off: the text is sent, listed and counted as we wrote it.
    """
    origin = "MessagingServiceSid" if sender.startswith("MG") else "From"
    fields = {"To": to, origin: sender, "Body": body, "StatusCallback": callback, "SmartEncoded": "false"}
    headers = {**_headers(account), "content-type": FORM}
    return HttpRequest("POST", _messages(account), headers, urlencode(fields).encode(), account.timeout_ms)


def sent(response: HttpResponse, *, now_ms: int) -> SendResult:
    """What the answer to `send_request` means. `now_ms` is real time, for a Retry-After date.

    A refusal is believed only by a status 4xx or by the message's own status.
    """
    answer = _object(response.body)
    code, told = clean(answer.get("code")), clean(answer.get("message"))
    if response.status == 429 or (400 <= response.status < 500 and code in WAIT):
        return Throttled(retry_after_ms(response.headers, now_ms, THROTTLE_MS))
    if 400 <= response.status < 500 and response.status not in (408, 409, 425):
        return _rejected(
            code or f"HTTP_{response.status}",
            told or f"Twilio answered {response.status}",
            by_status=not code and response.status in (401, 402, 403),
        )
    if not 200 <= response.status < 300:
        return Ambiguous(f"Twilio answered {response.status}")
    sid, status = clean(answer.get("sid")), clean(answer.get("status"))
    if not sid:
        return Ambiguous("the answer has no sid")
    if STATES.get(status) == "failed":
        code = clean(answer.get("error_code"))
        told = clean(answer.get("error_message")) or f"Twilio says {status}"
        return _rejected(code or status, told)
    return Sent(sid, _count(answer.get("num_segments")), _micros(answer.get("price")))


def _rejected(code: str, message: str, *, by_status: bool = False) -> Rejected:
    return Rejected(code, message, elsewhere=by_status or code in ELSEWHERE, opted_out=code == OPTED_OUT)


def list_request(account: Account, *, to: str) -> HttpRequest:
    """Asks for the texts to one recipient.

    Not by DateSent: what is still queued has none, and to miss it would be to send it twice.
    """
    url = f"{_messages(account)}?{urlencode({'To': to, 'PageSize': PAGE})}"
    return HttpRequest("GET", url, _headers(account), timeout_ms=account.timeout_ms)


def found(response: HttpResponse, *, to: str, body: str, since: int, known: Collection[str]) -> LookupResult:
    """What became of the text `body` to `to`, called in from `since` (ms UTC) on, by Twilio's list.

    Nothing in the list is ours by name, so ours is the oldest one that has the recipient, the words and the time and
    is not `known` (the provider's ids of our other messages). NotThere only when the list reaches back before
    `since` and has nothing of that time whose words were withheld.
    """
    if response.status != 200:
        return Unclear(f"Twilio answered {response.status}")
    answer = _object(response.body)
    listed = answer.get("messages")
    if not isinstance(listed, list):
        return Unclear("the answer has no list")
    entries = [each for each in listed if isinstance(each, dict)]
    stamps = [_instant(each.get("date_created")) for each in entries]
    if len(entries) < len(listed) or None in stamps:
        return Unclear("an entry of the list cannot be read")
    earliest = since - MARGIN_MS
    recent = [
        (at, each)
        for at, each in zip(stamps, entries, strict=True)
        if at is not None and at >= earliest and _is_outgoing(each, to) and each.get("sid") not in known
    ]
    ours = [(at, each) for at, each in recent if _words(each.get("body")) == _words(body)]
    if ours:
        return _entry(min(ours, key=lambda pair: pair[0])[1])
    if any(not _words(each.get("body")) for _, each in recent):
        return Unclear("a text of that time is listed without its words")
    complete = not answer.get("next_page_uri") or any(at is not None and at < earliest for at in stamps)
    return NotThere() if complete else Unclear("the list does not reach back far enough")


def _is_outgoing(entry: Mapping[str, Any], to: str) -> bool:
    return clean(entry.get("direction")).startswith("outbound") and entry.get("to") == to


def _words(body: Any) -> str:
    return " ".join(body.split()) if isinstance(body, str) else ""


def _entry(entry: Mapping[str, Any]) -> LookupResult:
    sid, status = clean(entry.get("sid")), clean(entry.get("status"))
    if not sid:
        return Unclear("the list's entry has no sid")
    code = clean(entry.get("error_code"))
    detail = clean(entry.get("error_message")) or in_words(code) or status
    segments, price = _count(entry.get("num_segments")), _micros(entry.get("price"))
    return Found(sid, STATES.get(status, "sent"), detail, segments, price, opted_out=code == OPTED_OUT)


def _instant(text: Any) -> int | None:
    """A date as RFC 2822 writes it, in ms UTC."""
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000) if isinstance(text, str) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _messages(account: Account) -> str:
    return f"{account.base}/2010-04-01/Accounts/{account.sid}/Messages.json"


def _headers(account: Account) -> dict[str, str]:
    token = b64encode(f"{account.sid}:{account.token}".encode()).decode()
    return {"authorization": f"Basic {token}", "accept": "application/json", "user-agent": "frontdesk/1"}


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int | None:
    """Segments; a messaging service says 0 until it has chosen a sender."""
    text = clean(value)
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 9 else None


def _micros(value: Any) -> int | None:
    """A price, which Twilio writes as a negative amount, in millionths of the account's currency."""
    try:
        amount = abs(Decimal(clean(value))) * 1_000_000
    except InvalidOperation:
        return None
    return int(amount.to_integral_value()) if amount.is_finite() and amount < 10**12 else None
