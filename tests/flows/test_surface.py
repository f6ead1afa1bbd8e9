"""What everybody sees of the Worker: its document, its headers, its health, and the lines it logs."""

import json
from typing import Any

import pytest

from local.client import Runtime
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.document import Document
from support.platform import MASTER_KEY
from support.stage import Stage, new_phone
from support.wire import is_problem

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def references(value: Any) -> set[str]:
    """Every `$ref` in a part of the document."""
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(each) for each in value.values()))
    return set().union(*(references(each) for each in value)) if isinstance(value, list) else set()


def test_the_document_is_whole(api: Api) -> None:
    document = Document.of(api)
    raw = document.raw
    assert raw["openapi"].startswith("3.1.") and raw["info"]["title"] == "Frontdesk"
    used = references(raw)
    assert len(used) > 20
    for reference in used:
        assert document.resolved({"$ref": reference}), reference
    operations = document.operations()
    assert len({each.id for each in operations}) == len(operations)
    schemes = raw["components"]["securitySchemes"].keys()
    for operation in operations:
        told = raw["paths"][operation.path][operation.method.lower()]
        declared = [each["name"] for each in told.get("parameters", []) if each["in"] == "path"]
        assert declared == operation.parameters, operation
        assert told["summary"] and told["tags"], operation
        assert bool(told["security"]) is not operation.public, operation
        assert {name for each in told["security"] for name in each} <= schemes
        for status, answer in told["responses"].items():
            assert answer["description"], operation
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], f"{operation} {status}"
        refusals = {int(status) for status in told["responses"] if int(status) >= 400}
        assert refusals >= ({400, 404, 413, 422, 429} | (set() if operation.public else {401, 403})), (
            operation
        )


def test_what_is_answered_is_what_the_document_says(stage: Stage, clinic: Office, api: Api) -> None:
    """No more and no fewer fields than its schema has, for every list and the first row of it."""
    stage.book(clinic, phone=new_phone())
    stage.drain()
    document = Document.of(api)
    for operation in document.operations():
        if operation.method != "GET" or operation.parameters or operation.public:
            continue
        told = document.raw["paths"][operation.path]["get"]["responses"]["200"]
        schema = document.resolved(told["content"]["application/json"]["schema"])
        answer = api.get(operation.path)
        assert answer.keys() == schema["properties"].keys(), operation
        if answer.get("items"):
            row = document.resolved(schema["properties"]["items"]["items"])
            assert answer["items"][0].keys() == row["properties"].keys(), operation


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/api/v1/me", 200), ("/api/v1/nothing", 404), ("/api/v1/contacts?limit=0", 422)),
        *(("/api/openapi.json", 200), ("/health", 200), ("/health/ready", 200), ("/nothing", 404)),
        *(("/unsubscribe/x", 404), ("/api/v1/auth/codes", 405)),
        *(("/webhooks/wix/nobody", 405), ("/webhooks/nobody/x", 404), ("/live", 426)),
    ],
)
def test_every_answer_is_dressed(path: str, status: int, api: Api) -> None:
    answer = api.call("GET", path)
    assert answer.status == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" not in answer.headers, "not on a developer's own machine"
    assert answer.headers["x-request-id"]
    assert not {"server", "x-powered-by"} & answer.headers.keys()
    assert answer.headers["cache-control"] == "no-store"
    if path.startswith("/api/"):
        assert "Origin" in answer.headers["vary"]
    if status >= 400:
        assert is_problem(answer)
        assert answer.json["trace_id"] == answer.headers["x-request-id"]


def test_webhooks_are_dressed_and_found_by_their_answers_id(clinic: Office, api: Api) -> None:
    path = f"/webhooks/clicksend/{clinic.slug}/{clinic.path_secret}"
    genuine = b'{"from": "+61412000001", "to": "+61480000001", "body": "Hi", "message_id": "m-1"}'
    for body, status in ((genuine, 200), (b"{", 400), (b" " * 1_000_001, 413)):
        answer = api.call("POST", path, raw=body)
        assert answer.status == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        if status != 413:
            assert api.get(f"/api/v1/deliveries/{answer.headers['x-request-id']}")["delivery"]["verdict"]


