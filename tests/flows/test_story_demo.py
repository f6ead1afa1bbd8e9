"""The demo tenants on a stack of their own: made once, reconnected afterwards, and the story told again and again."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devtools import secrets
from seed.api import Api
from seed.demo import CLINIC, PROFILES, Planted, plant
from seed.office import Office
from seed.transfer import TABLES
from story.told import Page, tell
from support.platform import MASTER_KEY
from support.stage import Stage

BOOKINGS = 40
VARIABLES = {**secrets.demo(), "MASTER_KEY_CURRENT": MASTER_KEY}


def planted(stage: Stage) -> dict[str, Planted]:
    """As scripts/seed does it, with a shorter past."""
    return {
        profile.slug: plant(stage.runtime, stage.sandbox, profile, VARIABLES, bookings=BOOKINGS)
        for profile in PROFILES
    }


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage.open(tmp_path_factory.mktemp("demo")) as opened:
        yield opened


@pytest.fixture(scope="module")
def demo(stage: Stage) -> dict[str, Planted]:
    return planted(stage)


@pytest.fixture(scope="module")
def clinic(demo: dict[str, Planted]) -> Office:
    return demo[CLINIC].office


def everything(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    """All rows that a second run could change."""
    tables = (*TABLES, "tenants", "tenant_secrets", "staff", "cadences")
    return {table: stage.runtime.d1(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables}


def test_three_tenants_one_with_a_past(stage: Stage, demo: dict[str, Planted]) -> None:
    assert [(slug, each.made) for slug, each in demo.items()] == [
        ("harbour-imaging", True),
        ("blue-plate", True),
        ("glyph", True),
    ]
    assert demo[CLINIC].rows["bookings"] == BOOKINGS
    assert not demo["glyph"].rows
    assert stage.sandbox.sends()["total"] == 0, "nobody is texted for the past"


def test_twice_is_as_once(stage: Stage, demo: dict[str, Planted], clinic: Office) -> None:
    before = everything(stage)
    stage.sandbox.wix_site(clinic.app_id, clinic.instance, "http://127.0.0.1:9/elsewhere")
    assert [each.made for each in planted(stage).values()] == [False, False, False]
    assert everything(stage) == before
    sites = stage.sandbox.account("wix", clinic.app_id)["sites"]
    assert sites == {clinic.instance: f"{stage.runtime.url}/webhooks/wix/{clinic.slug}"}


def test_the_owner_signs_in_with_the_code_from_the_outbox(stage: Stage, clinic: Office) -> None:
    api = Api(stage.runtime.url, clinic.slug).sign_in(stage.sandbox, clinic.owner)
    assert api.get("/api/v1/me")["staff"]["role"] == "owner"
    roles = sorted(each["role"] for each in api.items("/api/v1/staff"))
    assert roles == ["admin", "owner", "staff", "staff", "viewer"]


def test_the_api_shows_the_past(stage: Stage, clinic: Office) -> None:
    api = stage.signed_in(clinic)
    assert len(api.items("/api/v1/bookings")) == BOOKINGS
    (dead,) = api.items("/api/v1/jobs", state="dead")
    api.post(f"/api/v1/jobs/{dead['id']}/retry")
    stage.drain()
    assert api.get(f"/api/v1/jobs/{dead['id']}")["state"] == "done"


def test_the_story_is_told_again_and_again(stage: Stage, clinic: Office) -> None:
    waiting = "SELECT id, due_at FROM messages WHERE state = 'scheduled' ORDER BY id"
    before = stage.runtime.d1(waiting)
    newcomers = set()
    for _ in range(2):
        out = io.StringIO()
        assert tell(stage.runtime, stage.sandbox, clinic, Page(out)), out.getvalue()
        newcomers.add(out.getvalue().split("new patient, ")[1].split(":")[0])
        assert "\x1b" not in out.getvalue()
    assert len(newcomers) == 2, "a new patient each time"
    assert stage.runtime.d1(waiting) == before, "what is still to come is left alone"
    assert stage.sandbox.sends()["total"] == 8, "three to each patient, one to each lead"
    assert not stage.sandbox.sends()["duplicates"]


def test_a_step_that_fails_is_named(stage: Stage, clinic: Office, tmp_path: Path) -> None:
    stage.sandbox.fault("clicksend", "reject", reason="INVALID_RECIPIENT", count=100)
    out = io.StringIO()
    held = tell(stage.runtime, stage.sandbox, clinic, Page(out))
    assert not held, out.getvalue()
    assert "Step 2 of" in out.getvalue()
    assert stage.runtime.status()["offset_ms"] == 0
