"""The operator's door: waiting, settling, raw bytes, reset, restart, and the pages."""

import threading
from pathlib import Path

import httpx
import pytest

from sandbox.client import NotYet, Sandbox, SandboxError
from support.sandboxed import Mailing, Receiver, Running, Texting
from support.times import PATIENCE_S

CUSTOMER = "+61400000001"


def test_waiting_ends_as_soon_as_there_is_enough(texting: Texting, sandbox: Sandbox) -> None:
    found: list[str] = []

    def wait() -> None:
        found.extend(text["body"] for text in sandbox.texts(CUSTOMER, at_least=2, direction="out"))

    waiter = threading.Thread(target=wait)
    waiter.start()
    texting.sent(CUSTOMER, "one")
    assert found == []
    texting.sent(CUSTOMER, "two")
    waiter.join(PATIENCE_S)
    assert found == ["one", "two"]


def test_waiting_in_vain_says_what_there_was(texting: Texting, sandbox: Sandbox) -> None:
    texting.sent(CUSTOMER, "only this")
    with pytest.raises(NotYet, match="only this") as late:
        sandbox.texts(CUSTOMER, at_least=2, timeout_ms=20)
    assert len(late.value.items) == 1


def test_filters(texting: Texting, sandbox: Sandbox) -> None:
    first = texting.sent(CUSTOMER, "Booked for 9", "job-1")
    sandbox.reply(CUSTOMER, "Thanks")
    assert [text["body"] for text in sandbox.texts(CUSTOMER, direction="in")] == ["Thanks"]
    assert [text["id"] for text in sandbox.texts(CUSTOMER, custom_string="job-1", direction="out")] == [
        first["message_id"]
    ]
    assert sandbox.texts(CUSTOMER, contains="10") == []
    assert [text["body"] for text in sandbox.texts(CUSTOMER, after=sandbox.texts(CUSTOMER)[0]["seq"])] == [
        "Thanks"
    ]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "{own}"}, 200),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "rebound.example"}, 403),
    ],
)
def test_a_foreign_web_page_does_not_get_through(
    sandbox: Sandbox, http: httpx.Client, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.format(own=sandbox.url) for name, value in headers.items()}
    answer = http.post(
        f"{sandbox.url}/_sandbox/faults", json={"provider": "wix", "kind": "lose"}, headers=sent
    )
    assert answer.status_code == status
    assert sandbox.status()["faults"] == int(status == 200)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_sandbox/raw", b'{"body_hex": "no"}'),
        ("/_sandbox/settle", b'{"timeout_ms": "soon"}'),
        ("/_sandbox/faults", b"[" * 100_000),
        ("/_sandbox/phone/1/reply", b'{"body": "\\ud800", "business": "+61480000000"}'),
        ("/_sandbox/manychat/accounts/page/request", b'{"subscriber": "nobody"}'),
        ("/_sandbox/manychat/accounts/page/request", b'{"copies": 1000000000}'),
    ],
)
def test_what_makes_no_sense_is_the_askers_mistake(
    texting: Texting, http: httpx.Client, path: str, body: bytes
) -> None:
    texting.sandbox.manychat_account("page")
    answer = http.post(f"{texting.sandbox.url}{path}", content=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]


def test_an_account_that_cannot_be_kept_is_not_half_there(sandbox: Sandbox, http: httpx.Client) -> None:
    url = f"{sandbox.url}/_sandbox/clicksend/accounts/odd"
    assert http.put(url, content=b'{"label": "\\ud800"}').status_code == 400
    assert sandbox.get("/clicksend/accounts")["items"] == []


def test_duplicates_are_counted(texting: Texting, sandbox: Sandbox) -> None:
    for custom_string in ("job-1", "job-1", "job-2"):
        texting.sent(CUSTOMER, "same", custom_string)
    sends = sandbox.sends(account=texting.username)
    assert (sends["total"], sends["by_recipient"]) == (3, {CUSTOMER: 3})
    assert sends["duplicates"] == [{"to": CUSTOMER, "custom_string": "job-1", "times": 2}]
    assert sandbox.sends(account="nobody")["total"] == 0


