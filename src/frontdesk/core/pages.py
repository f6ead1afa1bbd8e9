"""Lists by cursor: a page knows where the next one starts, and a row added meanwhile shifts nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from frontdesk.core.errors import Invalid
from frontdesk.core.parsing import dump_json

Item = TypeVar("Item")

Limit = Annotated[int, Field(ge=1, le=200)]
"""How many rows a page may have."""

END_OF_TIME = 2**52
"""Later than any instant in ms; still exact as a double, which is how D1 binds numbers."""


class Cursor(NamedTuple):
    """The sort key of the last row shown: an instant (ms) or number, then the id that breaks ties."""

    at: int
    id: str

    def encode(self) -> str:
        """Opaque text for a URL."""
        return urlsafe_b64encode(dump_json([self.at, self.id]).encode()).decode().rstrip("=")


NEWEST = Cursor(END_OF_TIME, "~")
"""Before the first row of a list shown newest first."""
OLDEST = Cursor(-1, "")
"""Before the first row of a list shown oldest first."""

_CURSOR = TypeAdapter(tuple[int, str])


def decode_cursor(text: str | None, default: Cursor) -> Cursor:
    """The cursor of a query parameter. Raises Invalid for anything we did not hand out."""
    if not text:
        return default
    try:
        raw = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        at, id_ = _CURSOR.validate_json(raw)
    except (ValueError, ValidationError):
        raise Invalid(
            "This page marker is not one of ours.", errors=[{"field": "after", "message": "unknown"}]
        ) from None
    if abs(at) > END_OF_TIME:
        raise Invalid(
            "This page marker is not one of ours.", errors=[{"field": "after", "message": "unknown"}]
        )
    return Cursor(at, id_)


class Page(BaseModel, Generic[Item]):
    """Some rows and the marker of the next page, which is null on the last one."""

    items: list[Item]
    next: str | None = None


def page(rows: Sequence[Item], limit: int, key: Callable[[Item], Cursor]) -> Page[Item]:
    """A page from up to `limit + 1` rows: the extra one only proves that there are more."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return Page(items=shown, next=key(shown[-1]).encode() if more and shown else None)
