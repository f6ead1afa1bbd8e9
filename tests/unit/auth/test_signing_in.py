"""Signing in by an e-mailed code, and everything somebody would try instead."""

import json
import re
from typing import Any

import pytest

from frontdesk.core.clock import DAY, MINUTE
from support.calls import parsed
from support.house import House


@pytest.fixture
def house() -> House:
    return House()


def enter(house: House, sign_in_id: str, code: str, slug: str = "harbour", **rest: Any) -> Any:
    return house.send(
        "POST", "/auth/sessions", {"sign_in_id": sign_in_id, "code": code}, host=f"{slug}.localhost", **rest
    )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_opens_a_session_for_browsers_and_programs(house: House) -> None:
    sign_in_id, code = house.code("Owner@Harbour.example ")
    assert re.fullmatch(r"\d{6}", code)
    response = enter(house, sign_in_id, code)
    assert response.status == 201
    token = parsed(response)["token"]
    assert parsed(response)["expires_at"] == house.world.real + 14 * DAY
    session, browser = response.cookies
    assert session == f"fd_session={token}; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax"
    assert re.fullmatch(
        r"fd_browser=[\w-]{22}\.[0-9a-f]{32}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax", browser
    )
    by_token = house.send("GET", "/me", token=token)
    by_cookie = house.send("GET", "/me", headers={"cookie": f"fd_session={token}"})
    assert by_token.status == by_cookie.status == 200
    me = parsed(by_token)
    assert (me["staff"]["email"], me["staff"]["role"]) == ("owner@harbour.example", "owner")
    assert me["tenant"] == {
        "slug": "harbour",
        "name": "Harbour",
        "kind": "clinic",
        "time_zone": "Australia/Sydney",
        "locale": "en-AU",
        "currency": "AUD",
    }
    assert "staff:write" in me["permissions"]
    assert me["now"] == house.world.real + house.world.offset


