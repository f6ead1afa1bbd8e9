"""ManyChat's flows call with the secret their author typed, and take no answer beyond the Dynamic Block's limits."""

import json
from typing import Any

import pytest

from sandbox.chat import block_problems
from sandbox.client import Sandbox
from support.sandboxed import Receiver


@pytest.fixture
def page(sandbox: Sandbox, receiver: Receiver) -> str:
    sandbox.manychat_account("harbour", webhook_url=f"{receiver.url}/chat", page_id="900", secret="s3cret")
    return "harbour"


def test_a_flow_sends_its_subscriber(page: str, sandbox: Sandbox, receiver: Receiver) -> None:
    told = sandbox.chat(
        page, subscriber={"id": "7", "phone": "+61400000001"}, text="Hi", fields={"service": "CT"}
    )
    heard = receiver.wait(1)[0]
    assert heard.headers["x-frontdesk-secret"] == "s3cret"
    body = json.loads(heard.body)
    assert body == told["request"]
    assert (body["subscriber"]["id"], body["subscriber"]["page_id"], body["text"]) == ("7", "900", "Hi")
    assert told["problems"] == ["the answer is not JSON"]


def test_a_forgery_and_a_double_tap(page: str, sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.chat(page, forge=True)
    assert receiver.wait(1)[0].headers["x-frontdesk-secret"] == "guessed"
    assert len(sandbox.chat(page, copies=2)["callbacks"]) == 2
    receiver.answers = [503]
    assert sandbox.chat(page)["problems"] == ["answered 503"]
    assert len(receiver.heard) == 4  # nothing is tried again


def text(number: int) -> list[dict[str, str]]:
    return [{"type": "text", "text": "Hi"}] * number


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ({"messages": []}, 0),
        ({"messages": text(10), "actions": [{}] * 5, "quick_replies": [{}] * 11}, 0),
        ({"messages": text(11)}, 1),
        ({"messages": text(1), "actions": [{}] * 6, "quick_replies": [{}] * 12}, 2),
        ({}, 1),
        ({"messages": [{"type": "poem"}, {"type": "text"}]}, 2),
    ],
)
def test_the_limits(content: Any, problems: int) -> None:
    assert len(block_problems({"version": "v2", "content": content})) == problems
    assert block_problems({"version": "v1", "content": content}) == ["not a Dynamic Block of version v2"]
