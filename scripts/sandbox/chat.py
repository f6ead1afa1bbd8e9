"""The operator's door for Twilio's texts and for ManyChat: a flow's External Request, and what its answer may hold."""

import json
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from sandbox import twilio_phone
from sandbox.accounts import ManyChatAccount, TwilioAccount
from sandbox.callbacks import Callback, Message
from sandbox.console import copies_of, door
from sandbox.store import Json, dumps
from sandbox.world import World

LIMITS = {"messages": 10, "actions": 5, "quick_replies": 11}
KINDS = {"text", "image", "video", "audio", "file", "cards"}


async def status(world: World, request: Request, body: Json) -> Json:
    """A Twilio status by hand, again if wanted, in any order."""
    sid = request.path_params["sid"]
    ids = twilio_phone.report(
        world, sid, str(body.get("status", "delivered")), str(body.get("error_code") or "")
    )
    return {"message": twilio_phone.message(world, sid), "callbacks": ids}


async def forge_text(world: World, request: Request, body: Json) -> Json:
    """An inbound text nobody sent, signed with a token nobody has, once: the answer it got."""
    account = world.accounts.get(TwilioAccount, request.path_params["name"])
    text = {
        "id": body.get("message_sid") or "SM" + "f" * 32,
        "customer": body.get("from", "+61400000000"),
        "business": (account.numbers or [""])[0],
        "body": body.get("body", "forged"),
        "parts": 1,
    }
    return {"items": await world.callbacks.once(twilio_phone.inbound(account, text), forged=True)}


async def external_request(world: World, request: Request, body: Json) -> Json:
    """A flow calls us: `subscriber` (fields over a made-up one), `text`, `fields`; `copies`, `forge`."""
    account = world.accounts.get(ManyChatAccount, request.path_params["name"])
    person = _subscriber(world, account, body.get("subscriber") or {})
    payload: Json = {"subscriber": person}
    payload.update({name: body[name] for name in ("text", "fields") if name in body})
    callback = _callback(account, person, payload)
    if body.get("forge"):
        logged = await world.callbacks.once(callback, forged=True)
    else:
        ids = [one for _ in range(copies_of(body)) for one in world.callbacks.send(callback)]
        logged, _ = await world.live.wait(
            lambda: world.callbacks.logged(ids) if ids else [],
            lambda seen: all(row["attempts"] or row["state"] == "lost" for row in seen),
            account.timeout_ms + 500,
        )
    return {
        "request": payload,
        "callbacks": logged,
        "problems": [p for row in logged for p in _problems(row)],
    }


def _subscriber(world: World, account: ManyChatAccount, given: Json) -> Json:
    """The full contact data of a made-up subscriber."""
    now = datetime.fromtimestamp(world.now() / 1000, UTC).isoformat(timespec="seconds")
    id_ = str(given.get("id", "1234567890"))
    person = {
        "key": f"user:{id_}",
        "id": id_,
        "page_id": account.page_id,
        "status": "active",
        "first_name": "Ana",
        "last_name": "Reyes",
        "gender": "female",
        "locale": "en_US",
        "language": "English",
        "timezone": "UTC+10",
        "live_chat_url": f"https://manychat.com/fb{account.page_id}/chat/{id_}",
        "last_input_text": "",
        "optin_phone": False,
        "phone": None,
        "optin_email": False,
        "email": None,
        "subscribed": now,
        "last_interaction": now,
        "custom_fields": {},
    }
    person.update(given)
    person.setdefault("name", f"{person['first_name']} {person['last_name']}".strip())
    return person


def _callback(account: ManyChatAccount, person: Json, payload: Json) -> Callback:
    body = dumps(payload).encode()

    def made(secret: str) -> Message:
        return Message(body, {"content-type": "application/json", account.header.lower(): secret})

    return Callback(
        provider="manychat",
        account=account.key,
        event="external_request",
        subject=str(person["id"]),
        url=account.webhook_url,
        make=lambda: made(account.secret),
        forge=lambda: made("guessed"),
        timeout_ms=account.timeout_ms,
        retry_ms=[],  # ManyChat tries once
    )


def _problems(row: Json) -> list[str]:
    """What ManyChat would not take of an answer; nothing of one that refused."""
    if not row["attempts"]:
        return []
    attempt = row["attempts"][-1]
    if attempt["error"]:
        return [str(attempt["error"])]
    if attempt["status"] != 200:
        return [f"answered {attempt['status']}"]
    try:
        answer = json.loads(attempt["answer"])
    except ValueError:
        return ["the answer is not JSON"]
    return block_problems(answer)


def block_problems(answer: Any) -> list[str]:
    """What is wrong with a Dynamic Block, version v2."""
    content = answer.get("content") if isinstance(answer, dict) else None
    if not isinstance(content, dict) or answer.get("version") != "v2":
        return ["not a Dynamic Block of version v2"]
    found: list[str] = []
    for name, most in LIMITS.items():
        items = content.get(name, [] if name != "messages" else None)
        if not isinstance(items, list):
            found.append(f"{name} is no list")
        elif len(items) > most:
            found.append(f"{len(items)} {name}, at most {most}")
    messages = content.get("messages")
    for message in messages if isinstance(messages, list) else []:
        if not isinstance(message, dict) or message.get("type") not in KINDS:
            found.append("a message of unknown type")
        elif message["type"] == "text" and not message.get("text"):
            found.append("a text message without text")
    return found


ROUTES = [
    door("/twilio/messages/{sid}/status", "POST", status),
    door("/twilio/accounts/{name}/forge", "POST", forge_text),
    door("/manychat/accounts/{name}/request", "POST", external_request),
]
