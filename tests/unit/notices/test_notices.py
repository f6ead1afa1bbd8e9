"""Notices: told once, read by each, pushed only where it must and may ring."""

import asyncio

import pytest

from frontdesk.core.clock import DAY, MINUTE
from frontdesk.notices import queries, writes
from frontdesk.notices.rules import safe_link
from support.colleagues import hired
from support.pushing import Office, listed


@pytest.fixture
def office() -> Office:
    return Office(accounts=False)


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


def test_old_notices_are_forgotten(office: Office) -> None:
    office.tell("old")
    office.pass_(91 * DAY)
    office.tell("new")
    asyncio.run(office.ctx().commit(writes.forget(office.now - 90 * DAY)))
    assert [row["unique_key"] for row in office.rows("SELECT unique_key FROM notices")] == ["new"]