def test_settling_in_vain(texting: Texting, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.append(0)
    texting.sent(CUSTOMER)
    with pytest.raises(NotYet):
        sandbox.settle(texting.username, timeout_ms=20)
    sandbox.settle("somebody else", timeout_ms=0)


def test_a_dead_receiver_is_logged(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.clicksend_account(texting.username, receipt_url="http://127.0.0.1:9/closed", retry_ms=[])
    texting.sent(CUSTOMER)
    sandbox.settle()
    callback = sandbox.callbacks()[0]
    assert callback["state"] == "failed"
    assert "connect" in callback["attempts"][0]["error"]


def test_a_thousand_callbacks_can_be_forgotten(
    texting: Texting, sandbox: Sandbox, receiver: Receiver
) -> None:
    message = {"to": CUSTOMER, "body": "x"}
    texting.call("POST", "/v3/sms/send", json={"messages": [message] * 1000})
    sandbox.reset()
    assert sandbox.status()["open_callbacks"] == 0
    texting.sent(CUSTOMER, custom_string="after")
    sandbox.settle()
    assert b"after" in receiver.heard[-1].body


def test_raw_bytes(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.append(401)
    answer = sandbox.raw(f"{receiver.url}/x?y=1", b"\xff\x00[", {"x-a": "b"})
    assert answer["status"] == 401
    heard = receiver.heard[0]
    assert (heard.path, heard.body, heard.headers["x-a"]) == ("/x?y=1", b"\xff\x00[", "b")
    with pytest.raises(SandboxError, match="502"):
        sandbox.raw("http://127.0.0.1:9/closed", b"")


def test_the_clock_shifts_what_is_shown(texting: Texting, sandbox: Sandbox) -> None:
    offset = 72 * 3_600_000
    sandbox.set_clock(offset)
    texting.sent(CUSTOMER)
    text = sandbox.texts(CUSTOMER)[0]
    assert abs(text["at_ms"] - text["real_ms"] - offset) < 1_000
    sandbox.reset()
    assert sandbox.get("/clock")["offset_ms"] == 0


def test_a_number_belongs_to_one_account(texting: Texting, sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="409"):
        sandbox.clicksend_account("thief", numbers=[texting.number])
    with pytest.raises(SandboxError, match="400"):
        sandbox.clicksend_account("typo", nmubers=[])


def test_a_restart_keeps_conversations_and_accounts(tmp_path: Path) -> None:
    first = Running("--state", str(tmp_path))
    with httpx.Client(trust_env=False) as http:
        first.sandbox.clicksend_account("harbour", api_key="K-1", numbers=["+61280000001"])
        first.sandbox.resend_account("harbour", api_key="re_harbour")
        Texting(first.sandbox, http).sent(CUSTOMER, "before the restart", "job-1")
        email_id = Mailing(first.sandbox, http).send("key-1").json()["id"]
        assert first.stop() == 0
        second = Running("--state", str(tmp_path))
        assert second.sandbox.texts(CUSTOMER)[0]["body"] == "before the restart"
        assert Mailing(second.sandbox, http).send("key-1").json()["id"] == email_id
        Texting(second.sandbox, http).sent(CUSTOMER, "after it")
        second.stop()


def test_it_stops_while_pages_and_hangs_are_open(tmp_path: Path) -> None:
    running = Running()
    with (
        httpx.Client(trust_env=False) as http,
        http.stream("GET", f"{running.sandbox.url}/_sandbox/live") as stream,
    ):
        assert next(stream.iter_lines()) == "retry: 1000"
        assert running.stop() == 0


@pytest.mark.parametrize("path", ["/", "/phone", "/outbox", "/static/base.css", "/static/phone.js"])
def test_the_pages_are_there(sandbox: Sandbox, http: httpx.Client, path: str) -> None:
    assert http.get(sandbox.url + path).status_code == 200
