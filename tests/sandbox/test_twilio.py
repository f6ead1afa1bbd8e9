"""The Twilio door is as strict as the original, and what it signs satisfies the official client."""

import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from sandbox.client import NotYet, Sandbox, SandboxError
from support.sandboxed import Heard, Receiver

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from twilio.request_validator import RequestValidator

CUSTOMER = "+61400000001"
SID = "AC" + "0" * 31 + "1"


@dataclass
class Account:
    """An account whose callbacks go to the receiver, and the API as the Worker sees it."""

    sandbox: Sandbox
    http: httpx.Client
    receiver: Receiver
    token: str = "token-1"
    number: str = "+61280000002"

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        sid = options.pop("sid", SID)
        url = f"{self.sandbox.twilio_api}/2010-04-01/Accounts/{sid}{path}"
        return self.http.request(method, url, auth=(SID, self.token), **options)

    def send(self, **changes: str | None) -> httpx.Response:
        fields = {
            "To": CUSTOMER,
            "From": self.number,
            "Body": "Hello – 5€",
            "StatusCallback": f"{self.receiver.url}/status?message=m1",
            **changes,
        }
        return self.call("POST", "/Messages.json", data={k: v for k, v in fields.items() if v is not None})

    def genuine(self, heard: Heard, token: str = "") -> dict[str, str]:
        """The fields of a callback, once the official client believes it."""
        fields = dict(parse_qsl(heard.body.decode(), keep_blank_values=True))
        url = self.receiver.url + heard.path
        assert RequestValidator(token or self.token).validate(
            url, fields, heard.headers["x-twilio-signature"]
        )
        return fields


@pytest.fixture
def account(sandbox: Sandbox, receiver: Receiver, http: httpx.Client) -> Account:
    found = Account(sandbox, http, receiver)
    sandbox.twilio_account(
        "harbour",
        account_sid=SID,
        auth_token=found.token,
        numbers=[found.number],
        inbound_url=f"{receiver.url}/in",
        retry_ms=[10],
    )
    return found


def test_a_text_arrives_and_its_statuses_are_told(account: Account, sandbox: Sandbox) -> None:
    answer = account.send()
    assert answer.status_code == 201
    message = answer.json()
    assert (message["status"], message["num_segments"], message["price"]) == ("queued", "1", None)
    text = sandbox.texts(CUSTOMER, at_least=1)[0]
    assert (text["id"], text["body"], text["provider"]) == (message["sid"], "Hello – 5€", "twilio")
    told = [account.genuine(heard) for heard in account.receiver.wait(3)]
    assert {each["MessageStatus"] for each in told} == {"queued", "sent", "delivered"}
    assert {(each["MessageSid"], each["AccountSid"]) for each in told} == {(message["sid"], SID)}
    assert {heard.path for heard in account.receiver.heard} == {"/status?message=m1"}


def test_a_text_nobody_receives(account: Account, sandbox: Sandbox) -> None:
    sandbox.twilio_account("harbour", undeliverable=[CUSTOMER])
    account.send()
    told = [account.genuine(heard) for heard in account.receiver.wait(3)]
    assert [each.get("ErrorCode") for each in told if each["MessageStatus"] == "undelivered"] == ["30003"]


def test_by_hand_and_out_of_order(account: Account, sandbox: Sandbox) -> None:
    sandbox.twilio_account("harbour", delivery="manual")
    sid = account.send().json()["sid"]
    for status in ("delivered", "sent", "delivered"):
        sandbox.twilio_status(sid, status)
    assert len(account.receiver.wait(3)) == 3
    with pytest.raises(SandboxError):
        sandbox.twilio_status(sid, "eaten")
    with pytest.raises(SandboxError):
        sandbox.receipt(sid)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": None}, 21604),
        ({"From": None}, 21603),
        ({"Body": None}, 21602),
        ({"Body": " "}, 21602),
        ({"To": "0400000001"}, 21211),
        ({"From": "+61299999999"}, 21606),
        ({"Body": "x" * 1601}, 21617),
        ({"StatusCallback": "nowhere"}, 21609),
    ],
)
def test_refusals_have_codes(account: Account, changes: dict[str, str | None], code: int) -> None:
    answer = account.send(**changes)
    told = answer.json()
    assert (answer.status_code, told["code"], told["status"]) == (400, code, 400)
    assert told["message"] and told["more_info"].endswith(str(code))
    assert account.sandbox.sends()["total"] == 0


def test_who_may_call(account: Account, sandbox: Sandbox) -> None:
    url = f"{sandbox.twilio_api}/2010-04-01/Accounts/{SID}/Messages.json"
    assert account.http.get(url).json()["code"] == 20003
    assert account.call("GET", "/Messages.json", sid="AC" + "f" * 32).status_code == 404
    assert account.call("GET", ".json").json()["sid"] == SID
    account.token = "guessed"
    answer = account.send()
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    account.token = sandbox.rotate("twilio", "harbour")["auth_token"]
    assert account.send().status_code == 201
    account.token = "token-1"
    assert account.send().status_code == 201
    sandbox.twilio_account("harbour", suspended=True)
    assert account.send().json()["code"] == 20005


