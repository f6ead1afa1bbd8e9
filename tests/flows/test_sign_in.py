"""Signing in with a mailed code: the whole way, and everything that must not lead in."""

import json
import re
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest

from local.client import Runtime
from sandbox.client import Sandbox
from seed.api import Answer, Api
from seed.office import Office
from support.stage import Stage
from support.wire import is_problem

CODES, SESSIONS, ME = "/api/v1/auth/codes", "/api/v1/auth/sessions", "/api/v1/me"


@pytest.fixture
def nobody(stage: Stage, clinic: Office) -> Api:
    """Somebody at the tenant's door, not signed in."""
    return stage.api(clinic)


def asked(api: Api, sandbox: Sandbox, address: str) -> tuple[str, str]:
    """A sign-in's id and the code that came by mail."""
    before = max((mail["seq"] for mail in sandbox.emails(to=address)), default=0)
    told = api.post(CODES, {"email": address})
    assert told["expires_in"] == 600
    return told["sign_in_id"], sandbox.sign_in_code(address, after=before, timeout_ms=15_000)


def tried(api: Api, sign_in_id: str, code: str) -> Answer:
    """Code in hand at the door."""
    return api.call("POST", SESSIONS, {"sign_in_id": sign_in_id, "code": code})


def given(answer: Answer) -> dict[str, Morsel[str]]:
    """The cookies an answer sets, by name."""
    lines = answer.headers["set-cookie"].split("\n")
    return {name: morsel for line in lines for name, morsel in SimpleCookie(line).items()}


def other(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_whole_way_in_and_out(nobody: Api, sandbox: Sandbox, clinic: Office) -> None:
    sign_in_id, code = asked(nobody, sandbox, clinic.owner.upper())
    (mail,) = sandbox.emails(to=clinic.owner)
    assert mail["subject"] == f"Your sign-in code for {clinic.profile.name}"
    assert code in mail["text"]
    assert "list-unsubscribe" not in {name.lower() for name in mail["headers"] or {}}
    answer = tried(nobody, sign_in_id, code)
    assert answer.status == 201
    token = answer.json["token"]
    cookies = given(answer)
    assert cookies["fd_session"].value == token
    for name, days in (("fd_session", 14), ("fd_browser", 400)):
        cookie = cookies[name]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "Lax", True)
        assert (cookie["domain"], cookie["max-age"]) == ("", str(days * 24 * 3600))
    assert answer.headers["cache-control"] == "no-store"

    by_cookie = {"cookie": f"theme=dark; fd_session={token}", "origin": f"http://{nobody.host}"}
    by_bearer = {"authorization": f"Bearer {token}"}
    for shown in (by_cookie, by_bearer):
        me = nobody.call("GET", ME, headers=shown).json
        assert (me["staff"]["email"], me["staff"]["role"]) == (clinic.owner, "owner")
        assert me["tenant"]["slug"] == clinic.slug
    out = nobody.call("DELETE", f"{SESSIONS}/current", headers=by_cookie)
    assert (out.status, out.body) == (204, b"")
    (gone,) = given(out).values()
    assert (gone.key, gone.value, gone["max-age"]) == ("fd_session", "", "0")
    for shown in (by_cookie, by_bearer):
        assert nobody.call("GET", ME, headers=shown).status == 401


def test_a_code_works_once(nobody: Api, sandbox: Sandbox, clinic: Office) -> None:
    sign_in_id, code = asked(nobody, sandbox, clinic.owner)
    assert tried(nobody, sign_in_id, code).status == 201
    again = tried(nobody, sign_in_id, code)
    assert (again.status, again.json["code"]) == (401, "spent_code")


def test_five_tries(nobody: Api, sandbox: Sandbox, clinic: Office) -> None:
    sign_in_id, code = asked(nobody, sandbox, clinic.owner)
    for _ in range(4):
        answer = tried(nobody, sign_in_id, other(code))
        assert (answer.status, answer.json["code"], is_problem(answer)) == (401, "wrong_code", True)
    assert tried(nobody, sign_in_id, code).status == 201, "the fifth may be right"


def test_after_five_wrong_ones_the_right_one_is_too_late(
    stage: Stage, sandbox: Sandbox, clinic: Office
) -> None:
    sign_in_id, code = asked(stage.api(clinic), sandbox, clinic.owner)
    # From as many addresses, so that no limit but the code's own stands in the way.
    answers = [tried(stage.api(clinic), sign_in_id, other(code)).json["code"] for _ in range(5)]
    assert answers == ["wrong_code"] * 5
    for _ in range(3):
        late = tried(stage.api(clinic), sign_in_id, code)
        assert (late.status, late.json["code"]) == (401, "spent_code")


