"""Whatever is thrown at the doors: 4xx, at most a log row, no restart, and the next request is served."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from local.client import Runtime
from sandbox.signing import hex_hmac, jwt, svix_headers
from seed.api import Api
from seed.office import Office
from support.document import Document
from support.stage import Stage, new_phone
from support.wire import is_problem, request, spoken

TWO_MB = 2_000_000
DEEP = 7_000
BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "not JSON": b"{'a': 1}",
    "cut short": b'{"version": 1, "first_name": "A',
    "not UTF-8": b'{"first_name": "\xff\xfe\xc3\x28"}',
    "UTF-16": '{"version": 1}'.encode("utf-16"),
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep lists, open": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep under a field": b'{"first_name":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a number beyond all": b'{"version": ' + b"9" * 5_000 + b"}",
    "a float beyond all": b'{"version": 1e999999}',
    "NaN": b'{"version": NaN}',
    "a lone surrogate": b'{"version": 1, "first_name": "\\ud800"}',
    "a raw NUL": b'{"version": 1, "first_name": "a\x00b"}',
    "only NULs": b"\x00" * 100,
    "a list": b"[]",
    "null": b"null",
    "a string": b'"version"',
    "many keys": json.dumps({f"k{n}": n for n in range(20_000)}).encode(),
    "a megabyte of one string": b'{"first_name": "' + b"a" * 900_000 + b'"}',
}
TOO_LARGE = b'{"first_name": "' + b"a" * TWO_MB + b'"}'


@pytest.fixture
def unharmed(stage: Stage, runtime: Runtime, clinic: Office) -> Iterator[None]:
    """What is done in between neither restarts the Worker nor keeps it from serving."""
    before = runtime.status()
    yield
    told = stage.book(clinic, phone=new_phone())
    assert [each["attempts"][0]["status"] for each in told["callbacks"]] == [200]
    after = runtime.status()
    assert (after["boots"], after["fatals"]) == (before["boots"], before["fatals"])


def log_rows(runtime: Runtime, clinic: Office) -> int:
    """How long the tenant's webhook log is."""
    sql = "SELECT count(*) AS n FROM deliveries WHERE tenant_id = ?1"
    return int(runtime.d1(sql, clinic.tenant.id)[0]["n"])


def signed_ways(stage: Stage, clinic: Office, body: bytes) -> list[tuple[str, dict[str, str], bytes]]:
    """A body at every webhook, unsigned, and signed as only the provider could: verifying it is no excuse."""
    app = stage.sandbox.account("wix", clinic.app_id)
    mail = stage.sandbox.account("resend", clinic.slug)
    wix, resend = f"/webhooks/wix/{clinic.slug}", f"/webhooks/resend/{clinic.slug}"
    text = f"/webhooks/clicksend/{clinic.slug}/{clinic.path_secret}"
    hmac = {"x-wix-webhook-signature": hex_hmac(app["hmac_secret"], body)}
    claims = {"data": body.decode("utf-8", "replace")}
    token = jwt({"alg": "RS256"}, claims, app["private_key_pem"]).encode()
    return [
        (wix, {}, body),
        (wix, hmac, body),
        (wix, {}, token),
        (resend, {}, body),
        (resend, svix_headers([mail["webhook_secret"]], "msg_hostile", body), body),
        (text, {"content-type": "application/json"}, body),
        (text, {"content-type": "application/x-www-form-urlencoded"}, body),
    ]


@pytest.mark.usefixtures("unharmed")
def test_webhooks_refuse_hostile_bodies(stage: Stage, clinic: Office, runtime: Runtime) -> None:
    caller = stage.api(clinic)
    for name, body in BODIES.items():
        before, ways = log_rows(runtime, clinic), signed_ways(stage, clinic, body)
        for path, headers, sent in ways:
            answer = caller.call("POST", path, raw=sent, headers=headers)
            what = f"{name} at {path} with {list(headers)}: {answer}"
            assert 400 <= answer.status < 500, what
            assert answer.headers["content-type"] in ("application/json", "application/problem+json"), what
        assert log_rows(runtime, clinic) <= before + len(ways), f"{name}: more than a row each"
    events = runtime.d1("SELECT count(*) AS n FROM events WHERE tenant_id = ?1", clinic.tenant.id)
    assert events == [{"n": 0}]
    longest = runtime.d1(
        "SELECT max(length(body)) AS n FROM deliveries WHERE tenant_id = ?1 AND verdict = 'refused'",
        clinic.tenant.id,
    )
    assert longest[0]["n"] <= 2_800, "2 KB, or that in base64"


