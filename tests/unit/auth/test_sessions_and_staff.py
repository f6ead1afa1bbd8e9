"""Sessions, roles, staff and the audit log, as their users and their enemies meet them."""

import json
from typing import Any

import pytest

from frontdesk.auth import writes
from frontdesk.auth.rules import PERMISSIONS, ROLES, may, may_manage, token_hash
from frontdesk.core.clock import DAY, MINUTE
from frontdesk.core.ctx import Actor
from frontdesk.core.errors import Stale
from support.calls import parsed, run
from support.house import API, ROUTES, House


@pytest.fixture
def house() -> House:
    return House()


def test_signing_out_ends_the_session_everywhere(house: House) -> None:
    token, other = house.token(), house.token()
    assert house.send("GET", "/me", token=token).status == 200
    response = house.send("DELETE", "/auth/sessions/current", token=token)
    assert response.status == 204
    (cookie,) = response.cookies
    assert cookie.startswith("fd_session=; Path=/; Max-Age=0;")
    assert house.send("GET", "/me", token=token).status == 401
    assert house.send("GET", "/me", token=other).status == 200


def test_signing_out_with_a_cookie_needs_its_origin(house: House) -> None:
    token = house.token()
    cookie = {"cookie": f"fd_session={token}"}
    assert house.send("DELETE", "/auth/sessions/current", headers=cookie).status == 403
    sibling = {**cookie, "origin": "http://blue.localhost:8787"}
    assert house.send("DELETE", "/auth/sessions/current", headers=sibling).status == 403
    own = {**cookie, "origin": "http://harbour.localhost:8787"}
    assert house.send("DELETE", "/auth/sessions/current", headers=own).status == 204


def test_a_session_ends_after_fourteen_days_used_or_not(house: House) -> None:
    token = house.token()
    for _ in range(13):
        house.world.real += DAY
        assert house.send("GET", "/me", token=token).status == 200
    house.world.real += DAY - 30_000
    assert house.send("GET", "/me", token=token).status == 200
    house.world.real += 30_000
    assert house.send("GET", "/me", token=token).status == 401


@pytest.mark.parametrize("path", ["/me", "/staff", "/settings", "/audit"])
def test_a_session_is_nobodys_at_another_business(house: House, path: str) -> None:
    token = house.token("owner", "harbour")
    assert house.send("GET", path, token=token).status == 200  # KV vouches for it from here on
    for credential in ({"token": token}, {"headers": {"cookie": f"fd_session={token}"}}):
        assert house.send("GET", path, host="blue.localhost", **credential).status == 401


@pytest.mark.parametrize(
    "token",
    ["", "x", "fds_", "fds_" + "A" * 42, "fds_" + "A" * 43, "fds_" + "A" * 44, "' OR 1=1 --", "é" * 47],
)
def test_what_is_no_token_is_nobody(house: House, token: str) -> None:
    assert house.send("GET", "/me", headers={"authorization": f"Bearer {token}"}).status == 401
    assert house.send("GET", "/me", headers={"cookie": f"fd_session={token}"}).status == 401


def test_a_token_has_256_bits_and_only_its_hash_is_known(house: House) -> None:
    token = house.token()
    assert house.rows("SELECT token_hash FROM sessions") == [{"token_hash": token_hash(token)}]
    assert house.token() != token


def test_kv_vouches_for_a_revoked_session_a_minute_at_most(house: House) -> None:
    token = house.token()
    house.send("GET", "/me", token=token)
    house.world.driver.connection.execute("UPDATE sessions SET revoked_at = 1")
    assert house.send("GET", "/me", token=token).status == 200
    house.world.kv.kept.clear()  # what a minute does
    assert house.send("GET", "/me", token=token).status == 401


def test_damage_in_kv_is_not_believed(house: House) -> None:
    token = house.token()
    house.send("GET", "/me", token=token)
    for key in house.world.kv.kept:
        if key.startswith("session:"):
            house.world.kv.kept[key] = '{"staff_id": "owner"}'
    assert house.send("GET", "/me", token=token).status == 200


@pytest.mark.parametrize("role", ROLES)
def test_every_route_asks_for_its_permission(house: House, role: str) -> None:
    token = house.token(role)
    for path, methods in API.openapi()["paths"].items():
        for method, operation in methods.items():
            permission = operation["x-permission"]
            if permission == "public" or path.endswith("/current"):
                continue
            url = path.removeprefix("/api/v1").replace("{staff_id}", "x").replace("{name}", "x")
            assert house.send(method.upper(), url).status == 401
            response = house.send(method.upper(), url, token=token)
            assert (response.status == 403) == (role not in PERMISSIONS[permission]), (method, path)


