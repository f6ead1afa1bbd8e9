"""A second tenant sees nothing of the first: not by its session, not by its ids, not on any list, on no route."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from frontdesk.core.pages import Cursor
from frontdesk.tenants.writes import add_domain
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office, write
from support.document import Document, Operation
from support.stage import Stage, new_phone

NAMES_NOBODY = {
    "name": "clicksend_path_secret",
    "key": "booking.reminder",
    "channel": "sms",
    "stage": "appointment",
    "report_kind": "weekly",
    "kind": "message",
}
"""Path parameters that are no tenant's own: every tenant has a secret, a template and a stage of this name."""
POINTS_AT = {
    "contact_id": "contact_id",
    "booking_id": "booking_id",
    "subject_id": "contact_id",
    "subject": "contact_id",
    "trace": "trace",
    "search": "phone",
    "q": "phone",
    "assignee": "staff_id",
    "practitioner": "practitioner",
    "rule_id": "rule_id",
}
"""Query parameters that name something of a tenant, and which of its facts."""
HARMLESS = {
    *("after", "limit", "state", "stage", "tag", "status", "channel", "direction", "source", "verdict"),
    *("view", "type", "kind", "subject_kind", "starts_from", "starts_before", "due_before", "seq"),
    "archived",
}
BOOKED = {"on": "event", "type": "booking.created"}
PREVIEWED = {"channel": "sms", "body": "Hello"}


@dataclass
class Story:
    """A tenant with one of everything, what it is known by, and the words that must not leave it."""

    office: Office
    api: Api
    ids: Mapping[str, str]
    traces: list[str]

    def told_in(self, body: bytes) -> list[str]:
        """What of this tenant a body gives away."""
        text = body.decode("utf-8", "replace")
        known = [*self.ids.values(), *self.traces, self.office.slug, self.office.tenant.id, "Zebedee"]
        return [each for each in known if each in text]


@pytest.fixture
def theirs(stage: Stage, sandbox: Sandbox) -> Story:
    """Tenant A: a booking by text and one by mail, a reply, a change by staff, a new secret, a dead letter."""
    office = stage.office()
    api, phone, mailbox = stage.signed_in(office), new_phone(), f"zebedee@{office.slug}.example"
    fields = {"first_name": "Zebedee", "practitioner": "Dr Zebedee"}
    stage.book(office, phone=phone, service="Zebedee's scan", **fields)
    stage.book(office, email=mailbox, first_name="Zebedee", service="Zebedee's checkup")
    stage.drain()
    sandbox.reply(phone, "Zebedee asks back")
    sandbox.forge_booking(office.instance, phone=new_phone(), first_name="Zebedee")
    stage.drain()
    contact = next(each for each in api.items("/api/v1/contacts") if each["phone"] == phone)
    api.patch(f"/api/v1/contacts/{contact['id']}", {"version": contact["version"], "tags": ["vip"]})
    booking = api.items("/api/v1/bookings", contact_id=contact["id"])[0]
    task = api.post(
        "/api/v1/tasks",
        {"title": "Call Zebedee", "contact_id": contact["id"], "due_at": booking["starts_at"]},
    )
    twin = api.post("/api/v1/contacts", {"first_name": "Zebedee", "tags": ["Zebedee's"]})
    now = api.get(f"/api/v1/contacts/{contact['id']}")
    merged = api.post(
        f"/api/v1/contacts/{contact['id']}/merge",
        {"other_id": twin["id"], "version": now["version"], "other_version": twin["version"]},
    )
    stage.drain()
    deliveries, events = api.items("/api/v1/deliveries"), api.items("/api/v1/events")
    jobs, audit = api.items("/api/v1/jobs"), api.items("/api/v1/audit")
    assert deliveries and events and jobs and audit
    # A reminder by mail carries the link; its time comes when the clock moves.
    stage.set_clock(booking["starts_at"] - stage.runtime.now_ms() - 24 * 3_600_000)
    stage.drain()
    mail = sandbox.emails(to=mailbox, contains="Reminder", at_least=1)[-1]
    stage.set_clock(0)
    browser = sandbox.browser(api.get("/api/v1/push/key")["key"])
    link = re.search(r"/unsubscribe/([\w-]+)", mail["text"])
    assert link
    ids = {
        "contact_id": contact["id"],
        "booking_id": booking["id"],
        "message_id": api.items("/api/v1/messages", contact_id=contact["id"])[0]["id"],
        "delivery_id": next(each["id"] for each in deliveries if each["verdict"] == "accepted"),
        "event_id": events[0]["id"],
        "job_id": jobs[0]["id"],
        "staff_id": office.staff_ids["owner"],
        "subscription_id": api.post("/api/v1/push/subscriptions", browser["subscription"])["id"],
        "token": link[1],
        "task_id": task["id"],
        "run_id": (run := api.items("/api/v1/automations/runs")[0])["id"],
        "rule_id": run["rule_id"],
        "move_id": api.items(f"/api/v1/contacts/{contact['id']}/moves")[0]["id"],
        "id": api.items("/api/v1/messages", contact_id=contact["id"])[0]["id"],
        "merge_id": merged["merge_id"],
        "trace": events[0]["trace_id"],
        "phone": phone,
        "practitioner": booking["practitioner"],
    }
    return Story(office, api, ids, sorted({each["trace_id"] for each in events}))


