"""The operator's door, second half: texts, e-mails and bookings."""

import json
import uuid
from collections import Counter

from pydantic import ValidationError
from starlette.requests import Request

from sandbox import mail, phones, wix_app
from sandbox.accounts import ClickSendAccount, Refused, WixApp
from sandbox.console import copies_of, door, number, wait_for
from sandbox.store import Json
from sandbox.wix import Wanted, webhook
from sandbox.world import World

FLAGS = ("send", "copies", "signing", "event_id", "forge", "wait")


async def conversations(world: World, request: Request, body: Json) -> Json:
    """All conversations, the latest first, and the numbers that can be texted."""
    heads = world.store.rows(
        "SELECT s.*, c.count FROM sms s JOIN (SELECT max(seq) AS seq, count(*) AS count FROM sms"
        " GROUP BY customer, business) c USING (seq) ORDER BY seq DESC"
    )
    labels = {
        name: account.label or account.username
        for account in world.accounts.all(ClickSendAccount)
        for name in (*account.numbers, *account.alpha_tags)
    }
    numbers = [
        {"number": name, "label": account.label or account.key, "account": account.key}
        for account in world.accounts.holders()
        for name in account.numbers
    ]
    labels.update({entry["number"]: entry["label"] for entry in numbers})
    return {
        "items": [{**head, "label": labels.get(head["business"], head["business"])} for head in heads],
        "numbers": numbers,
        "now_ms": world.now(),
        "offset_ms": world.offset_ms,
    }


async def messages(world: World, request: Request, body: Json) -> Json:
    """The texts on one phone, oldest first; filters: business, direction, contains, custom_string, after."""
    asked = request.query_params
    after = number(request, "after", 0)

    def look() -> list[Json]:
        found = world.store.rows(
            "SELECT * FROM sms WHERE customer = ? AND seq > ? ORDER BY seq",
            request.path_params["customer"],
            after,
        )
        return [
            text
            for text in found
            if all(
                text[name] == asked[name]
                for name in ("business", "direction", "custom_string", "state", "account")
                if name in asked
            )
            and asked.get("contains", "") in text["body"]
        ]

    return await wait_for(world, request, look)


async def reply(world: World, request: Request, body: Json) -> Json:
    """The customer writes."""
    text = body.get("body")
    if not isinstance(text, str) or not text:
        raise Refused("body must be a text")
    return phones.reply(world, request.path_params["customer"], text, body.get("business"))


async def receipt(world: World, request: Request, body: Json) -> Json:
    """A delivery report by hand, again if wanted, in any order."""
    ids = phones.receipt(
        world, request.path_params["message_id"], int(body.get("status_code", 201)), body.get("error_text")
    )
    return {"message": phones.message(world, request.path_params["message_id"]), "callbacks": ids}


async def forge_text(world: World, request: Request, body: Json) -> Json:
    """An inbound text nobody sent, pushed with a wrong path secret, once: the answer it got."""
    account = world.accounts.get(ClickSendAccount, request.path_params["username"])
    text = {
        "customer": body.get("from", "+61400000000"),
        "business": (account.numbers or [""])[0],
        "body": body.get("body", "forged"),
        "id": body.get("message_id") or str(uuid.uuid4()).upper(),
        "original_id": "",
        "custom_string": "",
        "at_ms": world.now(),
    }
    callback = phones.callback_for(
        account,
        "inbound",
        account.inbound_url,
        text["id"],
        text["customer"],
        phones.inbound_fields(world, text),
    )
    return {"items": await world.callbacks.once(callback, forged=True)}


async def sends(world: World, request: Request, body: Json) -> Json:
    """What really reached phones: counts by recipient and by custom string, and whatever came twice."""
    account, to = request.query_params.get("account"), request.query_params.get("to")
    found = world.store.rows(
        "SELECT customer, custom_string, body FROM sms WHERE direction = 'out'"
        " AND (? IS NULL OR account = ?) AND (? IS NULL OR customer = ?)",
        account,
        account,
        to,
        to,
    )
    twice = Counter((row["customer"], row["custom_string"]) for row in found if row["custom_string"])
    return {
        "total": len(found),
        "by_recipient": dict(Counter(row["customer"] for row in found)),
        "by_custom_string": dict(Counter(row["custom_string"] for row in found)),
        "duplicates": [
            {"to": to, "custom_string": custom, "times": times}
            for (to, custom), times in twice.items()
            if times > 1
        ],
        "same_text": [
            {"to": to, "body": text, "times": times}
            for (to, text), times in Counter((row["customer"], row["body"]) for row in found).items()
            if times > 1
        ],
    }


async def emails(world: World, request: Request, body: Json) -> Json:
    """The outbox, oldest first; filters: to, account, subject (contains), contains, after (seq)."""
    asked, after = request.query_params, number(request, "after", 0)

    def look() -> list[Json]:
        rows = world.store.rows(
            "SELECT * FROM (SELECT * FROM emails WHERE seq > ? AND (? IS NULL OR account = ?)"
            " ORDER BY seq DESC LIMIT ?) ORDER BY seq",
            after,
            asked.get("account"),
            asked.get("account"),
            number(request, "limit", 5_000),
        )
        wanted = asked.get("to", "").lower()
        found = [mail.shown(row) for row in rows if not wanted or wanted in row["recipients"].split()]
        return [
            email
            for email in found
            if asked.get("subject", "") in email["subject"]
            and asked.get("contains", "") in f"{email['subject']}\n{email['text']}\n{email['html']}"
        ]

    return await wait_for(world, request, look)


