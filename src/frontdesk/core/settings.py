"""Settings: the platform's from the environment, a tenant's from its row; both validated on the way in."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json, model_validator

from frontdesk.core.clock import DAY, MINUTE, SECOND
from frontdesk.core.mailbox import mailbox_or_none

TenantKind = Literal["clinic", "diner", "store", "trades", "saas"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone name") from None
    return name


ZoneName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_zone)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["21:00"])]
"""Wall-clock time in the tenant's or recipient's zone, `HH:MM`."""


class PlatformSettings(BaseModel):
    """From variables and secrets of wrangler.toml, by the names in `.dev.vars.example`."""

    # What is refused is named without its value: the keys stand beside it.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    environment: Literal["development", "staging", "production"] = "production"
    platform_domain: str = "localhost"
    public_url: str = ""
    master_key_current: str = Field(repr=False)
    master_key_previous: str = Field(default="", repr=False)
    clicksend_api: str = "https://rest.clicksend.com"
    resend_api: str = "https://api.resend.com"
    twilio_api: str = "https://api.twilio.com"
    provider_timeout_ms: int = Field(default=10 * SECOND, ge=100)
    reconcile_grace_ms: int = Field(default=MINUTE, ge=0)
    ring_again_after_ms: int = Field(default=MINUTE, ge=0)
    tenant_cache_ms: int = Field(default=30 * SECOND, ge=0)
    live_check_ms: int = Field(default=30 * SECOND, ge=100)
    vapid_public_key: str = ""
    vapid_private_key: str = Field(default="", repr=False)
    vapid_subject: str = ""
    push_services: str = ""

    def origin_of(self, slug: str) -> str:
        """Where a tenant's own pages are, for links in messages; `public_url` may say `{slug}`."""
        return (
            self.public_url.format(slug=slug) if self.public_url else f"https://{slug}.{self.platform_domain}"
        )

    @property
    def lease_ms(self) -> int:
        """Real time one runner owns a job: three provider timeouts, so that a live call is never doubled."""
        return 3 * self.provider_timeout_ms


class QuietHours(BaseModel):
    """No service or marketing text in between, by the recipient's clock; it waits, it is not dropped."""

    model_config = ConfigDict(frozen=True)

    start: ClockTime = "21:00"
    end: ClockTime = "08:00"


SmsProvider = Literal["clicksend", "twilio"]


class SmsSettings(BaseModel):
    """How a tenant texts. Prices in millionths of the tenant's currency unit, for each segment.

    `fallback` is tried only after `provider` has definitely refused a text for a reason of its own.
    """

    model_config = ConfigDict(frozen=True)

    provider: SmsProvider = "clicksend"
    fallback: SmsProvider | None = None
    sender: str = Field(default="", max_length=16)
    price_micros: int = Field(default=79_000, ge=0, le=10_000_000)
    per_second: int = Field(default=10, ge=1, le=100)
    max_segments: int = Field(default=6, ge=1, le=10)


class TwilioSettings(BaseModel):
    """A tenant's account at Twilio. `sender` is a number of theirs (E.164) or a messaging service (`MG...`).

    `price_micros` is what a segment costs there; None: as much as `sms.price_micros` says.
    """

    model_config = ConfigDict(frozen=True)

    account_sid: str = Field(default="", pattern=r"^(AC[0-9a-f]{32})?$")
    sender: str = Field(default="", pattern=r"^(\+[1-9][0-9]{6,14}|MG[0-9a-f]{32})?$")
    price_micros: int | None = Field(default=None, ge=0, le=10_000_000)


class EmailSettings(BaseModel):
    """How a tenant mails."""

    model_config = ConfigDict(frozen=True)

    sender: str = Field(default="", max_length=200)
    reply_to: str = Field(default="", max_length=200)
    postal_address: str = Field(default="", max_length=300)
    per_second: int = Field(default=10, ge=1, le=100)


class Caps(BaseModel):
    """The most texts and mails one person gets in 24 hours, by purpose."""

    model_config = ConfigDict(frozen=True)

    service: int = Field(default=6, ge=0, le=100)
    marketing: int = Field(default=1, ge=0, le=100)


class Opening(BaseModel):
    """One stretch of a day, by the tenant's clock; `closes` at 00:00 is the end of the day."""

    model_config = ConfigDict(frozen=True)

    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _forward(self) -> "Opening":
        if self.closes != "00:00" and self.closes <= self.opens:
            raise ValueError("closes before it opens")
        return self


