"""ClickSend's lists: history, unread receipts and inbound texts, in Laravel-style pages."""

import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox import phones
from sandbox.clicksend_answers import PRICE, denied, envelope, refuse
from sandbox.faults import answer
from sandbox.store import Json
from sandbox.world import World, world_of

HISTORY_FILTERS = ("from", "to", "status_code", "custom_string", "message_id", "direction", "body", "status")


def _page(request: Request, items: list[Json], what: str) -> Response:
    try:
        page = int(request.query_params.get("page", "1"))
        limit = int(request.query_params.get("limit", "15"))
    except ValueError:
        return envelope(400, "page and limit must be numbers.", None)
    if page < 1 or not 1 <= limit <= 100:
        return envelope(400, "page must be at least 1, limit between 1 and 100.", None)
    last = max(1, -(-len(items) // limit))
    shown = items[(page - 1) * limit : page * limit]
    base = str(request.url.replace(query=""))
    return envelope(
        200,
        what,
        {
            "total": len(items),
            "per_page": limit,
            "current_page": page,
            "last_page": last,
            "next_page_url": f"{base}?page={page + 1}" if page < last else None,
            "prev_page_url": f"{base}?page={page - 1}" if page > 1 else None,
            "from": (page - 1) * limit + 1 if shown else None,
            "to": (page - 1) * limit + len(shown) if shown else None,
            "data": shown,
        },
        "SUCCESS",
    )


def _in_history(text: Json) -> Json:
    outgoing = text["direction"] == "out"
    return {
        "direction": text["direction"],
        "date": text["at_ms"] // 1000,
        "body": text["body"],
        "to": text["customer"] if outgoing else text["business"],
        "from": text["business"] if outgoing else text["customer"],
        "status": "Received" if not outgoing else "Sent" if text["status_code"] is None else "Completed",
        "message_id": text["id"],
        "message_parts": text["parts"],
        "message_price": f"{PRICE * text['parts']:.4f}",
        "custom_string": text["custom_string"],
        "status_code": text["status_code"],
        "status_text": text["status_text"],
        "error_code": text["error_code"],
        "error_text": text["error_text"],
        "schedule": text["at_ms"] // 1000,
        "from_email": None,
        "list_id": None,
        "contact_id": None,
        "first_name": "",
        "last_name": "",
        "country": "",
        "carrier": "Sandbox",
        "user_id": 1,
        "subaccount_id": 1,
    }


async def history(request: Request) -> Response:
    """GET /v3/sms/history: newest first; `q=field:value,field:value`, date_from and date_to (Unix)."""
    world = world_of(request)
    account, refusal = denied(request, world)
    if account is None:
        return refusal
    filters: list[tuple[str, str]] = []
    for part in filter(None, request.query_params.get("q", "").split(",")):
        name, colon, value = part.partition(":")
        if not colon or name not in HISTORY_FILTERS:
            return envelope(400, f"q cannot filter by {name!r}.", None)
        filters.append((name, value))
    try:
        begin = int(request.query_params.get("date_from") or 0)
        end = int(request.query_params.get("date_to") or 2**53)
    except ValueError:
        return envelope(400, "date_from and date_to must be Unix timestamps.", None)
    visible_until = int(time.time() * 1000) - account.history_lag_ms

    async def act() -> Response:
        texts = world.store.rows(
            "SELECT * FROM sms WHERE provider = 'clicksend' AND account = ? AND real_ms <= ? ORDER BY seq DESC",
            account.username,
            visible_until,
        )
        found = [
            entry
            for entry in map(_in_history, texts)
            if begin <= entry["date"] <= end and all(str(entry[name]) == value for name, value in filters)
        ]
        return _page(request, found, "Here are your messages.")

    return await answer(request, world.faults.take("clicksend", account.username, "history", ()), act, refuse)


def listing(
    direction: str, what: str, shape: Callable[[World, Json], Json]
) -> Callable[[Request], Awaitable[Response]]:
    async def unread(request: Request) -> Response:
        world = world_of(request)
        account, refusal = denied(request, world)
        if account is None:
            return refusal
        texts = world.store.rows(
            "SELECT * FROM sms WHERE provider = 'clicksend' AND account = ? AND direction = ? AND is_read = 0"
            " AND (direction = 'in' OR status_code IS NOT NULL) ORDER BY seq DESC",
            account.username,
            direction,
        )

        async def act() -> Response:
            return _page(request, [shape(world, text) for text in texts], what)

        operation = "receipts" if direction == "out" else "inbound"
        return await answer(
            request, world.faults.take("clicksend", account.username, operation, ()), act, refuse
        )

    return unread


async def one_receipt(request: Request) -> Response:
    """GET /v3/sms/receipts/{message_id}"""
    world = world_of(request)
    account, refusal = denied(request, world)
    if account is None:
        return refusal
    text = world.store.row(
        "SELECT * FROM sms WHERE id = ? AND provider = 'clicksend' AND account = ? AND status_code IS NOT NULL",
        request.path_params["message_id"],
        account.username,
    )
    if text is None:
        return envelope(404, "Receipt not found.", None)
    return envelope(200, "Message receipt.", phones.receipt_fields(text), "SUCCESS")


async def mark_read(request: Request) -> Response:
    """PUT /v3/sms/receipts-read and /v3/sms/inbound-read: these no longer come up in the lists."""
    world = world_of(request)
    account, refusal = denied(request, world)
    if account is None:
        return refusal
    direction = "out" if "receipts" in request.url.path else "in"
    world.store.run(
        "UPDATE sms SET is_read = 1 WHERE provider = 'clicksend' AND account = ? AND direction = ?",
        account.username,
        direction,
    )
    return envelope(200, "Marked as read.", None, "SUCCESS")


receipts = listing("out", "Here are your receipts.", lambda world, text: phones.receipt_fields(text))
inbound = listing("in", "Here are your inbound messages.", phones.inbound_fields)
