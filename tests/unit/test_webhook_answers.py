"""What the inbound door answers, and what neither its answers nor its log give away."""

import json

import pytest

from frontdesk.core.log import redacted
from frontdesk.core.web import HttpResponse
from frontdesk.integrations.inbound import Accepted, Refused, Verdict
from support.doorstep import Doorstep, accepted
from support.platform import NOON


@pytest.mark.parametrize(
    ("reason", "code"), [("too_large", 413), ("malformed", 400), ("unreadable", 422), ("expired", 401)]
)
def test_a_refusal_says_what_kind_it_is(reason: str, code: int) -> None:
    house = Doorstep()
    house.verdict = Refused(reason)
    assert house.knock().status == code


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/stripe/harbour",
        "/webhooks/wix/nobody",
        "/webhooks/wix/",
        "/webhooks/wix",
        "/webhooks/wix/harbour/a/b",
        "/webhooks/wix/HARBOUR'--",
    ],
)
def test_nobody_is_there(path: str) -> None:
    house = Doorstep()
    response = house.knock(path)
    assert (response.status, json.loads(response.body)["code"]) == (404, "not_found")
    assert house.rows("deliveries") == []
    assert house.knocks == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_only_post(method: str) -> None:
    house = Doorstep()
    response = house.knock(method=method)
    assert (response.status, response.headers["allow"]) == (405, "POST")
    assert bool(response.body) is (method != "HEAD")
    assert house.rows("deliveries") == []


def test_the_secret_in_the_path_reaches_the_door_and_nothing_else() -> None:
    house = Doorstep()
    house.knock("/webhooks/clicksend/harbour/very-s3cret?x=1")
    house.verdict = Refused("bad_signature")
    house.knock("/webhooks/clicksend/harbour/very-s3cret%2Fx")
    assert [knock.path_secret for knock in house.knocks] == ["very-s3cret", "very-s3cret%2Fx"]
    kept = json.dumps([house.rows(table) for table in ("deliveries", "events", "jobs")])
    assert "s3cret" not in kept + "".join(house.world.lines)
    assert {row["path"] for row in house.rows("deliveries")} == {"/webhooks/clicksend/harbour/***"}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/webhooks/clicksend/a/s", "/webhooks/clicksend/a/***"),
        ("https://x/webhooks/clicksend/a/s?b=c", "https://x/webhooks/clicksend/a/***?b=c"),
        ("/webhooks/clicksend/a/s/t", "/webhooks/clicksend/a/***"),
        ("//WEBHOOKS//clicksend//a//s", "//WEBHOOKS//clicksend//a//***"),
        ("/webhooks/wix/a", "/webhooks/wix/a"),
        ("/unsubscribe/AAAA", "/unsubscribe/***"),
        ("/unsubscribe//AAAA/x?y", "/unsubscribe//***?y"),
    ],
)
def test_redaction(path: str, shown: str) -> None:
    assert redacted(path) == shown


def test_an_answer_names_no_detail_of_a_refusal() -> None:
    house = Doorstep()
    house.verdict = Refused("no_secret", "no Wix public key is configured")
    assert b"configured" not in house.knock().body


@pytest.mark.parametrize(
    ("path", "method", "verdict", "code"),
    [
        ("/webhooks/wix/harbour", "POST", accepted(), 200),
        ("/webhooks/wix/harbour", "POST", Refused("bad_signature"), 401),
        ("/webhooks/wix/harbour", "GET", accepted(), 405),
        ("/webhooks/wix/nobody", "POST", accepted(), 404),
        ("/webhooks/twilio/harbour", "POST", accepted(), 404),
    ],
)
def test_every_answer_carries_what_every_answer_must(
    path: str, method: str, verdict: Verdict, code: int
) -> None:
    house = Doorstep()
    house.verdict = verdict
    house.world.settings = house.world.settings.model_copy(update={"environment": "production"})
    response = house.knock(path, method=method)
    assert response.status == code
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["strict-transport-security"].startswith("max-age=")
    assert not any(name.startswith("access-control-") for name in response.headers)
    assert any(response.headers["x-request-id"] in line for line in house.world.lines)


def test_an_answers_id_is_the_one_in_the_log() -> None:
    house = Doorstep()
    assert house.knock().headers["x-request-id"] == house.rows("deliveries")[0]["id"]


def test_what_a_provider_wants_to_hear_is_dressed_too() -> None:
    house = Doorstep()
    reply = HttpResponse(200, {"content-type": "text/xml"}, b"<Response/>")
    house.verdict = Accepted("e1", "heard", NOON, {}, reply=reply)
    response = house.knock()
    assert (response.headers["content-type"], response.body) == ("text/xml", b"<Response/>")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_who_knocks_at_no_door_is_on_the_log_without_the_secret() -> None:
    house = Doorstep()
    house.knock("/webhooks/clicksend/nobody/very-s3cret")
    (line,) = [json.loads(line) for line in house.world.lines]
    assert (line["message"], line["status"]) == ("webhook refused", 404)
    assert line["path"] == "/webhooks/clicksend/nobody/***"
