"""Where the object looks by itself once a minute only: what is heard is heard because it was told."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from seed.api import Api
from seed.office import Office
from support.listening import Listens, committed_in_silence, tag
from support.stage import Stage

SOON_S = 30
"""Long for a word between two lines of code, and less than a minute."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage of its own: elsewhere an object looks every two seconds, and never falls asleep."""
    with Stage.open(tmp_path_factory.mktemp("quiet"), {"LIVE_CHECK_MS": "60000"}) as opened:
        yield opened


def test_a_colleague_hears_at_once(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    colleague = listens(stage.signed_in(clinic))
    took: list[float] = []
    for round_ in range(12):
        begun = time.time() * 1000
        contact = tag(api, contact, f"t{round_}")
        hint = colleague.until("contact.updated", within_s=SOON_S, count=round_ + 1)
        took.append(colleague.at - begun)
    print(f"change to hint: {sorted(map(round, took))} ms, p50 {sorted(took)[6]:.0f}")
    me = api.get("/api/v1/me")["staff"]
    assert hint == {
        "seq": hint["seq"],
        "type": "contact.updated",
        "subject_kind": "contact",
        "subject_id": contact["id"],
        "contact_id": contact["id"],
        "booking_id": "",
        "actor": me["id"],
        "at": hint["at"],
    }
    assert "Ava" not in json.dumps(colleague.hints)


def test_a_lost_publish_is_healed_by_the_next(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    line = listens(api)
    committed_in_silence(stage.runtime, clinic, contact["id"])
    tag(api, contact, "next")
    line.until("contact.updated", within_s=SOON_S, count=2)


def test_after_sleeping_it_still_knows_who_listens(
    api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    """An object without work is put to sleep after ten seconds and loses its memory; its sockets do not."""
    line = listens(api)
    time.sleep(11)
    tag(api, contact, "good morning")
    line.until("contact.updated", within_s=SOON_S)
