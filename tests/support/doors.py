"""Doors a tenant opens later, as its owner does it: settings and secrets through the API, accounts at providers."""

from dataclasses import dataclass
from typing import Any

from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone


@dataclass(frozen=True)
class TwilioLine:
    """A tenant's number at Twilio."""

    number: str
    account_sid: str
    auth_token: str


def changed(api: Api, **settings: Any) -> None:
    """Some settings, through the API."""
    version = api.get("/api/v1/settings")["version"]
    api.patch("/api/v1/settings", {"version": version, "settings": settings})


def open_twilio(stage: Stage, office: Office, api: Api, *, sms: dict[str, Any], **account: Any) -> TwilioLine:
    """An account at Twilio whose number is the tenant's; `sms` says which provider carries texts."""
    number = new_phone()
    made = stage.sandbox.twilio_account(
        office.slug,
        numbers=[number],
        inbound_url=f"{stage.runtime.url}/webhooks/twilio/{office.slug}",
        **account,
    )
    line = TwilioLine(number, made["account_sid"], made["auth_token"])
    changed(api, sms=sms, twilio={"account_sid": line.account_sid, "sender": number})
    api.post("/api/v1/settings/secrets/twilio_auth_token", {"value": line.auth_token})
    return line


def open_manychat(stage: Stage, office: Office, api: Api) -> str:
    """A ManyChat page that calls the tenant; the secret is ours, made up by the API and shown once."""
    secret = str(api.post("/api/v1/settings/secrets/manychat_secret", {})["value"])
    hook = f"{stage.runtime.url}/webhooks/manychat/{office.slug}"
    stage.sandbox.manychat_account(office.slug, webhook_url=hook, secret=secret)
    return secret
