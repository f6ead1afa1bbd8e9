"""One tree of errors: each has a machine code, an HTTP status, and says whether trying again can help."""

from collections.abc import Mapping
from typing import Any, ClassVar


class FrontdeskError(Exception):
    """Anything the product refuses or fails on purpose. `detail` is safe to show to the caller."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra: Mapping[str, Any] = extra

    @property
    def because(self) -> str:
        """What a part of the platform said itself, for the log alone; callers are told in our own words."""
        return str(self.extra.get("cause") or self.extra.get("about") or "")


class Invalid(FrontdeskError):
    """The input is understood and wrong."""

    code, status, title = "invalid", 422, "The input is not valid"


class Malformed(FrontdeskError):
    """The bytes are not what they claim to be."""

    code, status, title = "malformed", 400, "The request could not be read"


class TooLarge(FrontdeskError):
    """The body is over the limit."""

    code, status, title = "too_large", 413, "The body is too large"


class Unauthenticated(FrontdeskError):
    """Nobody is signed in, or the signature is wrong."""

    code, status, title = "unauthenticated", 401, "Sign in first"


class Forbidden(FrontdeskError):
    """The caller is known and may not do this."""

    code, status, title = "forbidden", 403, "You may not do this"


class NotFound(FrontdeskError):
    """No such thing, or not this tenant's."""

    code, status, title = "not_found", 404, "Not found"


class NotAllowed(FrontdeskError):
    """The path exists, the method does not."""

    code, status, title = "method_not_allowed", 405, "Method not allowed"


class UpgradeRequired(FrontdeskError):
    """The address exists, plain HTTP is not what it speaks."""

    code, status, title = "upgrade_required", 426, "Upgrade required"


class Conflict(FrontdeskError):
    """A uniqueness, foreign key or check rule of the schema refused the commit; nothing was written."""

    code, status, title, retryable = "conflict", 409, "This conflicts with what is already there", True


class Stale(Conflict):
    """The row changed since it was read (`expect` failed); read again and decide again."""

    code, title = "stale", "Somebody changed this in the meantime"


class RateLimited(FrontdeskError):
    """Too many requests; `retry_after` (seconds) says when to come back."""

    code, status, title, retryable = "rate_limited", 429, "Too many requests", True

    def __init__(self, detail: str = "", *, retry_after: int = 60) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(FrontdeskError):
    """A part of the platform did not answer; what became of it is settled by reading, or tried again."""

    code, status, title, retryable = "unavailable", 503, "Temporarily unavailable", True


class Mismatch(FrontdeskError):
    """The schema or a row is not what the code takes it for. While a release goes out that heals by itself."""

    code, title, retryable = "mismatch", "The database is not what was expected", True


class Later(FrontdeskError):
    """A job that cannot go on yet: due again at `due_at` (business ms), not counted as an attempt."""

    code, status, title, retryable = "later", 503, "Not yet", True

    def __init__(self, due_at: int, reason: str) -> None:
        super().__init__(reason)
        self.due_at = due_at
