"""Who carries a message: the provider's account of the tenant, the request to it and what its answer means."""

from collections.abc import Collection
from dataclasses import dataclass

from frontdesk.core.ctx import Ctx
from frontdesk.core.settings import SmsProvider
from frontdesk.core.web import HttpRequest, HttpResponse
from frontdesk.integrations import resend
from frontdesk.integrations.clicksend import sms
from frontdesk.integrations.outbound import LookupResult, SendResult
from frontdesk.integrations.twilio import sms as twilio
from frontdesk.integrations.twilio.webhook import AUTH_TOKEN, callback_url
from frontdesk.messaging.rules.layout import html_of
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.tenants.secrets import secrets_of

CLICKSEND_USER = "clicksend_username"
CLICKSEND_KEY = "clicksend_api_key"
RESEND_KEY = "resend_api_key"


@dataclass(frozen=True, slots=True)
class Letter:
    """The words that go out, and where to unsubscribe from them ("" for what cannot be unsubscribed from)."""

    subject: str
    body: str
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A message in doubt: called in from `since` (ms UTC) on. `known`: the provider's ids of our others to them."""

    message: Outgoing
    since: int
    page: int
    known: Collection[str]


@dataclass(frozen=True, slots=True)
class ClickSend:
    """Texts. Nothing makes a repeat safe, so doubt is settled by asking the history."""

    account: sms.Account
    sender: str
    price_micros: int
    name: str = "clicksend"
    repeatable: bool = False

    def request(self, message: Outgoing, letter: Letter) -> HttpRequest:
        """The send."""
        return sms.send_request(
            self.account, to=message.address, body=letter.body, custom_string=message.id, sender=self.sender
        )

    def result(self, response: HttpResponse, message: Outgoing, real: int) -> SendResult:
        """What the answer means."""
        return sms.sent(response, custom_string=message.id, now_ms=real)

    def lookup(self, asked: Question) -> HttpRequest:
        """One page of what was sent since."""
        return sms.history_request(self.account, since=asked.since, page=asked.page)

    def looked_up(self, response: HttpResponse, asked: Question) -> LookupResult:
        """Whether the message is on it."""
        return sms.found(response, custom_string=asked.message.id)


@dataclass(frozen=True, slots=True)
class Twilio:
    """Texts. Twilio knows nothing of our ids: they travel in the callback's address, and doubt is settled by words."""

    account: twilio.Account
    sender: str
    price_micros: int
    origin: str
    slug: str
    name: str = "twilio"
    repeatable: bool = False

    def request(self, message: Outgoing, letter: Letter) -> HttpRequest:
        """The send."""
        callback = callback_url(self.origin, self.slug, message.id)
        return twilio.send_request(
            self.account, to=message.address, body=letter.body, sender=self.sender, callback=callback
        )

    def result(self, response: HttpResponse, message: Outgoing, real: int) -> SendResult:
        """What the answer means."""
        return twilio.sent(response, now_ms=real)

    def lookup(self, asked: Question) -> HttpRequest:
        """All that was sent to the recipient."""
        return twilio.list_request(self.account, to=asked.message.address)

    def looked_up(self, response: HttpResponse, asked: Question) -> LookupResult:
        """Whether the message is among it."""
        message = asked.message
        return twilio.found(
            response, to=message.address, body=message.body, since=asked.since, known=asked.known
        )


@dataclass(frozen=True, slots=True)
class Resend:
    """E-mail. The message's id is the idempotency key, so a repeat within 24 hours is harmless."""

    account: resend.Account
    sender: str
    reply_to: str
    business: str
    postal_address: str
    price_micros: int = 0
    name: str = "resend"
    repeatable: bool = True

    def request(self, message: Outgoing, letter: Letter) -> HttpRequest:
        """The send."""
        headers = {}
        footer = ""
        if letter.unsubscribe:
            headers = {
                "List-Unsubscribe": f"<{letter.unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
            footer = f"\n\n--\n{self.business}\n{self.postal_address}\nUnsubscribe: {letter.unsubscribe}"
        mail = resend.Email(
            sender=self.sender,
            to=message.address,
            subject=letter.subject,
            text=letter.body + footer,
            html=html_of(letter.body, self.business, self.postal_address, letter.unsubscribe),
            reply_to=self.reply_to,
            headers=headers,
        )
        return resend.send_request(self.account, mail, idempotency_key=message.id)

    def result(self, response: HttpResponse, message: Outgoing, real: int) -> SendResult:
        """What the answer means."""
        return resend.sent(response, now_ms=real)


Texting = ClickSend | Twilio
Carrier = Texting | Resend
TEXTING: dict[str, SmsProvider] = {"clicksend": "clicksend", "twilio": "twilio"}


async def carrier_of(ctx: Ctx, message: Outgoing) -> Carrier | None:
    """The tenant's account for the message, or None while it is not set up.

    A text that was called in, or that another provider has refused, names its provider; any other goes with the
    tenant's first choice.
    """
    if message.channel == "sms":
        return await texting(ctx, TEXTING.get(message.provider, ctx.settings.sms.provider))
    secrets = (await secrets_of(ctx.platform, ctx.tenant)).current
    platform, settings = ctx.platform.settings, ctx.settings
    key = secrets.get(RESEND_KEY, "")
    if not (key and settings.email.sender):
        return None
    return Resend(
        resend.Account(platform.resend_api, key, platform.provider_timeout_ms),
        settings.email.sender,
        settings.email.reply_to,
        ctx.tenant.name,
        settings.email.postal_address,
    )


async def fallback_of(ctx: Ctx, message: Outgoing, refused_by: Carrier) -> Texting | None:
    """Who may take a text that `refused_by` refused for a reason of its own; each text has one such chance."""
    second = ctx.settings.sms.fallback
    if message.channel != "sms" or second is None or second == refused_by.name or message.provider_note:
        return None
    return await texting(ctx, second)


async def texting(ctx: Ctx, provider: SmsProvider) -> Texting | None:
    """The tenant's account at an SMS provider, or None while it is not set up."""
    secrets = (await secrets_of(ctx.platform, ctx.tenant)).current
    platform, settings = ctx.platform.settings, ctx.settings
    price = settings.segment_micros(provider)
    if provider == "clicksend":
        username, key = secrets.get(CLICKSEND_USER, ""), secrets.get(CLICKSEND_KEY, "")
        if not (username and key):
            return None
        account = sms.Account(platform.clicksend_api, username, key, platform.provider_timeout_ms)
        return ClickSend(account, settings.sms.sender, price)
    theirs, token = settings.twilio, secrets.get(AUTH_TOKEN, "")
    if not (theirs.account_sid and theirs.sender and token):
        return None
    return Twilio(
        twilio.Account(platform.twilio_api, theirs.account_sid, token, platform.provider_timeout_ms),
        theirs.sender,
        price,
        platform.origin_of(ctx.tenant.slug),
        ctx.tenant.slug,
    )
