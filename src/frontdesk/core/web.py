"""HTTP as values: a request to a provider, its answer, and what it means when there is no answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

from frontdesk.core.clock import HOUR, SECOND
from frontdesk.core.errors import Unavailable

MAX_RETRY_AFTER = 24 * HOUR


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One outbound request. Headers are kept out of the representation: they carry keys.

    `keep_bytes`: of a stranger's answer no more than about this much is read.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""
    timeout_ms: int = 10 * SECOND
    keep_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, whatever its status. Header names are lower-case.

    `cookies` are the values of Set-Cookie, the one header that may come twice and cannot be joined.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cookies: tuple[str, ...] = ()


class TransportError(Unavailable):
    """No answer, or half of one: a timeout, a refused or a broken connection.

    Whether the provider acted on the request is unknown; the caller asks before it repeats anything.
    """

    code, title = "no_answer", "The provider did not answer"


def retry_after_ms(headers: Mapping[str, str], now_ms: int, default_ms: int) -> int:
    """How long to wait, in ms, by the `retry-after` header: seconds or a date (RFC 9110, section 10.2.3).

    Anything unreadable gives `default_ms`; the answer lies between one second and one day.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        wait = int(text) * SECOND
    else:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            wait = default_ms
        else:
            wait = int(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000) - now_ms
    return min(max(wait, SECOND), MAX_RETRY_AFTER)
