"""What cannot wait reaches a browser that asked for it, through a push service as strict as the real ones."""

from typing import Any

import pytest

from local.client import Runtime
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.listening import Listening
from support.stage import Stage
from support.telling import tell


@pytest.fixture
def browser(sandbox: Sandbox, clinic: Office, api: Api) -> dict[str, Any]:
    """The owner's browser, subscribed with our key."""
    key = api.get("/api/v1/push/key")["key"]
    made: dict[str, Any] = sandbox.browser(key, label=clinic.slug)
    made["device"] = api.post("/api/v1/push/subscriptions", made["subscription"])["id"]
    return made


def fates(runtime: Runtime, clinic: Office) -> list[tuple[str, str]]:
    rows = runtime.d1("SELECT state, reason FROM pushes WHERE tenant_id = ?1 ORDER BY at", clinic.tenant.id)
    return [(row["state"], row["reason"]) for row in rows]


def test_an_urgent_notice_rings(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, browser: dict[str, Any]
) -> None:
    line = Listening(api)
    tell(stage.runtime, clinic, "n1", "Ava called twice", body="She waits", link="/app/today", urgent=True)
    tell(stage.runtime, clinic, "n2", "By the way")
    stage.drain()
    line.until("notice.created", count=2)
    line.socket.close()
    (push,) = sandbox.pushes(label=clinic.slug, at_least=1)
    assert push["data"]["title"] == "Ava called twice" and push["data"]["link"] == "/app/today"
    assert push["urgency"] == "high" and 3000 < push["ttl_s"] <= 3600
    shown = api.get("/api/v1/notices")
    assert [each["title"] for each in shown["items"]] == ["By the way", "Ava called twice"]
    assert shown["unread"] == 2
    assert api.post("/api/v1/notices/read", {"up_to": shown["items"][0]["seq"]}) == {"unread": 0}
    assert api.get("/api/v1/notices")["items"][0]["read"] is True


def test_a_browser_that_left_is_forgotten(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, browser: dict[str, Any]
) -> None:
    sandbox.unsubscribe_browser(browser["id"])
    tell(stage.runtime, clinic, "n1", "Urgent", urgent=True)
    stage.drain()
    assert fates(stage.runtime, clinic) == [("gone", "410")]
    assert stage.runtime.d1("SELECT 1 AS n FROM push_devices WHERE tenant_id = ?1", clinic.tenant.id) == []
    tell(stage.runtime, clinic, "n2", "Urgent", urgent=True)
    stage.drain()
    assert sandbox.pushes(label=clinic.slug) == []


def test_a_service_in_trouble_is_asked_again(
    stage: Stage, sandbox: Sandbox, clinic: Office, browser: dict[str, Any]
) -> None:
    sandbox.fault("push", "error", account=clinic.slug, status=503)
    sandbox.fault("push", "rate_limit", account=clinic.slug, retry_after_s=1)
    tell(stage.runtime, clinic, "n1", "Urgent", urgent=True)
    stage.drain()
    assert len(sandbox.pushes(label=clinic.slug, at_least=1)) == 1
    assert fates(stage.runtime, clinic) == [("sent", "")]


def test_signing_out_ends_it(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, browser: dict[str, Any]
) -> None:
    assert api.call("DELETE", "/api/v1/auth/sessions/current").status == 204
    tell(stage.runtime, clinic, "n1", "Urgent", urgent=True)
    stage.drain()
    assert sandbox.pushes(label=clinic.slug) == []
    assert fates(stage.runtime, clinic) == [("skipped", "signed out")]


def test_taking_it_back_is_ones_own_right(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, browser: dict[str, Any]
) -> None:
    at = f"/api/v1/push/subscriptions/{browser['device']}"
    assert stage.signed_in(stage.office()).call("DELETE", at).status == 404
    assert api.call("DELETE", at).status == 204
    assert api.call("DELETE", at).status == 404
    tell(stage.runtime, clinic, "n1", "Urgent", urgent=True)
    stage.drain()
    assert sandbox.pushes(label=clinic.slug) == []


def test_the_worker_posts_to_no_address_of_a_callers_choice(
    stage: Stage, api: Api, browser: dict[str, Any]
) -> None:
    keys = browser["subscription"]["keys"]
    for endpoint in (
        "http://127.0.0.1:1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://fcm.googleapis.com.evil.example/x",
        f"{stage.sandbox.url}/clicksend/v3/sms/send",
    ):
        answer = api.call("POST", "/api/v1/push/subscriptions", {"endpoint": endpoint, "keys": keys})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "endpoint")
    bad = {**keys, "p256dh": "BA" + "A" * 85}
    there = browser["subscription"]["endpoint"]
    answer = api.call("POST", "/api/v1/push/subscriptions", {"endpoint": there, "keys": bad})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "keys")


def test_telling_again_changes_nothing(api: Api, browser: dict[str, Any]) -> None:
    before = api.items("/api/v1/audit")
    assert api.post("/api/v1/push/subscriptions", browser["subscription"])["id"] == browser["device"]
    assert api.items("/api/v1/audit") == before
