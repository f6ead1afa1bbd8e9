"""Requests no client of ours would make: paths, methods, hosts, headers and cookies of somebody who tries doors."""

import json
from collections.abc import Iterator

import pytest

from local.client import Runtime
from seed.api import Answer, Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.wire import is_problem, request, spoken

ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def unharmed(stage: Stage, runtime: Runtime, clinic: Office) -> Iterator[None]:
    """Nothing in here restarts the Worker, is its fault by its own log, or leaves a row."""
    before, line = runtime.status(), max((each["n"] for each in runtime.logs()), default=0)
    yield
    after = runtime.status()
    assert (after["boots"], after["fatals"]) == (before["boots"], before["fatals"])
    errors = [each["text"] for each in runtime.logs(line) if '"level":"error"' in each["text"]]
    assert errors == []
    rows = runtime.d1("SELECT count(*) AS n FROM deliveries WHERE tenant_id = ?1", clinic.tenant.id)
    assert rows == [{"n": 0}]
    assert stage.book(clinic, phone=new_phone())["callbacks"][0]["attempts"][0]["status"] == 200


def refused(answer: Answer) -> bool:
    """A problem of ours, or the refusal of the server in front of us where no request can be made of it."""
    if answer.headers.get("content-type") == "application/problem+json":
        return 400 <= answer.status < 500 and is_problem(answer)
    return answer.status in (0, 400, 413, 414, 431) or is_unreadable(answer)


def is_unreadable(answer: Answer) -> bool:
    """What workerd itself says of a request line or Host that make no URL; no Worker ever hears of those."""
    return answer.status == 500 and answer.body == b"Internal Server Error" and len(answer.headers) == 2


NOWHERE = (
    *(
        "//",
        "/nothing",
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/me",
        "/API/V1/ME",
        "/api/v1/me/",
    ),
    *(
        "/api/v1/me;x=1",
        "/api/v1/me%00",
        "/api/v1/m%65/x",
        "/api//v1/me",
        "/docs",
        "/redoc",
        "/.env",
    ),
    *("/../wrangler.toml", "/assets/../../wrangler.toml", "/assets/..%2f..%2fsrc%2fmain.py", "/%2e%2e/x"),
    *(
        "/api/v1/contacts/../../../etc/passwd",
        "/..\\..\\x",
        "/%zz",
        "/%ff%fe",
        "/\N{SNOWMAN}",
        "/" + "a" * 9_000,
    ),
    *(
        "/webhooks",
        "/webhooks/",
        "/webhooks/wix",
        "/webhooks/wix/",
        "/webhooks/nobody/x",
        "/webhooks/wix/../x",
    ),
    *(
        "/webhooks/wix/%00",
        "/webhooks/wix/a/b/c",
        "/webhooks/../api/v1/nothing",
        "/webhooks/wix/unknown-tenant",
    ),
    *("/webhooks/__class__/x", "/webhooks/wix/'%20OR%201=1", "/unsubscribe/", "/unsubscribe/x", "/health/"),
    *("/unsubscribe/" + "A" * 8_000, "/health/readyx"),
)


def test_paths_that_lead_nowhere(runtime: Runtime, api: Api) -> None:
    me = f"authorization: Bearer {api.token}"
    for path in NOWHERE:
        for method in ("GET", "POST"):
            answer = spoken(runtime.url, request(method, path, api.host, b"", me))
            # Static files are served, and missed, without the Worker: no problem details there.
            missed = path.startswith("/assets/") and answer.status in (404, 405)
            assert missed or refused(answer), f"{method} {path[:60]}: {answer}"


def test_where_no_path_can_be_read_is_the_front_door(runtime: Runtime, api: Api) -> None:
    me = f"authorization: Bearer {api.token}"
    for target, host in (("me", api.host), ("*", api.host), ("?x", api.host), (ME, f"{api.host}#")):
        answer = spoken(runtime.url, request("GET", target, host, b"", me))
        assert refused(answer) or b"<h1>Welcome</h1>" in answer.body, f"{target} {host}: {answer}"
        assert refused(spoken(runtime.url, request("POST", target, host, b"", me)))


