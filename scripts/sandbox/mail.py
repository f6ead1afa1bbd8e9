"""The mail system: e-mails in their outbox, and the signed events that tell what became of them."""

import json
import re
import uuid
from datetime import UTC, datetime
from email.utils import parseaddr

from sandbox.accounts import Refused, ResendAccount
from sandbox.callbacks import Callback, Message
from sandbox.signing import new_webhook_secret, svix_headers
from sandbox.store import Json, dumps
from sandbox.world import World

STATES = {
    "email.sent": "sent",
    "email.delivered": "delivered",
    "email.delivery_delayed": "delivery_delayed",
    "email.bounced": "bounced",
    "email.complained": "complained",
    "email.opened": "opened",
    "email.clicked": "clicked",
    "email.failed": "failed",
    "email.suppressed": "suppressed",
}
CODE = re.compile(r"(?<![\d#&])\d{6}(?!\d)")
TEST_ADDRESSES = {"bounced@resend.dev": "email.bounced", "complained@resend.dev": "email.complained"}


def stamp(ms: int) -> str:
    """ISO 8601 with microseconds and offset, as Resend writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def recipients(email: Json) -> list[str]:
    """Bare lower-case addresses it goes to."""
    return [parseaddr(entry)[1].lower() for name in ("to", "cc", "bcc") for entry in email[name]]


def accept(world: World, account: ResendAccount, email: Json) -> str:
    """Puts an e-mail into the outbox and tells what happens to it. Its id."""
    email_id = str(uuid.uuid4())
    world.store.insert(
        "emails",
        {
            "id": email_id,
            "account": account.name,
            "state": "queued",
            "data": dumps(email),
            "recipients": " ".join(recipients(email)),
            "at_ms": world.now(),
        },
    )
    world.live.changed()
    if set(recipients(email)) & set(account.suppressed):
        event(world, email_id, "email.suppressed")
        return email_id
    event(world, email_id, "email.sent")
    if account.delivery == "auto":
        outcome = next(
            (TEST_ADDRESSES[to] for to in recipients(email) if to in TEST_ADDRESSES), "email.delivered"
        )
        if outcome == "email.complained":
            event(world, email_id, "email.delivered")
        event(world, email_id, outcome)
    return email_id


def shown(row: Json) -> Json:
    """An e-mail as pages and the operator see it."""
    email = json.loads(row["data"])
    plain = email["text"] or re.sub(
        r"<[^>]+>", " ", re.sub(r"<style.*?</style>", " ", email["html"] or "", flags=re.S)
    )
    return {
        **email,
        "id": row["id"],
        "seq": row["seq"],
        "account": row["account"],
        "state": row["state"],
        "at_ms": row["at_ms"],
        "created_at": stamp(row["at_ms"]),
        "codes": CODE.findall(plain),
    }


def found(world: World, email_id: str) -> Json:
    """One row by id. Raises Refused (404)."""
    row = world.store.row("SELECT * FROM emails WHERE id = ?", email_id)
    if row is None:
        raise Refused(f"no e-mail {email_id!r}", 404)
    return row


def event(world: World, email_id: str, kind: str) -> list[int]:
    """Something happened to an e-mail: notes it and calls the account's webhook. Callback ids.

    Who bounced or complained is sent nothing more: that is Resend's suppression list.
    """
    row = found(world, email_id)
    if kind not in STATES:
        raise Refused(f"type must be one of {sorted(STATES)}")
    account = world.accounts.get(ResendAccount, row["account"])
    if kind in ("email.bounced", "email.complained"):
        gone = [to for to in recipients(json.loads(row["data"])) if to not in TEST_ADDRESSES]
        world.accounts.put("resend", account.name, {"suppressed": sorted({*account.suppressed, *gone})})
    world.store.run("UPDATE emails SET state = ? WHERE id = ?", STATES[kind], email_id)
    world.live.changed()
    return world.callbacks.send(callback_for(world, account, row, kind))


def payload(world: World, row: Json, kind: str) -> Json:
    """The body of a Resend event."""
    email = shown(row)
    data: Json = {
        "created_at": email["created_at"],
        "email_id": email["id"],
        "from": email["from"],
        "to": email["to"],
        "subject": email["subject"],
    }
    if email["tags"]:
        data["tags"] = {tag["name"]: tag["value"] for tag in email["tags"]}
    if kind == "email.bounced":
        data["bounce"] = {
            "message": "The recipient's mail server permanently rejected the message.",
            "subType": "General",
            "type": "Permanent",
            "diagnosticCode": ["smtp; 550 5.1.1 user unknown"],
        }
    if kind == "email.suppressed":
        data["suppressed"] = {
            "message": "The address is on the account's suppression list.",
            "type": "OnAccountSuppressionList",
        }
    return {"type": kind, "created_at": stamp(world.now()), "data": data}


def callback_for(
    world: World,
    account: ResendAccount,
    row: Json,
    kind: str,
    message_id: str | None = None,
    how: str = "wrong_secret",
) -> Callback:
    """One signed event. Its svix-id stays the same over all attempts; the signature is made anew for each."""
    svix_id = message_id or f"msg_{uuid.uuid4().hex[:27]}"
    body = dumps(payload(world, row, kind)).encode()
    plain = {"content-type": "application/json"}

    def make() -> Message:
        # The secrets of this moment count: a rotation in between changes how a retry is signed.
        now = world.accounts.get(ResendAccount, account.name)
        secrets = [now.webhook_secret, now.previous_webhook_secret]
        return Message(body, {**plain, **svix_headers(secrets, svix_id, body)})

    def forge() -> Message:
        now, at = world.accounts.get(ResendAccount, account.name), int(datetime.now(UTC).timestamp())
        if how == "unsigned":
            return Message(body, plain)
        if how == "tampered":
            return Message(
                body.replace(b'"to":[', b'"to":["mallory@example.com",'),
                {**plain, **svix_headers([now.webhook_secret], svix_id, body)},
            )
        if how in ("stale", "future"):
            shift = -600 if how == "stale" else 600
            return Message(body, {**plain, **svix_headers([now.webhook_secret], svix_id, body, at + shift)})
        return Message(body, {**plain, **svix_headers([new_webhook_secret()], svix_id, body)})

    return Callback(
        provider="resend",
        account=account.name,
        event=kind,
        subject=row["id"],
        url=account.webhook_url,
        make=make,
        forge=forge,
        timeout_ms=account.timeout_ms,
        retry_ms=account.retry_ms,
        recipients=tuple(row["recipients"].split()),
    )