@pytest.fixture
def ours(stage: Stage) -> Api:
    """Tenant B: its owner, signed in, with a booking of its own, so that its lists are not simply empty."""
    office = stage.office()
    stage.book(office, phone=new_phone())
    stage.drain()
    return stage.signed_in(office)


def filled(operation: Operation, theirs: Story) -> str:
    """The path with the first tenant's ids in it; a parameter nobody told this test about fails it."""
    known = {**theirs.ids, **NAMES_NOBODY}
    unknown = set(operation.parameters) - known.keys()
    assert not unknown, f"{operation}: this test knows no {unknown}; teach it one"
    return operation.at(**{name: quote(known[name], safe="") for name in operation.parameters})


def test_another_tenants_session_opens_nothing(theirs: Story, ours: Api) -> None:
    operations = [each for each in Document.of(ours).operations() if not each.public]
    assert len(operations) > 20
    origin = {"origin": f"http://{ours.host}", "content-type": "application/json"}
    shown = {
        "bearer": {"authorization": f"Bearer {theirs.api.token}"},
        "cookie": {"cookie": f"fd_session={theirs.api.token}", **origin},
    }
    nobody = Api(ours.url.geturl(), ours.host.split(".")[0], headers=ours.headers)
    for operation in operations:
        for how, headers in shown.items():
            answer = nobody.call(operation.method, filled(operation, theirs), headers=headers)
            assert answer.status == 401, f"{operation} by {how}: {answer}"
            assert theirs.told_in(answer.body) == []


def test_another_tenants_ids_lead_nowhere(stage: Stage, theirs: Story, ours: Api) -> None:
    document = Document.of(ours)
    before = everything(stage, theirs)
    by_id = [each for each in document.operations() if each.parameters]
    assert len(by_id) >= 12
    for operation in by_id:
        path = filled(operation, theirs)
        answer = ours.call(operation.method, path, document.least(operation))
        expected = 200 if set(operation.parameters) <= NAMES_NOBODY.keys() else 404
        assert answer.status == expected, f"{operation}: {answer}"
        given_back = {theirs.ids[name] for name in operation.parameters if name in theirs.ids}
        assert set(theirs.told_in(answer.body)) - given_back == set(), f"{operation}: {answer}"
        assert answer.headers["content-type"].startswith(("application/", "text/csv")), operation
    assert everything(stage, theirs) == before
    # Its own way in still counts: a secret of the same name was rotated next door.
    assert stage.sandbox.reply(theirs.ids["phone"], "still here")["callbacks"], "no callback was sent"
    stage.sandbox.settle(theirs.office.slug)
    told = stage.sandbox.callbacks(account=theirs.office.slug, event="inbound")[-1]
    assert told["attempts"][-1]["status"] == 200


def test_lists_hold_only_ones_own(theirs: Story, ours: Api) -> None:
    lists = [each for each in Document.of(ours).operations() if each.method == "GET" and not each.parameters]
    assert len(lists) >= 9
    for operation in lists:
        for query in questions(operation, theirs):
            answer = ours.call("GET", operation.path, query=query)
            assert answer.status == 200, f"{operation} {query}: {answer}"
            assert theirs.told_in(answer.body) == [], f"{operation} {query}"
            if any(name in POINTS_AT for name in query):
                assert answer.json.get("items", []) == [], f"{operation} {query}"