async def email(world: World, request: Request, body: Json) -> Json:
    """One e-mail."""
    return mail.shown(mail.found(world, request.path_params["email_id"]))


async def email_event(world: World, request: Request, body: Json) -> Json:
    """Lets something happen to an e-mail: delivered, bounced, complained, opened ..."""
    ids = mail.event(world, request.path_params["email_id"], str(body.get("type")))
    return {"callbacks": ids}


async def create_booking(world: World, request: Request, body: Json) -> Json:
    """A customer books at a site."""
    flags = {name: body.pop(name) for name in FLAGS if name in body}
    instance_id = str(body.pop("instance_id", ""))
    world.accounts.app_of(instance_id)
    try:
        wanted = Wanted.model_validate(body)
    except ValidationError as error:
        raise Refused("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from None
    booking, event = wix_app.book(world, instance_id, wanted)
    return await _tell(world, instance_id, booking, event, flags)


async def change_booking(world: World, request: Request, body: Json) -> Json:
    """update, reschedule, cancel, confirm, decline, or attendance."""
    flags = {name: body.pop(name) for name in FLAGS if name in body}
    booking_id = request.path_params["booking_id"]
    booking, event = wix_app.alter(world, booking_id, request.path_params["verb"], body)
    return await _tell(world, wix_app.stored(world, booking_id)["instance_id"], booking, event, flags)


async def _tell(world: World, instance_id: str, booking: Json, event: Json, flags: Json) -> Json:
    """Sends the event as the flags want and waits (`wait`) until each copy got its first answer."""
    app = world.accounts.app_of(instance_id)
    event["id"] = flags.get("event_id") or event["id"]
    wix_app.remember(world, app, instance_id, booking["id"], event)
    return {"booking": booking, **await _send(world, app, instance_id, event, flags)}


async def _send(world: World, app: WixApp, instance_id: str, event: Json, flags: Json) -> Json:
    callback = wix_app.callback_for(
        world, app.app_id, instance_id, event, flags.get("signing"), flags.get("forge") or "wrong_key"
    )
    message = callback.forge() if flags.get("forge") else callback.make()
    told = {
        "event": event,
        "webhook": webhook(event, instance_id),
        "url": callback.url,
        "request": {"body": message.body.decode(), "headers": message.headers},
        "callbacks": [],
    }
    if not flags.get("send", True):
        return told
    if flags.get("forge"):
        return {**told, "callbacks": await world.callbacks.once(callback, forged=True)}
    ids = [one for _ in range(copies_of(flags)) for one in world.callbacks.send(callback)]
    if flags.get("wait", True) and ids:
        await world.live.wait(
            lambda: world.callbacks.logged(ids),
            lambda seen: all(row["attempts"] or row["state"] == "lost" for row in seen),
            app.timeout_ms + 500,
        )
    return {**told, "callbacks": world.callbacks.logged(ids)}


async def bookings(world: World, request: Request, body: Json) -> Json:
    """All bookings, or those of one site."""
    found = world.store.rows(
        "SELECT id FROM bookings WHERE ? IS NULL OR instance_id = ? ORDER BY rowid",
        request.query_params.get("instance_id"),
        request.query_params.get("instance_id"),
    )
    return {"items": [wix_app.stored(world, row["id"]) for row in found]}


async def events(world: World, request: Request, body: Json) -> Json:
    """The events of one booking, in the order they happened."""
    return {
        "items": world.store.rows(
            "SELECT id, booking_id, instance_id, event_type, envelope FROM events"
            " WHERE booking_id = ? ORDER BY seq",
            request.path_params["booking_id"],
        )
    }


async def resend_event(world: World, request: Request, body: Json) -> Json:
    """The same event once more, as Wix does on rare occasions; takes the flags of a booking."""
    row = world.store.row(
        "SELECT * FROM events WHERE id = ? ORDER BY seq DESC", request.path_params["event_id"]
    )
    if row is None:
        raise Refused("no such event", 404)
    return await _send(
        world,
        world.accounts.get(WixApp, row["app_id"]),
        row["instance_id"],
        json.loads(row["envelope"]),
        body,
    )


ROUTES = [
    door("/phone", "GET", conversations),
    door("/phone/{customer}/messages", "GET", messages),
    door("/phone/{customer}/reply", "POST", reply),
    door("/clicksend/sends", "GET", sends),
    door("/clicksend/messages/{message_id}/receipt", "POST", receipt),
    door("/clicksend/accounts/{username}/forge", "POST", forge_text),
    door("/emails", "GET", emails),
    door("/emails/{email_id}", "GET", email),
    door("/emails/{email_id}/event", "POST", email_event),
    door("/wix/bookings", "GET", bookings),
    door("/wix/bookings", "POST", create_booking),
    door("/wix/bookings/{booking_id}/events", "GET", events),
    door("/wix/bookings/{booking_id}/{verb}", "POST", change_booking),
    door("/wix/events/{event_id}/resend", "POST", resend_event),
]