def test_methods_that_do_not_exist_here(runtime: Runtime, clinic: Office, api: Api) -> None:
    me = f"authorization: Bearer {api.token}"
    cases = [
        (ME, "DELETE", {"GET", "HEAD", "OPTIONS"}),
        (ME, "PUT", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/staff", "PATCH", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/api/v1/auth/codes", "GET", {"OPTIONS", "POST"}),
        ("/health", "POST", {"GET", "HEAD"}),
        ("/health/ready", "DELETE", {"GET", "HEAD"}),
        ("/api/openapi.json", "POST", {"GET", "HEAD"}),
        (f"/webhooks/wix/{clinic.slug}", "GET", {"POST"}),
        (f"/webhooks/clicksend/{clinic.slug}/x", "PUT", {"POST"}),
    ]
    for path, method, allowed in cases:
        answer = spoken(runtime.url, request(method, path, api.host, b"", me))
        assert (answer.status, is_problem(answer)) == (405, True), f"{method} {path}: {answer}"
        assert set(answer.headers["allow"].split(", ")) == allowed, f"{method} {path}: {answer}"
    for method in ("TRACE", "CONNECT", "PROPFIND", "get", "G\x00T", "A" * 2_000, "\N{SNOWMAN}"):
        answer = spoken(runtime.url, request(method, ME, api.host, b"", me))
        assert refused(answer) or answer.status == 501, f"{method[:20]}: {answer}"


JUNK_HOSTS = (
    *(
        "evil.example",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "",
        ".",
        "..",
        "-",
        "_",
        "a b",
        "x" * 300 + ".localhost",
    ),
    *(
        "{host}.evil.example",
        "{slug}.localhost.evil.example",
        "{slug}.localhost:99999999",
        "{slug}.localhost:x",
    ),
    *("x.{slug}.localhost", "{slug}..localhost", "%00.localhost", "\N{SNOWMAN}.localhost", "xn--.localhost"),
    *("{slug}@evil.example", "evil.example/{slug}.localhost"),
)


def test_junk_hosts_are_nobodys(runtime: Runtime, clinic: Office, api: Api) -> None:
    for host in JUNK_HOSTS:
        named = host.format(slug=clinic.slug, host=api.host)
        answer = spoken(runtime.url, request("GET", ME, named, b"", f"authorization: Bearer {api.token}"))
        assert refused(answer), f"{host}: {answer}"
        assert clinic.slug.encode() not in answer.body, f"{host}: {answer}"


def test_a_host_is_a_name_however_it_is_written(runtime: Runtime, clinic: Office, api: Api) -> None:
    slug = clinic.slug
    for host in (
        f"{slug}.localhost",
        f"{slug.upper()}.LocalHost:80",
        f"{slug}.localhost.",
        f"{slug}%2elocalhost",
    ):
        answer = spoken(runtime.url, request("GET", ME, host, b"", f"authorization: Bearer {api.token}"))
        assert answer.status == 200, f"{host}: {answer}"


