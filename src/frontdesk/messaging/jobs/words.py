"""The words of a message: its own, its template filled in, or a sealed code opened at the last moment."""

from zoneinfo import ZoneInfo

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid
from frontdesk.core.parsing import parse_model
from frontdesk.core.phone import display
from frontdesk.messaging import queries
from frontdesk.messaging.jobs.carriers import Letter
from frontdesk.messaging.rules import wording
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.messaging.rules.templates import render
from frontdesk.messaging.rules.unsubscribe import token
from frontdesk.messaging.rules.wording import DEFAULTS, Wording
from frontdesk.tenants.secrets import derived_keys, unseal

SEALED_CODE = "auth.code"


class SealedCode(BaseModel):
    """What `auth` sealed for us: whom to send which code."""

    email: str
    name: str
    code: str


async def letter_of(ctx: Ctx, message: Outgoing) -> Letter:
    """What goes out. A message that was about to go before keeps the words it had.

    Only what speaks of a booking is filled in anew until it goes: the appointment may have moved.

    Raises:
        Invalid: there is no such template, or it cannot be filled in.

    """
    if message.sealed_body is not None:
        return await _code(ctx, message.sealed_body)
    unsubscribe = _unsubscribe(ctx, message) if message.purpose in ("service", "marketing") else ""
    filled_in = bool(message.template and message.booking_id)
    if message.body and (message.state == "sending" or not filled_in):
        return Letter(message.subject, message.body, unsubscribe)
    filling = await queries.filling(ctx, message)
    default = DEFAULTS.get((message.template, message.channel))
    words = Wording(filling.subject or "", filling.body) if filling.body else default
    if words is None:
        raise Invalid(f"There is no template {message.template!r} for {message.channel}.")
    values = values_for(ctx, filling)
    return Letter(
        " ".join(render(words.subject, values).split()), render(words.body, values).strip(), unsubscribe
    )


def _unsubscribe(ctx: Ctx, message: Outgoing) -> str:
    """Where the recipient of a mail can stop such mails; texts have STOP."""
    if message.channel != "email":
        return ""
    key = derived_keys(ctx.platform, "unsubscribe")[0]
    origin = ctx.platform.settings.origin_of(ctx.tenant.slug)
    return f"{origin}/unsubscribe/{token(key, ctx.tenant.id, message.address)}"


async def _code(ctx: Ctx, sealed: str) -> Letter:
    code = parse_model(SealedCode, await unseal(ctx.platform, ctx.tenant, SEALED_CODE, sealed))
    business = ctx.tenant.name
    return Letter(
        wording.CODE_SUBJECT.format(business=business),
        wording.CODE_BODY.format(code=code.code, business=business, name=code.name or "there"),
    )


def values_for(ctx: Ctx, filling: queries.Filling) -> dict[str, object]:
    """What a template's variables stand for."""
    settings, booking = ctx.settings, None
    if filling.starts_at is not None:
        zone = ZoneInfo(filling.booking_zone) if filling.booking_zone else ctx.tenant.zone
        booking = {
            **wording.spoken(filling.starts_at, zone),
            "service": filling.service or "",
            "practitioner": filling.practitioner or "",
            "location": filling.location or "",
        }
    first, last = filling.first_name or "", filling.last_name or ""
    return wording.values_of(
        {
            "name": ctx.tenant.name,
            "phone": display(settings.sms.sender, ctx.tenant.country) if settings.sms.sender else "",
            "address": settings.email.postal_address,
        },
        {"first_name": first, "last_name": last, "name": f"{first} {last}".strip()},
        booking,
    )
