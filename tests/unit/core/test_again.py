"""Deciding again after a conflict: a few times, and only for conflicts."""

import pytest

from frontdesk.core.again import TRIES, deciding
from frontdesk.core.errors import Conflict, FrontdeskError, Invalid, Stale, Unavailable
from support.calls import run


def tried(*outcomes: FrontdeskError | str) -> tuple[str | FrontdeskError, int]:
    left = list(outcomes)

    async def attempt() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, FrontdeskError):
            raise outcome
        return outcome

    try:
        return run(deciding(attempt)), len(outcomes) - len(left)
    except FrontdeskError as error:
        return error, len(outcomes) - len(left)


def test_a_conflict_is_decided_again() -> None:
    assert tried("at once") == ("at once", 1)
    assert tried(Stale(), Conflict(), "in the end") == ("in the end", 3)


def test_it_gives_up_after_a_few() -> None:
    last = Stale()
    assert tried(*[Stale()] * (TRIES - 1), last, "never") == (last, TRIES)


@pytest.mark.parametrize("error", [Invalid(), Unavailable()])
def test_other_errors_are_not_argued_with(error: FrontdeskError) -> None:
    assert tried(error, "never") == (error, 1)
