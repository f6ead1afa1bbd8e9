"""The phone network: texts on their way to and from simulated phones, receipts and replies."""

import asyncio
import time
import uuid
from urllib.parse import urlencode, urlsplit, urlunsplit

from sandbox import segments, twilio_phone
from sandbox.accounts import ClickSendAccount, Refused, TwilioAccount
from sandbox.callbacks import Callback, Message
from sandbox.store import Json, dumps
from sandbox.world import World

RECEIPTS = {
    200: "Success: Message sent to the network.",
    201: "Success: Message received on handset.",
    300: "Temporary failure: The network will try again.",
    301: "Permanent failure: Message could not be delivered to the handset.",
    302: "Permanent failure: Message expired before it could be delivered.",
}
STATES = {200: "sent", 201: "delivered", 300: "sent", 301: "failed", 302: "failed"}


def accept(
    world: World, account: ClickSendAccount, to: str, sender: str, body: str, custom_string: str
) -> Json:
    """Takes a text over from ClickSend and shows it on the phone; later, a receipt says so."""
    message_id = str(uuid.uuid4()).upper()
    world.store.insert(
        "sms",
        {
            "id": message_id,
            "account": account.username,
            "direction": "out",
            "customer": to,
            "business": sender,
            "body": body,
            "state": "sent",
            "custom_string": custom_string,
            "parts": segments.count(body),
            "at_ms": world.now(),
            "real_ms": int(time.time() * 1000),
        },
    )
    world.live.changed()
    if account.delivery == "auto":
        code = 301 if to in account.undeliverable else 201
        if account.receipt_delay_ms:
            asyncio.get_running_loop().call_later(
                account.receipt_delay_ms / 1000, _late_receipt, world, message_id, code
            )
        else:
            receipt(world, message_id, code)
    return message(world, message_id)


def _late_receipt(world: World, message_id: str, code: int) -> None:
    if not world.live.closing and world.store.row("SELECT 1 FROM sms WHERE id = ?", message_id):
        receipt(world, message_id, code)


def message(world: World, message_id: str) -> Json:
    """One text by id. Raises Refused (404)."""
    found = world.store.row("SELECT * FROM sms WHERE id = ?", message_id)
    if found is None:
        raise Refused(f"no text {message_id!r}", 404)
    return found


def receipt(world: World, message_id: str, status_code: int, error_text: str | None = None) -> list[int]:
    """The network reports what became of a text; pushed to the account's receipt URL. Callback ids."""
    if status_code not in RECEIPTS:
        raise Refused(f"status_code must be one of {sorted(RECEIPTS)}")
    text = message(world, message_id)
    if text["provider"] != "clicksend":
        raise Refused("this text is Twilio's: report a status instead")
    failed = STATES[status_code] == "failed"
    world.store.run(
        "UPDATE sms SET state = ?, status_code = ?, status_text = ?, error_code = ?, error_text = ?,"
        " receipt_ms = ?, is_read = 0 WHERE id = ?",
        STATES[status_code],
        status_code,
        RECEIPTS[status_code],
        str(status_code) if failed else None,
        (error_text or RECEIPTS[status_code]) if failed else None,
        world.now(),
        message_id,
    )
    world.live.changed()
    account = world.accounts.get(ClickSendAccount, text["account"])
    return push(
        world,
        account,
        "receipt",
        account.receipt_url,
        message_id,
        text["customer"],
        receipt_fields(message(world, message_id)),
    )


