"""Deciding again: when somebody else changed a row between the read and the commit, read and decide once more."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from frontdesk.core.errors import Conflict

Answer = TypeVar("Answer")

TRIES = 4


async def deciding(attempt: Callable[[], Awaitable[Answer]]) -> Answer:
    """`attempt` reads, decides and commits; a Conflict (nothing written) makes it do so again, a few times.

    Raises:
        Conflict: it still conflicts; a job retries later, a caller is told.

    """
    for _ in range(TRIES - 1):
        try:
            return await attempt()
        except Conflict:
            continue
    return await attempt()
