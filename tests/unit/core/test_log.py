"""Log lines: one JSON object each, stamped with their cause, without secrets."""

import json
from typing import Any

import pytest

from frontdesk.core.log import Log, redacted
from frontdesk.core.web import HttpRequest
from frontdesk.integrations.clicksend.sms import Account
from frontdesk.integrations.inbound import Inbound, SecretSet
from support.desk import Desk
from support.platform import MASTER_KEY


def lines(log: list[str]) -> list[dict[str, Any]]:
    assert all("\n" not in line for line in log)
    return [json.loads(line) for line in log]


def test_a_line_says_its_level_its_message_and_what_is_bound() -> None:
    said: list[str] = []
    log = Log(said.append, {}).bind(tenant="harbour")
    log.info("hello\nworld", n=1)
    log.bind(trace="t").warning("careful")
    assert lines(said) == [
        {"level": "info", "message": "hello\nworld", "tenant": "harbour", "n": 1},
        {"level": "warning", "message": "careful", "tenant": "harbour", "trace": "t"},
    ]


def test_an_error_carries_its_traceback_but_no_variables() -> None:
    said: list[str] = []
    password = "hunter2"
    try:
        raise ValueError(f"bad {len(password)}")
    except ValueError as error:
        Log(said.append, {}).error("failed", error)
    line = lines(said)[0]
    assert line["error"] == "ValueError: bad 7"
    assert "Traceback" in line["traceback"] and "hunter2" not in line["error"]


def test_a_job_is_followed_from_its_first_cause() -> None:
    desk = Desk()
    desk.book()
    desk.rest()
    jobs = [line for line in lines(desk.world.lines) if line["message"] == "job done"]
    assert {line["trace"] for line in jobs} == {"test"}
    assert {line["tenant"] for line in jobs} == {"harbour"}
    kinds = {line["kind"] for line in jobs}
    assert kinds >= {"bookings.apply", "automation.evaluate", "automation.act", "messaging.send"}


@pytest.mark.parametrize("fault", ["drop", "500", "throttled", "rejected"])
def test_no_account_and_no_key_is_ever_logged(fault: str) -> None:
    desk = Desk()
    desk.carriers.faults = [fault] * 3
    desk.book()
    desk.plan(channel="email", address="jo@example.com")
    desk.rest()
    said = "".join(desk.world.lines)
    errors = json.dumps(desk.rows("SELECT last_error FROM jobs"))
    for secret in ("the clicksend_api_key", "the resend_api_key", MASTER_KEY[3:], "dGhlIGNsaWNr"):
        assert secret not in said + errors


def test_what_holds_secrets_does_not_print_them() -> None:
    held = [
        SecretSet({"key": "hunter2"}, {"key": "hunter2"}),
        Account("https://x", "hunter2", "hunter2"),
        HttpRequest("POST", "https://x", {"authorization": "hunter2"}),
        Inbound("POST", "https://x", {"cookie": "hunter2"}, b"hunter2", 0),
        Desk().world.settings.model_copy(update={"master_key_current": "hunter2"}),
    ]
    assert "hunter2" not in repr(held)


def test_the_one_secret_in_a_path_is_blotted_out() -> None:
    assert redacted("/webhooks/clicksend/harbour/s3cret/") == "/webhooks/clicksend/harbour/***"
    assert redacted("/webhooks/wix/harbour") == "/webhooks/wix/harbour"
    assert redacted("/nothing/a%20b") == "/nothing/a%20b"


@pytest.mark.parametrize(
    "path",
    [
        "/unsubscribe%2Fs3cret",
        "/%75nsubscribe/s3cret",
        "/%77ebhooks/clicksend/harbour/s3cret",
        "/webhooks%2fclicksend/h%2fs3cret",
    ],
)
def test_percents_hide_nothing(path: str) -> None:
    """The framework routes by the decoded path, so these arrive where the plain ones do."""
    assert redacted(path).endswith("***") and "s3cret" not in redacted(path)
