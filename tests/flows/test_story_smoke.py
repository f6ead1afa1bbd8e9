"""The smoke test against a running Worker: it plays, it cleans up behind itself, and it says what failed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from seed.api import Api
from seed.office import Office
from story.deployment import Deployment, Known
from story.smoke import CHECKS, main, notify, smoke
from support.stage import Stage


def known(stage: Stage, clinic: Office, **more: str) -> Known:
    """All that an operator can know."""
    secret = stage.sandbox.account("wix", clinic.app_id)["hmac_secret"]
    token = stage.signed_in(clinic).token
    return Known(**{"tenant": clinic.slug, "token": token, "wix_secret": secret, **more})


def test_everything_holds_and_nothing_is_left_to_be_sent(stage: Stage, clinic: Office, api: Api) -> None:
    outcomes = smoke(Deployment(stage.runtime.url, known(stage, clinic)))
    assert [each.state for each in outcomes] == ["ok"] * len(CHECKS), outcomes
    stage.drain()
    assert {each["state"] for each in api.items("/api/v1/messages")} == {"skipped"}
    assert stage.sandbox.sends(account=clinic.slug)["total"] == 0


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


def test_somebody_is_told(stage: Stage) -> None:
    heard: list[dict[str, Any]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        outcomes = smoke(Deployment(stage.runtime.url, Known()))
        notify(f"http://127.0.0.1:{server.server_port}/", stage.runtime.url, outcomes)
        thread.join()
    (told,) = heard
    assert told["ok"]
    assert told["text"].endswith("all is well")
    assert len(told["checks"]) == len(CHECKS)
