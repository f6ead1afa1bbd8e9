"""The operator's door, /_sandbox: accounts, clock, faults, callbacks, reset."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import mail
from sandbox.accounts import KEY_FIELD, Refused, ResendAccount, TwilioAccount, WixApp, shown
from sandbox.signing import new_private_key, new_webhook_secret
from sandbox.store import Json
from sandbox.wire import WireError
from sandbox.wire import request as send
from sandbox.world import World, world_of

MOST_COPIES = 50
Handler = Callable[[World, Request, Json], Awaitable[Json]]


async def body_of(request: Request) -> Json:
    """The JSON object sent, or {} when there is none. Raises Refused."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused("the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused("the body must be a JSON object")
    return value


def door(path: str, method: str, handler: Handler) -> Route:
    """A route whose handler takes (world, request, body) and returns a JSON object."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await handler(world_of(request), request, await body_of(request)))
        except Refused as refusal:
            return JSONResponse({"error": str(refusal)}, refusal.status)
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            # A value of a kind no handler expected: the operator's mistake, told as it was met.
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return Route(path, endpoint, methods=[method])


def number(request: Request, name: str, default: int) -> int:
    """A whole number from the query. Raises Refused."""
    try:
        return int(request.query_params.get(name, default))
    except ValueError:
        raise Refused(f"{name} must be a number") from None


def copies_of(flags: Json) -> int:
    """How many times a message is to be sent. Raises Refused."""
    wanted = flags.get("copies", 1)
    if not isinstance(wanted, int) or not 1 <= wanted <= MOST_COPIES:
        raise Refused(f"copies must be a number from 1 to {MOST_COPIES}")
    return wanted


async def wait_for(world: World, request: Request, look: Callable[[], list[Json]]) -> Json:
    """The items, as soon as there are `at_least` of them or `timeout_ms` has passed."""
    least = number(request, "at_least", 0)
    items, satisfied = await world.live.wait(
        look, lambda seen: len(seen) >= least, number(request, "timeout_ms", 0)
    )
    return {"items": items, "satisfied": satisfied}


async def status(world: World, request: Request, body: Json) -> Json:
    """What is going on, in numbers."""
    counts = {
        table: world.store.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]
        for table in ("sms", "emails", "bookings", "callbacks")
    }
    return {
        "ready": True,
        "offset_ms": world.offset_ms,
        "open_callbacks": world.callbacks.open(),
        "faults": len(world.faults.armed),
        **counts,
    }


async def clock(world: World, request: Request, body: Json) -> Json:
    """PUT: shifts business time. GET: tells it."""
    if request.method == "PUT":
        if not isinstance(body.get("offset_ms"), int):
            raise Refused("offset_ms must be a whole number")
        world.set_offset(body["offset_ms"])
    return {"offset_ms": world.offset_ms, "now_ms": world.now()}


async def put_account(world: World, request: Request, body: Json) -> Json:
    """Registers an account or changes fields of it."""
    return shown(world.accounts.put(request.path_params["provider"], request.path_params["key"], body))


async def accounts(world: World, request: Request, body: Json) -> Json:
    """All accounts of a provider, or one."""
    provider, key = request.path_params["provider"], request.path_params.get("key")
    found = [account for (kind, _), account in world.accounts.known.items() if kind == provider]
    if key is None:
        return {"items": [shown(account) for account in found]}
    for account in found:
        if account.key == key:
            return shown(account)
    raise Refused(f"no {provider} account {key!r}", 404)


async def put_site(world: World, request: Request, body: Json) -> Json:
    """Installs a Wix app on a site: instance id -> webhook URL."""
    app = world.accounts.get(WixApp, request.path_params["key"])
    sites = {**app.sites, request.path_params["instance_id"]: str(body.get("webhook_url", ""))}
    return shown(world.accounts.put("wix", app.app_id, {"sites": sites}))


async def rotate(world: World, request: Request, body: Json) -> Json:
    """New secrets. Svix signs with both for a while (`overlap`, the default); the others switch at once."""
    provider, key = request.path_params["provider"], request.path_params["key"]
    if provider == "resend":
        before = world.accounts.get(ResendAccount, key).webhook_secret if body.get("overlap", True) else ""
        changes: Json = {"webhook_secret": new_webhook_secret(), "previous_webhook_secret": before}
    elif provider == "wix":
        changes = {"private_key_pem": new_private_key(), "hmac_secret": new_webhook_secret()[6:]}
    elif provider == "twilio":
        overlap = body.get("overlap", True)
        before = world.accounts.get(TwilioAccount, key).auth_token if overlap else ""
        changes = {"auth_token": new_webhook_secret()[6:], "previous_auth_token": before}
    elif provider == "manychat":
        changes = {"secret": new_webhook_secret()[6:]}
    elif provider in KEY_FIELD:
        changes = {"api_key": new_webhook_secret()[6:]}
    else:
        raise Refused(f"unknown provider {provider!r}", 404)
    return shown(world.accounts.put(provider, key, changes))


async def add_fault(world: World, request: Request, body: Json) -> Json:
    """Arms a fault."""
    fault = world.faults.add(body)
    world.live.changed()
    return fault.model_dump()


async def list_faults(world: World, request: Request, body: Json) -> Json:
    """The faults armed now."""
    return {"items": [fault.model_dump() for fault in world.faults.armed]}


async def remove_faults(world: World, request: Request, body: Json) -> Json:
    """Disarms one fault, or all."""
    world.faults.remove(request.path_params.get("fault_id"))
    world.live.changed()
    return {}


async def callbacks(world: World, request: Request, body: Json) -> Json:
    """The log of callbacks, filtered by provider, account, event, subject and state."""
    wanted, limit = dict(request.query_params), number(request, "limit", 5_000)
    return await wait_for(world, request, lambda: world.callbacks.find(wanted, limit))


async def settle(world: World, request: Request, body: Json) -> Json:
    """Waits until no callback (of one account) is on its way."""
    account = body.get("account")
    left, settled = await world.live.wait(
        lambda: world.callbacks.open(account), lambda n: n == 0, int(body.get("timeout_ms", 5_000))
    )
    return {"settled": settled, "open": left}


async def raw(world: World, request: Request, body: Json) -> Json:
    """Sends arbitrary bytes to a URL, once, and tells the answer."""
    content = str(body.get("body", "")).encode("utf-8", "surrogateescape")
    if "body_hex" in body:
        content = bytes.fromhex(body["body_hex"])
    try:
        reply = await send(
            body.get("method", "POST"),
            str(body.get("url")),
            body.get("headers", {}),
            content,
            body.get("timeout_ms", 10_000),
        )
    except (WireError, TimeoutError) as error:
        raise Refused(f"no answer: {error}", 502) from None
    return {"status": reply.status, "headers": reply.headers, "body": reply.text}


async def forge_mail(world: World, request: Request, body: Json) -> Json:
    """A forged Resend event, sent once: the answer it got."""
    row = mail.found(world, request.path_params["email_id"])
    account = world.accounts.get(ResendAccount, row["account"])
    callback = mail.callback_for(
        world,
        account,
        row,
        body.get("type", "email.delivered"),
        body.get("message_id"),
        body.get("how", "wrong_secret"),
    )
    return {"items": await world.callbacks.once(callback, forged=True)}


async def reset(world: World, request: Request, body: Json) -> Json:
    """Forgets messages, bookings, callbacks and faults; accounts too unless `keep_accounts`."""
    await world.callbacks.cancel()
    world.store.clear()
    world.faults.remove()
    world.set_offset(0)
    if not body.get("keep_accounts", True):
        world.accounts.clear()
    world.live.changed()
    return {}


async def live(request: Request) -> Response:
    """Server-sent events for the pages: `change` whenever something visible changed."""
    return StreamingResponse(
        world_of(request).live.stream(), media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


ROUTES = [
    Route("/live", live),
    door("/status", "GET", status),
    door("/clock", "GET", clock),
    door("/clock", "PUT", clock),
    door("/faults", "GET", list_faults),
    door("/faults", "POST", add_fault),
    door("/faults", "DELETE", remove_faults),
    door("/faults/{fault_id:int}", "DELETE", remove_faults),
    door("/callbacks", "GET", callbacks),
    door("/settle", "POST", settle),
    door("/raw", "POST", raw),
    door("/reset", "POST", reset),
    door("/emails/{email_id}/forge", "POST", forge_mail),
    door("/{provider}/accounts", "GET", accounts),
    door("/{provider}/accounts/{key}", "GET", accounts),
    door("/{provider}/accounts/{key}", "PUT", put_account),
    door("/{provider}/accounts/{key}/rotate", "POST", rotate),
    door("/wix/accounts/{key}/sites/{instance_id}", "PUT", put_site),
]
