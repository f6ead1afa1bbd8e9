"""Tasks, as the morning has them: by the tenant's day, the pressing ones first, done, snoozed and taken back."""

from typing import Any

from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import DAY, in_sydney


def added(api: Api, title: str, due_at: int, **more: Any) -> dict[str, Any]:
    task: dict[str, Any] = api.post("/api/v1/tasks", {"title": title, "due_at": due_at, **more})
    return task


def test_a_morning_of_tasks(stage: Stage, clinic: Office, api: Api) -> None:
    stage.travel(in_sydney(3, "09:00"))
    added(api, "Yesterday's call", in_sydney(2, "16:00"), type="follow_up")
    added(api, "A review", in_sydney(3, "10:00"), type="review")
    welcome = added(
        api, "Welcome", in_sydney(3, "17:00"), type="welcome_call", assignee_id=clinic.staff_ids["owner"]
    )
    added(api, "Recall", in_sydney(4, "09:00"), type="recall")
    assert api.get("/api/v1/tasks/counts") == {"overdue": 1, "today": 2, "upcoming": 1}
    overdue = api.items("/api/v1/tasks", view="overdue")
    assert [each["title"] for each in overdue] == ["Yesterday's call"]
    assert {"label": "A day late", "points": 5} in overdue[0]["reasons"]
    today = api.items("/api/v1/tasks", view="today", limit=1)
    assert [each["title"] for each in today] == ["Welcome", "A review"], "the pressing one first"
    for task in today:
        assert task["priority"] == sum(reason["points"] for reason in task["reasons"])
    assert [each["title"] for each in api.items("/api/v1/tasks", view="today", assignee="me")] == ["Welcome"]

    at = f"/api/v1/tasks/{welcome['id']}"
    done = api.patch(at, {"version": welcome["version"], "status": "done"})
    assert (done["status"], done["done_by"]) == ("done", clinic.staff_ids["owner"])
    assert api.call("PATCH", at, {"version": welcome["version"], "status": "open"}).json["code"] == "stale"
    assert [each["title"] for each in api.items("/api/v1/tasks", view="done")] == ["Welcome"]
    back = api.patch(at, {"version": done["version"], "status": "open"})
    assert (back["status"], back["done_at"], back["priority"]) == ("open", None, welcome["priority"])

    snoozed = api.patch(at, {"version": back["version"], "due_at": in_sydney(5, "09:00")})
    assert "Welcome" in [each["title"] for each in api.items("/api/v1/tasks", view="upcoming")]
    assert snoozed["assignee_name"]
    told = [each["type"] for each in api.items("/api/v1/events") if each["subject_id"] == welcome["id"]]
    assert sorted(told) == ["task.changed", "task.changed", "task.created", "task.done"]
    audit = api.items("/api/v1/audit", subject_id=welcome["id"])
    assert sorted(each["action"] for each in audit) == ["task.add", *["task.change"] * 3]


def test_a_task_knows_its_contact_and_goes_with_a_cancelled_booking(
    stage: Stage, clinic: Office, api: Api
) -> None:
    booked = stage.book(clinic, phone=new_phone(), first_name="Ada", last_name="Field")
    stage.drain()
    booking = api.items("/api/v1/bookings")[0]
    task = added(
        api,
        "Ask whether they will come",
        booking["starts_at"] - DAY,
        type="confirm",
        contact_id=booking["contact_id"],
        booking_id=booking["id"],
    )
    assert task["contact_name"] == "Ada Field"
    assert any(reason["label"].startswith("Contact's warmness") for reason in task["reasons"])
    card = next(
        card
        for column in api.get("/api/v1/pipeline")["stages"]
        for card in column["items"]
        if card["id"] == booking["contact_id"]
    )
    assert card["open_tasks"] >= 1
    stage.sandbox.cancel(booked["booking"]["id"])
    stage.drain()
    assert api.get(f"/api/v1/tasks/{task['id']}")["status"] == "dismissed"
    assert api.items("/api/v1/tasks", contact_id=booking["contact_id"], view="today") == []


def test_a_viewer_reads_tasks_and_changes_none(stage: Stage) -> None:
    office = stage.office(
        staff=[("owner", "Owner", "owner"), ("viewer", "Viewer", "viewer"), ("hands", "Hands", "technician")]
    )
    owner, viewer, hands = (stage.signed_in(office, who) for who in ("owner", "viewer", "hands"))
    task = added(owner, "Look at the scanner", in_sydney(1, "09:00"))
    assert viewer.get(f"/api/v1/tasks/{task['id']}")["title"] == "Look at the scanner"
    change = {"version": task["version"], "status": "done"}
    assert viewer.call("PATCH", f"/api/v1/tasks/{task['id']}", change).status == 403
    assert hands.patch(f"/api/v1/tasks/{task['id']}", change)["done_by"] == office.staff_ids["hands"]


def test_what_no_task_can_be_is_refused(api: Api) -> None:
    for wrong in (
        {"title": "", "due_at": 1},
        {"title": "x", "due_at": -1},
        {"title": "x", "due_at": 2**53},
        {"title": "x", "due_at": 1, "type": "nap"},
        {"title": "x", "due_at": 1, "assignee_id": "nobody"},
        {"title": "x", "due_at": 1, "surprise": True},
    ):
        assert api.call("POST", "/api/v1/tasks", wrong).status == 422, wrong
    assert api.call("POST", "/api/v1/tasks", {"title": "x", "due_at": 1, "contact_id": "no"}).status == 404
