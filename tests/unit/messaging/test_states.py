"""Messages only move forward, whatever order the receipts come in; reminders are elapsed hours."""

from datetime import datetime
from itertools import pairwise, permutations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.clock import HOUR
from frontdesk.messaging.rules.reminders import planned
from frontdesk.messaging.rules.states import (
    MOVES,
    STATES,
    Receipt,
    State,
    after_receipt,
    may_move,
    sources_of,
)


def test_every_state_is_in_the_table() -> None:
    assert set(MOVES) == set(STATES)


def test_the_straight_way() -> None:
    way: list[State] = ["scheduled", "queued", "sending", "sent", "delivered"]
    for old, new in pairwise(way):
        assert may_move(old, new)


def test_final_states_have_no_way_out() -> None:
    for state in STATES:
        if state in ("delivered", "skipped", "received"):
            assert not MOVES[state]


def test_what_left_is_never_skipped_or_sent_again() -> None:
    assert [state for state in STATES if may_move(state, "skipped")] == ["scheduled", "queued"]
    assert not {"scheduled", "queued"} & (MOVES["unknown"] | MOVES["sent"] | MOVES["delivered"])


def test_a_receipt_changes_nothing_that_has_not_left() -> None:
    assert sources_of("sent", again=False) == ("sending", "unknown")
    assert sources_of("delivered", again=False) == ("sending", "sent", "failed", "unknown")
    assert sources_of("failed", again=False) == ("sending", "sent", "unknown")


def test_what_died_in_line_and_may_have_gone_has_gone_once_a_receipt_says_so() -> None:
    assert after_receipt("failed", "sent", again=True, given_up=True) == "sent"
    assert after_receipt("failed", "sent", again=True) is None
    assert after_receipt("failed", "sent", given_up=True) is None


def test_a_receipt_ends_what_was_to_go_again() -> None:
    assert sources_of("sent", again=True) == ("scheduled", "queued", "sending", "unknown")


def test_receipts_in_any_order_end_in_delivered() -> None:
    receipts: tuple[Receipt, ...] = ("sent", "delivered", "sent", "delivered")
    for order in permutations(receipts):
        for start in ("sending", "sent", "unknown"):
            state: State = start
            for receipt in order:
                state = after_receipt(state, receipt) or state
            assert state == "delivered"


RECEIPTS: st.SearchStrategy[list[Receipt]] = st.lists(
    st.sampled_from(["sent", "delivered", "failed"]), max_size=8
)


@given(st.sampled_from(STATES), RECEIPTS)
def test_receipts_never_move_backwards(start: State, receipts: list[Receipt]) -> None:
    rank = {"sending": 0, "unknown": 0, "sent": 1, "failed": 2, "delivered": 3}
    state = start
    for receipt in receipts:
        new = after_receipt(state, receipt)
        if new is None:
            continue
        assert may_move(state, new)
        assert rank[new] > rank[state]
        state = new
    if start in ("scheduled", "queued", "skipped", "received"):
        assert state == start


def test_reminders() -> None:
    now = 1_790_000_000_000
    plan = planned(now + 30 * HOUR, (2, 48, 24, 24), now)
    assert [(r.offset_hours, r.late) for r in plan] == [(48, True), (24, False), (2, False)]
    assert [r.due_at for r in plan] == [now - 18 * HOUR, now + 6 * HOUR, now + 28 * HOUR]
    assert {r.expires_at for r in plan} == {now + 30 * HOUR}
    assert [r.late for r in planned(now + 24 * HOUR, (24,), now)] == [False]
    assert planned(now, (), now) == ()


def test_reminders_count_elapsed_hours_through_a_clock_change() -> None:
    zone = ZoneInfo("Australia/Sydney")
    start = int(datetime(2026, 10, 4, 9, 0, tzinfo=zone).timestamp() * 1000)
    due = planned(start, (24,), 0)[0].due_at
    assert datetime.fromtimestamp(due / 1000, zone).hour == 8  # the day had 23 hours
