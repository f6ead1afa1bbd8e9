"""The week's report is kept once and mailed to who wants it; the walk over all days outlives crashes."""

from typing import Any

import pytest

from frontdesk.core.clock import DAY, HOUR
from frontdesk.core.events import JobDraft
from frontdesk.reports.actions import checking
from support.calls import run
from support.desk import Desk


def opened(**reports: Any) -> Desk:
    desk = Desk(settings={"reports": reports})
    for id_, role, active in (("o", "owner", 1), ("a", "admin", 1), ("s", "staff", 1), ("gone", "owner", 0)):
        desk.world.driver.connection.execute(
            "INSERT INTO staff (tenant_id, id, email, name, role, active, created_at) VALUES (?, ?, ?, ?, ?, ?, 0)",
            (desk.tenant.id, id_, f"{id_}@harbour.example", id_.title(), role, active),
        )
    return desk


def delivered(desk: Desk, key: str = "w", *kills: tuple[str, int]) -> list[dict[str, Any]]:
    """A week after the bookings were made, the Monday's job runs."""
    desk.commit(JobDraft("reports.weekly", key=key, payload={"at": desk.now}))
    desk.world.kills = list(kills)
    desk.work()
    return desk.rows("SELECT * FROM messages WHERE subject LIKE '%your %' ORDER BY address")


def busy(desk: Desk) -> Desk:
    desk.book()
    desk.rest()
    desk.pass_(7 * DAY)
    return desk


@pytest.mark.parametrize(
    ("settings", "to"),
    [
        ({}, ["a@harbour.example", "o@harbour.example"]),
        ({"to": ["x@y.example"]}, ["x@y.example"]),
        ({"weekly": False}, []),
        ({"weekly": False, "to": ["x@y.example"]}, []),
        ({"monthly": False}, ["a@harbour.example", "o@harbour.example"]),
    ],
)
def test_it_goes_to_who_wants_it(settings: dict[str, Any], to: list[str]) -> None:
    desk = busy(opened(**settings))
    mails = delivered(desk)
    assert [each["address"] for each in mails] == to
    assert len(desk.rows("SELECT * FROM reports")) == 1
    for mail in mails:
        assert mail["subject"] == "Harbour Imaging: your week 21 – 27 Sep 2026"
        assert "Bookings made: 1 (0)" in mail["body"]
        assert "http" in mail["body"]


def test_a_second_job_of_the_same_week_adds_nothing() -> None:
    desk = busy(opened())
    first = delivered(desk)
    assert delivered(desk, "again") == first
    assert len(desk.rows("SELECT * FROM reports")) == 1
    assert len(desk.rows("SELECT * FROM events WHERE type = 'report.ready'")) == 2


def test_a_death_anywhere_leaves_one_report_and_one_mail_each() -> None:
    for name in ("commit.before", "commit.after", "handler.after"):
        for nth in (1, 2):
            desk = busy(opened())
            delivered(desk, "w", (name, nth))
            desk.rest()
            assert desk.world.deaths <= 1, name
            assert len(desk.rows("SELECT * FROM reports")) == 1, name
            assert len(desk.rows("SELECT * FROM messages WHERE subject LIKE '%your %'")) == 2, name


def test_a_week_in_which_nothing_happened_is_kept_and_not_mailed() -> None:
    desk = opened()
    assert delivered(desk) == []
    assert len(desk.rows("SELECT * FROM reports")) == 1


def walked(desk: Desk) -> dict[str, Any]:
    desk.pass_(1)
    run(checking.begin(desk.ctx()))
    desk.work()
    return desk.rows("SELECT * FROM rollup_checks ORDER BY id DESC LIMIT 1")[0]


def test_a_walk_finds_what_is_wrong_once() -> None:
    desk = busy(opened())
    desk.until(desk.now + HOUR)
    assert walked(desk)["found"] == 0
    desk.world.driver.connection.execute("UPDATE rollups SET value = value + 1 WHERE metric = 'booked'")
    found = walked(desk)
    assert (found["state"], found["found"]) == ("done", 1)
    assert walked(desk)["found"] == 0


def test_a_walk_goes_on_after_every_death() -> None:
    desk = busy(opened())
    desk.until(desk.now + HOUR)
    desk.world.driver.connection.execute("DELETE FROM rollups WHERE metric = 'leads'")
    desk.world.kills = [
        (name, 1) for name in ("claim.after", "commit.before", "commit.after", "handler.after")
    ]
    desk.pass_(1)
    run(checking.begin(desk.ctx()))
    desk.until(desk.now + HOUR)
    check = desk.rows("SELECT * FROM rollup_checks")[0]
    assert check["state"] == "done"
    assert walked(desk)["found"] == 0


def test_a_second_walk_waits_for_the_first() -> None:
    desk = busy(opened())
    first = run(checking.begin(desk.ctx()))
    assert run(checking.begin(desk.ctx())).id == first.id
    assert len(desk.rows("SELECT * FROM rollup_checks")) == 1
