"""The ClickSend door: the part of REST API v3 that deals with SMS.

Shapes after ClickSend's published API reference and its official clients: a status for every message.
"""

import re
from json import JSONDecodeError

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import clicksend_lists as lists
from sandbox import phones, segments
from sandbox.accounts import ClickSendAccount
from sandbox.clicksend_answers import CURRENCY, PRICE, denied, envelope, refuse
from sandbox.faults import Fault, answer
from sandbox.store import Json
from sandbox.world import World, world_of

MAX_MESSAGES = 1_000
E164 = re.compile(r"\+[1-9]\d{7,14}")
COUNTRIES = {"+61": "AU", "+64": "NZ", "+44": "GB", "+1": "US", "+91": "IN"}


async def send(request: Request) -> Response:
    """POST /v3/sms/send"""
    world = world_of(request)
    account, refusal = denied(request, world)
    if account is None:
        return refusal
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError, RecursionError):
        return envelope(400, "The request body is not valid JSON.", None)
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
        return envelope(400, "The messages field is required.", None)
    if len(messages) > MAX_MESSAGES:
        return envelope(400, f"You can send up to {MAX_MESSAGES} messages per request.", None)
    fault = world.faults.take("clicksend", account.username, "send", [str(m.get("to")) for m in messages])

    async def act() -> Response:
        return _send_all(world, account, messages, fault if fault and fault.kind == "reject" else None)

    return await answer(request, fault, act, refuse)


def _send_all(
    world: World, account: ClickSendAccount, messages: list[Json], reject: Fault | None
) -> Response:
    results: list[Json] = []
    for wanted in messages:
        status = _status(world, account, wanted)
        if reject is not None and reject.to in (None, wanted.get("to")):
            status = reject.reason or "INVALID_RECIPIENT"
        results.append(
            _accept(world, account, wanted) if status == "SUCCESS" else _rejected(world, wanted, status)
        )
    good = [result for result in results if result["status"] == "SUCCESS"]
    return envelope(
        200,
        "Messages queued for delivery.",
        {
            "total_price": round(sum(float(result["message_price"]) for result in good), 4),
            "total_count": len(results),
            "queued_count": len(good),
            "messages": results,
            "_currency": CURRENCY,
            "blocked_count": 0,
        },
        "SUCCESS",
    )


def _status(world: World, account: ClickSendAccount, wanted: Json) -> str:
    body, to, sender = wanted.get("body"), wanted.get("to"), wanted.get("from") or ""
    custom = wanted.get("custom_string") or ""
    if not isinstance(body, str) or not isinstance(custom, str) or not isinstance(sender, str):
        return "MISSING_REQUIRED_FIELDS"
    if not body.strip():
        return "EMPTY_MESSAGE"
    if not isinstance(to, str) or not E164.fullmatch(to):
        return "INVALID_RECIPIENT"
    if to in account.opted_out:
        return "OPTED_OUT"
    if sender and sender not in account.numbers and sender not in account.alpha_tags:
        return "INVALID_SENDER_ID"
    if not sender and not account.numbers:
        return "INVALID_SENDER_ID"
    schedule = wanted.get("schedule")
    if schedule not in (None, "", 0) and (
        not isinstance(schedule, int) or schedule * 1000 > world.now() + 60_000
    ):
        return "INVALID_SCHEDULE"  # the sandbox does not keep texts for later
    if account.balance < PRICE * segments.count(body):
        return "INSUFFICIENT_CREDIT"
    return "SUCCESS"


def _accept(world: World, account: ClickSendAccount, wanted: Json) -> Json:
    sender = wanted.get("from") or account.numbers[0]
    text = phones.accept(
        world, account, wanted["to"], sender, wanted["body"], wanted.get("custom_string") or ""
    )
    price = PRICE * text["parts"]
    account.balance = round(account.balance - price, 4)
    return {
        **_echo(wanted, text["at_ms"] // 1000),
        "from": sender,
        "message_id": text["id"],
        "message_parts": text["parts"],
        "message_price": f"{price:.4f}",
        "status": "SUCCESS",
    }


def _rejected(world: World, wanted: Json, status: str) -> Json:
    # (check) whether the original gives a refused message an id: nobody may rely on one.
    return {
        **_echo(wanted, world.now() // 1000),
        "from": wanted.get("from"),
        "message_id": None,
        "message_parts": 0,
        "message_price": "0.0000",
        "status": status,
    }


def _echo(wanted: Json, at: int) -> Json:
    to = str(wanted.get("to") or "")
    country = next((code for prefix, code in COUNTRIES.items() if to.startswith(prefix)), "")
    return {
        "direction": "out",
        "date": at,
        "to": wanted.get("to"),
        "body": wanted.get("body"),
        "schedule": at,
        "custom_string": wanted.get("custom_string") or "",
        "user_id": 1,
        "subaccount_id": 1,
        "is_shared_system_number": False,
        "country": country,
        "carrier": "Sandbox",
    }


async def account_details(request: Request) -> Response:
    """GET /v3/account"""
    account, refusal = denied(request, world_of(request))
    if account is None:
        return refusal
    return envelope(
        200,
        "Here's your account",
        {
            "user_id": 1,
            "username": account.username,
            "active": 1,
            "balance": f"{account.balance:.6f}",
            "_currency": CURRENCY,
        },
        "SUCCESS",
    )


async def unknown(request: Request) -> Response:
    """Any other path."""
    return envelope(404, "The requested resource was not found.", None)


ROUTES = [
    Route("/v3/sms/send", send, methods=["POST"]),
    Route("/v3/sms/history", lists.history, methods=["GET"]),
    Route(
        "/v3/sms/receipts",
        lists.receipts,
        methods=["GET"],
    ),
    Route("/v3/sms/receipts/{message_id}", lists.one_receipt, methods=["GET"]),
    Route("/v3/sms/receipts-read", lists.mark_read, methods=["PUT"]),
    Route(
        "/v3/sms/inbound",
        lists.inbound,
        methods=["GET"],
    ),
    Route("/v3/sms/inbound-read", lists.mark_read, methods=["PUT"]),
    Route("/v3/account", account_details, methods=["GET"]),
    Route("/{path:path}", unknown, methods=["GET", "POST", "PUT", "DELETE"]),
]
