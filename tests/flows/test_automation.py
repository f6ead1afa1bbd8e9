"""Rules through the product's own doors: made, tried on the past, lived through, traced, and killed in the middle."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from svix.webhooks import Webhook

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import HOUR

MINUTE = 60_000
TASK = {"do": "create_task", "title": "Call {{ contact.first_name }}", "due": "now"}
SEND = {"do": "send", "template": "followup.no_response", "purpose": "transactional"}


def on(type_: str, *do: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"trigger": {"on": "event", "type": type_}, "actions": list(do), **more}


def make(api: Api, definition: dict[str, Any], name: str = "A rule") -> dict[str, Any]:
    made: dict[str, Any] = api.post(
        "/api/v1/automations", {"name": name, "definition": definition, "enabled": True}
    )
    return made


def runs(api: Api, rule: dict[str, Any]) -> list[dict[str, Any]]:
    return api.items("/api/v1/automations/runs", rule_id=rule["id"])


class Listening:
    """Somebody's own server: keeps what it is sent, answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.end_headers()
                self.wfile.write(b"thanks")

            def log_message(self, *args: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def elsewhere() -> Iterator[Listening]:
    listening = Listening()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def test_every_action_happens_once_and_says_why(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, elsewhere: Listening
) -> None:
    secret = api.post("/api/v1/settings/secrets/webhook_signing_secret", {})["value"]
    second = make(api, on("booking.no_show", {"do": "tag", "add": ["started"]}), "Second")
    rule = make(
        api,
        on(
            "booking.created",
            SEND,
            TASK,
            {"do": "move_stage", "stage": "dormant"},
            {"do": "tag", "add": ["vip"]},
            {"do": "set_intent", "value": 80},
            {"do": "notify", "title": "{{ contact.first_name }} booked"},
            {"do": "call_webhook", "url": elsewhere.url},
            {"do": "start_rule", "rule_id": second["id"]},
        ),
        "Everything",
    )
    phone = new_phone()
    elsewhere.answers = [500]
    stage.book(clinic, phone=phone, first_name="Kim")
    stage.drain()
    (run,) = runs(api, rule)
    story = api.get(f"/api/v1/automations/runs/{run['id']}")
    assert [step["do"] for step in story["steps"]] == [
        "send", "create_task", "move_stage", "tag", "set_intent", "notify", "call_webhook", "start_rule",
    ]  # fmt: skip
    assert story["run"]["state"] == "ran" and story["calls"][0]["state"] == "delivered"
    contact = api.items("/api/v1/contacts", search=phone)[0]
    assert sorted(contact["tags"]) == ["started", "vip"] and contact["intent"] == 80
    assert {text["body"][:6] for text in sandbox.texts(phone)} == {"Hi Kim"}
    assert len(sandbox.texts(phone)) == 2, "the confirmation, and the rule's own"
    headers, body = elsewhere.got[-1]
    assert len({each["webhook-id"] for each, _ in elsewhere.got}) == 1 and len(elsewhere.got) == 2
    Webhook(secret).verify(body, headers)
    assert json.loads(body)["contact"]["first_name"] == "Kim"
    step = next(each for each in story["steps"] if each["do"] == "create_task")
    chain = api.get(f"/api/v1/trace/task/{step['effect_id']}")["chain"]
    kinds = [each["kind"] for each in chain]
    assert kinds == ["task", "run", "action", "rule", "event", "job", "event", "delivery"]
    assert chain[-1]["id"] == api.items("/api/v1/deliveries", source="wix")[0]["id"]


def test_edits_close_together_count_once(stage: Stage, clinic: Office, api: Api) -> None:
    rule = make(api, on("contact.updated", TASK, debounce_minutes=5))
    stage.book(clinic, phone=new_phone(), first_name="Kim")
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    for name in ("one", "two", "three"):
        contact = api.get(f"/api/v1/contacts/{contact['id']}")
        api.patch(
            f"/api/v1/contacts/{contact['id']}",
            {"version": contact["version"], "tags": [*contact["tags"], name]},
        )
        stage.drain()
    (waiting,) = runs(api, rule)
    assert (waiting["state"], waiting["folded"]) == ("waiting", 2)
    stage.set_clock(6 * MINUTE)
    stage.runtime.tick()
    stage.drain()
    assert [run["state"] for run in runs(api, rule)] == ["ran"]
    assert len([t for t in api.items("/api/v1/tasks", view="all") if t["title"] == "Call Kim"]) == 1


def test_a_delay_looks_again_and_a_trial_foretold_it(stage: Stage, clinic: Office, api: Api) -> None:
    still = {"all": [{"field": "booking.active", "op": "is", "value": True}]}
    definition = on("booking.created", TASK, delay={"minutes": 90}, still=still)
    rule = make(api, definition)
    begins = stage.runtime.now_ms()
    stage.book(clinic, phone=new_phone(), first_name="Kim")
    off = stage.book(clinic, phone=new_phone(), first_name="Lee")
    stage.drain()
    stage.sandbox.cancel(off["booking"]["id"])
    stage.drain()
    stage.set_clock(2 * HOUR)
    stage.runtime.tick()
    stage.drain()
    lived = sorted((run["contact_name"].split()[0], run["state"], run["reason"]) for run in runs(api, rule))
    assert lived == [("Kim", "ran", ""), ("Lee", "held", "no longer so: the booking stands")]
    wanted = {"definition": definition, "from": begins, "until": stage.runtime.now_ms()}
    told = api.post("/api/v1/automations/dry-run", wanted)
    came = {"would run": "ran", "held": "held"}
    found = sorted(
        (item["contact_name"].split()[0], came[item["outcome"]], item["why"]) for item in told["items"]
    )
    assert found == lived
    assert (told["totals"]["tasks"], told["totals"]["held"], told["next"]) == (1, 1, None)


def test_a_loop_is_cut_and_shown(stage: Stage, clinic: Office, api: Api) -> None:
    swap = {"ping": "pong", "pong": "ping"}
    rules = [
        make(
            api,
            on(
                "contact.updated",
                {"do": "tag", "add": [other], "remove": [name]},
                conditions={"all": [{"field": "contact.tags", "op": "has", "value": name}]},
                debounce_minutes=0,
            ),
            name,
        )
        for name, other in swap.items()
    ]
    stage.book(clinic, phone=new_phone())
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    api.patch(f"/api/v1/contacts/{contact['id']}", {"version": contact["version"], "tags": ["ping"]})
    stage.drain()
    found = sorted(run["state"] for rule in rules for run in runs(api, rule))
    assert found == ["cut", "ran", "ran"]
    assert "a loop" in next(run["reason"] for run in runs(api, rules[0]) if run["state"] == "cut")
    assert api.get(f"/api/v1/automations/{rules[0]['id']}")["stats"]["cut_7d"] == 1


def test_the_clock_finds_a_silent_lead(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    sandbox.reply(new_phone(), "How much is an MRI?", clinic.profile.number)
    stage.drain()
    assert len(api.items("/api/v1/contacts")) == 1
    for hours in (1, 5):
        stage.set_clock(hours * HOUR)
        stage.runtime.tick()
        stage.drain()
    assert [task["title"] for task in api.items("/api/v1/tasks", view="all")] == ["No reply: a lead"]


def test_rules_are_versioned_put_away_and_brought_back(clinic: Office, api: Api) -> None:
    standard = api.items("/api/v1/automations")
    assert standard[0]["key"] == "booking-confirmation" and standard[0]["sentence"].startswith(
        "When a booking"
    )
    rule = make(api, on("booking.created", TASK))
    path = f"/api/v1/automations/{rule['id']}"
    changed = api.call(
        "PUT", path, {"version": 1, "name": "Other", "definition": on("booking.cancelled", TASK)}
    ).json
    assert (changed["version"], changed["enabled"]) == (2, True)
    assert [each["version"] for each in api.items(f"{path}/versions")] == [2, 1]
    assert (
        api.call("PUT", path, {"version": 1, "name": "x", "definition": on("booking.created", TASK)}).status
        == 409
    )
    assert api.call("DELETE", path).status == 200
    assert rule["id"] not in [each["id"] for each in api.items("/api/v1/automations")]
    back = api.post(f"{path}/restore", {})
    assert (back["archived"], back["enabled"]) == (False, False)
    wrong = api.call(
        "POST", "/api/v1/automations", {"name": "x", "definition": on("moon.full", TASK), "enabled": True}
    )
    assert wrong.status == 422
    actions = {each["action"] for each in api.items("/api/v1/audit")}
    assert actions >= {"rule.create", "rule.change", "rule.archive", "rule.restore"}


@pytest.mark.parametrize("failpoint", ["rule.matched", "rule.acting", "call.before", "call.after"])
def test_killed_at(
    failpoint: str, stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, elsewhere: Listening
) -> None:
    api.post("/api/v1/settings/secrets/webhook_signing_secret", {})
    make(api, on("booking.created", SEND, TASK, {"do": "call_webhook", "url": elsewhere.url}))
    boots = stage.runtime.status()["boots"]
    stage.runtime.arm_all({failpoint: 1})
    phone = new_phone()
    stage.book(clinic, phone=phone, first_name="Kim", wait=False)
    stage.survive(boots)
    stage.drain()
    assert len(sandbox.texts(phone)) == 2
    assert len([t for t in api.items("/api/v1/tasks", view="all") if t["title"] == "Call Kim"]) == 1
    assert len({headers["webhook-id"] for headers, _ in elsewhere.got}) == 1
    assert {job["state"] for job in api.items("/api/v1/jobs")} <= {"done", "pending", "void"}
