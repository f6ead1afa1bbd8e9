"""The ClickSend door is as strict as the original."""

import json
from urllib.parse import parse_qs

import pytest

from sandbox.client import Sandbox
from support.sandboxed import Receiver, Texting

CUSTOMER = "+61400000001"


def test_a_text_arrives_on_the_phone(texting: Texting, sandbox: Sandbox) -> None:
    answer = texting.send(CUSTOMER, "See you at 9", "job-1")
    assert answer.status_code == 200
    envelope = answer.json()
    assert (envelope["http_code"], envelope["response_code"]) == (200, "SUCCESS")
    assert envelope["data"]["queued_count"] == envelope["data"]["total_count"] == 1
    message = envelope["data"]["messages"][0]
    assert message["status"] == "SUCCESS"
    assert message["from"] == texting.number
    text = sandbox.texts(CUSTOMER, at_least=1)[0]
    assert (text["id"], text["body"], text["state"]) == (message["message_id"], "See you at 9", "delivered")


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_wrong_key_is_unauthorized(texting: Texting, key: str) -> None:
    texting.key = key
    for answer in (texting.send(CUSTOMER), texting.call("GET", "/v3/sms/history")):
        assert answer.status_code == 401
        assert answer.json()["response_code"] == "UNAUTHORIZED"
        assert answer.json()["data"] is None
    assert texting.sandbox.sends()["total"] == 0


def test_no_credentials_are_unauthorized(texting: Texting) -> None:
    assert texting.http.post(f"{texting.sandbox.clicksend_api}/v3/sms/send", json={}).status_code == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"messages": []}', b'{"messages": "x"}', b"[" * 9000])
def test_malformed_requests_are_bad_requests(texting: Texting, body: bytes) -> None:
    answer = texting.call("POST", "/v3/sms/send", content=body)
    assert answer.status_code == 400
    assert answer.json()["response_code"] == "BAD_REQUEST"


def test_at_most_a_thousand_messages(texting: Texting) -> None:
    message = {"to": CUSTOMER, "body": "x"}
    assert texting.call("POST", "/v3/sms/send", json={"messages": [message] * 1001}).status_code == 400
    assert texting.call("POST", "/v3/sms/send", json={"messages": [message] * 1000}).status_code == 200


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"to": "0400000001"}, "INVALID_RECIPIENT"),
        ({"to": None}, "INVALID_RECIPIENT"),
        ({"body": " "}, "EMPTY_MESSAGE"),
        ({"body": None}, "MISSING_REQUIRED_FIELDS"),
        ({"from": "+61299999999"}, "INVALID_SENDER_ID"),
        ({"schedule": 4_000_000_000}, "INVALID_SCHEDULE"),
    ],
)
def test_each_message_has_a_status_of_its_own(
    texting: Texting, message: dict[str, object], status: str
) -> None:
    good = {"to": CUSTOMER, "body": "good"}
    answer = texting.call("POST", "/v3/sms/send", json={"messages": [{**good, **message}, good]}).json()
    assert [entry["status"] for entry in answer["data"]["messages"]] == [status, "SUCCESS"]
    assert answer["data"]["queued_count"] == 1
    assert texting.sandbox.sends()["total"] == 1


