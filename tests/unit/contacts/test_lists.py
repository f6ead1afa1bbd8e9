"""Searching contacts and paging through them and their timelines."""

from typing import Any

import pytest

from frontdesk.contacts import queries
from frontdesk.contacts.queries.people import UNSAID
from frontdesk.contacts.writes import touchpoint
from frontdesk.core.clock import MINUTE
from frontdesk.core.pages import NEWEST, decode_cursor
from support.calls import run
from support.desk import JO, MORNING, Desk

PEOPLE = [
    ("ana", "Ana", "Lim", "ana@example.com", "+61491570001"),
    ("bo", "Bo", "O'Neill", "bo_1@example.com", "+61491570002"),
    ("cy", "Zoë", "100%", "cy@example.com", "+61491570003"),
    ("di", "Anabel", "Lee", "boxy@example.com", None),
]


def peopled() -> Desk:
    desk = Desk()
    for place, (id_, first, last, email, phone) in enumerate(PEOPLE):
        desk.world.driver.connection.execute(
            "INSERT INTO contacts (tenant_id, id, first_name, last_name, email, phone, tags, stage, last_seen_at,"
            " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
            [
                desk.tenant.id,
                id_,
                first,
                last,
                email,
                phone,
                f'["{first.lower()}"]',
                "lead",
                MORNING + place // 2,
            ],
        )
    return desk


def found(desk: Desk, search: str | None = None, **filters: Any) -> list[str]:
    given = {"stage": None, "tag": None, **filters}
    page = run(queries.listed(desk.ctx(), after=NEWEST, limit=50, search=search, **given))
    return sorted(each.id for each in page.items)


@pytest.mark.parametrize(
    ("search", "ids"),
    [
        ("ana", ["ana", "di"]),
        ("Ana L", ["ana"]),
        ("lim", ["ana"]),
        ("+614915700", ["ana", "bo", "cy"]),
        ("bo_", ["bo"]),  # an underscore is a character, not a wildcard
        ("100%", ["cy"]),
        ("%", []),
        ("o'n", ["bo"]),
        ("\\", []),
        ("Zoë", ["cy"]),
        ("Zoë " + "x" * 90, []),
        ("'; DROP TABLE contacts; --", []),
    ],
)
def test_a_search_is_the_start_of_a_name_an_address_or_a_number(search: str, ids: list[str]) -> None:
    assert found(peopled(), search) == ids


def test_filters() -> None:
    desk = peopled()
    assert found(desk, tag="bo") == ["bo"]
    assert found(desk, stage="won") == []
    assert found(desk, "ana", tag="anabel", stage="lead") == ["di"]
    assert found(Desk(world=desk.world, slug="blue")) == []


def test_pages_hold_every_contact_once_the_latest_first() -> None:
    desk = peopled()
    seen: list[str] = []
    marker: str | None = None
    for _ in range(10):
        page = run(
            queries.listed(
                desk.ctx(), after=decode_cursor(marker, NEWEST), limit=1, search=None, stage=None, tag=None
            )
        )
        seen += [each.id for each in page.items]
        marker = page.next
        if marker is None:
            break
    assert seen == ["di", "cy", "bo", "ana"]


def test_the_timeline_has_what_is_planned_on_top_and_everything_in_order() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.pass_(MINUTE)
    desk.text("Is there parking?")
    desk.work()
    contact = desk.rows("SELECT id FROM contacts")[0]["id"]
    page = run(queries.timeline(desk.ctx(), contact, after=NEWEST, limit=50, words=True))
    assert [(item.kind, item.direction, item.state) for item in page.items[:4]] == [
        ("message", "out", "scheduled"),
        ("message", "out", "scheduled"),
        ("message", "out", "scheduled"),
        ("message", "in", "received"),
    ]
    assert {(item.kind, item.direction, item.state) for item in page.items[4:]} == {
        ("booking.created", "in", ""),
        ("message", "out", "sent"),
    }
    assert [item.at for item in page.items] == sorted((item.at for item in page.items), reverse=True)
    assert page.items[0].summary == "Reminder 2 h before" and page.items[0].subject_kind == "booking"
    assert page.items[3].summary == "Is there parking?"


def test_without_words_the_timeline_tells_only_that_there_were_messages() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.text("Is there parking?")
    desk.work()
    contact = desk.rows("SELECT id FROM contacts")[0]["id"]
    desk.commit(touchpoint(desk.ctx(), contact, "manychat.message", "Do you do knees?", direction="in"))
    told, kept = (
        run(queries.timeline(desk.ctx(), contact, after=NEWEST, limit=50, words=words)).items
        for words in (True, False)
    )
    assert [(item.id, item.kind, item.state) for item in kept] == [
        (item.id, item.kind, item.state) for item in told
    ]
    assert {item.summary for item in kept if item.kind.startswith("booking")} == {
        item.summary for item in told if item.kind.startswith("booking")
    }
    assert {item.summary for item in kept if item.kind == "message" and item.direction == "out"} == {
        *(f"Reminder {hours} h before" for hours in (48, 24, 2)),
        "Confirmation",
    }
    assert {item.summary for item in kept if item.kind.endswith("message") and item.direction == "in"} == {
        UNSAID
    }


def test_the_timeline_pages_across_both_tables_at_one_instant() -> None:
    desk = Desk()
    desk.text("Hi")
    desk.work()
    contact = desk.rows("SELECT id FROM contacts")[0]["id"]
    for number in range(5):
        desk.commit(touchpoint(desk.ctx(), contact, "note", f"n{number}"))
        desk.plan(f"m{number}", contact_id=contact, due_at=desk.now)
    everything = desk.rows("SELECT id FROM touchpoints UNION ALL SELECT id FROM messages ORDER BY 1 DESC")
    seen: list[str] = []
    marker: str | None = None
    for _ in range(20):
        after = decode_cursor(marker, NEWEST)
        page = run(queries.timeline(desk.ctx(), contact, after=after, limit=2, words=True))
        seen += [item.id for item in page.items]
        marker = page.next
        if marker is None:
            break
    assert seen == [row["id"] for row in everything]


def test_a_timeline_shows_nothing_of_others() -> None:
    desk = Desk()
    desk.text("Mine")
    desk.text("Theirs", sender="+61491570156")
    desk.work()
    mine = desk.rows("SELECT id FROM contacts WHERE phone = ?", JO)[0]["id"]
    page = run(queries.timeline(desk.ctx(), mine, after=NEWEST, limit=50, words=True))
    assert [item.summary for item in page.items] == ["Mine"]
    blue = Desk(world=desk.world, slug="blue")
    assert run(queries.timeline(blue.ctx(), mine, after=NEWEST, limit=50, words=True)).items == []


def test_a_number_is_found_as_people_type_it() -> None:
    desk = Desk()
    desk.text("Hi")
    desk.work()
    for typed in ("0491 5", "491570", "+61 491 570 006", "61 491"):
        found = run(queries.listed(desk.ctx(), after=NEWEST, limit=9, search=typed, stage=None, tag=None))
        assert len(found.items) == (0 if typed == "61 491" else 1), typed
