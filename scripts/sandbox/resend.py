"""The Resend door: POST /emails with idempotency, GET /emails/{id}, errors in Resend's shape.

After resend.com/docs (API reference, errors, idempotency keys).
"""

import hashlib
from collections.abc import Awaitable, Callable
from json import JSONDecodeError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import mail
from sandbox.accounts import ResendAccount
from sandbox.faults import Fault, answer
from sandbox.resend_rules import Invalid, validated
from sandbox.store import Json
from sandbox.world import World, world_of

KEY_LIFETIME_MS = 24 * 3_600_000
NAMES = {
    400: "validation_error",
    401: "missing_api_key",
    403: "invalid_api_key",
    404: "not_found",
    405: "method_not_allowed",
    409: "concurrent_idempotent_requests",
    422: "validation_error",
    429: "rate_limit_exceeded",
    500: "internal_server_error",
    503: "application_error",
}


def error(status: int, name: str, message: str) -> Response:
    """Resend's error body."""
    return JSONResponse({"statusCode": status, "name": name, "message": message}, status)


def refuse(status: int, fault: Fault) -> Response:
    """An error in Resend's shape, for faults."""
    name = NAMES.get(status, "application_error")
    return error(
        status,
        name,
        fault.reason
        or {
            429: "Too many requests. Please limit the number of requests per second. Or contact support to"
            " increase rate limit."
        }.get(status, "An unexpected error occurred."),
    )


def account_of(request: Request, world: World) -> ResendAccount:
    """The account behind the API key. Raises Invalid."""
    if not request.headers.get("user-agent"):
        raise Invalid(403, "forbidden", "error code: 1010")  # documented: a User-Agent is required
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Invalid(401, "missing_api_key", "Missing API Key")
    for account in world.accounts.all(ResendAccount):
        if account.api_key == key:
            if world.too_fast("resend", account.name, account.rate_per_second):
                raise Invalid(429, "rate_limit_exceeded", "Too many requests.")
            return account
    raise Invalid(403, "invalid_api_key", "API key is invalid")


async def send(request: Request) -> Response:
    """POST /emails"""
    world = world_of(request)
    try:
        account = account_of(request, world)
        key = request.headers.get("idempotency-key")
        if key is not None and not 1 <= len(key) <= 256:
            raise Invalid(400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
        raw = await request.body()
        try:
            body = await request.json()
        except (JSONDecodeError, UnicodeDecodeError, RecursionError):
            raise Invalid(422, "validation_error", "The request body is not valid JSON.") from None
        wanted = validated(account, body)
    except Invalid as refusal:
        return _refused(refusal)
    held = account.name, key or ""
    if held in world.keys_in_use:
        return error(
            409,
            "concurrent_idempotent_requests",
            "Another request with the same idempotency key is still in progress.",
        )
    fault = world.faults.take("resend", account.name, "send", mail.recipients(wanted))

    async def act() -> Response:
        if fault is not None and fault.kind == "reject":
            return error(
                fault.status if fault.status != 500 else 422,
                fault.reason or "validation_error",
                "The e-mail was refused.",
            )
        try:
            return JSONResponse({"id": _once(world, account, key, raw, wanted)})
        except Invalid as refusal:
            return _refused(refusal)

    if key is None:
        return await answer(request, fault, act, refuse)
    world.keys_in_use.add(held)
    try:
        return await answer(request, fault, act, refuse)
    finally:
        world.keys_in_use.discard(held)


def _refused(refusal: Invalid) -> Response:
    response = error(refusal.status, refusal.name, str(refusal))
    if refusal.status == 429:
        response.headers["Retry-After"] = "1"
    return response


def _once(world: World, account: ResendAccount, key: str | None, raw: bytes, wanted: Json) -> str:
    """Sends, or finds what this idempotency key sent before. The e-mail's id. Raises Invalid (409)."""
    digest = hashlib.sha256(raw).hexdigest()
    now = world.now() - world.offset_ms
    if key is not None:
        before = world.store.row(
            "SELECT * FROM idempotency WHERE account = ? AND key = ? AND real_ms > ?",
            account.name,
            key,
            now - KEY_LIFETIME_MS,
        )
        if before is not None and before["digest"] != digest:
            raise Invalid(
                409,
                "invalid_idempotent_request",
                "This idempotency key has been used on a request that had a different payload.",
            )
        if before is not None:
            return str(before["email_id"])
    email_id = mail.accept(world, account, wanted)
    if key is not None:
        world.store.run(
            "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)",
            account.name,
            key,
            digest,
            email_id,
            now,
        )
    return email_id


async def retrieve(request: Request) -> Response:
    """GET /emails/{email_id}"""
    world = world_of(request)
    try:
        account = account_of(request, world)
    except Invalid as refusal:
        return _refused(refusal)
    row = world.store.row(
        "SELECT * FROM emails WHERE id = ? AND account = ?", request.path_params["email_id"], account.name
    )
    if row is None:
        return error(404, "not_found", "Email not found")
    shown = mail.shown(row)

    async def act() -> Response:
        return JSONResponse(
            {
                "object": "email",
                "id": shown["id"],
                "created_at": shown["created_at"],
                "last_event": shown["state"],
                **{
                    name: shown[name]
                    for name in (
                        "to",
                        "from",
                        "subject",
                        "html",
                        "text",
                        "bcc",
                        "cc",
                        "reply_to",
                        "scheduled_at",
                        "tags",
                    )
                },
            }
        )

    return await answer(
        request, world.faults.take("resend", account.name, "retrieve", shown["to"]), act, refuse
    )


def _fallback(status: int, name: str, message: str) -> Callable[[Request], Awaitable[Response]]:
    async def fallback(request: Request) -> Response:
        return error(status, name, message)

    return fallback


ROUTES = [
    Route("/emails", send, methods=["POST"]),
    Route(
        "/emails",
        _fallback(405, "method_not_allowed", "Method is not allowed for this endpoint."),
        methods=["PUT", "DELETE", "PATCH"],
    ),
    Route("/emails/{email_id}", retrieve, methods=["GET"]),
    Route(
        "/{path:path}",
        _fallback(404, "not_found", "The requested endpoint does not exist."),
        methods=["GET", "POST", "PUT", "DELETE", "PATCH"],
    ),
]