def test_the_table_of_permissions_is_whole() -> None:
    assert {route.may for route in ROUTES if route.may} <= PERMISSIONS.keys()
    for permission, roles in PERMISSIONS.items():
        assert "owner" in roles and set(roles) <= set(ROLES), permission
        assert not may(Actor("public", ""), permission)
        assert not may(Actor("provider", "wix", "owner"), permission)
    assert not any(
        permission.endswith(":write") for permission, roles in PERMISSIONS.items() if "viewer" in roles
    )


def add(house: House, token: str, **changes: Any) -> Any:
    body = {"email": "New@Harbour.example", "name": " Ada ", "role": "staff", **changes}
    return house.send("POST", "/staff", body, token=token)


def test_staff_are_added_listed_and_sign_in(house: House) -> None:
    token = house.token()
    house.world.real += 1
    response = add(house, token)
    assert response.status == 201
    person = parsed(response)
    assert (person["email"], person["name"], person["active"]) == ("new@harbour.example", "Ada", True)
    listed = parsed(house.send("GET", "/staff", token=token))
    assert [each["id"] for each in listed["items"]][-1] == person["id"]
    assert len(listed["items"]) == 6
    sign_in_id, code = house.code("new@harbour.example")
    assert house.send("POST", "/auth/sessions", {"sign_in_id": sign_in_id, "code": code}).status == 201
    assert parsed(add(house, token))["detail"] == "Somebody with this address is on the staff already."
    assert (
        len(
            parsed(house.send("GET", "/staff", token=house.token("owner", "blue"), host="blue.localhost"))[
                "items"
            ]
        )
        == 5
    )


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "A\nda", "A\x00", "A\u2028da", "x" * 101, None])
def test_a_name_is_one_line_that_can_be_seen(house: House, name: Any) -> None:
    response = add(house, house.token(), name=name)
    assert (response.status, parsed(response)["errors"][0]["field"]) == (422, "name")


def test_the_list_of_staff_is_paged(house: House) -> None:
    token, seen, after = house.token(), [], ""
    while True:
        body = parsed(house.send("GET", f"/staff?limit=2{after}", token=token))
        seen += [each["id"] for each in body["items"]]
        if body["next"] is None:
            break
        after = f"&after={body['next']}"
    assert sorted(seen) == sorted(ROLES) and len(seen) == 5
    assert house.send("GET", "/staff?after=nonsense", token=token).status == 422


def change(house: House, token: str, staff_id: str, version: int = 1, **changes: Any) -> Any:
    return house.send("PATCH", f"/staff/{staff_id}", {"version": version, **changes}, token=token)


def test_an_admin_neither_makes_nor_touches_owners(house: House) -> None:
    token = house.token("admin")
    assert add(house, token, role="owner").status == 403
    assert change(house, token, "owner", active=False).status == 403
    assert change(house, token, "owner", name="Mallory").status == 403
    assert change(house, token, "admin", role="owner").status == 403
    assert change(house, token, "viewer", role="staff").status == 200


def test_the_last_owner_stays(house: House) -> None:
    token = house.token()
    for loss in ({"role": "viewer"}, {"active": False}):
        response = change(house, token, "owner", **loss)
        assert (response.status, parsed(response)["detail"]) == (
            409,
            "This is the last active owner; make another one first.",
        )
    assert change(house, token, "admin", role="owner").status == 200
    assert change(house, token, "owner", role="admin").status == 200
    assert house.send("GET", "/me", token=token).status == 200
    assert parsed(house.send("GET", "/me", token=token))["staff"]["role"] == "admin"


def test_two_owners_who_dismiss_each_other_at_once_leave_one(house: House) -> None:
    house.hire("harbour", "second", "owner")
    ctx = house.ctx()
    run(ctx.commit(writes.update_staff("owner", 1, name="O", role="owner", active=False)))
    with pytest.raises(Stale):
        run(ctx.commit(writes.update_staff("second", 1, name="S", role="viewer", active=True)))