def test_the_front_door_and_what_crawlers_ask(clinic: Office, api: Api) -> None:
    door = api.call("GET", "/")
    assert (door.status, door.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert clinic.profile.name.encode() in door.body and b'href="/app/"' in door.body
    robots = api.call("GET", "/robots.txt")
    assert (robots.status, robots.body.splitlines()[0]) == (200, b"User-agent: *")
    assert robots.headers["x-content-type-options"] == "nosniff"
    assert Api(api.url.geturl(), "nobody").call("GET", "/").status == 404


def test_health_needs_no_tenant(stage: Stage) -> None:
    nowhere = Api(stage.runtime.url, "nobody")
    assert nowhere.call("GET", "/health").json == {"status": "ok"}
    ready = nowhere.call("GET", "/health/ready").json
    assert ready["status"] == "ok"
    assert {name: each["ok"] for name, each in ready["checks"].items()} == {
        "database": True,
        "kv": True,
        "files": True,
    }
    assert nowhere.call("GET", "/api/v1/me").status == 404


def lines(runtime: Runtime, after: int = 0) -> list[dict[str, Any]]:
    """The Worker's own log, parsed."""
    return [json.loads(each["text"]) for each in runtime.logs(after) if each["text"].startswith('{"level"')]


def last(runtime: Runtime) -> int:
    """Where the log stands now."""
    return max((each["n"] for each in runtime.logs()), default=0)


def test_one_trace_leads_from_the_call_to_the_text(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, runtime: Runtime
) -> None:
    """What grep for one id shows: the delivery, each job it led to, and the message that is on the phone."""
    start, phone = last(runtime), new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    delivery = api.items("/api/v1/deliveries", source="wix")[0]
    followed = [each for each in lines(runtime, start) if each.get("trace") == delivery["id"]]
    assert followed[0]["message"] == "webhook"
    assert (followed[0]["verdict"], followed[0]["tenant"]) == ("accepted", clinic.slug)
    done = {each["kind"]: each for each in followed if each["message"] == "job done"}
    assert done.keys() >= {"bookings.apply", "automation.evaluate", "automation.act", "messaging.send"}
    (text,) = sandbox.texts(phone)
    assert done["messaging.send"]["subject"] == text["custom_string"]
    message = api.get(f"/api/v1/messages/{text['custom_string']}")
    assert message["trace_id"] == delivery["id"]
    for kind in ("events", "jobs"):
        assert {each["trace_id"] for each in api.items(f"/api/v1/{kind}", trace=delivery["id"])} == {
            delivery["id"]
        }
    # And back, step by step: the message's cause is a rule's run, whose cause is an event, and so to the delivery.
    run = api.get(f"/api/v1/automations/runs/{message['cause_id']}")["run"]
    assert (message["cause_kind"], run["rule_name"]) == ("run", "Confirm a new booking")
    event = api.get(f"/api/v1/events/{run['cause_id']}")
    apply = api.get(f"/api/v1/jobs/{event['cause_id']}")
    first = api.get(f"/api/v1/events/{apply['cause_id']}")
    assert (event["type"], apply["kind"], first["type"]) == (
        "booking.created",
        "bookings.apply",
        "wix.booking",
    )
    assert (first["cause_kind"], first["cause_id"], first["delivery_id"]) == (
        "delivery",
        delivery["id"],
        delivery["id"],
    )


def test_a_request_is_logged_with_the_id_it_was_answered_with(api: Api, runtime: Runtime) -> None:
    start = last(runtime)
    answer = api.call("GET", "/api/v1/contacts", query={"search": "Ana Reyes"})
    (line,) = [each for each in lines(runtime, start) if each.get("trace") == answer.headers["x-request-id"]]
    assert (line["message"], line["method"], line["path"], line["status"]) == (
        "request",
        "GET",
        "/api/v1/contacts",
        200,
    )
    assert "Ana" not in json.dumps(line), "what people search for is nobody's business"


def test_no_secret_is_ever_logged(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, runtime: Runtime
) -> None:
    start, phone = last(runtime), new_phone()
    made = api.post("/api/v1/settings/secrets/wix_hmac_secret", {})["value"]
    sandbox.fault("clicksend", "error", account=clinic.slug, operation="send", status=500)
    stage.book(clinic, phone=phone, first_name="Zebedee")
    stage.book(clinic, email=f"zebedee@{clinic.slug}.example")
    stage.drain()
    sandbox.reply(phone, "STOP")
    sandbox.forge_text(clinic.slug, "STOP")
    wrong = {"content-type": "application/x-www-form-urlencoded"}
    api.call("PUT", f"/webhooks/clicksend/{clinic.slug}/{clinic.path_secret}", raw=b"", headers=wrong)
    api.call("GET", f"/webhooks/clicksend/{clinic.slug}/{clinic.path_secret}/x")
    api.call("POST", f"/webhooks/clicksend/{clinic.slug}/{clinic.path_secret}", raw=b"\xff", headers=wrong)
    stage.drain()
    texting, mailing = sandbox.account("clicksend", clinic.slug), sandbox.account("resend", clinic.slug)
    wix = sandbox.account("wix", clinic.app_id)
    secrets = {
        "path": clinic.path_secret,
        "clicksend": texting["api_key"],
        "resend": mailing["api_key"],
        "svix": mailing["webhook_secret"].removeprefix("whsec_"),
        "wix hmac": wix["hmac_secret"],
        "rotated": made,
        "session": api.token,
        "master": MASTER_KEY.partition(":")[2],
    }
    logged = [each["text"] for each in runtime.logs(start)]
    assert len(logged) > 20
    for name, value in secrets.items():
        assert value
        assert [text for text in logged if value in text] == [], name
    assert [text for text in logged if phone in text or "Zebedee" in text] == [], "nor who they are"