def test_over_https_the_cookie_is_bound_to_the_host(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example", scheme="https")
    cookies = enter(house, sign_in_id, code, scheme="https").cookies
    for cookie, start in zip(cookies, ("__Host-fd_session=fds_", "__Host-fd_browser="), strict=True):
        assert cookie.startswith(start)
        assert cookie.endswith("; HttpOnly; SameSite=Lax; Secure")
        assert "domain" not in cookie.lower()


def test_the_answer_is_the_same_for_nobody(house: House) -> None:
    known = house.send("POST", "/auth/codes", {"email": "owner@harbour.example"})
    statements = house.world.driver.calls
    stranger = house.send("POST", "/auth/codes", {"email": "stranger@harbour.example"})
    assert house.world.driver.calls == 2 * statements - 1  # KV knows the tenant the second time
    assert known.status == stranger.status == 202
    assert known.headers.keys() == stranger.headers.keys()
    a, b = parsed(known), parsed(stranger)
    assert a.keys() == b.keys() and a["expires_in"] == b["expires_in"] == 600
    assert len(house.world.bells.take()) == 2
    assert [row["kind"] for row in house.rows("SELECT kind FROM jobs ORDER BY kind")] == [
        "auth.leave_unclaimed",
        "messaging.mail_code",
    ]
    assert len(house.world.kv.kept) >= 2


def test_nobody_signs_in_with_a_strangers_code_even_guessed(house: House) -> None:
    sign_in_id, code = house.code("stranger@harbour.example")
    assert parsed(enter(house, sign_in_id, code))["code"] == "wrong_code"


def test_the_dismissed_get_no_session(house: House) -> None:
    house.hire("harbour", "gone", "admin", active=0)
    sign_in_id, code = house.code("gone@harbour.example")
    assert enter(house, sign_in_id, code).status == 401
    sign_in_id, code = house.code("admin@harbour.example")
    house.world.driver.connection.execute("UPDATE staff SET active = 0 WHERE id = 'admin'")
    assert parsed(enter(house, sign_in_id, code))["code"] == "spent_code"
    assert house.rows("SELECT * FROM sessions") == []


def test_a_code_works_once(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example")
    key = f"code:tenant-harbour:{sign_in_id}"
    kept = house.world.kv.kept[key]
    assert enter(house, sign_in_id, code).status == 201
    assert key not in house.world.kv.kept
    house.world.kv.kept[key] = kept  # KV elsewhere still has it
    again = enter(house, sign_in_id, code)
    assert (again.status, parsed(again)["code"]) == (401, "spent_code")
    assert len(house.rows("SELECT * FROM sessions")) == 1


def test_five_tries_then_even_the_right_code_is_refused(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example")
    for _ in range(5):
        assert parsed(enter(house, sign_in_id, wrong(code)))["code"] == "wrong_code"
    for guess in (code, wrong(code)):
        assert parsed(enter(house, sign_in_id, guess))["code"] == "spent_code"


def test_an_unknown_or_expired_sign_in_looks_like_a_spent_one(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example")
    unknown = enter(house, "0" * 36, code)
    house.world.real += 10 * MINUTE
    expired = enter(house, sign_in_id, code)
    assert unknown.status == expired.status == 401
    assert parsed(unknown)["code"] == parsed(expired)["code"] == "spent_code"
    assert parsed(unknown)["detail"] == parsed(expired)["detail"]


def test_the_business_clock_does_not_age_codes_and_sessions(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example")
    house.world.offset = 300 * DAY
    token = parsed(enter(house, sign_in_id, code))["token"]
    assert house.send("GET", "/me", token=token).status == 200


def test_a_code_belongs_to_its_sign_in(house: House) -> None:
    first, code = house.code("owner@harbour.example")
    second, _ = house.code("admin@harbour.example")
    assert enter(house, second, code).status == 401
    assert enter(house, first, code).status == 201


def test_a_sign_in_belongs_to_its_tenant(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example")
    assert parsed(enter(house, sign_in_id, code, slug="blue"))["code"] == "spent_code"
    assert enter(house, sign_in_id, code).status == 201


def test_one_network_gets_few_sign_ins(house: House) -> None:
    house.world.limiter.refused.add(("sign_in", "203.0.113.9"))
    for path, body in (
        ("/auth/codes", {"email": "owner@harbour.example"}),
        ("/auth/sessions", {"sign_in_id": "0" * 36, "code": "123456"}),
    ):
        assert house.send("POST", path, body, ip="203.0.113.9").status == 429


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "a@b",
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
        "@b.example",
        "a@@b.example",
        "a" * 300 + "@b.example",
        None,
        7,
        ["a@b.example"],
    ],
)
def test_what_is_no_address_is_refused(house: House, email: Any) -> None:
    response = house.send("POST", "/auth/codes", {"email": email})
    assert (response.status, parsed(response)["errors"][0]["field"]) == (422, "email")
    assert house.rows("SELECT * FROM sign_ins") == []


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", 123456, "12345\n"])
def test_what_is_no_code_costs_no_try(house: House, code: Any) -> None:
    sign_in_id, _ = house.code("owner@harbour.example")
    assert enter(house, sign_in_id, code).status == 422
    assert house.rows("SELECT tries FROM sign_ins") == [{"tries": 0}]


def test_nothing_readable_is_kept(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example")
    token = parsed(enter(house, sign_in_id, code))["token"]
    house.send("GET", "/me", token=token)
    tables = [row["name"] for row in house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    stored = json.dumps([house.rows(f"SELECT * FROM {table}") for table in tables if table != "staff"])
    for place in (stored, json.dumps(house.world.kv.kept), "".join(house.world.lines)):
        assert token not in place
        assert f'"{code}"' not in place
        assert "owner@harbour.example" not in place


def test_the_id_of_a_sign_in_is_for_whoever_asked(house: House) -> None:
    """Colleagues read the logs of events and jobs; with the id they could use up the five tries of each code."""
    for email in ("owner@harbour.example", "stranger@harbour.example"):
        sign_in_id, _ = house.code(email)
        for table in ("events", "jobs", "commits", "audit"):
            assert sign_in_id not in json.dumps(house.rows(f"SELECT * FROM {table}")), table
        assert sign_in_id not in "".join(house.world.lines)


def test_a_session_given_beforehand_is_not_kept(house: House) -> None:
    planted = "fds_" + "A" * 43
    sign_in_id, code = house.code("owner@harbour.example")
    headers = {"cookie": f"fd_session={planted}", "origin": "http://harbour.localhost"}
    response = enter(house, sign_in_id, code, headers=headers)
    assert response.status == 201
    assert parsed(response)["token"] != planted
    assert house.send("GET", "/me", token=planted).status == 401


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_sites_form_signs_nobody_in(house: House, kind: str | None) -> None:
    """What a page of another origin can send unasked has one of these types, or (a Blob's) none."""
    sign_in_id, code = house.code("owner@harbour.example")
    headers = {"origin": "https://evil.example", **({} if kind is None else {"content-type": kind})}
    body = json.dumps({"sign_in_id": sign_in_id, "code": code}).encode()
    response = house.raw("POST", "/auth/sessions", body, headers)
    assert response.status == 422 and response.cookies == ()
    assert house.rows("SELECT * FROM sessions") == []
    assert enter(house, sign_in_id, code).status == 201


def test_signing_in_is_on_record(house: House) -> None:
    house.token("admin")
    entry = house.rows("SELECT * FROM audit")[0]
    assert (entry["action"], entry["actor_id"], entry["subject_id"]) == ("session.start", "admin", "admin")


def test_sign_in_rotates_with_the_master_key(house: House) -> None:
    sign_in_id, code = house.code("owner@harbour.example")
    old = house.world.settings
    new = "v2:" + "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo="[:43] + "="
    house.world.settings = old.model_copy(
        update={"master_key_current": new, "master_key_previous": old.master_key_current}
    )
    assert enter(house, sign_in_id, code).status == 201
