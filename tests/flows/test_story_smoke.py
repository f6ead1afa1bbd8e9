"""The smoke test against a running Worker: it plays, it cleans up behind itself, and it says what failed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from seed.api import Api
from seed.office import Office
from story import checks
from story.checks import CHECKS
from story.deployment import Deployment, Known, Unusable
from story.smoke import main, notify, smoke
from support.stage import Stage


def known(stage: Stage, clinic: Office, **more: str) -> Known:
    """All that an operator can know."""
    secret = stage.sandbox.account("wix", clinic.app_id)["hmac_secret"]
    token = stage.signed_in(clinic).token
    return Known(**{"tenant": clinic.slug, "token": token, "wix_secret": secret, **more})


def test_everything_holds_and_nothing_is_left_to_be_sent(stage: Stage, clinic: Office, api: Api) -> None:
    for _ in range(2):
        outcomes = smoke(Deployment(stage.runtime.url, known(stage, clinic)))
        assert [each.state for each in outcomes] == ["ok"] * len(CHECKS), outcomes
    stage.drain()
    assert {each["state"] for each in api.items("/api/v1/messages")} == {"skipped"}
    assert stage.sandbox.sends(account=clinic.slug)["total"] == 0
    assert [each["status"] for each in api.items("/api/v1/bookings")] == ["cancelled"] * 2
    assert len(api.items("/api/v1/contacts")) == 1, "the same each time"
    assert [each for each in api.items("/api/v1/tasks", view="all") if each["status"] == "open"] == []


def test_an_interruption_leaves_nothing_to_be_sent(
    stage: Stage, clinic: Office, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_at: Deployment) -> list[Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(checks, "_bookings", interrupted)
    at = Deployment(stage.runtime.url, known(stage, clinic))
    with pytest.raises(KeyboardInterrupt):
        smoke(at)
    assert not at.is_booked
    stage.drain()
    assert [each["status"] for each in api.items("/api/v1/bookings")] == ["cancelled"]


def test_with_a_phone_the_confirmation_goes_there(stage: Stage, clinic: Office) -> None:
    phone = "+61491570313"
    outcomes = smoke(Deployment(stage.runtime.url, known(stage, clinic, phone=phone)))
    assert [each.state for each in outcomes] == ["ok"] * len(CHECKS), outcomes
    stage.drain()
    assert len(stage.sandbox.texts(phone, business=clinic.profile.number)) == 1


def test_what_does_not_hold_is_said(stage: Stage, clinic: Office) -> None:
    outcomes = smoke(Deployment(stage.runtime.url, known(stage, clinic, wix_secret="not it")))
    failed = [each.name for each in outcomes if each.state == "failed"]
    assert "A signed booking is accepted, and its repetition is a duplicate." in failed
    assert [each.state for each in outcomes[:7]] == ["ok"] * 7


def test_without_a_tenant_the_rest_is_checked(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Known._fields:
        monkeypatch.delenv(f"SMOKE_{name.upper()}", raising=False)
    assert main([stage.runtime.url]) == 0
    table = capsys.readouterr().out
    assert "needs SMOKE_TENANT" in table
    assert "failed" not in table


@contextmanager
def somebody(status: int, body: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """Another server: its address, and what is posted to it."""
    heard: list[bytes] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["content-length"])))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", heard
        finally:
            server.shutdown()
            thread.join()


def test_somebody_is_told(stage: Stage) -> None:
    with somebody(204) as (url, heard):
        notify(url, stage.runtime.url, smoke(Deployment(stage.runtime.url, Known())))
    (told,) = map(json.loads, heard)
    assert told["ok"]
    assert told["text"].endswith("all is well")
    assert len(told["checks"]) == len(CHECKS)


def test_where_nobody_answers_it_is_said_once() -> None:
    with somebody(200) as (url, _heard):
        pass
    (outcome,) = smoke(Deployment(url, Known()))
    assert (outcome.state, "refused" in outcome.detail) == ("failed", True)


def test_another_site_is_told_apart() -> None:
    with somebody(200, b"<!doctype html><title>Shop</title>") as (url, _heard):
        first, *_ = smoke(Deployment(url, Known()))
    assert first.detail == "what answers is no Frontdesk: <!doctype html><title>Shop</title>"


def test_a_misspelt_or_broken_variable_is_named_and_not_repeated() -> None:
    with pytest.raises(Unusable, match="SMOKE_SECRET is none of"):
        Known.from_environment({"SMOKE_SECRET": "x"})
    with pytest.raises(Unusable, match="SMOKE_TOKEN") as told:
        Known.from_environment({"SMOKE_TOKEN": "s3cret\nx"})
    assert "s3cret" not in str(told.value)
    assert Known.from_environment({"SMOKE_TOKEN": "s3cret\n", "HOME": "/"}).token == "s3cret"