def test_an_old_code_is_spent(nobody: Api, sandbox: Sandbox, clinic: Office, runtime: Runtime) -> None:
    sign_in_id, code = asked(nobody, sandbox, clinic.owner)
    # Ten minutes are real time; what has passed of them is on the row.
    sql = "UPDATE sign_ins SET expires_at = expires_at - 600000 WHERE tenant_id = ?1 AND id = ?2"
    runtime.d1(sql, clinic.tenant.id, sign_in_id)
    answer = tried(nobody, sign_in_id, code)
    assert (answer.status, answer.json["code"]) == (401, "spent_code")


def test_an_old_session_is_over(stage: Stage, clinic: Office, runtime: Runtime) -> None:
    api = stage.signed_in(clinic)
    runtime.d1("UPDATE sessions SET expires_at = created_at WHERE tenant_id = ?1", clinic.tenant.id)
    assert api.call("GET", ME).status == 401


def test_codes_belong_to_their_sign_in_and_their_tenant(
    stage: Stage, sandbox: Sandbox, clinic: Office
) -> None:
    nobody = stage.api(clinic)
    first, first_code = asked(nobody, sandbox, clinic.owner)
    second, second_code = asked(nobody, sandbox, clinic.owner)
    if first_code != second_code:
        assert tried(nobody, first, second_code).json["code"] == "wrong_code"
    neighbour = stage.api(stage.office())
    assert tried(neighbour, second, second_code).json["code"] == "spent_code"
    assert tried(nobody, second, second_code).status == 201
    nowhere = "01900000-0000-7000-8000-000000000000"
    assert tried(nobody, nowhere, "123456").json["code"] == "spent_code"


def test_nobody_learns_who_works_here(stage: Stage, sandbox: Sandbox, clinic: Office) -> None:
    nobody, stranger = stage.api(clinic), f"stranger@{clinic.slug}.example"
    known = nobody.call("POST", CODES, {"email": clinic.owner})
    unknown = nobody.call("POST", CODES, {"email": stranger})
    assert (known.status, unknown.status) == (202, 202)
    assert known.json.keys() == unknown.json.keys()
    assert {k: len(str(v)) for k, v in known.json.items()} == {
        k: len(str(v)) for k, v in unknown.json.items()
    }
    differ = {"x-request-id", "date"}
    assert {k: v for k, v in known.headers.items() if k not in differ} == {
        k: v for k, v in unknown.headers.items() if k not in differ
    }
    stage.drain()
    assert len(sandbox.emails(to=clinic.owner)) == 1
    assert sandbox.emails(to=stranger) == []
    for code in ("000000", "123456"):
        assert tried(nobody, unknown.json["sign_in_id"], code).json["code"] == "wrong_code"


def test_the_dismissed_get_no_code(stage: Stage, sandbox: Sandbox) -> None:
    clinic = stage.office(staff=[("vic", "Vic", "viewer")])
    owner, nobody, vic = stage.signed_in(clinic), stage.api(clinic), f"vic@{clinic.slug}.example"
    sign_in_id, code = asked(nobody, sandbox, vic)
    owner.patch(f"/api/v1/staff/{clinic.staff_ids['vic']}", {"version": 1, "active": False})
    assert tried(nobody, sign_in_id, code).status == 401
    nobody.post(CODES, {"email": vic})
    stage.drain()
    assert len(sandbox.emails(to=vic)) == 1


def test_too_many_codes(stage: Stage, sandbox: Sandbox, clinic: Office) -> None:
    """Five in a quarter of an hour for one network and address; thirty a minute for one caller."""
    stranger = f"stranger@{clinic.slug}.example"
    for address in (clinic.owner, stranger):
        asker = stage.api(clinic)
        answers = [asker.call("POST", CODES, {"email": address}) for _ in range(6)]
        assert [each.status for each in answers] == [202] * 5 + [429]
        assert int(answers[-1].headers["retry-after"]) > 0
    one = stage.api(clinic)
    statuses = [
        one.call("POST", CODES, {"email": f"x{number}@{clinic.slug}.example"}).status for number in range(64)
    ]
    assert statuses.count(429) >= 1
    stage.drain()
    assert len(sandbox.emails(to=clinic.owner)) == 5


def test_nobody_locks_out_whoever_signed_in_with_this_browser_before(
    stage: Stage, sandbox: Sandbox, clinic: Office
) -> None:
    mine = stage.api(clinic)
    known = given(tried(mine, *asked(mine, sandbox, clinic.owner)))["fd_browser"].value
    for _ in range(10):
        enemy = stage.api(clinic)
        statuses = [enemy.call("POST", CODES, {"email": clinic.owner}).status for _ in range(6)]
        if statuses == [429] * 6:
            break
    assert statuses == [429] * 6, "all that is for strangers is used up"
    stage.drain()
    assert mine.call("POST", CODES, {"email": clinic.owner}).status == 429
    mine.headers = {**mine.headers, "cookie": f"fd_browser={known}"}
    assert tried(mine, *asked(mine, sandbox, clinic.owner)).status == 201


