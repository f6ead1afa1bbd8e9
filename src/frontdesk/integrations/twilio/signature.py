"""X-Twilio-Signature: base64 HMAC-SHA1 by the auth token over the exact URL and what came with it.

Twilio's "Validating signatures": a form's fields follow the URL, sorted by name, names and values run together,
a name's repeated values once each and sorted; any other body is vouched for by `bodySHA256` in the URL's query.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, urlsplit

from frontdesk.integrations.inbound import Inbound, Refused, matches_any

FORM = "application/x-www-form-urlencoded"
BODY_HASH = "bodySHA256"
MAX_FIELDS = 200
_PORTS = {"https": 443, "http": 80}

Pairs = list[tuple[str, str]]


def signature(token: str, url: str, fields: Iterable[tuple[str, str]] = ()) -> str:
    """The header's value for a call to `url`."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.digest(token.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return b64encode(digest).decode()


def checked(request: Inbound, tokens: tuple[str, ...]) -> Pairs | Refused:
    """The form's fields as they were signed, none for another kind of body; or why it is not believed."""
    given = request.headers.get("x-twilio-signature", "")
    if not given:
        return Refused("missing_signature", "X-Twilio-Signature is required")
    if not tokens:
        return Refused("no_secret", "no Twilio auth token is configured")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    fields: Pairs | None = []
    if kind == FORM or not request.body:
        fields = form(request.body)
        if fields is None:
            return Refused("malformed", "the form cannot be read")
    elif not _hash_matches(request):
        return Refused("bad_signature", f"{BODY_HASH} in the URL is missing, or not the body's")
    expected = tuple(
        signature(token, url, fields or ()) for token in tokens for url in (request.url, *_other(request.url))
    )
    if not matches_any(given, expected):
        return Refused("bad_signature", "the signature is wrong")
    return fields or []


def form(body: bytes) -> Pairs | None:
    """A form's fields in their order, blank ones too; None for what is none, or has too many."""
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        return None


def _hash_matches(request: Inbound) -> bool:
    """The signature covers the URL alone, so without the hash in it any body could follow."""
    claimed = [value for name, value in query_of(request.url) if name == BODY_HASH]
    return len(claimed) == 1 and matches_any(claimed[0].lower(), (hashlib.sha256(request.body).hexdigest(),))


def query_of(url: str) -> Pairs:
    """The query of a URL; none for one with too many parameters."""
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return []


def _other(url: str) -> tuple[str, ...]:
    """The URL with its scheme's port if it names none, else without its port: Twilio signs either."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ()
    if port is not None:
        return (_with_host(parts, url, parts.netloc.rpartition(":")[0]),)
    default = _PORTS.get(parts.scheme)
    return (_with_host(parts, url, f"{parts.netloc}:{default}"),) if default else ()


def _with_host(parts: SplitResult, url: str, host: str) -> str:
    """Nothing but the host changes: putting the URL together again could lose an empty query."""
    return url.replace(parts.netloc, host, 1)