def test_a_dismissed_person_is_out_at_once_and_stays_out(house: House) -> None:
    token, theirs = house.token(), house.token("staff")
    assert house.send("GET", "/me", token=theirs).status == 200
    assert change(house, token, "staff", active=False).status == 200
    assert house.send("GET", "/me", token=theirs).status == 401
    assert change(house, token, "staff", version=2, active=True).status == 200
    assert house.send("GET", "/me", token=theirs).status == 401


def test_a_new_role_counts_at_once(house: House) -> None:
    token, theirs = house.token(), house.token("admin")
    assert house.send("GET", "/staff", token=theirs).status == 200
    assert change(house, token, "admin", role="viewer").status == 200
    assert house.send("GET", "/staff", token=theirs).status == 403


def test_concurrent_edits_of_a_person_do_not_overwrite(house: House) -> None:
    token = house.token()
    assert change(house, token, "staff", name="One").status == 200
    response = change(house, token, "staff", name="Two")
    assert (response.status, parsed(response)["code"]) == (409, "stale")
    assert change(house, token, "nobody", name="Two").status == 404


def test_staff_of_another_business_cannot_be_changed(house: House) -> None:
    house.hire("blue", "only-blue", "staff")
    assert change(house, house.token(), "only-blue", name="Mallory").status == 404


def test_the_audit_log_tells_who_changed_what(house: House) -> None:
    token = house.token()
    house.world.real += MINUTE
    change(house, token, "staff", role="viewer", name="Sam")
    entries = parsed(house.send("GET", "/audit?limit=1", token=token))
    entry = entries["items"][0]
    assert (entry["action"], entry["actor_id"], entry["subject_id"]) == ("staff.change", "owner", "staff")
    assert entry["change"] == {"name": ["Staff", "Sam"], "role": ["staff", "viewer"]}
    older = parsed(house.send("GET", f"/audit?after={entries['next']}", token=token))["items"]
    assert {each["action"] for each in older} == {"session.start"}
    named = parsed(house.send("GET", "/audit?subject_kind=staff&subject_id=staff", token=token))["items"]
    assert [each["action"] for each in named] == ["staff.change"]
    blue = house.send("GET", "/audit", token=house.token("owner", "blue"), host="blue.localhost")
    assert [each["actor_id"] for each in parsed(blue)["items"]] == ["owner"]


def test_ranks() -> None:
    assert may_manage("owner", "owner", "admin")
    assert may_manage("admin", "admin", "viewer")
    assert not may_manage("admin", "viewer", "owner")
    assert not may_manage("staff", "viewer")


def test_old_sign_ins_and_sessions_are_forgotten(house: House) -> None:
    house.token()
    for days, left in ((1, (1, 1, 1)), (2, (0, 0, 1)), (43, (0, 0, 0))):
        house.world.real += days * DAY
        run(house.ctx().commit(writes.purge(house.world.real, house.world.real)))
        tables = ("sign_ins", "sign_ins_used", "sessions")
        counts = tuple(len(house.rows(f"SELECT 1 FROM {table}")) for table in tables)
        assert counts == left


def test_whoever_looks_at_the_staff_is_told_of_each_change(house: House) -> None:
    token = house.token()
    added = parsed(add(house, token))["id"]
    change(house, token, "staff", role="viewer")
    change(house, token, "staff", version=2, role="viewer")  # changes nothing
    told = house.world.driver.rows("SELECT subject_id, payload FROM events WHERE type = 'staff.changed'")
    assert [(each["subject_id"], json.loads(each["payload"])["role"]) for each in told] == [
        (added, "staff"),
        ("staff", "viewer"),
    ]


def test_of_a_flood_of_strange_addresses_nothing_is_left(house: House) -> None:
    house.code("owner@harbour.example")
    for number in range(3):
        house.code(f"stranger{number}@harbour.example")
    house.code("stranger@blue.example", "blue")
    events = "SELECT tenant_id, type, payload FROM events ORDER BY tenant_id, type"
    run(house.ctx().commit(writes.purge(house.world.real, house.world.real)))
    assert [row["type"] for row in house.rows(events)].count("auth.code_unclaimed") == 4
    house.world.real += 2 * DAY + 1
    run(house.ctx().commit(writes.purge(house.world.real, house.world.real)))
    blue, harbour = house.rows(events)
    assert (blue["type"], "sealed" in blue["payload"]) == ("auth.code_unclaimed", True)
    assert (harbour["type"], harbour["payload"]) == ("auth.code_requested", "{}")
