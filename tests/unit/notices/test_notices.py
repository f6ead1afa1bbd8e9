"""Notices: told once, read by each, pushed only where it must and may ring."""

import asyncio
from typing import Any

import pytest

from devtools.vapid import made
from frontdesk import app
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.ctx import Actor, Cause, Ctx
from frontdesk.core.errors import Invalid, NotFound
from frontdesk.core.web import HttpRequest, HttpResponse, TransportError
from frontdesk.notices import actions, queries, writes
from frontdesk.notices.rules import DEVICES_EACH, PUSHES_AN_HOUR, NoticeDraft, safe_link, why_not
from sandbox.push import decrypted, unpadded
from support.colleagues import hired
from support.desk import Desk
from support.pushing import browser

ENDPOINT = "https://fcm.googleapis.com/fcm/send/"


class Office(Desk):
    """A desk with two members of staff, their sessions and devices, and a push service that answers as told."""

    def __post_init__(self) -> None:
        super().__post_init__()
        private, public = made()
        keys = {
            "vapid_private_key": private,
            "vapid_public_key": public,
            "vapid_subject": "mailto:a@b.example",
        }
        self.world.settings = self.world.settings.model_copy(update=keys)
        self.answers: list[HttpResponse | Exception] = []
        self.pushed: list[HttpRequest] = []
        self.world.http.answer = self._answer
        for id_ in ("ana", "bo"):
            self.rows(
                "INSERT INTO staff (tenant_id, id, email, name, role, created_at) VALUES (?, ?, ?, ?, 'staff', 0)"
                " RETURNING id",
                self.tenant.id,
                id_,
                f"{id_}@x.example",
                id_,
            )
            self.rows(
                "INSERT INTO sessions (tenant_id, token_hash, staff_id, created_at, expires_at)"
                " VALUES (?, ?, ?, 0, ?) RETURNING staff_id",
                self.tenant.id,
                f"session of {id_}",
                id_,
                self.world.real + 30 * DAY,
            )

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.pushed.append(request)
        told = self.answers.pop(0) if self.answers else HttpResponse(201)
        if isinstance(told, Exception):
            raise told
        return told

    def as_(self, staff_id: str) -> Ctx:
        cause = Cause("request", "r1", "r1")
        return Ctx(self.world.platform, app.WIRING, self.tenant, Actor("staff", staff_id, "staff"), cause)

    def subscribe(self, staff_id: str, name: str = "") -> Any:
        """A browser of somebody's; its private key and secret."""
        private, keys = browser()
        asyncio.run(
            actions.add_device(
                self.as_(staff_id),
                f"{ENDPOINT}{name or staff_id}",
                unpadded(keys.p256dh),
                unpadded(keys.auth),
                session_hash=f"session of {staff_id}",
                user_agent="tests",
            )
        )
        return private, keys.auth

    def tell(self, key: str = "n1", **more: Any) -> None:
        fields = {"title": "Call back", "body": "Ava waits", "link": "/app/today", "urgent": True, **more}
        self.commit(writes.notify(self.ctx(), NoticeDraft(unique_key=key, **fields)))

    def fates(self) -> list[tuple[str, str]]:
        return [(row["state"], row["reason"]) for row in self.rows("SELECT * FROM pushes ORDER BY at")]

    def devices(self) -> int:
        return int(self.rows("SELECT count(*) AS n FROM push_devices")[0]["n"])


@pytest.fixture
def office() -> Office:
    return Office(accounts=False)


def listed(office: Office, who: str) -> list[Any]:
    return asyncio.run(queries.notices(office.as_(who), before=2**52, limit=50)).items


def test_a_key_is_told_once(office: Office) -> None:
    for _ in range(3):
        office.tell()
    assert len(listed(office, "ana")) == 1
    for table in ("events WHERE type = 'notice.created'", "jobs WHERE kind = 'notices.alert'"):
        assert office.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] == 1


def test_one_hears_what_is_for_oneself_and_for_all(office: Office) -> None:
    office.tell("1", title="all")
    office.tell("2", title="ana", staff_id="ana")
    office.tell("3", title="bo", staff_id="bo")
    assert [each.title for each in listed(office, "ana")] == ["ana", "all"]
    assert asyncio.run(queries.unread(office.as_("bo"))) == 2


def test_read_marks_are_each_readers_own_and_only_go_forward(office: Office) -> None:
    for n in range(3):
        office.tell(str(n))
    ana = office.as_("ana")
    for up_to, left in ((2, 1), (1, 1), (2**50, 0)):
        asyncio.run(ana.commit(writes.mark_read("ana", up_to)))
        assert asyncio.run(queries.unread(ana)) == left
    assert asyncio.run(queries.unread(office.as_("bo"))) == 3
    # A mark beyond the end hides nothing that is still to come.
    office.tell("later")
    assert asyncio.run(queries.unread(ana)) == 1
    assert [each.read for each in listed(office, "ana")] == [False, True, True, True]


def test_what_was_told_before_somebody_joined_is_no_news_to_them(office: Office) -> None:
    office.tell("before")
    office.pass_(MINUTE)
    hired(office, "cy")
    office.rows("UPDATE staff SET created_at = ? WHERE id = 'cy' RETURNING id", office.now)
    office.tell("after")
    cy = office.as_("cy")
    assert asyncio.run(queries.unread(cy)) == 1
    assert [each.read for each in listed(office, "cy")] == [False, True]
    asyncio.run(cy.commit(writes.mark_read("cy", 2**50)))
    assert asyncio.run(queries.unread(cy)) == 0


def test_a_notice_leads_nowhere_but_into_the_dashboard(office: Office) -> None:
    for link in (
        "https://evil.example",
        "//evil",
        "/app/../x",
        "javascript:x",
        "/app/\n",
        "/app/\\x",
        "/api/v1/me",
    ):
        assert safe_link(link) == ""
    assert safe_link("/app/contacts/1?x=2") == "/app/contacts/1?x=2"
    office.tell(link="https://evil.example", title=" a \n b " + "x" * 300)
    shown = listed(office, "ana")[0]
    assert shown.link == "" and shown.title.startswith("a b x") and len(shown.title) == 120


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


def test_old_notices_are_forgotten(office: Office) -> None:
    office.tell("old")
    office.pass_(91 * DAY)
    office.tell("new")
    asyncio.run(office.ctx().commit(writes.forget(office.now - 90 * DAY)))
    assert [row["unique_key"] for row in office.rows("SELECT unique_key FROM notices")] == ["new"]


def test_signed_out_comes_before_everything() -> None:
    assert why_not(True, False, 99, 9 * HOUR) == "signed out"
