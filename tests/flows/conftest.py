"""The whole product: one Worker and one sandbox for all flows, a fresh tenant for each."""

from collections.abc import Iterator

import pytest

from local.client import Runtime
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Started once: booting the Worker takes seconds."""
    with Stage.open(tmp_path_factory.mktemp("stage")) as opened:
        yield opened


@pytest.fixture
def stage(whole: Stage) -> Iterator[Stage]:
    """Back on real time and without faults after each test."""
    yield whole
    whole.set_clock(0)
    whole.sandbox.clear_faults()
    whole.runtime.disarm()


@pytest.fixture
def runtime(stage: Stage) -> Runtime:
    """The Worker."""
    return stage.runtime


@pytest.fixture
def sandbox(stage: Stage) -> Sandbox:
    """The outside world."""
    return stage.sandbox


@pytest.fixture
def clinic(stage: Stage) -> Office:
    """A clinic in Sydney, of this test alone."""
    return stage.office()


@pytest.fixture
def api(stage: Stage, clinic: Office) -> Api:
    """Its owner, signed in."""
    return stage.signed_in(clinic)