def _apart(openings: tuple[Opening, ...]) -> tuple[Opening, ...]:
    ordered = sorted(openings, key=lambda each: each.opens)
    for earlier, later in pairwise(ordered):
        if earlier.closes == "00:00" or later.opens < earlier.closes:
            raise ValueError("openings overlap")
    return tuple(ordered)


DayHours = Annotated[tuple[Opening, ...], Field(max_length=4), AfterValidator(_apart)]
NINE_TO_FIVE = (Opening(opens="09:00", closes="17:00"),)


class Hours(BaseModel):
    """When a tenant is open on each day of the week; a day without openings is closed."""

    model_config = ConfigDict(frozen=True)

    monday: DayHours = NINE_TO_FIVE
    tuesday: DayHours = NINE_TO_FIVE
    wednesday: DayHours = NINE_TO_FIVE
    thursday: DayHours = NINE_TO_FIVE
    friday: DayHours = NINE_TO_FIVE
    saturday: DayHours = ()
    sunday: DayHours = ()


class ServiceOffer(BaseModel):
    """What a tenant offers, by the name bookings give it. `recall_months`: when they should come again."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=100)
    minutes: int = Field(default=30, ge=5, le=24 * 60)
    price_minor: int = Field(default=0, ge=0, le=10**9)
    recall_months: int | None = Field(default=None, ge=1, le=60)


def _named_once(services: tuple[ServiceOffer, ...]) -> tuple[ServiceOffer, ...]:
    if len({each.name.strip().casefold() for each in services}) < len(services):
        raise ValueError("two services have the same name")
    return services


def _mailbox(typed: str) -> str:
    address = mailbox_or_none(typed)
    if address is None:
        raise ValueError("not an e-mail address")
    return address


class ReportSettings(BaseModel):
    """Which reports are mailed, and to whom; to nobody named: to all owners and admins."""

    model_config = ConfigDict(frozen=True)

    weekly: bool = True
    monthly: bool = True
    to: tuple[Annotated[str, Field(max_length=254), AfterValidator(_mailbox)], ...] = Field(
        default=(), max_length=20
    )


class TenantSettings(BaseModel):
    """What a tenant may change about itself on the settings page; never a secret.

    A row may name settings of another release, which are passed over; a change may not (`tenants.rules.changed`).
    """

    model_config = ConfigDict(frozen=True)

    reminder_hours: tuple[Annotated[int, Field(ge=1, le=24 * 14)], ...] = Field(
        default=(48, 24, 2), max_length=6
    )
    quiet_hours: QuietHours | None = QuietHours()
    caps: Caps = Caps()
    duplicate_window_minutes: int = Field(default=10, ge=0, le=24 * 60)
    sms: SmsSettings = SmsSettings()
    twilio: TwilioSettings = TwilioSettings()
    email: EmailSettings = EmailSettings()
    allowed_origins: tuple[Annotated[str, Field(pattern=r"^https?://[^/\s]+$", max_length=200)], ...] = Field(
        default=(), max_length=20
    )
    wix_instance: str = Field(default="", max_length=100)
    manychat_page: str = Field(default="", max_length=40)
    help_text: str = Field(default="", max_length=300)
    keep_raw_days: int = Field(default=30, ge=1, le=365)
    hours: Hours = Hours()
    closed_days: tuple[date, ...] = Field(default=(), max_length=100)
    services: Annotated[tuple[ServiceOffer, ...], Field(max_length=200), AfterValidator(_named_once)] = ()
    reports: ReportSettings = ReportSettings()

    def service(self, name: str) -> ServiceOffer | None:
        """The service a booking calls `name`, whatever its case."""
        wanted = name.strip().casefold()
        return next((each for each in self.services if each.name.strip().casefold() == wanted), None)

    def segment_micros(self, provider: SmsProvider) -> int:
        """What one segment costs with a provider, in millionths of the tenant's currency unit."""
        special = self.twilio.price_micros if provider == "twilio" else None
        return self.sms.price_micros if special is None else special


class Tenant(BaseModel):
    """One business, as its row says. `shard` names the database its rows live in."""

    model_config = ConfigDict(frozen=True)

    id: str
    slug: str
    kind: TenantKind
    name: str
    time_zone: ZoneName
    country: str
    currency: str
    locale: str
    plan: str
    shard: str
    features: Json[tuple[str, ...]]
    settings: Json[TenantSettings]
    version: int

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's own clock."""
        return ZoneInfo(self.time_zone)


KEEP_COMMITS_MS = 2 * DAY
"""How long a commit's id can be asked for; an unknown outcome is settled within seconds."""
