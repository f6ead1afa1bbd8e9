"""The demo story, each step a case of its own; they build on each other, so the first to fail is the one to read."""

from collections.abc import Iterator

import pytest

from story.scene import Scene, scene
from story.steps import STEPS, Step
from support.doors import open_manychat
from support.stage import Stage


@pytest.fixture(scope="module")
def telling(whole: Stage) -> Iterator[Scene]:
    """One telling at a clinic without a past."""
    whole.hush()
    office = whole.office(name="Harbour Imaging")
    open_manychat(whole, office, whole.signed_in(office))
    with scene(whole.runtime, whole.sandbox, office) as opened:
        yield opened


@pytest.mark.parametrize("step", STEPS, ids=[step.sentence for step in STEPS])
def test_the_story(telling: Scene, step: Step) -> None:
    assert step.act(telling)


def test_the_clock_is_as_it_was(whole: Stage) -> None:
    assert whole.runtime.status()["offset_ms"] == 0
