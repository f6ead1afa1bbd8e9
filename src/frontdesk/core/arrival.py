"""A request as it arrived, and what everyone asks of it: where to, from whom, with what credential."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

COOKIE = "fd_session"
BROWSER_COOKIE = "fd_browser"
"""Says who has signed in with this browser before, and nothing else: it opens no door."""
PREFIX = "__Host-"
"""Before a cookie's name over https. Browsers keep it honest (RFC 6265bis section 4.1.3.2): no sibling plants it."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)


class Arrival(Protocol):
    """What the outer door needs of a request: absolute URL, lower-case header names, the whole body."""

    @property
    def method(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> bytes: ...


class Credential(NamedTuple):
    """What the caller shows. A cookie is sent by the browser unasked, so it needs more proof of intent."""

    token: str
    by_cookie: bool


def origin_of(request: Arrival) -> str:
    """The scheme and authority the request came to, as a browser writes an origin."""
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def host_of(request: Arrival) -> str:
    """Host and port as the caller wrote them."""
    return urlsplit(request.url).netloc.lower()


def path_of(request: Arrival) -> str:
    """The path, still percent-encoded."""
    return urlsplit(request.url).path or "/"


def is_api(request: Arrival) -> bool:
    """Whether it is a call of the API. The framework decodes a path before it routes: `/%61pi/` is one, too."""
    return unquote(path_of(request)).startswith("/api/")


def is_secure(request: Arrival) -> bool:
    """Whether it came over https."""
    return request.url[:6].lower() == "https:"


def cookie_name(request: Arrival, name: str) -> str:
    """What the cookie `name` is called on this connection."""
    return PREFIX + name if is_secure(request) else name


def cookie_of(request: Arrival, name: str) -> str:
    """What the cookie `name` says; "" without one.

    Around a name there are spaces and tabs (RFC 6265 section 5.2), and nothing else is cut off: a sibling host may
    plant a name that begins with some other white space, which is no prefix to the browser and would be one here.
    """
    wanted = cookie_name(request, name)
    for pair in request.headers.get("cookie", "").split(";"):
        key, _, value = pair.partition("=")
        if key.strip(" \t") == wanted and value:
            return value.strip(" \t")
    return ""


def credential_of(request: Arrival) -> Credential | None:
    """The bearer token, else the session cookie. A header that is no bearer token hides the cookie too."""
    stated = request.headers.get("authorization")
    if stated is not None:
        match = _BEARER.fullmatch(stated.strip())
        return Credential(match.group(1), by_cookie=False) if match else None
    token = cookie_of(request, COOKIE)
    return Credential(token, by_cookie=True) if token else None


LINE, SITE = 64, 48
"""Bits of an IPv6 address: the network of one line, and of a whole site, the most an end user is given (RFC 6177)."""


def network_of(request: Arrival, prefix: int = LINE) -> str:
    """Who is limited as one: an IPv4 address, or an IPv6 network of so many bits.

    Cloudflare overwrites `cf-connecting-ip` on every request; elsewhere it is absent or anybody's claim.
    """
    try:
        address = ip_address(request.headers.get("cf-connecting-ip", "").strip())
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{int(address) >> 128 - prefix:x}/{prefix}"
    return str(address)
