"""What became of a message handed to a provider: the answers every provider's module translates into."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. Segments and cost (micros of the account's currency) when it says them."""

    provider_id: str
    segments: int | None = None
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A definite no: it was not sent and will not be.

    `elsewhere`: it is about this provider (our account there, its credit, the countries it serves), so another
    one may take the text. A refusal that may be about the recipient or the words is none of these.
    `opted_out`: the recipient told the provider that they want no more of us.
    """

    code: str
    message: str
    elsewhere: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Throttled:
    """A definite not yet: nothing was sent; the same request is welcome after `retry_after_ms`."""

    retry_after_ms: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may have been sent. `repeatable`: the request carried an idempotency key, so repeating is safe."""

    reason: str
    repeatable: bool = False


SendResult = Sent | Rejected | Throttled | Ambiguous


@dataclass(frozen=True, slots=True)
class Found:
    """The provider knows the message; it is in this state. `opted_out`: failed, as the recipient wants no more."""

    provider_id: str
    state: Literal["sent", "delivered", "failed"]
    detail: str = ""
    segments: int | None = None
    cost_micros: int | None = None
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class NotThere:
    """The provider was asked about the whole span in question and does not know the message."""


@dataclass(frozen=True, slots=True)
class LookFurther:
    """Not on this page of the answer; ask for `page` next."""

    page: int


@dataclass(frozen=True, slots=True)
class Unclear:
    """The question was not answered; ask again later."""

    reason: str


LookupResult = Found | NotThere | LookFurther | Unclear
