"""Who may do what, on every route of the document: each role, and nobody."""

from collections.abc import Mapping

import pytest

from frontdesk.auth.rules import PERMISSIONS, ROLES
from seed.api import Answer, Api
from support.document import Document, Operation
from support.stage import Stage, new_phone

NOWHERE = "01900000-0000-7000-8000-000000000000"
NOBODY = "nobody"


@pytest.fixture
def desks(stage: Stage) -> Mapping[str, Api]:
    """One member of staff of each role, signed in, and somebody who is not."""
    people = [(role, role.title(), role) for role in ROLES]
    office = stage.office(staff=people)
    return {**{role: stage.signed_in(office, role) for role in ROLES}, NOBODY: stage.api(office)}


def called(api: Api, operation: Operation) -> Answer:
    """The route with an id that leads nowhere and no body: past the permission it changes nothing."""
    return api.call(operation.method, operation.at(**dict.fromkeys(operation.parameters, NOWHERE)))


def test_each_role_may_what_the_table_says(desks: Mapping[str, Api]) -> None:
    operations = [each for each in Document.of(desks[NOBODY]).operations() if not each.public]
    # Signing out ends the session that asks the rest.
    operations.sort(key=lambda each: each.id == "auth_sign_out")
    for operation in operations:
        allowed = PERMISSIONS[operation.permission]
        for role in ROLES:
            answer = called(desks[role], operation)
            if role in allowed:
                assert answer.status in (200, 202, 204, 404, 422), f"{operation} as {role}: {answer}"
            else:
                assert answer.status == 403, f"{operation} as {role}: {answer}"
                assert answer.json["code"] == "forbidden"
                assert operation.permission in answer.json["detail"]
        refused = called(desks[NOBODY], operation)
        assert (refused.status, refused.json["code"]) == (401, "unauthenticated"), f"{operation}"
        assert refused.headers["www-authenticate"].startswith("Bearer")


def test_every_permission_guards_a_route(desks: Mapping[str, Api]) -> None:
    named = {each.permission for each in Document.of(desks[NOBODY]).operations()}
    assert named - {"public"} == PERMISSIONS.keys()


def test_what_is_open_to_the_world(desks: Mapping[str, Api]) -> None:
    public = {str(each) for each in Document.of(desks[NOBODY]).operations() if each.public}
    assert public == {
        "POST /api/v1/auth/codes",
        "POST /api/v1/auth/sessions",
        "GET /unsubscribe/{token}",
        "POST /unsubscribe/{token}",
    }


def test_me_names_what_one_may(desks: Mapping[str, Api]) -> None:
    for role in ROLES:
        me = desks[role].get("/api/v1/me")
        assert me["staff"]["role"] == role
        assert set(me["permissions"]) == {name for name, roles in PERMISSIONS.items() if role in roles}


def test_a_refusal_comes_before_the_body_is_read(desks: Mapping[str, Api]) -> None:
    """Whoever may not change settings learns nothing about what a change looks like."""
    for role, status in (("viewer", 403), (NOBODY, 401)):
        answer = desks[role].call("PATCH", "/api/v1/settings", raw=b"[" * 7_000)
        assert answer.status == status


def test_an_admin_makes_no_owner_and_the_last_owner_stays(desks: Mapping[str, Api]) -> None:
    owner, admin = desks["owner"], desks["admin"]
    new = {"email": "new@harbour.example", "name": "New", "role": "owner"}
    assert admin.call("POST", "/api/v1/staff", new).status == 403
    assert admin.call("POST", "/api/v1/staff", {**new, "role": "viewer"}).status == 201
    assert admin.call("POST", "/api/v1/staff", {**new, "role": "viewer"}).status == 409
    me = owner.get("/api/v1/me")["staff"]
    at = f"/api/v1/staff/{me['id']}"
    assert admin.call("PATCH", at, {"version": me["version"], "role": "viewer"}).status == 403
    for change in ({"role": "admin"}, {"active": False}):
        assert owner.call("PATCH", at, {"version": me["version"], **change}).status == 409


def test_a_dismissal_counts_at_once(desks: Mapping[str, Api]) -> None:
    viewer, owner = desks["viewer"], desks["owner"]
    person = viewer.get("/api/v1/me")["staff"]
    owner.patch(f"/api/v1/staff/{person['id']}", {"version": person["version"], "active": False})
    assert viewer.call("GET", "/api/v1/me").status == 401


def test_a_new_role_counts_at_once(desks: Mapping[str, Api]) -> None:
    viewer, owner = desks["viewer"], desks["owner"]
    person = viewer.get("/api/v1/me")["staff"]
    assert viewer.call("GET", "/api/v1/audit").status == 403
    owner.patch(f"/api/v1/staff/{person['id']}", {"version": person["version"], "role": "admin"})
    assert viewer.call("GET", "/api/v1/audit").status == 200


def test_what_messages_say_is_for_those_who_may_read_messages(stage: Stage) -> None:
    office = stage.office(staff=[(role, role.title(), role) for role in ROLES])
    phone = new_phone()
    stage.book(office, phone=phone)
    stage.drain()
    stage.sandbox.reply(phone, "My knee hurts terribly")
    stage.drain()
    owner = stage.signed_in(office)
    contact = owner.items("/api/v1/contacts")[0]["id"]
    for role in ROLES:
        api = stage.signed_in(office, role)
        said = str(api.items(f"/api/v1/contacts/{contact}/timeline"))
        assert ("My knee" in said) is (role in PERMISSIONS["messages:read"]), role
        if role not in PERMISSIONS["messages:read"]:
            # Nor anywhere else they may look.
            for operation in Document.of(api).operations():
                if operation.method == "GET" and role in PERMISSIONS.get(operation.permission, ()):
                    path = operation.at(**dict.fromkeys(operation.parameters, contact))
                    assert b"My knee" not in api.call("GET", path).body, operation
