"""Assertions that say what was found: inside workerd there is no pytest."""

from collections.abc import Awaitable
from typing import TypeVar

Failure = TypeVar("Failure", bound=BaseException)


def same(found: object, expected: object) -> None:
    """Raises AssertionError unless equal."""
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


async def fails(kind: type[Failure], work: Awaitable[object]) -> Failure:
    """The exception `work` must raise."""
    try:
        found = await work
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, got {found!r}")