def test_a_page_of_another_site_changes_nothing(stage: Stage, clinic: Office) -> None:
    neighbour = stage.office()
    api = stage.signed_in(clinic)
    cookie = {"cookie": f"fd_session={api.token}", "content-type": "application/json"}
    bare = stage.api(clinic)
    change: dict[str, Any] = {"version": 1, "settings": {"help_text": "hacked"}}
    body = json.dumps(change).encode()
    here = f"http://{api.host}"
    for sent in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": here.replace(clinic.slug, neighbour.slug)},
        {"origin": here.replace("http:", "https:")},
        {"origin": f"{here}.evil.example"},
        {},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {"origin": here, "content-type": "text/plain"},
        {"referer": here},
    ):
        answer = bare.call("PATCH", "/api/v1/settings", raw=body, headers={**cookie, **sent})
        assert (answer.status, is_problem(answer)) == (403, True), f"{sent}: {answer}"
    assert api.get("/api/v1/settings")["version"] == 1
    for sent in ({"origin": here}, {"sec-fetch-site": "same-origin"}):
        version = api.get("/api/v1/settings")["version"]
        body = json.dumps({"version": version, "settings": {"help_text": str(sent)}}).encode()
        assert bare.call("PATCH", "/api/v1/settings", raw=body, headers={**cookie, **sent}).status == 200


def test_cors_is_for_configured_origins(stage: Stage) -> None:
    friend, stranger = "https://app.harbour.example", "https://evil.example"
    clinic = stage.office(settings={"allowed_origins": [friend]})
    api = stage.signed_in(clinic)
    asks = {"access-control-request-method": "PATCH", "access-control-request-headers": "content-type"}
    yes = api.call("OPTIONS", "/api/v1/settings", headers={"origin": friend, **asks})
    assert yes.status == 204
    assert yes.headers["access-control-allow-origin"] == friend
    assert "PATCH" in yes.headers["access-control-allow-methods"]
    no = api.call("OPTIONS", "/api/v1/settings", headers={"origin": stranger, **asks})
    assert (no.status, no.headers.get("access-control-allow-origin")) == (403, None)
    for origin, allowed in ((friend, friend), (stranger, None), ("null", None)):
        for path in (ME, "/api/v1/nothing", "/api/v1/contacts?limit=0"):
            answer = api.call("GET", path, headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed, f"{origin} {path}"
            assert "Origin" in answer.headers["vary"]
    elsewhere = stage.signed_in(stage.office())
    assert "access-control-allow-origin" not in elsewhere.call("GET", ME, headers={"origin": friend}).headers


def test_a_code_is_nowhere_in_clear(stage: Stage, sandbox: Sandbox, clinic: Office, runtime: Runtime) -> None:
    """Not in any text of any table, not in what the Worker logs; neither is the session's token."""
    line = max((each["n"] for each in runtime.logs()), default=0)
    nobody = stage.api(clinic)
    sign_in_id, code = asked(nobody, sandbox, clinic.owner)
    tried(nobody, sign_in_id, other(code))
    token = tried(nobody, sign_in_id, code).json["token"]
    stage.drain()
    tables = runtime.d1(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"
    )
    assert len(tables) > 15
    for table in (each["name"] for each in tables):
        columns = runtime.d1("SELECT name FROM pragma_table_info(?1)", table)
        for column in (each["name"] for each in columns):
            rows = runtime.d1(
                f'SELECT "{column}" AS found FROM "{table}" WHERE typeof("{column}") = \'text\''
                f' AND (instr("{column}", ?1) OR instr("{column}", ?2))',
                code,
                token,
            )
            # Six digits also turn up within ids and hashes by chance; in clear they stand alone.
            alone = [
                each["found"] for each in rows if stands_alone(code, each["found"]) or token in each["found"]
            ]
            assert alone == [], f"{table}.{column}"
    logged = [each["text"] for each in runtime.logs(line)]
    assert any('"path":"/api/v1/auth/sessions"' in text for text in logged)
    for text in logged:
        assert not stands_alone(code, text) and token not in text, text
    messages = runtime.d1(
        "SELECT body, subject, body_hash FROM messages WHERE tenant_id = ?1", clinic.tenant.id
    )
    assert messages == [{"body": "", "subject": "", "body_hash": ""}]


def stands_alone(code: str, text: str) -> bool:
    """Whether the code is in a text as a number of its own, not inside an id, hash or instant."""
    return re.search(rf"(?<![0-9A-Za-z_-]){code}(?![0-9A-Za-z_-])", text) is not None
