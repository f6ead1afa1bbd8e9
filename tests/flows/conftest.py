"""The whole product: one Worker and one sandbox for all flows, a fresh tenant for each."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.client import Runtime
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.listening import Listening, Listens
from support.stage import Stage, new_phone


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Started once: booting the Worker takes seconds."""
    with Stage.open(tmp_path_factory.mktemp("stage")) as opened:
        yield opened


@pytest.fixture
def stage(whole: Stage) -> Iterator[Stage]:
    """Nobody else does anything by themselves; back on real time and without faults after each test."""
    whole.hush()
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


@pytest.fixture
def contact(stage: Stage, clinic: Office, api: Api) -> dict[str, Any]:
    """Somebody who has booked."""
    stage.book(clinic, phone=new_phone(), first_name="Ava")
    stage.drain()
    found: dict[str, Any] = api.items("/api/v1/contacts")[0]
    return found


@pytest.fixture
def listens() -> Iterator[Listens]:
    """Opens somebody's live line, closed after the test."""
    opened: list[Listening] = []

    def listen(api: Api, seq: int | None = None) -> Listening:
        opened.append(Listening(api, seq))
        return opened[-1]

    yield listen
    for line in opened:
        line.socket.close()
