"""Who carries a message: the provider's account of the tenant, the request to it and what its answer means."""

from dataclasses import dataclass

from frontdesk.core.ctx import Ctx
from frontdesk.core.web import HttpRequest, HttpResponse
from frontdesk.integrations import resend
from frontdesk.integrations.clicksend import sms
from frontdesk.integrations.outbound import LookupResult, SendResult
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
class ClickSend:
    """Texts. Nothing makes a repeat safe, so doubt is settled by asking the history."""

    account: sms.Account
    sender: str
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

    def lookup(self, since: int, page: int) -> HttpRequest:
        """One page of what was sent since `since`."""
        return sms.history_request(self.account, since=since, page=page)

    def looked_up(self, response: HttpResponse, message: Outgoing) -> LookupResult:
        """Whether the message is on it."""
        return sms.found(response, custom_string=message.id)


@dataclass(frozen=True, slots=True)
class Resend:
    """E-mail. The message's id is the idempotency key, so a repeat within 24 hours is harmless."""

    account: resend.Account
    sender: str
    reply_to: str
    business: str
    postal_address: str
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


Carrier = ClickSend | Resend


async def carrier_of(ctx: Ctx, message: Outgoing) -> Carrier | None:
    """The tenant's account for the message's channel, or None while it is not set up."""
    secrets = (await secrets_of(ctx.platform, ctx.tenant)).current
    platform, settings = ctx.platform.settings, ctx.settings
    if message.channel == "sms":
        username, key = secrets.get(CLICKSEND_USER, ""), secrets.get(CLICKSEND_KEY, "")
        if not (username and key):
            return None
        account = sms.Account(platform.clicksend_api, username, key, platform.provider_timeout_ms)
        return ClickSend(account, settings.sms.sender)
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
