"""What is urgent is pushed to each device once, only where it must and may ring."""

import asyncio

import pytest

from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.errors import Invalid, NotFound
from frontdesk.core.web import HttpResponse, TransportError
from frontdesk.notices import actions, writes
from frontdesk.notices.rules import DEVICES_EACH, PUSHES_AN_HOUR, why_not
from sandbox.push import decrypted, unpadded
from support.pushing import ENDPOINT, Office, browser, listed


@pytest.fixture
def office() -> Office:
    return Office(accounts=False)


def test_an_urgent_notice_rings_each_device_once(office: Office) -> None:
    private, auth = office.subscribe("ana")
    office.subscribe("bo")
    office.tell(staff_id="ana")
    office.tell("calm", urgent=False)
    office.work()
    (sent,) = office.pushed
    assert sent.url == f"{ENDPOINT}ana"
    plain = decrypted(private, auth, sent.body)
    assert b'"title":"Call back"' in plain and b'"link":"/app/today"' in plain
    assert b"Ava" not in sent.body and int(sent.headers["ttl"]) <= 3600
    assert office.fates() == [("sent", "")]


def test_for_everybody_is_each_ones_own_call(office: Office) -> None:
    office.subscribe("ana")
    office.subscribe("bo")
    office.tell()
    office.work()
    assert {each.url for each in office.pushed} == {f"{ENDPOINT}ana", f"{ENDPOINT}bo"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_forgotten(office: Office, status: int) -> None:
    office.subscribe("ana")
    office.answers = [HttpResponse(status)]
    office.tell()
    office.work()
    assert (office.devices(), office.fates()) == (0, [("gone", str(status))])


def test_a_service_that_fails_is_tried_again_and_one_that_refuses_is_not(office: Office) -> None:
    office.subscribe("ana")
    office.answers = [TransportError("timeout"), HttpResponse(503), HttpResponse(429, {"retry-after": "7"})]
    office.tell()
    office.rest()
    assert len(office.pushed) == 4 and len({each.headers["topic"] for each in office.pushed}) == 1
    assert office.fates() == [("sent", "")]
    office.answers = [HttpResponse(403)]
    office.tell("refused")
    office.rest()
    assert len(office.pushed) == 5 and office.devices() == 1
    dead = office.rows("SELECT error_code FROM jobs WHERE state = 'dead'")
    assert dead == [{"error_code": "push_refused"}]


def test_nobody_is_pushed_after_signing_out_reading_or_the_hour(office: Office) -> None:
    office.subscribe("ana")
    office.tell("read")
    asyncio.run(office.as_("ana").commit(writes.mark_read("ana", 2**50)))
    office.work()
    office.tell("late")
    office.pass_(HOUR + MINUTE)
    office.work()
    office.tell("out")
    office.rows("UPDATE sessions SET revoked_at = 1 WHERE staff_id = 'ana' RETURNING staff_id")
    office.work()
    assert office.pushed == []
    assert office.fates() == [("skipped", "read already"), ("skipped", "too late"), ("skipped", "signed out")]


def test_enough_is_enough(office: Office) -> None:
    office.subscribe("ana")
    for n in range(PUSHES_AN_HOUR + 3):
        office.tell(str(n))
        office.work()
        office.pass_(1000)
    assert len(office.pushed) == PUSHES_AN_HOUR
    assert office.fates()[-1] == ("skipped", "enough for an hour")
    office.pass_(HOUR)
    office.tell("next hour")
    office.work()
    assert len(office.pushed) == PUSHES_AN_HOUR + 1


def test_a_browser_is_the_last_ones_who_asked(office: Office) -> None:
    office.subscribe("ana", "shared")
    office.subscribe("bo", "shared")
    office.tell(staff_id="ana")
    office.work()
    assert (office.devices(), office.pushed) == (1, [])


def test_what_is_for_one_is_not_pushed_to_who_took_their_browser_over(office: Office) -> None:
    office.subscribe("ana", "shared")
    office.answers = [HttpResponse(429, {"retry-after": "60"})]
    office.tell(staff_id="ana")
    office.work()
    office.subscribe("bo", "shared")
    office.pushed.clear()
    office.until(office.now + 5 * MINUTE)
    assert office.pushed == []


def test_the_oldest_device_makes_room(office: Office) -> None:
    for n in range(DEVICES_EACH + 2):
        office.subscribe("ana", f"d{n}")
        office.pass_(1)
    assert office.devices() == DEVICES_EACH
    assert not office.rows("SELECT 1 AS n FROM push_devices WHERE endpoint LIKE '%/d0'")


def test_only_ones_own_device_is_taken_back(office: Office) -> None:
    office.subscribe("ana")
    device = str(office.rows("SELECT id FROM push_devices")[0]["id"])
    with pytest.raises(NotFound):
        asyncio.run(actions.drop_device(office.as_("bo"), device))
    asyncio.run(actions.drop_device(office.as_("ana"), device))
    assert office.devices() == 0
    assert {row["action"] for row in office.rows("SELECT action FROM audit")} == {"push.on", "push.off"}


def test_an_address_of_our_own_is_not_called(office: Office) -> None:
    """Not at the door, and not when the list was wider when it came in."""
    keys = browser()[1]
    given = {"session_hash": "session of ana", "user_agent": ""}
    with pytest.raises(Invalid):
        asyncio.run(
            actions.add_device(
                office.as_("ana"), "https://10.0.0.1/x", unpadded(keys.p256dh), unpadded(keys.auth), **given
            )
        )
    office.subscribe("ana")
    office.rows("UPDATE push_devices SET endpoint = 'http://127.0.0.1/' RETURNING id")
    office.tell()
    office.work()
    assert (office.pushed, office.devices()) == ([], 0)


def test_without_a_key_nobody_is_pushed(office: Office) -> None:
    office.subscribe("ana")
    office.world.settings = office.world.settings.model_copy(update={"vapid_private_key": ""})
    office.tell()
    office.work()
    assert office.pushed == [] and len(listed(office, "ana")) == 1


def test_signed_out_comes_before_everything() -> None:
    assert why_not(True, False, 99, 9 * HOUR) == "signed out"
