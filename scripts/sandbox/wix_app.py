"""The Wix app's side of a webhook: signed (or forged) bytes on their way to the tenant's URL."""

import json
import time

from sandbox.accounts import Refused, WixApp
from sandbox.callbacks import Callback, Message
from sandbox.signing import (
    JWT_LIFETIME_S,
    confused_token,
    hex_hmac,
    new_private_key,
    public_pem,
    unsigned_token,
    wix_token,
)
from sandbox.store import Json, dumps
from sandbox.wix import Wanted, attendance, change, envelope, new_booking, webhook
from sandbox.world import World

FORGERIES = (
    "wrong_key",
    "unsigned",
    "alg_none",
    "hs256_public_key",
    "expired",
    "tampered",
    "foreign_instance",
)
_stranger: list[str] = []  # a forger's key pair, made once: RSA keys take a while


def book(world: World, instance_id: str, wanted: Wanted) -> tuple[Json, Json]:
    """A new booking, stored. The booking and its event's envelope."""
    app = world.accounts.app_of(instance_id)
    booking = new_booking(world, instance_id, wanted)
    if world.store.row("SELECT 1 FROM bookings WHERE id = ?", booking["id"]):
        raise Refused(f"booking {booking['id']!r} exists", 409)
    world.store.insert(
        "bookings",
        {
            "id": booking["id"],
            "app_id": app.app_id,
            "instance_id": instance_id,
            "sequence": 1,
            "data": dumps(booking),
        },
    )
    return booking, envelope(world, "create", booking, {}, 1, app.payload_shape)


def stored(world: World, booking_id: str) -> Json:
    """A booking's row, its data parsed. Raises Refused (404)."""
    row = world.store.row("SELECT * FROM bookings WHERE id = ?", booking_id)
    if row is None:
        raise Refused(f"no booking {booking_id!r}", 404)
    return {**row, "data": json.loads(row["data"])}


def alter(world: World, booking_id: str, verb: str, changes: Json) -> tuple[Json, Json]:
    """A booking changed by a verb, stored. The booking and its event's envelope."""
    row = stored(world, booking_id)
    app, sequence = world.accounts.get(WixApp, row["app_id"]), row["sequence"] + 1
    if verb == "attendance":
        after, event = (
            row["data"],
            attendance(world, row["data"], str(changes.get("status")), sequence, app.payload_shape),
        )
    else:
        after, beside = change(world, row["data"], verb, changes)
        event = envelope(world, verb, after, beside, sequence, app.payload_shape)
    world.store.run(
        "UPDATE bookings SET sequence = ?, data = ? WHERE id = ?", sequence, dumps(after), booking_id
    )
    return after, event


def remember(world: World, app: WixApp, instance_id: str, booking_id: str, event: Json) -> None:
    """Keeps an event, so that it can be sent again later."""
    world.store.insert(
        "events",
        {
            "id": event["id"],
            "booking_id": booking_id,
            "app_id": app.app_id,
            "instance_id": instance_id,
            "event_type": f"{event['entityFqdn']}_{event['slug']}",
            "envelope": dumps(event),
        },
    )
    world.live.changed()


def signed(app: WixApp, data: Json, signing: str) -> Message:
    """The genuine bytes and headers."""
    if signing == "hmac":
        body = dumps(data).encode()
        return Message(
            body,
            {"content-type": "application/json", "x-wix-webhook-signature": hex_hmac(app.hmac_secret, body)},
        )
    return Message(
        wix_token(data, app.private_key_pem).encode(), {"content-type": "text/plain; charset=utf-8"}
    )


def forged(app: WixApp, data: Json, signing: str, how: str) -> Message:
    """Bytes that must be refused. Raises Refused for an unknown way of forging."""
    if how not in FORGERIES:
        raise Refused(f"how must be one of {list(FORGERIES)}")
    if how == "foreign_instance":  # well signed by the same app, for a site that is not this tenant's
        return signed(app, {**data, "instanceId": "00000000-0000-4000-8000-00000000dead"}, signing)
    if signing == "hmac":
        genuine = signed(app, data, signing)
        header = {} if how == "unsigned" else {"x-wix-webhook-signature": hex_hmac("guess", genuine.body)}
        if how == "tampered":
            return Message(genuine.body.replace(b'"eventType"', b'"eventtype"'), genuine.headers)
        return Message(genuine.body, {"content-type": "application/json", **header})
    plain = {"content-type": "text/plain; charset=utf-8"}
    if how == "unsigned":
        return Message(dumps(data).encode(), {"content-type": "application/json"})
    if how == "alg_none":
        return Message(unsigned_token(data).encode(), plain)
    if how == "hs256_public_key":
        return Message(confused_token(data, public_pem(app.private_key_pem)).encode(), plain)
    if how == "expired":
        return Message(
            wix_token(data, app.private_key_pem, int(time.time()) - JWT_LIFETIME_S - 60).encode(), plain
        )
    if not _stranger:
        _stranger.append(new_private_key())
    foreign = wix_token(data, _stranger[0])
    if how == "tampered":
        genuine_head, _, _ = wix_token(data, app.private_key_pem).rpartition(".")
        return Message(f"{genuine_head}.{foreign.rpartition('.')[2]}".encode(), plain)
    return Message(foreign.encode(), plain)


def callback_for(
    world: World,
    app_id: str,
    instance_id: str,
    event: Json,
    signing: str | None = None,
    how: str = "wrong_key",
) -> Callback:
    """The webhook about one event, signed with the keys of the moment: a rotation concerns retries too."""
    app, data = world.accounts.get(WixApp, app_id), webhook(event, instance_id)

    def make() -> Message:
        now = world.accounts.get(WixApp, app_id)
        return signed(now, data, signing or now.signing)

    def forge() -> Message:
        now = world.accounts.get(WixApp, app_id)
        return forged(now, data, signing or now.signing, how)

    return Callback(
        provider="wix",
        account=app_id,
        event=event["slug"],
        subject=event["entityId"],
        url=app.sites.get(instance_id, ""),
        make=make,
        forge=forge,
        timeout_ms=app.timeout_ms,
        retry_ms=app.retry_ms,
        recipients=(instance_id, event["id"]),
    )
