"""The accounts tenants hold with each provider, registered at run time by the operator."""

import secrets
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.signing import new_private_key, new_webhook_secret, public_pem
from sandbox.store import Json, Store

# Retries are compressed: the originals spread them over minutes to days.
CLICKSEND_RETRIES_MS = [500, 1000, 2000, 4000, 8000]
SVIX_RETRIES_MS = [250, 500, 1000, 2000, 4000, 8000, 8000]
TWILIO_RETRIES_MS = [250]
WIX_RETRIES_MS = [250, 500, 1000, 1000, 2000, 2000, 4000, 4000, 8000, 8000, 8000, 8000]


class Refused(Exception):
    """The operator asked for something that makes no sense; the text says what."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Account(BaseModel):
    """What every provider's account has: an id, a name for the pages, and how its callbacks behave."""

    model_config = ConfigDict(extra="forbid")
    label: str = ""
    timeout_ms: int = Field(10_000, ge=1)
    retry_ms: list[int] = Field(default_factory=list)

    @property
    def key(self) -> str:
        """What the account is called within its provider."""
        raise NotImplementedError


class ClickSendAccount(Account):
    """One ClickSend account: credentials, numbers it owns, and where its callbacks go."""

    username: str
    api_key: str = Field(default_factory=lambda: secrets.token_hex(16).upper())
    numbers: list[str] = Field(default_factory=list)
    alpha_tags: list[str] = Field(default_factory=list)
    inbound_url: str = ""
    receipt_url: str = ""
    webhook_type: Literal["post", "json", "get"] = "post"
    delivery: Literal["auto", "manual"] = "auto"
    receipt_delay_ms: int = Field(0, ge=0)
    history_lag_ms: int = Field(0, ge=0)
    rate_per_second: int = Field(0, ge=0)
    balance: float = 1_000.0
    undeliverable: list[str] = Field(default_factory=list)
    opted_out: list[str] = Field(default_factory=list)
    retry_ms: list[int] = Field(default_factory=lambda: list(CLICKSEND_RETRIES_MS))

    @property
    def key(self) -> str:
        return self.username


class TwilioAccount(Account):
    """One Twilio account: its SID and auth token, numbers it owns, and where texts to them are reported."""

    name: str
    account_sid: str = Field(default_factory=lambda: "AC" + secrets.token_hex(16), pattern="^AC[0-9a-f]{32}$")
    auth_token: str = Field(default_factory=lambda: secrets.token_hex(16))
    previous_auth_token: str = ""
    numbers: list[str] = Field(default_factory=list)
    inbound_url: str = ""
    delivery: Literal["auto", "manual"] = "auto"
    list_lag_ms: int = Field(0, ge=0)
    rate_per_second: int = Field(0, ge=0)
    suspended: bool = False
    countries: list[str] = Field(default_factory=list)
    undeliverable: list[str] = Field(default_factory=list)
    opted_out: list[str] = Field(default_factory=list)
    timeout_ms: int = Field(15_000, ge=1)
    retry_ms: list[int] = Field(default_factory=lambda: list(TWILIO_RETRIES_MS))

    @property
    def key(self) -> str:
        return self.name


class ManyChatAccount(Account):
    """One ManyChat page: where its flows' External Request goes, with the secret its author put into a header."""

    name: str
    page_id: str = Field(default_factory=lambda: str(secrets.randbelow(10**15)))
    webhook_url: str = ""
    header: str = "X-Frontdesk-Secret"
    secret: str = Field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def key(self) -> str:
        return self.name


class ResendAccount(Account):
    """One Resend team: its API key, verified domains, and its Svix endpoint."""

    name: str
    api_key: str = Field(default_factory=lambda: "re_" + secrets.token_urlsafe(18))
    domains: list[str] = Field(default_factory=list)
    webhook_url: str = ""
    webhook_secret: str = Field(default_factory=new_webhook_secret)
    previous_webhook_secret: str = ""
    delivery: Literal["auto", "manual"] = "auto"
    suppressed: list[str] = Field(default_factory=list)
    rate_per_second: int = Field(0, ge=0)
    timeout_ms: int = Field(15_000, ge=1)
    retry_ms: list[int] = Field(default_factory=lambda: list(SVIX_RETRIES_MS))

    @property
    def key(self) -> str:
        return self.name


