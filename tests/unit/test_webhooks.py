"""The inbound door with scripted providers: what is on record, what it causes, and what is answered."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pytest

from frontdesk import webhooks
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import NotAllowed, NotFound, Unavailable
from frontdesk.core.log import redacted
from frontdesk.core.problems import headers_of
from frontdesk.core.rows import Job
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import JobKind, Wiring
from frontdesk.integrations.inbound import Accepted, Door, Ignored, Inbound, Knock, Refused, Verdict
from support.calls import run
from support.platform import NOON, World, make_platform, make_tenant


async def nothing(ctx: Ctx, job: Job) -> None:
    """Does nothing."""


WIRING = Wiring(
    {"hear": JobKind(nothing), "tell": JobKind(nothing, bell="messages")}, {"heard": ("hear", "tell")}
)


class House:
    """A tenant and one provider, whose next verdict a test decides."""

    def __init__(self) -> None:
        self.world: World = make_platform()
        self.tenant = make_tenant(self.world)
        self.verdict: Verdict = accepted()
        self.knocks: list[Knock] = []

    async def _door(self, knock: Knock) -> Verdict:
        self.knocks.append(knock)
        return self.verdict

    def knock(
        self,
        path: str = "/webhooks/wix/harbour",
        body: bytes = b'{"a":1}',
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        doors: dict[str, Door] = {"wix": self._door, "clicksend": self._door}
        request = Inbound(method, f"https://desk.example{path}", headers or {}, body, self.world.real)

        async def story() -> HttpResponse:
            response = await webhooks.receive(self.world.platform, WIRING, doors, request)
            await self.world.settle()
            return response

        return run(story())

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.world.driver.rows(f"SELECT * FROM {table}")


def accepted(external_id: str = "e1", **payload: Any) -> Accepted:
    return Accepted(external_id, "heard", NOON - 5, payload or {"n": 1}, "site")


def status(response: HttpResponse) -> str:
    return str(json.loads(response.body)["status"])


def test_a_genuine_call_is_recorded_with_what_it_causes_and_rung_for() -> None:
    house = House()
    response = house.knock(
        headers={"content-type": "application/json", "x-signature": "s3cret", "user-agent": "Wix"}
    )
    assert (response.status, status(response)) == (200, "accepted")
    delivery, event = house.rows("deliveries")[0], house.rows("events")[0]
    assert json.loads(response.body)["id"] == delivery["id"]
    assert (delivery["verdict"], delivery["event_id"]) == ("accepted", event["id"])
    assert (delivery["body"], delivery["body_form"], delivery["body_bytes"]) == ('{"a":1}', "text", 7)
    assert delivery["body_sha256"] == hashlib.sha256(b'{"a":1}').hexdigest()
    assert json.loads(delivery["headers"]) == {"content-type": "application/json", "user-agent": "Wix"}
    assert (event["delivery_id"], event["external_id"], event["occurred_at"]) == (
        delivery["id"],
        "e1",
        NOON - 5,
    )
    assert event["trace_id"] == delivery["id"]
    jobs = house.rows("jobs")
    assert {job["kind"] for job in jobs} == {"hear", "tell"}
    assert {job["trace_id"] for job in jobs} == {delivery["id"]}
    assert {bell.id for _, bell, _ in house.world.bells.take()} == {job["id"] for job in jobs}


def test_the_same_call_again_is_a_duplicate_that_causes_nothing() -> None:
    house = House()
    house.knock()
    house.world.bells.take()
    response = house.knock()
    assert (response.status, status(response)) == (200, "duplicate")
    assert len(house.rows("events")) == 1
    assert len(house.rows("jobs")) == 2
    assert house.world.bells.take() == []
    verdicts = {row["verdict"]: row["event_id"] for row in house.rows("deliveries")}
    assert verdicts.keys() == {"accepted", "duplicate"}
    assert verdicts["accepted"] == verdicts["duplicate"]  # the log says which event it repeated


def test_a_forgery_is_refused_and_its_start_is_kept() -> None:
    house = House()
    house.verdict = Refused("bad_signature", "the signature does not match")
    response = house.knock(body=b"x" * 5_000)
    assert response.status == 401
    assert json.loads(response.body) == {"status": "refused", "code": "bad_signature"}
    row = house.rows("deliveries")[0]
    assert (row["verdict"], row["reason"]) == ("refused", "bad_signature: the signature does not match")
    assert (row["body"], row["body_bytes"], row["event_id"]) == ("x" * 2_048, 5_000, None)
    assert house.rows("events") == house.rows("jobs") == []


@pytest.mark.parametrize(
    ("reason", "code"), [("too_large", 413), ("malformed", 400), ("unreadable", 422), ("expired", 401)]
)
def test_a_refusal_says_what_kind_it_is(reason: str, code: int) -> None:
    house = House()
    house.verdict = Refused(reason)
    assert house.knock().status == code


def test_a_flood_of_forgeries_is_answered_but_not_stored() -> None:
    house = House()
    house.verdict = Refused("bad_signature")
    assert {house.knock().status for _ in range(70)} == {401}
    assert len(house.rows("deliveries")) == 60
    house.verdict = accepted()
    assert status(house.knock()) == "accepted"
    house.world.real += 60_001
    house.verdict = Refused("bad_signature")
    house.knock()
    assert len(house.rows("deliveries")) == 62


def test_one_tenants_flood_does_not_silence_anothers_log() -> None:
    house = House()
    make_tenant(house.world, "blue")
    house.verdict = Refused("bad_signature")
    for _ in range(61):
        house.knock()
    house.knock("/webhooks/wix/blue")
    assert len(house.world.driver.rows("SELECT * FROM deliveries WHERE tenant_id = 'tenant-blue'")) == 1


def test_what_is_genuine_and_of_no_interest_is_logged_and_answered() -> None:
    house = House()
    house.verdict = Ignored("not_a_booking", "wix.crm.contact", "e7")
    response = house.knock()
    assert (response.status, status(response)) == (200, "ignored")
    row = house.rows("deliveries")[0]
    assert (row["verdict"], row["reason"], row["event_id"]) == (
        "ignored",
        "not_a_booking: wix.crm.contact",
        None,
    )
    assert house.rows("events") == []


def test_a_forgery_cannot_occupy_the_id_of_a_genuine_event() -> None:
    house = House()
    house.verdict = Refused("bad_signature")
    house.knock(body=b'{"id":"e1"}')
    house.verdict = accepted("e1")
    assert status(house.knock(body=b'{"id":"e1"}')) == "accepted"
    assert len(house.rows("events")) == 1
    assert len(house.rows("jobs")) == 2


def test_the_same_id_at_another_tenant_is_another_event() -> None:
    house = House()
    make_tenant(house.world, "blue")
    assert status(house.knock()) == status(house.knock("/webhooks/wix/blue")) == "accepted"
    assert len(house.rows("events")) == 2


def test_a_long_body_goes_to_the_files() -> None:
    house = House()
    body = b"y" * 16_385
    house.knock(body=body)
    row = house.rows("deliveries")[0]
    assert row["body_form"] == "file"
    assert house.world.files.kept == {row["body"]: body}
    house.verdict = accepted("e2")
    house.knock(body=body[:-1])
    assert len(house.world.files.kept) == 1


@pytest.mark.parametrize("body", [b"\xff\xfe\x00junk", b"nul\x00inside", "half \u00e9".encode()[:-1]])
def test_bytes_that_are_no_text_are_kept_as_they_came(body: bytes) -> None:
    house = House()
    house.knock(body=body)
    row = house.rows("deliveries")[0]
    assert row["body_form"] == "base64"
    assert b64decode(row["body"]) == body


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/stripe/harbour",
        "/webhooks/wix/nobody",
        "/webhooks/wix/",
        "/webhooks/wix",
        "/webhooks/wix/harbour/a/b",
        "/webhooks/wix/HARBOUR'--",
    ],
)
def test_nobody_is_there(path: str) -> None:
    house = House()
    with pytest.raises(NotFound):
        house.knock(path)
    assert house.rows("deliveries") == []
    assert house.knocks == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_only_post(method: str) -> None:
    house = House()
    with pytest.raises(NotAllowed) as refused:
        house.knock(method=method)
    assert headers_of(refused.value) == {"allow": "POST"}
    assert house.rows("deliveries") == []


def test_the_secret_in_the_path_reaches_the_door_and_nothing_else() -> None:
    house = House()
    house.knock("/webhooks/clicksend/harbour/very-s3cret?x=1")
    house.verdict = Refused("bad_signature")
    house.knock("/webhooks/clicksend/harbour/very-s3cret%2Fx")
    assert [knock.path_secret for knock in house.knocks] == ["very-s3cret", "very-s3cret%2Fx"]
    kept = json.dumps([house.rows(table) for table in ("deliveries", "events", "jobs")])
    assert "s3cret" not in kept + "".join(house.world.lines)
    assert {row["path"] for row in house.rows("deliveries")} == {"/webhooks/clicksend/harbour/***"}


def test_the_door_sees_the_tenant_and_the_raw_bytes() -> None:
    house = House()
    house.knock(body=b"\x00raw")
    knock = house.knocks[0]
    assert (knock.tenant.slug, knock.request.body) == ("harbour", b"\x00raw")


@pytest.mark.parametrize("at", ["lookup", "commit"])
def test_without_a_database_nothing_is_half_written_and_the_retry_counts(at: str) -> None:
    house = House()
    house.knock()  # the tenant is known by now
    house.verdict = accepted("e2")
    if at == "lookup":
        house.world.kv.kept.clear()
        house.world.driver.fail = ["before"]
    else:
        house.world.settings = house.world.settings.model_copy(update={"tenant_cache_ms": 60_000})
        house.knock()
        house.verdict = accepted("e3")
        house.world.driver.fail = ["before"]
    before = {table: house.rows(table) for table in ("deliveries", "events", "jobs")}
    with pytest.raises(Unavailable) as refused:
        house.knock()
    assert refused.value.status == 503
    assert {table: house.rows(table) for table in before} == before
    assert status(house.knock()) == "accepted"


def test_a_lost_answer_of_the_database_is_still_accepted_and_rung_for() -> None:
    house = House()
    house.world.settings = house.world.settings.model_copy(update={"tenant_cache_ms": 60_000})
    house.knock()
    house.world.bells.take()
    house.verdict = accepted("e2")
    house.world.driver.fail = ["after"]
    assert status(house.knock()) == "accepted"
    assert len(house.world.bells.take()) == 2


def test_lost_bells_cost_no_job() -> None:
    house = House()
    house.world.bells.lose = True
    house.knock()
    assert {job["state"] for job in house.rows("jobs")} == {"pending"}


def test_secrets_that_do_not_open_leave_the_door_without_them() -> None:
    house = House()
    house.world.driver.connection.execute(
        "INSERT INTO tenant_secrets VALUES (?, 'wix_public_key', 'current', 'v1.AAAA', 0)", [house.tenant.id]
    )
    house.knock()
    assert house.knocks[0].secrets.current == {}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/webhooks/clicksend/a/s", "/webhooks/clicksend/a/***"),
        ("https://x/webhooks/clicksend/a/s?b=c", "https://x/webhooks/clicksend/a/***?b=c"),
        ("/webhooks/wix/a", "/webhooks/wix/a"),
    ],
)
def test_redaction(path: str, shown: str) -> None:
    assert redacted(path) == shown


def test_an_answer_names_no_detail_of_a_refusal() -> None:
    house = House()
    house.verdict = Refused("no_secret", "no Wix public key is configured")
    assert b"configured" not in house.knock().body
