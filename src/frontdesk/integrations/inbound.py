"""What a provider's door takes and gives: the request as bytes, the secrets, and one of three verdicts."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from frontdesk.core.parsing import MAX_BODY
from frontdesk.core.settings import Tenant
from frontdesk.core.web import HttpResponse


@dataclass(frozen=True, slots=True)
class Inbound:
    """A request exactly as it came. Header names are lower-case.

    `received_at` is real time, ms UTC: it is held against the provider's own stamps, which know
    nothing of a moved business clock. Verifying the same Inbound again gives the same verdict.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    received_at: int


@dataclass(frozen=True, slots=True)
class SecretSet:
    """A tenant's secrets by name; a previous one stays valid while the provider rotates."""

    current: Mapping[str, str] = field(default_factory=dict, repr=False)
    previous: Mapping[str, str] = field(default_factory=dict, repr=False)

    def valid(self, name: str) -> tuple[str, ...]:
        """Every value of `name` that counts now, current first. An empty value never counts."""
        return tuple(value for slot in (self.current, self.previous) if (value := slot.get(name, "")))


@dataclass(frozen=True, slots=True)
class Accepted:
    """Verified and of interest. `external_id` is unique per tenant and source; `payload`: a fact as JSON.

    `reply` is what the provider wants to hear once it is on record; None: our own few words in JSON.
    """

    external_id: str
    event_type: str
    occurred_at: int
    payload: dict[str, Any]
    account: str | None = None
    reply: HttpResponse | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Verified, and of no interest: logged, answered with 200, causes nothing."""

    reason: str
    detail: str = ""
    external_id: str = ""
    reply: HttpResponse | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Not verified, or verified and unreadable. Answered with `status`; a genuine sender will try again.

    `reason` is one of: no_secret, missing_signature, bad_signature, expired, wrong_account, too_large,
    malformed, unreadable.
    """

    reason: str
    detail: str = ""

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return {"too_large": 413, "malformed": 400, "unreadable": 422}.get(self.reason, 401)


Verdict = Accepted | Ignored | Refused


class VerifiesRs256(Protocol):
    """The one thing WebCrypto does for a webhook; `core.platform.Crypto` is one."""

    async def verify_rs256(self, public_key_pem: str, data: bytes, signature: bytes) -> bool:
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2). False for a key it cannot read."""
        ...


@dataclass(frozen=True, slots=True)
class Knock:
    """Everything a provider's verification may look at. `path_secret` is the segment after the tenant."""

    crypto: VerifiesRs256
    request: Inbound
    secrets: SecretSet
    tenant: Tenant
    path_secret: str


Door = Callable[[Knock], Awaitable[Verdict]]
"""One provider's way of telling genuine calls from others."""


def matches_any(presented: str, expected: tuple[str, ...]) -> bool:
    """Whether `presented` is one of `expected`, in time that tells neither which nor where they differ."""
    found = False
    given = presented.encode("utf-8", "surrogatepass")
    for value in expected:
        found |= hmac.compare_digest(given, value.encode())
    return found


def too_large(request: Inbound) -> Refused | None:
    """A refusal when the body is over the limit, before anything is computed over it."""
    if len(request.body) > MAX_BODY:
        return Refused("too_large", f"at most {MAX_BODY} bytes")
    return None