class WixApp(Account):
    """One Wix app: its signing keys and the sites it is installed on (instance id -> webhook URL)."""

    app_id: str
    private_key_pem: str = Field(default_factory=new_private_key)
    hmac_secret: str = Field(default_factory=lambda: secrets.token_hex(24))
    signing: Literal["jwt", "hmac"] = "jwt"
    payload_shape: Literal["object", "json"] = "object"
    sites: dict[str, str] = Field(default_factory=dict)
    timeout_ms: int = Field(1_250, ge=1)
    retry_ms: list[int] = Field(default_factory=lambda: list(WIX_RETRIES_MS))

    @property
    def key(self) -> str:
        return self.app_id


Texts = ClickSendAccount | TwilioAccount
A = TypeVar("A", bound=Account)
MODELS: dict[str, type[Account]] = {
    "clicksend": ClickSendAccount,
    "twilio": TwilioAccount,
    "manychat": ManyChatAccount,
    "resend": ResendAccount,
    "wix": WixApp,
}
KEY_FIELD = {"clicksend": "username", "twilio": "name", "manychat": "name", "resend": "name", "wix": "app_id"}


class Accounts:
    """The register: kept in memory for speed, written through to the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: dict[tuple[str, str], Account] = {}
        for row in store.rows("SELECT * FROM accounts"):
            model = MODELS[row["provider"]]
            self.known[(row["provider"], row["id"])] = model.model_validate_json(row["data"])

    def put(self, provider: str, key: str, changes: Json) -> Account:
        """Registers an account, or changes the fields given of a known one. Raises Refused."""
        if provider not in MODELS:
            raise Refused(f"unknown provider {provider!r}", 404)
        before = self.known.get((provider, key))
        values: Json = before.model_dump() if before is not None else {}
        try:
            account = MODELS[provider].model_validate({**values, **changes, KEY_FIELD[provider]: key})
        except ValidationError as error:
            raise Refused(
                "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            ) from None
        self._unambiguous(account)
        self.store.run(
            "INSERT INTO accounts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data",
            provider,
            key,
            account.model_dump_json(),
        )
        self.known[(provider, key)] = account
        return account

    def _unambiguous(self, account: Account) -> None:
        """One number, key or site belongs to one account only, as in the original. Raises Refused."""
        for other in self.known.values():
            if other.key == account.key and type(other) is type(account):
                continue
            if isinstance(account, Texts) and isinstance(other, Texts):
                shared = set(account.numbers) & set(other.numbers)
                if isinstance(account, TwilioAccount) and isinstance(other, TwilioAccount):
                    shared |= {account.account_sid} & {other.account_sid}
            elif isinstance(account, ResendAccount) and isinstance(other, ResendAccount):
                shared = {account.api_key} & {other.api_key}
            elif isinstance(account, WixApp) and isinstance(other, WixApp):
                shared = set(account.sites) & set(other.sites)
            else:
                shared = set()
            if shared:
                raise Refused(f"{', '.join(sorted(shared))} already belongs to account {other.key!r}", 409)

    def get(self, model: type[A], key: str) -> A:
        """The account of that provider and id. Raises Refused (404)."""
        for account in self.known.values():
            if isinstance(account, model) and account.key == key:
                return account
        raise Refused(f"no {model.__name__} {key!r} is registered", 404)

    def all(self, model: type[A]) -> list[A]:
        """Every account of one provider."""
        return [account for account in self.known.values() if isinstance(account, model)]

    def owner_of(self, number: str) -> ClickSendAccount | TwilioAccount | None:
        """The account that owns a number."""
        return next((account for account in self.holders() if number in account.numbers), None)

    def holders(self) -> "list[ClickSendAccount | TwilioAccount]":
        """Every account that has numbers."""
        return [*self.all(ClickSendAccount), *self.all(TwilioAccount)]

    def app_of(self, instance_id: str) -> WixApp:
        """The Wix app installed on a site. Raises Refused (404)."""
        for app in self.all(WixApp):
            if instance_id in app.sites:
                return app
        raise Refused(f"no Wix app is installed on site {instance_id!r}", 404)

    def clear(self) -> None:
        """Forgets every account."""
        self.known.clear()
        self.store.clear(["accounts"])


def shown(account: Account) -> Json:
    """An account as the operator sees it: everything, and the public half of a key pair."""
    values: dict[str, Any] = account.model_dump()
    if isinstance(account, WixApp):
        values["public_key_pem"] = public_pem(account.private_key_pem)
    return values