@pytest.mark.usefixtures("unharmed")
def test_two_megabytes_are_refused_declared_or_not(
    stage: Stage, clinic: Office, api: Api, runtime: Runtime
) -> None:
    me = f"authorization: Bearer {api.token}"
    kind = "content-type: application/json"
    doors = (f"/webhooks/wix/{clinic.slug}", f"/webhooks/clicksend/{clinic.slug}/{clinic.path_secret}")
    for chunked in (False, True):
        for path in doors:
            answer = spoken(runtime.url, request("POST", path, api.host, TOO_LARGE, chunked=chunked))
            assert (answer.status, is_problem(answer)) == (413, True), f"{path}: {answer}"
        for method, path in (("PATCH", "/api/v1/settings"), ("POST", "/api/v1/auth/codes")):
            raw = request(method, path, api.host, TOO_LARGE, kind, me, chunked=chunked)
            answer = spoken(runtime.url, raw)
            assert (answer.status, is_problem(answer)) == (413, True), f"{path}: {answer}"
    # Believed before anything is read: the rest of this one never comes.
    answer = spoken(runtime.url, request("POST", doors[0], api.host, b"{", length=str(TWO_MB)))
    assert answer.status == 413
    assert log_rows(runtime, clinic) == 0


@pytest.mark.usefixtures("unharmed")
def test_no_route_reads_what_is_declared_too_large(api: Api, runtime: Runtime) -> None:
    nowhere = "01900000-0000-7000-8000-000000000000"
    others = [("GET", path) for path in ("/", "/app/", "/docs/api", "/health", "/live", "/api/openapi.json")]
    routes = [
        (each.method, each.at(**dict.fromkeys(each.parameters, nowhere)))
        for each in Document.of(api).operations()
    ]
    for method, path in routes + others:
        answer = spoken(runtime.url, request(method, path, api.host, b"{", length=str(TWO_MB)))
        assert (answer.status, is_problem(answer)) == (413, True), f"{method} {path}: {answer}"


@pytest.mark.usefixtures("unharmed")
def test_the_api_refuses_hostile_bodies(clinic: Office, api: Api) -> None:
    staff = f"/api/v1/staff/{clinic.staff_ids['owner']}"
    routes = (("PATCH", "/api/v1/settings"), ("PATCH", staff), ("POST", "/api/v1/auth/codes"))
    for name, body in BODIES.items():
        for method, path in routes:
            answer = api.call(method, path, raw=body, headers={"content-type": "application/json"})
            what = f"{name} at {path}: {answer}"
            assert answer.status in (400, 413, 422), what
            assert is_problem(answer), what
    before = api.get("/api/v1/settings")
    assert (before["version"], before["settings"]["help_text"]) == (1, "")


@pytest.mark.usefixtures("unharmed")
def test_other_content_types_are_not_taken(api: Api) -> None:
    body = b'{"version": 1, "settings": {"help_text": "x"}}'
    kinds = (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "*/*",
        "junk",
    )
    for kind in (*kinds, "application/xml", "application/json-seq", ""):
        answer = api.call("PATCH", "/api/v1/settings", raw=body, headers={"content-type": kind})
        assert answer.status in (400, 415, 422), f"{kind}: {answer}"
        assert is_problem(answer), f"{kind}: {answer}"


HOSTILE_VALUES: tuple[Any, ...] = (10**30, -(10**30), 2**63, 2**53 + 1, 1.5, "1", True, None, [], {}, "\x00")


@pytest.mark.usefixtures("unharmed")
def test_hostile_values_in_every_field(stage: Stage, clinic: Office, api: Api) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Ana")
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    at = f"/api/v1/contacts/{contact['id']}"
    fields = ("first_name", "email", "phone", "time_zone", "stage", "tags", "existing_patient", "?")
    for field in fields:
        for value in (*HOSTILE_VALUES, "a" * 100_000, ["\x00"], [None], ["a"] * 1_000, {"a": {"b": []}}):
            body = {"version": 10**6, field: value}
            answer = api.call("PATCH", at, body)
            assert answer.status in (400, 409, 413, 422), f"{field} = {str(value)[:40]!r}: {answer}"
            assert is_problem(answer)
    for value in HOSTILE_VALUES:
        answer = api.call("PATCH", at, {"version": {"1": 1} if value in ("1", True) else value})
        assert answer.status in (409, 422), f"version = {value!r}: {answer}"
        for settings in (
            {"reminder_hours": value},
            {"sms": value},
            {"quiet_hours": {"start": value}},
            {"?": 1},
        ):
            answer = api.call("PATCH", "/api/v1/settings", {"version": 10**6, "settings": settings})
            assert answer.status in (409, 422), f"{settings}: {answer}"
    assert api.get(at) == contact


QUERIES = (
    *({"after": value} for value in ("x", "%00", "é", "W10", "AAAA", "=", "a" * 5_000, "null", "....")),
    *(
        {"limit": value}
        for value in ("0", "-1", "201", "999999999999999999999999", "abc", "", "1.5", "1e2", "٣")
    ),
)


