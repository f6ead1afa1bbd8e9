"""The inbound door with scripted providers: what is on record and what it causes."""

import hashlib
import json
from base64 import b64decode

import pytest

from frontdesk.integrations.inbound import Ignored, Refused
from support.doorstep import Doorstep, accepted, status
from support.platform import NOON, make_tenant


def test_a_genuine_call_is_recorded_with_what_it_causes_and_rung_for() -> None:
    house = Doorstep()
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
    house = Doorstep()
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
    house = Doorstep()
    house.verdict = Refused("bad_signature", "the signature does not match")
    response = house.knock(body=b"x" * 5_000)
    assert response.status == 401
    assert json.loads(response.body) == {"status": "refused", "code": "bad_signature"}
    row = house.rows("deliveries")[0]
    assert (row["verdict"], row["reason"]) == ("refused", "bad_signature: the signature does not match")
    assert (row["body"], row["body_bytes"], row["event_id"]) == ("x" * 2_048, 5_000, None)
    assert house.rows("events") == house.rows("jobs") == []


def test_a_flood_of_forgeries_is_answered_but_not_stored() -> None:
    house = Doorstep()
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
    house = Doorstep()
    make_tenant(house.world, "blue")
    house.verdict = Refused("bad_signature")
    for _ in range(61):
        house.knock()
    house.knock("/webhooks/wix/blue")
    assert len(house.world.driver.rows("SELECT * FROM deliveries WHERE tenant_id = 'tenant-blue'")) == 1


def test_what_is_genuine_and_of_no_interest_is_logged_and_answered() -> None:
    house = Doorstep()
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
    house = Doorstep()
    house.verdict = Refused("bad_signature")
    house.knock(body=b'{"id":"e1"}')
    house.verdict = accepted("e1")
    assert status(house.knock(body=b'{"id":"e1"}')) == "accepted"
    assert len(house.rows("events")) == 1
    assert len(house.rows("jobs")) == 2


def test_the_same_id_at_another_tenant_is_another_event() -> None:
    house = Doorstep()
    make_tenant(house.world, "blue")
    assert status(house.knock()) == status(house.knock("/webhooks/wix/blue")) == "accepted"
    assert len(house.rows("events")) == 2


def test_a_long_body_goes_to_the_files() -> None:
    house = Doorstep()
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
    house = Doorstep()
    house.knock(body=body)
    row = house.rows("deliveries")[0]
    assert row["body_form"] == "base64"
    assert b64decode(row["body"]) == body


def test_the_door_sees_the_tenant_and_the_raw_bytes() -> None:
    house = Doorstep()
    house.knock(body=b"\x00raw")
    knock = house.knocks[0]
    assert (knock.tenant.slug, knock.request.body) == ("harbour", b"\x00raw")


@pytest.mark.parametrize("at", ["lookup", "commit"])
def test_without_a_database_nothing_is_half_written_and_the_retry_counts(at: str) -> None:
    house = Doorstep()
    house.knock()  # the tenant is known by now
    house.verdict = accepted("e2")
    if at == "lookup":
        house.world.kv.kept.clear()
        house.world.driver.fail = ["before"]
    else:
        house.world.settings = house.world.settings.model_copy(update={"tenant_cache_ms": 60_000})
        house.knock()
        house.verdict = accepted("e3")
        house.world.driver.fail = ["before", "before"]
    before = {table: house.rows(table) for table in ("deliveries", "events", "jobs")}
    refused = house.knock()
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert {table: house.rows(table) for table in before} == before
    assert status(house.knock()) == "accepted"


def test_a_lost_answer_of_the_database_is_still_accepted_and_rung_for() -> None:
    house = Doorstep()
    house.world.settings = house.world.settings.model_copy(update={"tenant_cache_ms": 60_000})
    house.knock()
    house.world.bells.take()
    house.verdict = accepted("e2")
    house.world.driver.fail = ["after"]
    assert status(house.knock()) == "accepted"
    assert len(house.world.bells.take()) == 2


def test_lost_bells_cost_no_job() -> None:
    house = Doorstep()
    house.world.bells.lose = True
    house.knock()
    assert {job["state"] for job in house.rows("jobs")} == {"pending"}


def test_secrets_that_do_not_open_leave_the_door_without_them() -> None:
    house = Doorstep()
    house.world.driver.connection.execute(
        "INSERT INTO tenant_secrets VALUES (?, 'wix_public_key', 'current', 'v1.AAAA', 0)", [house.tenant.id]
    )
    house.knock()
    assert house.knocks[0].secrets.current == {}