def test_credentials_nobody_was_given(runtime: Runtime, api: Api) -> None:
    token = api.token
    for shown in (
        *("authorization: Bearer", "authorization: Bearer ", "authorization:", "authorization: Basic eDp5"),
        *(
            f"authorization: {token}",
            f"authorization: Bearer {token}x",
            f"authorization: Bearer {token} {token}",
        ),
        *(
            f"authorization: Bearer {token[:-1]}",
            f"authorization: Token {token}",
            "authorization: Bearer \N{SNOWMAN}",
        ),
        *(
            "cookie: ;;;===;;",
            "cookie: fd_session",
            "cookie: fd_session=",
            'cookie: fd_session="',
            "cookie: \x01",
        ),
        *(
            f"cookie: fd_session={token[:-1]}",
            f"cookie: FD_SESSION={token}",
            f"cookie: __Host-fd_session={token}",
        ),
        *(
            f"cookie: xfd_session={token}",
            f"cookie: fd_session=; fd_session=%00{token}",
            "cookie: " + "a=b; " * 2_000,
        ),
        *(
            f"authorization: Basic eDp5\r\ncookie: fd_session={token}",
            f"fd_session: {token}",
            f"x-token: {token}",
        ),
    ):
        answer = spoken(runtime.url, request("GET", ME, api.host, b"", shown))
        if answer.headers.get("x-request-id"):
            assert (answer.status, is_problem(answer)) == (401, True), f"{shown[:60]!r}: {answer}"
        else:
            assert answer.status in (400, 431), f"{shown[:60]!r}: {answer}"
    junk = f"cookie: =; a==b; ;;fd_session={token}; fd_session=later; \N{SNOWMAN}"
    assert spoken(runtime.url, request("GET", ME, api.host, b"", junk)).status == 200


def test_headers_nobody_sends(runtime: Runtime, api: Api) -> None:
    me = f"authorization: Bearer {api.token}"
    for header in (
        *(b"x-junk: \xff\xfe", b"x-empty:", b"x-long: " + b"a" * 8_000, b"accept: " + b"*/*," * 1_500),
        *(b"cf-connecting-ip: not an address", b"cf-connecting-ip: ::1, 1.2.3.4", b"origin: null"),
        *(
            b"origin: \xf0\x9f\x99\x82",
            b"user-agent: \xe9" * 1,
            b"content-encoding: gzip",
            b"expect: 100-continue",
        ),
        *(
            b"range: bytes=0-1",
            b"if-none-match: *",
            b"x-forwarded-host: evil.example",
            b"forwarded: host=evil",
        ),
    ):
        answer = spoken(runtime.url, request("GET", ME, api.host, b"", me, header))
        assert answer.status == 200 or refused(answer), f"{header[:40]!r}: {answer}"
    for header in (
        b"no colon here",
        b"x y: z",
        b": no name",
        b" folded: x",
        b"x: a\rb",
        b"x: \x00",
        b"x: \x7f",
    ):
        answer = spoken(runtime.url, request("GET", ME, api.host, b"", me, header))
        assert answer.status == 200 or refused(answer), f"{header!r}: {answer}"


def test_lengths_that_lie(runtime: Runtime, clinic: Office, api: Api) -> None:
    for length in ("-1", "1e3", "0x10", "abc", "", "99999999999999999999999", "1, 2", "١"):
        raw = request("POST", f"/webhooks/wix/{clinic.slug}", api.host, b"{}", length=length)
        answer = spoken(runtime.url, raw)
        assert refused(answer), f"{length}: {answer}"
    # Both lengths at once is how requests are smuggled past a proxy.
    both = request("POST", "/api/v1/auth/codes", api.host, b"{}", "content-length: 3", chunked=True)
    assert refused(spoken(runtime.url, both))


def test_head_and_options_are_answered(runtime: Runtime, api: Api) -> None:
    head = spoken(runtime.url, request("HEAD", ME, api.host, b"", f"authorization: Bearer {api.token}"))
    assert (head.status, head.body) == (200, b"")
    options = spoken(runtime.url, request("OPTIONS", "/api/v1/staff", api.host))
    assert (options.status, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_people_get_a_page_and_programs_a_problem(api: Api) -> None:
    page = api.call("GET", "/nothing", headers={"accept": "text/html"})
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (
        b"<script" not in api.call("GET", "/<script>alert(1)</script>", headers={"accept": "text/html"}).body
    )
    answer = api.call("GET", "/api/v1/nothing", headers={"accept": "text/html"})
    assert is_problem(answer) and json.loads(answer.body)["trace_id"] == answer.headers["x-request-id"]