def reply(world: World, customer: str, body: str, business: str | None = None) -> Json:
    """The customer texts a business number, by default the one that wrote last. Raises Refused."""
    last = world.store.row(
        "SELECT * FROM sms WHERE customer = ? AND direction = 'out' AND (? IS NULL OR business = ?)"
        " ORDER BY seq DESC LIMIT 1",
        customer,
        business,
        business,
    )
    number = business or (last["business"] if last else None)
    if number is None:
        raise Refused(f"{customer} has no conversation yet: say which business number to text")
    account = world.accounts.owner_of(number)
    if account is None:
        raise Refused(f"nobody can text {number!r}: no account has this number", 404)
    if isinstance(account, TwilioAccount):
        return twilio_phone.reply(world, account, customer, number, body)
    message_id = str(uuid.uuid4()).upper()
    world.store.insert(
        "sms",
        {
            "id": message_id,
            "account": account.username,
            "direction": "in",
            "customer": customer,
            "business": number,
            "body": body,
            "state": "received",
            "parts": segments.count(body),
            "original_id": last["id"] if last else "",
            "custom_string": last["custom_string"] if last else "",
            "at_ms": world.now(),
            "real_ms": int(time.time() * 1000),
        },
    )
    world.live.changed()
    sent = message(world, message_id)
    sent["callbacks"] = push(
        world, account, "inbound", account.inbound_url, message_id, customer, inbound_fields(world, sent)
    )
    return sent


def receipt_fields(text: Json) -> Json:
    """A delivery receipt as ClickSend pushes it (check: the `status` word; the rest is its SmsReceipt)."""
    return {
        "message_id": text["id"],
        "messageid": text["id"],
        "timestamp": text["receipt_ms"] // 1000,
        "timestamp_send": text["at_ms"] // 1000,
        "status": "Delivered"
        if text["status_code"] == 201
        else "Sent"
        if text["state"] == "sent"
        else "Undelivered",
        "status_code": text["status_code"],
        "status_text": text["status_text"],
        "error_code": text["error_code"],
        "error_text": text["error_text"],
        "custom_string": text["custom_string"],
        "customstring": text["custom_string"],
        "user_id": 1,
        "subaccount_id": 1,
        "message_type": "sms",
    }


def inbound_fields(world: World, text: Json) -> Json:
    """An inbound text as ClickSend pushes it: today's names and the old ones beside them."""
    original = world.store.row("SELECT body FROM sms WHERE id = ?", text["original_id"])
    before = original["body"] if original else ""
    return {
        "from": text["customer"],
        "to": text["business"],
        "body": text["body"],
        "message_id": text["id"],
        "original_message_id": text["original_id"],
        "custom_string": text["custom_string"],
        "timestamp": text["at_ms"] // 1000,
        "original_body": before,
        "user_id": 1,
        "subaccount_id": 1,
        "sms": text["customer"],
        "message": text["body"],
        "originalsenderid": text["business"],
        "originalmessageid": text["original_id"],
        "originalmessage": before,
        "customstring": text["custom_string"],
    }


def push(
    world: World, account: ClickSendAccount, event: str, url: str, subject: str, customer: str, fields: Json
) -> list[int]:
    """Calls the account's URL with the fields, in the form the account chose. Callback ids."""
    if not url:
        return []
    return world.callbacks.send(callback_for(account, event, url, subject, customer, fields))


def callback_for(
    account: ClickSendAccount, event: str, url: str, subject: str, customer: str, fields: Json
) -> Callback:
    """One ClickSend callback. ClickSend signs nothing: a forger can only guess the path's secret."""
    if account.webhook_type == "json":
        body, headers = dumps(fields).encode(), {"content-type": "application/json"}
    else:
        flat = {name: "" if value is None else value for name, value in fields.items()}
        body, headers = urlencode(flat).encode(), {"content-type": "application/x-www-form-urlencoded"}
    target, method = url, "POST"
    if account.webhook_type == "get":
        target, method = f"{url}{'&' if '?' in url else '?'}{body.decode()}", "GET"
        body, headers = b"", {}
    parts = urlsplit(target)
    guessed = urlunsplit(parts._replace(path=parts.path.rsplit("/", 1)[0] + "/guessed-secret"))
    return Callback(
        provider="clicksend",
        account=account.username,
        event=event,
        subject=subject,
        url=target,
        method=method,
        make=lambda: Message(body, headers),
        forge=lambda: Message(body, headers, guessed),
        timeout_ms=account.timeout_ms,
        retry_ms=account.retry_ms,
        recipients=(customer,),
    )
