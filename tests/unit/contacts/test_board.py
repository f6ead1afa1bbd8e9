"""The board: every stage counted and paged, and what a card shows."""

from frontdesk.contacts import actions
from frontdesk.contacts.api import board
from frontdesk.contacts.rules import Person
from support.appointments import booked
from support.calls import run
from support.desk import Desk


def test_the_board_has_every_stage_counted_and_paged() -> None:
    desk = Desk()
    ctx = desk.ctx()
    for number in range(7):
        run(
            actions.create(
                ctx, Person(source="phone", first_name=f"P{number}"), ["vip"] if number % 2 else []
            )
        )
        desk.pass_(1000)
    shown = run(board.get_board(ctx, limit=3))
    assert [column.key for column in shown.stages][:2] == ["lead", "pre_appointment"]
    lead = shown.stages[0]
    assert (lead.count, [card.name for card in lead.items]) == (7, ["P6", "P5", "P4"])
    rest, marker = [], lead.next
    while marker:
        page = run(board.get_column(ctx, "lead", after=marker, limit=3))
        rest += [card.name for card in page.items]
        marker = page.next
    assert rest == ["P3", "P2", "P1", "P0"]
    vips = run(board.get_board(ctx, tag="vip")).stages[0]
    assert (vips.count, len(vips.items), vips.next) == (3, 3, None)
    assert run(board.get_board(ctx, q="p4")).stages[0].count == 1
    assert [(each.tag, each.count) for each in run(board.list_tags(ctx)).items] == [("vip", 3)]
    other = Desk(world=desk.world, slug="blue")
    assert {column.count for column in run(board.get_board(other.ctx())).stages} == {0}


def test_a_card_shows_warmth_next_booking_and_open_tasks() -> None:
    desk = booked()
    cards = run(board.get_board(desk.ctx())).stages[2].items
    assert len(cards) == 1
    assert cards[0].next_booking_at == desk.rows("SELECT starts_at FROM bookings")[0]["starts_at"]
    score = run(board.get_warmness(desk.ctx(), cards[0].id))
    assert cards[0].warmness == score.score > 0
    assert {reason.label for reason in score.reasons} >= {"Heard from within 4 hours", "Came through wix"}
