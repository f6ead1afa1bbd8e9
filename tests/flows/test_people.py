"""People, as the counter sees them: the pipeline follows bookings, two contacts become one, warmth is explained."""

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import DAY, nine_in_sydney


def columns(api: Api, **query: str) -> dict[str, list[str]]:
    """The names of the cards by stage; empty stages are left out."""
    board = api.get("/api/v1/pipeline", **query)
    for column in board["stages"]:
        assert column["count"] == len(column["items"]), "these boards are small"
    return {
        column["key"]: [card["name"] for card in column["items"]]
        for column in board["stages"]
        if column["items"]
    }


def test_a_lead_becomes_an_appointment_and_a_cancellation_needs_a_new_date(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = new_phone()
    booked = stage.book(clinic, phone=phone, first_name="Ada", last_name="Field")
    stage.drain()
    assert columns(api) == {"appointment": ["Ada Field"]}
    contact = api.items("/api/v1/contacts")[0]
    moves = api.items(f"/api/v1/contacts/{contact['id']}/moves")
    assert [(move["from_stage"], move["to_stage"], move["why"]) for move in moves] == [
        ("lead", "appointment", "Has an appointment")
    ]
    delivery = api.items("/api/v1/deliveries", source="wix")[0]
    assert moves[0]["trace_id"] == api.get(f"/api/v1/events/{delivery['event_id']}")["trace_id"]
    sandbox.cancel(booked["booking"]["id"])
    stage.drain()
    assert columns(api) == {"pre_appointment": ["Ada Field"]}


def test_a_move_by_hand_is_seen_in_its_history(stage: Stage, clinic: Office, api: Api) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Ada")
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    change = {"stage": "recall", "version": contact["version"]}
    moved = api.post(f"/api/v1/contacts/{contact['id']}/move", change)
    assert (moved["stage"], moved["version"]) == ("recall", contact["version"] + 1)
    again = api.call("POST", f"/api/v1/contacts/{contact['id']}/move", change)
    assert (again.status, again.json["code"]) == (409, "stale")
    latest = api.items(f"/api/v1/contacts/{contact['id']}/moves")[0]
    assert (latest["actor_name"], latest["why"]) == ("The Owner", "Moved to Recall by hand")
    assert latest["actor_id"] == clinic.staff_ids["owner"]
    audit = api.items("/api/v1/audit", subject_id=contact["id"])
    assert "contact.move" in [each["action"] for each in audit]
    nowhere = {"stage": "heaven", "version": moved["version"]}
    assert api.call("POST", f"/api/v1/contacts/{contact['id']}/move", nowhere).status == 422


def test_warmth_is_explained_and_grows_with_a_reply(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone = new_phone()
    stage.book(clinic, phone=phone, first_name="Ada")
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    before = api.get(f"/api/v1/contacts/{contact['id']}/warmness")
    assert before["score"] == sum(reason["points"] for reason in before["reasons"])
    sandbox.reply(phone, "Thank you!")
    stage.drain()
    after = api.get(f"/api/v1/contacts/{contact['id']}/warmness")
    assert after["score"] > before["score"]
    assert "Replied to us once" in [reason["label"] for reason in after["reasons"]]
    now = api.get(f"/api/v1/contacts/{contact['id']}")
    assert (now["replies"], now["last_in_at"] is not None, now["last_out_at"] is not None) == (1, True, True)
    keen = {"version": now["version"], "intent": 100}
    api.patch(f"/api/v1/contacts/{contact['id']}", keen)
    assert api.get(f"/api/v1/contacts/{contact['id']}/warmness")["score"] >= after["score"] + 20


def test_a_patient_who_came_is_recalled(stage: Stage, api: Api, clinic: Office) -> None:
    settings = api.get("/api/v1/settings")
    services = [{"name": "CT Chest", "price_minor": 32_000, "recall_months": 6}]
    api.patch("/api/v1/settings", {"version": settings["version"], "settings": {"services": services}})
    stage.book(clinic, phone=new_phone(), first_name="Ada")
    stage.drain()
    booking = api.items("/api/v1/bookings")[0]
    stage.travel(booking["ends_at"] + 1000)
    stage.drain()
    now = api.get(f"/api/v1/bookings/{booking['id']}")["booking"]
    api.post(f"/api/v1/bookings/{booking['id']}/status", {"status": "completed", "version": now["version"]})
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    assert (contact["stage"], contact["existing_patient"], contact["recall_service"]) == (
        "post",
        True,
        "CT Chest",
    )
    assert 170 * DAY < contact["recall_due_at"] - booking["starts_at"] < 190 * DAY


def test_two_contacts_become_one_and_two_again(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    phone, other = new_phone(), new_phone()
    stage.book(clinic, phone=phone, first_name="Ada", last_name="Field")
    stage.book(clinic, phone=other, first_name="ada", last_name="field", start=nine_in_sydney(6))
    stage.drain()
    found = {each["phone"]: each for each in api.items("/api/v1/contacts")}
    kept, gone = found[phone], found[other]
    likely = api.get(f"/api/v1/contacts/{kept['id']}/duplicates")["items"]
    assert [(each["contact"]["id"], each["why"]) for each in likely] == [(gone["id"], "The same name")]
    merged = api.post(
        f"/api/v1/contacts/{kept['id']}/merge",
        {"other_id": gone["id"], "version": kept["version"], "other_version": gone["version"]},
    )
    stage.drain()
    assert [each["id"] for each in api.items("/api/v1/contacts")] == [kept["id"]]
    assert len(api.items("/api/v1/bookings", contact_id=kept["id"])) == 2
    assert api.get(f"/api/v1/contacts/{gone['id']}")["merged_into"] == kept["id"]
    sandbox.reply(other, "It is me")
    stage.drain()
    assert [each["id"] for each in api.items("/api/v1/contacts")] == [kept["id"]]
    timeline = [item["summary"] for item in api.items(f"/api/v1/contacts/{kept['id']}/timeline")]
    assert "It is me" in timeline
    refused = api.call(
        "PATCH", f"/api/v1/contacts/{gone['id']}", {"version": gone["version"] + 1, "first_name": "X"}
    )
    assert (refused.status, refused.json["contact_id"]) == (409, kept["id"])
    api.post(f"/api/v1/merges/{merged['merge_id']}/undo")
    stage.drain()
    assert {each["id"] for each in api.items("/api/v1/contacts")} == {kept["id"], gone["id"]}
    assert len(api.items("/api/v1/bookings", contact_id=gone["id"])) == 1


def test_somebody_at_the_counter_is_added_once(stage: Stage, api: Api, clinic: Office) -> None:
    phone = new_phone()
    made = api.post("/api/v1/contacts", {"first_name": "Ada", "phone": phone, "tags": ["walk-in"]})
    assert (made["stage"], made["source"]) == ("lead", "staff")
    again = api.call("POST", "/api/v1/contacts", {"phone": phone})
    assert (again.status, again.json["contact_id"]) == (409, made["id"])
    assert api.call("POST", "/api/v1/contacts", {}).status == 422
    assert api.get("/api/v1/tags")["items"] == [{"tag": "walk-in", "count": 1}]
    assert columns(api, tag="walk-in") == {"lead": ["Ada"]}
    assert columns(api, q="nobody") == {}
    colleagues = api.get("/api/v1/colleagues")["items"]
    assert {each["id"] for each in colleagues} == set(clinic.staff_ids.values())
    assert all(set(each) == {"id", "name", "role"} for each in colleagues)
