"""Twilio's side of the phone network: texts taken over and brought, status callbacks and inbound texts, signed."""

import secrets
import time
from urllib.parse import urlencode

from sandbox import segments
from sandbox.accounts import Refused, TwilioAccount
from sandbox.callbacks import Callback, Message
from sandbox.signing import twilio_signature
from sandbox.store import Json
from sandbox.world import World

STATES = {
    "queued": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
UNREACHABLE = "30003"
UNSUBSCRIBED = "21610"
STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
START = {"start", "yes", "unstop"}


def accept(world: World, account: TwilioAccount, to: str, sender: str, body: str, callback: str) -> Json:
    """Takes a text over and shows it on the phone; the statuses follow, each in a callback of its own."""
    sid = _insert(world, account, "out", to, sender, body, callback)
    taken = message(world, sid)
    if to in account.opted_out:
        report(world, sid, "failed", UNSUBSCRIBED)
    elif account.delivery == "auto":
        last = "undelivered" if to in account.undeliverable else "delivered"
        for status in ("queued", "sent", last):
            report(world, sid, status)
    return taken


def reply(world: World, account: TwilioAccount, customer: str, business: str, body: str) -> Json:
    """The customer texts one of the account's numbers. STOP and START count with Twilio too, by its default."""
    word = body.strip().lower()
    if word in STOP and customer not in account.opted_out:
        world.accounts.put("twilio", account.key, {"opted_out": [*account.opted_out, customer]})
    elif word in START:
        left = [number for number in account.opted_out if number != customer]
        world.accounts.put("twilio", account.key, {"opted_out": left})
    sid = _insert(world, account, "in", customer, business, body, "")
    text = message(world, sid)
    text["callbacks"] = world.callbacks.send(inbound(account, text))
    return text


def message(world: World, sid: str) -> Json:
    """One text by SID. Raises Refused (404)."""
    found = world.store.row("SELECT * FROM sms WHERE id = ? AND provider = 'twilio'", sid)
    if found is None:
        raise Refused(f"no Twilio text {sid!r}", 404)
    return found


def report(world: World, sid: str, status: str, error_code: str = "") -> list[int]:
    """The network says what became of a text; told to its StatusCallback. Callback ids."""
    if status not in STATES:
        raise Refused(f"status must be one of {sorted(STATES)}")
    message(world, sid)
    failed = STATES[status] == "failed"
    world.store.run(
        "UPDATE sms SET state = ?, status_text = ?, error_code = ?, receipt_ms = ? WHERE id = ?",
        STATES[status],
        status,
        (error_code or UNREACHABLE) if failed else None,
        world.now(),
        sid,
    )
    world.live.changed()
    return world.callbacks.send(status_callback(world, message(world, sid)))


def status_callback(world: World, text: Json) -> Callback:
    """The callback about a text's present status."""
    account = world.accounts.get(TwilioAccount, text["account"])
    fields = {
        "SmsSid": text["id"],
        "SmsStatus": text["status_text"],
        "MessageStatus": text["status_text"],
        "To": text["customer"],
        "MessageSid": text["id"],
        "AccountSid": account.account_sid,
        "From": text["business"],
        "ApiVersion": "2010-04-01",
    }
    if text["error_code"]:
        fields["ErrorCode"] = text["error_code"]
    event = f"status.{text['status_text']}"
    return _callback(account, event, text, text["custom_string"], fields)


def inbound(account: TwilioAccount, text: Json) -> Callback:
    """The webhook about a text that came in."""
    fields = {
        "ToCountry": "AU",
        "ToState": "",
        "SmsMessageSid": text["id"],
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": text["id"],
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text["body"],
        "FromCountry": "AU",
        "To": text["business"],
        "ToZip": "",
        "NumSegments": str(text["parts"]),
        "MessageSid": text["id"],
        "AccountSid": account.account_sid,
        "From": text["customer"],
        "ApiVersion": "2010-04-01",
    }
    return _callback(account, "inbound", text, account.inbound_url, fields)


def _callback(account: TwilioAccount, event: str, text: Json, url: str, fields: dict[str, str]) -> Callback:
    body = urlencode(fields).encode()

    def signed(token: str) -> Message:
        sign = twilio_signature(token, url, fields)
        headers = {
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "x-twilio-signature": sign,
            "i-twilio-idempotency-token": secrets.token_hex(16),
        }
        return Message(body, headers)

    return Callback(
        provider="twilio",
        account=account.key,
        event=event,
        subject=text["id"],
        url=url,
        make=lambda: signed(account.auth_token),
        forge=lambda: signed("guessed" + secrets.token_hex(8)),
        timeout_ms=account.timeout_ms,
        retry_ms=account.retry_ms,
        recipients=(text["customer"],),
    )


def _insert(
    world: World,
    account: TwilioAccount,
    direction: str,
    customer: str,
    business: str,
    body: str,
    callback: str,
) -> str:
    """A row of the phone network. Twilio keeps no custom string; the column holds the StatusCallback."""
    sid = "SM" + secrets.token_hex(16)
    world.store.insert(
        "sms",
        {
            "id": sid,
            "provider": "twilio",
            "account": account.key,
            "direction": direction,
            "customer": customer,
            "business": business,
            "body": body,
            "state": "sent" if direction == "out" else "received",
            "status_text": "queued" if direction == "out" else "received",
            "custom_string": callback,
            "parts": segments.count(body),
            "at_ms": world.now(),
            "real_ms": int(time.time() * 1000),
        },
    )
    world.live.changed()
    return sid
