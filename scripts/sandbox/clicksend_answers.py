"""ClickSend's manner: one envelope for every answer, basic authentication, a rate limit."""

import base64

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.accounts import ClickSendAccount
from sandbox.faults import Fault
from sandbox.store import Json
from sandbox.world import World

PRICE = 0.0792
CURRENCY = {
    "currency_name_short": "AUD",
    "currency_prefix_d": "$",
    "currency_prefix_c": "c",
    "currency_name_long": "Australian Dollars",
}
CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    402: "PAYMENT_REQUIRED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_FOUND",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_SERVER_ERROR",
}


def envelope(status: int, message: str, data: Json | list[Json] | None, code: str | None = None) -> Response:
    """ClickSend's answer to anything."""
    return JSONResponse(
        {
            "http_code": status,
            "response_code": code or CODES.get(status, "SUCCESS"),
            "response_msg": message,
            "data": data,
        },
        status,
    )


def refuse(status: int, fault: Fault) -> Response:
    """An error in ClickSend's shape, for faults."""
    return envelope(
        status,
        fault.reason or CODES.get(status, "INTERNAL_SERVER_ERROR").replace("_", " ").capitalize(),
        None,
        CODES.get(status, "INTERNAL_SERVER_ERROR"),
    )


def account_of(request: Request, world: World) -> ClickSendAccount | None:
    """The account behind HTTP basic credentials."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        username, _, key = base64.b64decode(token, validate=True).decode().partition(":")
    except ValueError:
        return None
    for account in world.accounts.all(ClickSendAccount) if scheme.lower() == "basic" else []:
        if account.username == username and account.api_key == key:
            return account
    return None


def denied(request: Request, world: World) -> tuple[ClickSendAccount | None, Response]:
    """The account, or None and the refusal to answer with."""
    account = account_of(request, world)
    if account is None:
        return None, envelope(401, "Authorization failed.", None)
    if world.too_fast("clicksend", account.username, account.rate_per_second):
        limited = envelope(429, "Too many requests.", None)
        limited.headers["Retry-After"] = "1"
        return None, limited
    return account, Response()
