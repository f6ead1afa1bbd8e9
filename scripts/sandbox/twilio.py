"""The Twilio door: the part of REST API 2010-04-01 that deals with texts.

Shapes and error codes after Twilio's Message resource and its error dictionary. (check): the status of a suspended
account's refusal.
"""

import base64
import re
import time
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import twilio_phone
from sandbox.accounts import TwilioAccount
from sandbox.faults import Fault, answer
from sandbox.store import Json
from sandbox.world import World, world_of

E164 = re.compile(r"\+[1-9]\d{7,14}")
SERVICE = re.compile(r"MG[0-9a-f]{32}")
MAX_BODY = 1_600
PRICE = -0.0515
BASE = "/2010-04-01/Accounts/{sid}"
MESSAGES = {
    20003: "Authenticate",
    20005: "Account is not active",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "The 'To' number is not a valid phone number.",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number is not a valid, SMS-capable inbound phone number for your account.",
    21609: "The StatusCallback URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
}


def refusal(status: int, code: int, message: str = "") -> Response:
    """Twilio's error shape."""
    return JSONResponse(
        {
            "code": code,
            "message": message or MESSAGES.get(code, "Error"),
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        },
        status,
    )


def refuse(status: int, fault: Fault) -> Response:
    """An error in Twilio's shape, for faults."""
    code = (
        int(fault.reason)
        if fault.reason.isdigit()
        else {401: 20003, 404: 20404, 429: 20429}.get(status, 20500)
    )
    return refusal(status, code, "" if code in MESSAGES else "An internal server error has occurred")


def denied(request: Request, world: World) -> tuple[TwilioAccount | None, Response]:
    """The account behind the basic credentials, if it is the path's; or None and the refusal."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        sid, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None, refusal(401, 20003)
    for account in world.accounts.all(TwilioAccount) if scheme.lower() == "basic" and token else []:
        if account.account_sid == sid and token in (account.auth_token, account.previous_auth_token):
            if request.path_params["sid"] != sid:
                return None, refusal(404, 20404)
            if account.suspended:
                return None, refusal(403, 20005)
            if world.too_fast("twilio", account.key, account.rate_per_second):
                return None, refusal(429, 20429)
            return account, Response()
    return None, refusal(401, 20003)


async def send(request: Request) -> Response:
    """POST Messages.json"""
    world = world_of(request)
    account, refused = denied(request, world)
    if account is None:
        return refused
    raw = (await request.body()).decode("utf-8", "replace")
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return refusal(400, 21604)
    fields = dict(parse_qsl(raw, keep_blank_values=True))
    fault = world.faults.take("twilio", account.key, "send", [fields.get("To", "")])

    async def act() -> Response:
        code = _code(account, fields)
        if fault is not None and fault.kind == "reject":
            code = int(fault.reason or 21211)
        if code:
            return refusal(400, code)
        sender = fields.get("From") or account.numbers[0]
        callback = fields.get("StatusCallback", "")
        text = twilio_phone.accept(world, account, fields["To"], sender, fields["Body"], callback)
        return JSONResponse(shown(account, text, fresh=True), 201)

    return await answer(request, fault, act, refuse)


def _code(account: TwilioAccount, fields: dict[str, str]) -> int:
    """The first thing wrong with a request, as Twilio's error code; 0 for nothing."""
    to, sender, callback = fields.get("To", ""), fields.get("From", ""), fields.get("StatusCallback", "")
    service = fields.get("MessagingServiceSid", "")
    parts = urlsplit(callback)
    checks = {
        21604: not to,
        21603: not (sender or service),
        21602: not fields.get("Body", "").strip(),
        21211: not E164.fullmatch(to),
        21606: (sender not in account.numbers)
        if sender
        else not (SERVICE.fullmatch(service) and account.numbers),
        21617: len(fields.get("Body", "")) > MAX_BODY,
        21609: bool(callback) and not (parts.scheme in ("http", "https") and parts.hostname),
        21408: bool(account.countries) and not to.startswith(tuple(account.countries)),
        # A messaging service takes it, and says afterwards that it was not sent (check).
        21610: bool(sender) and to in account.opted_out,
    }
    return next((code for code, holds in checks.items() if holds), 0)


