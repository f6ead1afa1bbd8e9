"""HTTP as values: what goes out to a provider and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One outbound request. `timeout_ms` None means the platform's own."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class TransportError(Exception):
    """No answer within the timeout, or none at all: what the other side did is unknown."""