def test_credit_runs_out(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.clicksend_account(texting.username, balance=0.1)
    statuses = [texting.send(CUSTOMER).json()["data"]["messages"][0]["status"] for _ in range(2)]
    assert statuses == ["SUCCESS", "INSUFFICIENT_CREDIT"]


def test_who_opted_out_is_texted_no_more(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.clicksend_account(texting.username, opted_out=[CUSTOMER])
    assert texting.send(CUSTOMER).json()["data"]["messages"][0]["status"] == "OPTED_OUT"
    assert texting.send("+61400000002").json()["data"]["messages"][0]["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("body", "parts"), [("a" * 160, 1), ("a" * 161, 2), ("é" * 160, 1), ("ж" * 71, 2), ("€" * 81, 2)]
)
def test_parts_are_counted(texting: Texting, body: str, parts: int) -> None:
    assert texting.sent(CUSTOMER, body)["message_parts"] == parts


def test_history_finds_by_custom_string_and_id(texting: Texting) -> None:
    sent = [texting.sent(CUSTOMER, f"text {n}", f"job-{n}") for n in range(20)]
    by_string = texting.call("GET", "/v3/sms/history", params={"q": "custom_string:job-7"}).json()["data"]
    assert [entry["message_id"] for entry in by_string["data"]] == [sent[7]["message_id"]]
    by_id = texting.call(
        "GET", "/v3/sms/history", params={"q": f"message_id:{sent[3]['message_id']},to:{CUSTOMER}"}
    )
    assert by_id.json()["data"]["data"][0]["custom_string"] == "job-3"
    assert (
        texting.call("GET", "/v3/sms/history", params={"q": "custom_string:none"}).json()["data"]["total"]
        == 0
    )


def test_history_comes_in_pages_newest_first(texting: Texting) -> None:
    for n in range(17):
        texting.sent(CUSTOMER, f"text {n}")
    first = texting.call("GET", "/v3/sms/history").json()["data"]
    assert (first["total"], first["per_page"], first["last_page"], len(first["data"])) == (17, 15, 2, 15)
    assert first["data"][0]["body"] == "text 16"
    second = texting.call("GET", "/v3/sms/history", params={"page": 2}).json()["data"]
    assert (len(second["data"]), second["next_page_url"]) == (2, None)


@pytest.mark.parametrize(
    "query", [{"q": "colour:red"}, {"page": "x"}, {"limit": "1000"}, {"date_from": "today"}]
)
def test_history_refuses_what_it_does_not_know(texting: Texting, query: dict[str, str]) -> None:
    assert texting.call("GET", "/v3/sms/history", params=query).status_code == 400


def test_history_belongs_to_one_account(texting: Texting, sandbox: Sandbox) -> None:
    texting.sent(CUSTOMER)
    sandbox.clicksend_account("other", api_key="K-2", numbers=["+61280000002"])
    other = Texting(sandbox, texting.http, "other", "K-2")
    assert other.call("GET", "/v3/sms/history").json()["data"]["total"] == 0


def test_history_may_lag(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.clicksend_account(texting.username, history_lag_ms=60_000)
    texting.sent(CUSTOMER)
    assert texting.call("GET", "/v3/sms/history").json()["data"]["total"] == 0


def test_a_receipt_is_pushed_and_can_be_fetched(texting: Texting, receiver: Receiver) -> None:
    message_id = texting.sent(CUSTOMER, custom_string="job-1")["message_id"]
    heard = receiver.wait(1)[0]
    assert heard.path == "/receipt/path-secret"
    assert heard.headers["content-type"] == "application/x-www-form-urlencoded"
    fields = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
    assert (fields["message_id"], fields["status_code"], fields["custom_string"]) == (
        message_id,
        "201",
        "job-1",
    )
    listed = texting.call("GET", "/v3/sms/receipts").json()["data"]
    assert [entry["message_id"] for entry in listed["data"]] == [message_id]
    assert texting.call("GET", f"/v3/sms/receipts/{message_id}").json()["data"]["status_code"] == 201
    assert texting.call("PUT", "/v3/sms/receipts-read").status_code == 200
    assert texting.call("GET", "/v3/sms/receipts").json()["data"]["total"] == 0
    assert texting.call("GET", "/v3/sms/receipts/none").status_code == 404


def test_an_unreachable_phone_fails(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.clicksend_account(texting.username, undeliverable=[CUSTOMER])
    texting.sent(CUSTOMER)
    assert sandbox.texts(CUSTOMER, state="failed", at_least=1)[0]["status_code"] == 301


def test_receipts_by_hand_in_any_order(texting: Texting, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.clicksend_account(texting.username, delivery="manual", webhook_type="json")
    message_id = texting.sent(CUSTOMER)["message_id"]
    assert sandbox.texts(CUSTOMER)[0]["state"] == "sent"
    for code in (201, 200):
        sandbox.receipt(message_id, code)
        sandbox.settle()
    assert [b'"status_code":201' in heard.body for heard in receiver.wait(2)] == [True, False]


@pytest.mark.parametrize("form", ["post", "json", "get"])
def test_a_reply_is_pushed_with_its_original(
    texting: Texting, sandbox: Sandbox, receiver: Receiver, form: str
) -> None:
    sandbox.clicksend_account(texting.username, webhook_type=form, receipt_url="")
    original = texting.sent(CUSTOMER, "Are you coming?", "job-1")
    reply = sandbox.reply(CUSTOMER, "Yes & no, 5 > 4")
    heard = receiver.wait(1)[0]
    if form == "json":
        fields = json.loads(heard.body)
    else:
        text = heard.body.decode() if form == "post" else heard.path.partition("?")[2]
        fields = {name: values[0] for name, values in parse_qs(text).items()}
    assert heard.method == ("GET" if form == "get" else "POST")
    assert (fields["from"], fields["to"], fields["body"]) == (CUSTOMER, texting.number, "Yes & no, 5 > 4")
    assert (fields["message_id"], fields["original_message_id"]) == (reply["id"], original["message_id"])
    assert (fields["custom_string"], fields["original_body"]) == ("job-1", "Are you coming?")
    inbound = texting.call("GET", "/v3/sms/inbound").json()["data"]["data"]
    assert [entry["message_id"] for entry in inbound] == [reply["id"]]


def test_a_stranger_can_write_first(texting: Texting, sandbox: Sandbox) -> None:
    reply = sandbox.reply("+61411111111", "Are you open?", texting.number)
    assert (reply["original_id"], reply["state"]) == ("", "received")


def test_a_rotated_key_is_refused_at_once(texting: Texting, sandbox: Sandbox) -> None:
    new = sandbox.rotate("clicksend", texting.username)["api_key"]
    assert texting.send(CUSTOMER).status_code == 401
    texting.key = new
    assert texting.send(CUSTOMER).status_code == 200


def test_the_account_rate_is_limited(texting: Texting, sandbox: Sandbox) -> None:
    sandbox.clicksend_account(texting.username, rate_per_second=2)
    answers = [texting.send(CUSTOMER) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "1"


def test_unknown_paths_are_not_found(texting: Texting) -> None:
    assert texting.call("GET", "/v3/fax/send").json()["response_code"] == "NOT_FOUND"