def shown(account: TwilioAccount, text: Json, *, fresh: bool = False) -> Json:
    """A text as the Message resource has it; a fresh one is queued, has no price and no DateSent."""
    outgoing = text["direction"] == "out"
    status = "queued" if fresh else text["status_text"]
    stamp = formatdate(text["at_ms"] / 1000)
    return {
        "sid": text["id"],
        "account_sid": account.account_sid,
        "api_version": "2010-04-01",
        "body": text["body"],
        "direction": "outbound-api" if outgoing else "inbound",
        "from": text["business"] if outgoing else text["customer"],
        "to": text["customer"] if outgoing else text["business"],
        "status": status,
        "num_segments": str(text["parts"]),
        "num_media": "0",
        "price": None if status in ("queued", "sending") else f"{PRICE * text['parts']:.5f}",
        "price_unit": "USD",
        "error_code": int(text["error_code"]) if text["error_code"] else None,
        "error_message": None,
        "messaging_service_sid": None,
        "date_created": stamp,
        "date_updated": stamp,
        "date_sent": None if status == "queued" else stamp,
        "uri": f"/2010-04-01/Accounts/{account.account_sid}/Messages/{text['id']}.json",
        "subresource_uris": {},
    }


async def listing(request: Request) -> Response:
    """GET Messages.json: newest first; To, From, DateSent, DateSent> and DateSent<, PageSize, PageToken."""
    world = world_of(request)
    account, refused = denied(request, world)
    if account is None:
        return refused
    asked = {name: values[0] for name, values in parse_qs(request.url.query).items()}
    try:
        size, start = int(asked.get("PageSize", "50")), int(asked.get("PageToken", "0"))
    except ValueError:
        return refusal(400, 20001, "PageSize and PageToken must be numbers")
    visible_until = int(time.time() * 1000) - account.list_lag_ms
    fault = world.faults.take("twilio", account.key, "list", [asked.get("To", "")])

    async def act() -> Response:
        rows = world.store.rows(
            "SELECT * FROM sms WHERE provider = 'twilio' AND account = ? AND real_ms <= ? ORDER BY seq DESC",
            account.key,
            visible_until,
        )
        found = [each for each in (shown(account, row) for row in rows) if _asked_for(each, asked)]
        page = found[start : start + min(max(size, 1), 1_000)]
        more = {**asked, "PageToken": str(start + len(page))}
        here = request.url.path.removeprefix("/twilio")
        return JSONResponse(
            {
                "messages": page,
                "page_size": size,
                "uri": f"{here}?{urlencode(asked)}",
                "next_page_uri": f"{here}?{urlencode(more)}" if start + len(page) < len(found) else None,
                "previous_page_uri": None,
            }
        )

    return await answer(request, fault, act, refuse)


def _asked_for(entry: Json, asked: dict[str, str]) -> bool:
    if any(name in asked and entry[name.lower()] != asked[name] for name in ("To", "From")):
        return False
    limits = {name: asked[name] for name in ("DateSent", "DateSent>", "DateSent<") if name in asked}
    if limits and entry["date_sent"] is None:
        return False  # what is still queued was sent on no date
    day = time.strftime("%Y-%m-%d", time.gmtime(_seconds(entry["date_created"])))
    return all(
        day == limit if name == "DateSent" else day >= limit if name == "DateSent>" else day <= limit
        for name, limit in ((name, text[:10]) for name, text in limits.items())
    )


def _seconds(stamp: str) -> float:
    return parsedate_to_datetime(stamp).timestamp()


async def one(request: Request) -> Response:
    """GET Messages/{sid}.json"""
    world = world_of(request)
    account, refused = denied(request, world)
    if account is None:
        return refused
    row = world.store.row(
        "SELECT * FROM sms WHERE id = ? AND provider = 'twilio' AND account = ?",
        request.path_params["message_sid"],
        account.key,
    )
    return JSONResponse(shown(account, row)) if row else refusal(404, 20404)


async def account_details(request: Request) -> Response:
    """GET Accounts/{sid}.json"""
    account, refused = denied(request, world_of(request))
    if account is None:
        return refused
    return JSONResponse(
        {"sid": account.account_sid, "friendly_name": account.label or account.name, "status": "active"}
    )


async def unknown(request: Request) -> Response:
    """Any other path."""
    return refusal(404, 20404)


ROUTES = [
    Route(f"{BASE}/Messages.json", send, methods=["POST"]),
    Route(f"{BASE}/Messages.json", listing, methods=["GET"]),
    Route(f"{BASE}/Messages/{{message_sid}}.json", one, methods=["GET"]),
    Route(f"{BASE}.json", account_details, methods=["GET"]),
    Route("/{path:path}", unknown, methods=["GET", "POST", "PUT", "DELETE"]),
]
