"""Who may do what, what a code and a session are, and how their secrets are hashed."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.ctx import Actor
from frontdesk.core.errors import Unauthenticated

Role = Literal["owner", "admin", "staff", "technician", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)

PERMISSIONS: Mapping[str, tuple[Role, ...]] = {
    "me": ("owner", "admin", "staff", "technician", "viewer"),
    "contacts:read": ("owner", "admin", "staff", "technician", "viewer"),
    "contacts:write": ("owner", "admin", "staff"),
    "bookings:read": ("owner", "admin", "staff", "technician", "viewer"),
    "bookings:write": ("owner", "admin", "staff"),
    "tasks:read": ("owner", "admin", "staff", "technician", "viewer"),
    "tasks:write": ("owner", "admin", "staff", "technician"),
    "messages:read": ("owner", "admin", "staff", "viewer"),
    "messages:write": ("owner", "admin", "staff"),
    "templates:read": ("owner", "admin", "staff", "viewer"),
    "templates:write": ("owner", "admin"),
    "log:read": ("owner", "admin", "staff"),
    "log:replay": ("owner", "admin"),
    "jobs:read": ("owner", "admin", "staff"),
    "jobs:retry": ("owner", "admin"),
    "automations:read": ("owner", "admin", "staff", "viewer"),
    "automations:write": ("owner", "admin"),
    "reports:read": ("owner", "admin", "staff", "viewer"),
    "reports:write": ("owner", "admin"),
    "settings:read": ("owner", "admin", "staff", "viewer"),
    "settings:write": ("owner", "admin"),
    "secrets:write": ("owner",),
    "staff:read": ("owner", "admin"),
    "staff:write": ("owner", "admin"),
    "audit:read": ("owner", "admin"),
}
"""Every permission and the roles that have it; a route names exactly one."""

CODE_MS = 10 * MINUTE
SESSION_MS = 14 * DAY
"""Absolute: using a session does not prolong it."""
SESSION_CACHE_S = 60
"""How long KV may still vouch for a session that was revoked."""

LATELY_MS, A_DAY_MS = 15 * MINUTE, 24 * HOUR
CODES_LATELY, CODES_A_DAY = 5, 10
"""Codes one asker may have mailed to one address: a browser its owner has signed in with, else a network."""
STRANGERS_CODES_A_DAY = 40
"""What all networks together may. With five tries each: at most 200 guesses in a million a day."""
BROWSER_MS = 400 * DAY
"""How long a browser is known after a sign-in; browsers keep no cookie longer (RFC 6265bis section 5.5)."""
PEOPLE_A_BROWSER = 8

_TOKEN = re.compile(r"fds_[A-Za-z0-9_-]{43}")
_BROWSER = re.compile(rf"[A-Za-z0-9_-]{{22}}(\.[0-9a-f]{{32}}){{1,{PEOPLE_A_BROWSER}}}")


class WrongCode(Unauthenticated):
    """Not this code; some tries are left."""

    code, title = "wrong_code", "The code is not right"


class SpentCode(Unauthenticated):
    """Used, expired, tried five times, or never asked for: all the same to the caller."""

    code, title = "spent_code", "This code cannot be used any more"


def may(actor: Actor, permission: str) -> bool:
    """Whether a member of staff has a permission. Raises KeyError for one that does not exist."""
    return actor.kind == "staff" and actor.role in PERMISSIONS[permission]


def permissions_of(role: str) -> list[str]:
    """All a role may do."""
    return sorted(name for name, roles in PERMISSIONS.items() if role in roles)


def may_manage(actor_role: str, *roles: str) -> bool:
    """Whether a role may make, change or remove somebody with these roles: owners are made by owners only."""
    return actor_role == "owner" or (actor_role == "admin" and "owner" not in roles)


def new_code() -> str:
    """Six digits, uniformly."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_hash(key: bytes, tenant_id: str, sign_in_id: str, code: str) -> str:
    """HMAC-SHA256, so that whoever reads KV cannot try the million codes; bound to one sign-in."""
    return hmac.digest(key, f"{tenant_id}\0{sign_in_id}\0{code}".encode(), "sha256").hex()


def is_code(keys: Sequence[bytes], tenant_id: str, sign_in_id: str, code: str, kept: str) -> bool:
    """Whether `code` is the one hashed as `kept` under any of the keys; in constant time for each."""
    found = False
    for key in keys:
        found |= hmac.compare_digest(code_hash(key, tenant_id, sign_in_id, code), kept)
    return found


def email_hash(key: bytes, tenant_id: str, email: str) -> str:
    """What stands for an address in the counts, also for addresses we do not know."""
    return hmac.digest(key, f"{tenant_id}\0{email}".encode(), "sha256").hex()


def asker_hash(key: bytes, tenant_id: str, asker: str) -> str:
    """What stands for a browser or a network in the counts."""
    return hmac.digest(key, f"{tenant_id}\0\0{asker}".encode(), "sha256").hex()


def known_browser(keys: Sequence[bytes], tenant_id: str, email: str, cookie: str) -> str | None:
    """The id of a browser whose cookie proves, under any of the keys, that `email` has signed in with it."""
    if not _BROWSER.fullmatch(cookie):
        return None
    browser, *marks = cookie.split(".")
    wanted = [_mark(key, tenant_id, email, browser) for key in keys]
    found = False
    for mark in marks:
        for each in wanted:
            found |= hmac.compare_digest(mark, each)
    return browser if found else None


def browser_cookie(key: bytes, tenant_id: str, email: str, cookie: str) -> str:
    """What a browser is to show from now on: also that `email` signed in with it. Marks are for nobody to read.

    Those of colleagues who share the browser stay, the latest first.
    """
    browser, *marks = cookie.split(".") if _BROWSER.fullmatch(cookie) else [secrets.token_urlsafe(16)]
    mine = _mark(key, tenant_id, email, browser)
    others = [mark for mark in marks if mark != mine]
    return ".".join([browser, mine, *others[: PEOPLE_A_BROWSER - 1]])


def _mark(key: bytes, tenant_id: str, email: str, browser: str) -> str:
    return hmac.digest(key, f"{tenant_id}\0{email}\0{browser}".encode(), "sha256").hex()[:32]


def new_token() -> str:
    """A session token: 256 random bits."""
    return f"fds_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str | None:
    """What is stored of a token; None for what cannot be one. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest() if _TOKEN.fullmatch(token) else None