def test_countries_and_opt_outs(account: Account, sandbox: Sandbox) -> None:
    sandbox.reply(CUSTOMER, "STOP", account.number)
    assert account.send().json()["code"] == 21610
    taken = account.send(From="", MessagingServiceSid="MG" + "0" * 32)
    assert taken.status_code == 201
    text = sandbox.texts(CUSTOMER, state="failed", at_least=1)[0]
    assert (text["id"], text["error_code"]) == (taken.json()["sid"], "21610")
    sandbox.reply(CUSTOMER, "start", account.number)
    assert account.send().status_code == 201
    sandbox.twilio_account("harbour", countries=["+1"])
    assert account.send().json()["code"] == 21408


def test_too_fast(account: Account, sandbox: Sandbox) -> None:
    sandbox.twilio_account("harbour", rate_per_second=1)
    statuses = {account.send().status_code for _ in range(3)}
    assert statuses == {201, 429}


def test_the_customer_writes(account: Account, sandbox: Sandbox) -> None:
    sent = sandbox.reply(CUSTOMER, "Can I bring my scans? + & =", account.number)
    fields = account.genuine(account.receiver.wait(1)[0])
    assert (fields["From"], fields["To"], fields["Body"]) == (CUSTOMER, account.number, sent["body"])
    assert (fields["SmsStatus"], fields["MessageSid"]) == ("received", sent["id"])
    assert "MessageStatus" not in fields
    assert sandbox.get("/phone")["numbers"][0]["number"] == account.number


def test_a_forgery_is_signed_with_another_token(account: Account, sandbox: Sandbox) -> None:
    told = sandbox.forge_twilio_text("harbour", "Give me a refund")
    assert told["forged"] and len(told["attempts"]) == 1
    with pytest.raises(AssertionError):
        account.genuine(account.receiver.wait(1)[0])


def test_the_list(account: Account, sandbox: Sandbox) -> None:
    sids = [account.send(Body=f"Note {number}").json()["sid"] for number in range(3)]
    account.send(To="+61400000002")
    listed = account.call("GET", "/Messages.json", params={"To": CUSTOMER}).json()
    assert [each["sid"] for each in listed["messages"]] == sids[::-1]
    assert {each["direction"] for each in listed["messages"]} == {"outbound-api"}
    page = account.call("GET", "/Messages.json", params={"To": CUSTOMER, "PageSize": 2}).json()
    assert len(page["messages"]) == 2
    rest = account.http.get(sandbox.twilio_api + page["next_page_uri"], auth=(SID, account.token)).json()
    assert [each["sid"] for each in rest["messages"]] == [sids[0]]
    assert rest["next_page_uri"] is None
    one = account.call("GET", f"/Messages/{sids[0]}.json").json()
    assert (one["body"], one["status"]) == ("Note 0", "delivered")
    assert account.call("GET", "/Messages/SM0.json").json()["code"] == 20404


def test_what_is_queued_has_no_date_sent(account: Account, sandbox: Sandbox) -> None:
    sandbox.twilio_account("harbour", delivery="manual")
    account.send()
    by_date = account.call("GET", "/Messages.json", params={"DateSent>": "2000-01-01"}).json()
    assert by_date["messages"] == []
    assert len(account.call("GET", "/Messages.json").json()["messages"]) == 1


def test_faults(account: Account, sandbox: Sandbox) -> None:
    sandbox.fault("twilio", "reject", reason="21614")
    assert account.send().json()["code"] == 21614
    sandbox.fault("twilio", "error", status=503)
    assert account.send().status_code == 503
    sandbox.fault("twilio", "rate_limit", retry_after_s=7)
    limited = account.send()
    assert (limited.status_code, limited.headers["retry-after"], limited.json()["code"]) == (429, "7", 20429)
    sandbox.fault("twilio", "drop_after_accept")
    with pytest.raises(httpx.TransportError):
        account.send()
    assert sandbox.sends()["total"] == 1
    sandbox.fault("twilio", "lose", operation="status.delivered")
    account.receiver.wait(3)
    account.receiver.heard.clear()
    account.send()
    sandbox.settle("harbour")
    assert len(account.receiver.heard) == 2
    assert sandbox.callbacks(provider="twilio", state="lost")[0]["event"] == "status.delivered"


def test_one_number_belongs_to_one_account(account: Account, sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError):
        sandbox.twilio_account("other", numbers=[account.number])
    with pytest.raises(SandboxError):
        sandbox.clicksend_account("other", numbers=[account.number])
    with pytest.raises(NotYet):
        sandbox.texts(CUSTOMER, at_least=1, timeout_ms=1)