def cursor(text: str) -> str:
    """Text in the clothes of a cursor."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.usefixtures("unharmed")
def test_cursors_and_limits_nobody_handed_out(api: Api) -> None:
    made = ("[1,2]", '["x","x"]', "[1]", "{}", f'[{10**30},"x"]', '[1e400,"x"]', '[1,"\\ud800"]', "[" * DEEP)
    hostile = [*QUERIES, *({"after": cursor(text)} for text in made)]
    lists = ("contacts", "bookings", "messages", "deliveries", "events", "jobs", "audit", "staff")
    for name in lists:
        for query in hostile:
            answer = api.call("GET", f"/api/v1/{name}", query=query)
            assert (answer.status, is_problem(answer)) == (422, True), f"{name} {query}: {answer}"
        # Well made, but of nothing: a page like any other.
        for text in ('[0,""]', '[-1,"x"]', '[4503599627370496,"\'; DROP TABLE jobs"]'):
            assert api.call("GET", f"/api/v1/{name}", query={"after": cursor(text)}).status == 200, text


@pytest.mark.usefixtures("unharmed")
def test_hostile_filters(api: Api) -> None:
    texts = ("'", '"', "'; DROP TABLE contacts; --", "%", "_", "\\", "\x00", "🙂" * 25, "x" * 5_000, "NULL")
    numbers = ("9" * 30, "-" + "9" * 30, str(2**63), str(2**53), "1.5", "NaN", "0x10", "")
    for path, names, values in (
        ("contacts", ("stage", "tag"), texts),
        ("bookings", ("contact_id",), texts),
        ("bookings", ("starts_from", "starts_before"), numbers),
        ("messages", ("contact_id", "booking_id", "direction"), texts),
        ("deliveries", ("source", "verdict"), texts),
        ("events", ("type", "trace", "subject"), texts),
        ("jobs", ("state", "kind", "trace"), texts),
        ("audit", ("subject_kind", "subject_id"), texts),
    ):
        for name in names:
            for value in values:
                answer = api.call("GET", f"/api/v1/{path}", query={name: value})
                assert answer.status == 200 or (answer.status == 422 and is_problem(answer)), (
                    f"{path} {name}={value[:40]!r}: {answer}"
                )
    for path in ("contacts", "bookings", "messages", "deliveries", "events", "jobs", "staff"):
        for id_ in ("%00", "'", "..%2f..", "%F0%9F%99%82", "a" * 3_000, "%ff", "%", "%zz", "~"):
            method = "PATCH" if path == "staff" else "GET"
            answer = api.call(method, f"/api/v1/{path}/{id_}", {"version": 1} if path == "staff" else None)
            assert answer.status in (404, 422) and is_problem(answer), f"{path}/{id_[:20]}: {answer}"


def test_search_is_literal(stage: Stage, clinic: Office, api: Api) -> None:
    for last in ("%_O'Brien", "Plain", 'Quo"te', "back\\slash", "Ünïcode"):
        stage.book(clinic, phone=new_phone(), first_name="", last_name=last)
    stage.drain()

    def found(search: str) -> list[str]:
        return sorted(each["last_name"] for each in api.items("/api/v1/contacts", search=search))

    assert found("%") == found("%_o'") == ["%_O'Brien"]
    assert found("_") == found("'") == found("*") == found("' OR 1=1 --") == []
    assert found('quo"') == ['Quo"te']
    assert found("back\\s") == ["back\\slash"]
    assert found("Ünï") == ["Ünïcode"]
    for long in ("x" * 100, "%" * 100, "🙂" * 100, "\\" * 100):
        assert found(long) == []
    answer = api.call("GET", f"/api/v1/contacts?search={quote('x' * 101)}")
    assert (answer.status, is_problem(answer)) == (422, True)


NAMES = ("Zoë", "👩🏽‍⚕️ Ana", "李小龍", "עמית", "A\u0301nge\u0301la", "<b>Bo</b>", "{{ 7*7 }}", "{% raw %}")


def test_any_name_reaches_the_phone_as_it_is(stage: Stage, clinic: Office, api: Api) -> None:
    """Beyond GSM-7 a text is UCS-2: 70 UTF-16 units in one segment, 67 in each of several."""
    phones = {new_phone(): name for name in NAMES}
    for phone, name in phones.items():
        stage.book(clinic, phone=phone, first_name=name)
    stage.drain()
    for phone, name in phones.items():
        text = stage.sandbox.texts(phone, at_least=1)[0]
        assert text["body"].startswith(f"Hi {name}, your CT Chest at {clinic.profile.name} is booked for ")
        contact = api.get("/api/v1/contacts", search=phone)["items"][0]
        assert contact["first_name"] == name
        message = api.get("/api/v1/messages", contact_id=contact["id"], state="delivered")["items"][0]
        units = len(text["body"].encode("utf-16-le")) // 2
        if not name.isascii() and name != "Zoë":
            assert message["segments"] == (1 if units <= 70 else -(-units // 67)), name
        assert (message["body"], message["segments"]) == (text["body"], text["parts"])
        assert message["cost_micros"] == message["segments"] * 79_000