def test_another_tenants_ids_in_a_body_lead_nowhere(stage: Stage, theirs: Story, ours: Api) -> None:
    """One's own record, somebody else's id: wherever a body names something of a tenant."""
    contact = ours.items("/api/v1/contacts")[0]
    at, due = f"/api/v1/contacts/{contact['id']}", stage.runtime.now_ms() + 86_400_000
    task = ours.post("/api/v1/tasks", {"title": "Ours", "due_at": due})
    text = {"channel": "sms", "body": "Hello", "booking_id": theirs.ids["booking_id"]}
    merge = {"other_id": theirs.ids["contact_id"], "version": contact["version"], "other_version": 1}
    ids, staff = theirs.ids, theirs.ids["staff_id"]
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"{at}/merge", merge),
        *(
            ("POST", "/api/v1/tasks", {"title": "x", "due_at": due, name: ids[name]})
            for name in ("contact_id", "booking_id")
        ),
        ("POST", "/api/v1/tasks", {"title": "x", "due_at": due, "assignee_id": staff}),
        ("PATCH", f"/api/v1/tasks/{task['id']}", {"version": task["version"], "assignee_id": staff}),
        ("POST", "/api/v1/bookings", {"contact_id": ids["contact_id"], "service": "x", "starts_at": due}),
        ("POST", f"{at}/messages/preview", text),
        ("POST", f"{at}/messages", {**text, "key": "written-once"}),
        ("PATCH", f"/api/v1/conversations/{contact['id']}", {"assignee_id": staff}),
        ("PATCH", f"/api/v1/conversations/{contact['id']}", {"read_up_to": ids["message_id"]}),
        *(
            ("POST", "/api/v1/templates/preview", {**PREVIEWED, name: ids[name]})
            for name in ("contact_id", "booking_id")
        ),
        ("POST", "/api/v1/automations/dry-run", {"rule_id": ids["rule_id"], "from": due - 9, "until": due}),
    ]
    calls += [
        (
            "POST",
            "/api/v1/automations",
            {"name": "x", "enabled": True, "definition": {"trigger": BOOKED, "actions": [do]}},
        )
        for do in (
            {"do": "start_rule", "rule_id": ids["rule_id"]},
            {"do": "notify", "title": "x", "staff_id": staff},
            {"do": "create_task", "title": "x", "due": "now", "assignee_id": staff},
        )
    ]
    before = everything(stage, theirs)
    for method, path, body in calls:
        answer = ours.call(method, path, body)
        assert answer.status in (404, 422), f"{method} {path} {body}: {answer}"
        given = {value for value in ids.values() if value in str(body)}
        assert set(theirs.told_in(answer.body)) - given == set(), f"{method} {path} {body}: {answer}"
    stage.drain()
    assert everything(stage, theirs) == before
    assert "x" not in [each["title"] for each in ours.items("/api/v1/tasks", view="all")]


def test_no_body_names_what_these_tests_do_not_know(ours: Api) -> None:
    # A sign-in is nobody's before it is somebody's: test_sign_in asks a second tenant.
    known = {"assignee_id", "booking_id", "contact_id", "other_id", "rule_id", "staff_id", "sign_in_id"}
    assert Document.of(ours).ids_taken() == known


def test_a_trace_ends_at_the_tenants_door(theirs: Story, ours: Api) -> None:
    for kind in ("message", "task", "move", "run", "event", "job", "booking"):
        id_ = theirs.ids[f"{kind}_id"]
        assert theirs.api.get(f"/api/v1/trace/{kind}/{id_}")["chain"], kind
        answer = ours.call("GET", f"/api/v1/trace/{kind}/{id_}")
        assert answer.status == 404, f"{kind}: {answer}"
        assert set(theirs.told_in(answer.body)) <= {id_}


def test_a_custom_domain_is_its_tenants_alone(stage: Stage, theirs: Story, ours: Api) -> None:
    host = f"{theirs.office.slug}.harbour.example"
    write(stage.runtime, theirs.office.tenant.id, add_domain(host, 0))
    at_home = {"host": host.upper()}
    assert theirs.api.call("GET", "/api/v1/me", headers=at_home).json["tenant"]["slug"] == theirs.office.slug
    assert ours.call("GET", "/api/v1/me", headers=at_home).status == 401
    assert theirs.api.get("/api/v1/settings")["domains"] == [host]
    assert ours.get("/api/v1/settings")["domains"] == []
    for near in (f"x.{host}", f"{host}.evil.example", host.removeprefix(f"{theirs.office.slug}.")):
        assert theirs.api.call("GET", "/api/v1/me", headers={"host": near}).status == 404


def questions(operation: Operation, theirs: Story) -> list[dict[str, Any]]:
    """The list as it is, and asked for each thing of the first tenant that it can be asked for."""
    unknown = set(operation.query) - POINTS_AT.keys() - HARMLESS
    assert not unknown, f"{operation}: may {unknown} name something of a tenant?"
    asked: list[dict[str, Any]] = [{"limit": 50} if "limit" in operation.query else {}]
    asked += [{name: theirs.ids[POINTS_AT[name]]} for name in operation.query if name in POINTS_AT]
    if "after" in operation.query:
        asked.append({"after": Cursor(2**52, theirs.ids["contact_id"]).encode()})
    return asked


def everything(stage: Stage, theirs: Story) -> dict[str, list[dict[str, Any]]]:
    """Every row the first tenant has in any table."""
    tables = stage.runtime.d1(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND c.name = 'tenant_id' ORDER BY m.name"
    )
    assert len(tables) > 15
    return {
        each["name"]: stage.runtime.d1(
            f"SELECT * FROM {each['name']} WHERE tenant_id = ?1", theirs.office.tenant.id
        )
        for each in tables
    }
