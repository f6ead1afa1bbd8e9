"""What came in, what it caused, and doing it again: the webhook log, jobs, events, settings and the audit log."""

import hashlib
import json
from typing import Any

from local.client import Runtime
from sandbox.client import Sandbox
from sandbox.signing import hex_hmac
from seed.api import Api
from seed.office import Office
from support.document import Document
from support.stage import Stage, new_phone


def story(api: Api, delivery_id: str) -> dict[str, Any]:
    """A delivery with its body and what it caused."""
    told: dict[str, Any] = api.get(f"/api/v1/deliveries/{delivery_id}")
    return told


def test_a_delivery_shows_its_body_and_what_it_caused(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    for signing in ("jwt", "hmac"):
        made = stage.book(clinic, phone=new_phone(), signing=signing)
        stage.drain()
        delivery = api.items("/api/v1/deliveries", source="wix")[0]
        told = story(api, delivery["id"])
        sent = (
            made["request"]["body"]
            if "request" in made
            else sandbox.callbacks(account=clinic.app_id)[-1]["body"]
        )
        assert told["delivery"]["body"] == sent
        assert told["delivery"]["body_sha256"] == hashlib.sha256(sent.encode()).hexdigest()
        assert told["delivery"]["headers"]["user-agent"] == "sandbox-wix/1"
        assert "x-wix-webhook-signature" not in told["delivery"]["headers"]
        caused = [(each["kind"], each["what"]) for each in told["effects"]]
        assert caused[0] == ("event", "wix.booking")
        for effect in (
            ("job", "bookings.apply"),
            ("event", "contact.created"),
            ("event", "booking.created"),
            ("job", "automation.act"),
            ("message", "booking.confirmation"),
            ("message", "booking.reminder"),
            ("event", "message.sent"),
        ):
            assert effect in caused, f"{effect} is not in {caused}"


def test_a_long_body_is_kept_whole(stage: Stage, clinic: Office, api: Api, runtime: Runtime) -> None:
    """Over 16 KB it lies in R2; who looks at the log does not notice."""
    secret = stage.sandbox.account("wix", clinic.app_id)["hmac_secret"]
    for size, form in ((10_000, "text"), (20_000, "file"), (900_000, "file")):
        phone = new_phone()
        made = stage.book(clinic, phone=phone, send=False, signing="hmac")["request"]
        body = json.dumps(
            {**json.loads(made["body"]), "padding": "é" * (size // 2)}, ensure_ascii=False
        ).encode()
        headers = {"x-wix-webhook-signature": hex_hmac(secret, body)}
        answer = api.call("POST", f"/webhooks/wix/{clinic.slug}", raw=body, headers=headers)
        assert (answer.status, answer.json["status"]) == (200, "accepted")
        row = runtime.d1("SELECT body_form FROM deliveries WHERE id = ?1", answer.json["id"])
        assert row == [{"body_form": form}]
        shown = story(api, answer.json["id"])["delivery"]
        assert (shown["body"].encode(), shown["body_form"]) == (body, "text")
        stage.drain()
        assert len(stage.sandbox.texts(phone)) == 1


def test_replay_does_nothing_twice(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    sandbox.reply(phone, "Is there parking?")
    stage.drain()
    before = {name: api.items(f"/api/v1/{name}") for name in ("contacts", "bookings", "messages")}
    deliveries = [each for each in api.items("/api/v1/deliveries") if each["verdict"] == "accepted"]
    assert {each["source"] for each in deliveries} == {"wix", "clicksend"}
    for delivery in deliveries:
        for _ in range(2):
            assert api.post(f"/api/v1/deliveries/{delivery['id']}/replay") == {"jobs": 1}
    stage.drain()
    for name in ("bookings", "messages"):
        after = api.items(f"/api/v1/{name}")
        assert [each["id"] for each in after] == [each["id"] for each in before[name]], name
    assert [each["id"] for each in api.items("/api/v1/contacts")] == [
        each["id"] for each in before["contacts"]
    ]
    assert len(sandbox.texts(phone, direction="out")) == 1
    assert {each["state"] for each in api.items("/api/v1/jobs", kind="bookings.apply")} == {"done"}
    replays = [each for each in api.items("/api/v1/audit") if each["action"] == "delivery.replay"]
    assert {each["subject_id"] for each in replays} == {each["id"] for each in deliveries}


def test_what_was_refused_is_not_replayed(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    sandbox.forge_booking(clinic.instance, "wrong_key")
    (delivery,) = api.items("/api/v1/deliveries")
    answer = api.call("POST", f"/api/v1/deliveries/{delivery['id']}/replay")
    assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert story(api, delivery["id"])["effects"] == []


def test_a_dead_job_is_seen_and_retried(stage: Stage, clinic: Office, api: Api, runtime: Runtime) -> None:
    phone = new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    (apply,) = api.items("/api/v1/jobs", kind="bookings.apply")
    # As if the row had been damaged: its event cannot be found.
    runtime.d1(
        "UPDATE jobs SET state = 'pending', payload = '{\"event\":\"gone\"}', unique_key = 'again', finished_at = NULL,"
        " id = 'damaged' WHERE tenant_id = ?1 AND id = ?2",
        clinic.tenant.id,
        apply["id"],
    )
    stage.drain()
    (dead,) = api.items("/api/v1/jobs", state="dead")
    assert (dead["id"], dead["error_code"]) == ("damaged", "not_found")
    assert dead["finished_at"]
    event = api.items("/api/v1/events", type="wix.booking")[0]
    runtime.d1("UPDATE jobs SET payload = ?1 WHERE id = 'damaged'", json.dumps({"event": event["id"]}))
    answer = api.call("POST", "/api/v1/jobs/damaged/retry")
    assert answer.status == 202
    stage.drain()
    assert api.get("/api/v1/jobs/damaged")["state"] == "done"
    assert len(stage.sandbox.texts(phone)) == 1
    again = api.call("POST", "/api/v1/jobs/damaged/retry")
    assert (again.status, again.json["code"]) == (409, "conflict")
    assert [each["action"] for each in api.items("/api/v1/audit", subject_kind="job")] == ["job.retry"]


def test_every_list_is_the_same_page_by_page(stage: Stage, sandbox: Sandbox) -> None:
    clinic = stage.office(staff=[(f"p{number}", "P", "viewer") for number in range(3)])
    api = stage.signed_in(clinic)
    tell = {
        "trigger": {"on": "event", "type": "booking.created"},
        "actions": [{"do": "notify", "title": "Booked"}],
    }
    api.post("/api/v1/automations", {"name": "Tell us", "definition": tell, "enabled": True})
    for number in range(4):
        phone = new_phone()
        stage.book(clinic, phone=phone, first_name=f"P{number}", practitioner=f"Dr {number}")
        stage.drain()
        sandbox.reply(phone, "hello")
        stage.drain()
    for contact in api.items("/api/v1/contacts"):
        api.patch(f"/api/v1/contacts/{contact['id']}", {"version": contact["version"], "tags": ["x"]})
    one = api.items("/api/v1/contacts")[0]["id"]
    for stage_ in ("recall", "post", "lead", "dormant"):
        version = api.get(f"/api/v1/contacts/{one}")["version"]
        api.post(f"/api/v1/contacts/{one}/move", {"stage": stage_, "version": version})
    lists = [
        each.path.format(contact_id=one)
        for each in Document.of(api).operations()
        if each.method == "GET" and "after" in each.query and set(each.parameters) <= {"contact_id"}
    ]
    assert len(lists) >= 9
    for path in lists:
        whole = api.get(path, limit=50 if path == "/api/v1/reports" else 200)
        # Of reports there is one a week; theirs is a flow of its own.
        assert len(whole["items"]) >= (4 if path != "/api/v1/reports" else 0), path
        assert whole["next"] is None, path
        for limit in (1, 3):
            assert api.items(path, limit=limit) == whole["items"], f"{path} by {limit}"


def test_what_comes_meanwhile_shifts_no_page(stage: Stage, clinic: Office, api: Api) -> None:
    for _ in range(3):
        stage.book(clinic, phone=new_phone())
    stage.drain()
    first = api.get("/api/v1/events", limit=5)
    stage.book(clinic, phone=new_phone())
    stage.drain()
    second = api.get("/api/v1/events", limit=5, after=first["next"])
    numbers = [each["seq"] for each in [*first["items"], *second["items"]]]
    assert numbers == sorted(set(numbers), reverse=True)
    assert first["items"][-1]["seq"] > second["items"][0]["seq"]
    (about,) = {each["trace_id"] for each in api.items("/api/v1/events", trace=first["items"][0]["trace_id"])}
    assert about == first["items"][0]["trace_id"]


def test_a_change_of_settings_counts_once_and_is_on_record(clinic: Office, api: Api) -> None:
    version = api.get("/api/v1/settings")["version"]
    change = {"version": version, "settings": {"reminder_hours": [24], "sms": {"per_second": 5}}}
    after = api.patch("/api/v1/settings", change)
    assert (after["version"], after["settings"]["reminder_hours"]) == (version + 1, [24])
    assert after["settings"]["sms"] == {
        **after["settings"]["sms"],
        "per_second": 5,
        "sender": clinic.profile.number,
    }
    stale = api.call("PATCH", "/api/v1/settings", change)
    assert (stale.status, stale.json["code"]) == (409, "stale")
    same = api.patch("/api/v1/settings", {**change, "version": version + 1})
    assert same["version"] == version + 1, "what changes nothing is no change"
    (entry,) = api.items("/api/v1/audit", subject_kind="tenant")
    assert (entry["action"], entry["actor_id"]) == ("settings.change", clinic.staff_ids["owner"])
    assert entry["change"]["reminder_hours"] == [[48, 24, 2], [24]]
    for wrong in (
        {"reminder_hours": [0]},
        {"junk": 1},
        {"quiet_hours": {"start": "25:00"}},
        {"sms": {"x": 1}},
    ):
        answer = api.call("PATCH", "/api/v1/settings", {"version": version + 1, "settings": wrong})
        assert (answer.status, answer.json["code"]) == (422, "invalid"), wrong
        assert answer.json["errors"], wrong


def test_new_settings_are_obeyed(stage: Stage, clinic: Office, api: Api) -> None:
    api.patch("/api/v1/settings", {"version": 1, "settings": {"reminder_hours": [72, 1]}})
    stage.book(clinic, phone=new_phone())
    stage.drain()
    planned = [each["offset_hours"] for each in api.items("/api/v1/messages", state="scheduled")]
    assert sorted(planned) == [1, 72]


def test_two_edits_of_one_contact(stage: Stage, clinic: Office, api: Api) -> None:
    for _ in range(2):
        stage.book(clinic, phone=new_phone())
    stage.drain()
    one, two = api.items("/api/v1/contacts")
    at = f"/api/v1/contacts/{one['id']}"
    edited = api.patch(at, {"version": one["version"], "first_name": "Anna", "tags": ["vip"]})
    assert (edited["first_name"], edited["tags"]) == ("Anna", ["vip"])
    stale = api.call("PATCH", at, {"version": one["version"], "first_name": "Hanna"})
    assert (stale.status, stale.json["code"]) == (409, "stale")
    taken = api.call("PATCH", at, {"version": edited["version"], "phone": two["phone"]})
    assert (taken.status, taken.json["code"]) == (409, "conflict")
    national = "0" + new_phone().removeprefix("+61")
    again = api.patch(at, {"version": edited["version"], "phone": national})
    assert again["phone"] == f"+61{national[1:]}"
    entries = api.items("/api/v1/audit", subject_id=one["id"])
    assert [each["action"] for each in entries] == ["contact.edit", "contact.edit"]
