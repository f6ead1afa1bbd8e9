"""The process dies at every failpoint: nothing is texted twice, nothing is lost, nothing stays stuck."""

from collections import Counter
from itertools import product

import pytest

from frontdesk.core.failpoints import FAILPOINTS
from support.desk import Desk

ON_THE_WAY = [name for name in FAILPOINTS if not name.startswith(("webhook.", "tick.", "rule.", "call."))]
AROUND_THE_CALL = [
    "claim.after",
    "commit.after",
    "send.before",
    "send.after",
    "commit.before",
    "handler.after",
]


def gone_once(desk: Desk) -> None:
    """Every text that was accepted was accepted once, and the ledger knows it."""
    asked = Counter(text["custom_string"] for text in desk.carriers.texts)
    assert set(asked.values()) <= {1}, asked
    for id_ in asked:
        assert desk.message(id_)["state"] in ("sent", "delivered")
    # The day's figures wait for more to come.
    stuck = desk.rows(
        "SELECT kind, state, last_error FROM jobs"
        " WHERE state NOT IN ('done', 'void') AND NOT (kind = 'reports.tally' AND state = 'pending')"
    )
    assert stuck == []


@pytest.mark.parametrize(("name", "nth"), [*product(ON_THE_WAY, (1, 2, 3, 4))])
def test_a_text_survives_a_death_anywhere(name: str, nth: int) -> None:
    desk = Desk()
    desk.plan("Hello")
    if name.startswith(("settle.", "ring.")):
        desk.carriers.faults = ["throttled"]  # nothing settles, or is rung for, but what has to wait
    desk.world.kills = [(name, nth)]
    desk.rest()
    assert desk.world.deaths == 1 or nth > 1
    gone_once(desk)
    assert [text["body"] for text in desk.carriers.texts] == ["Hello"]


@pytest.mark.parametrize(("first", "second"), [*product(AROUND_THE_CALL, repeat=2)])
def test_a_text_survives_two_deaths(first: str, second: str) -> None:
    desk = Desk()
    desk.plan("Hello")
    desk.world.kills = [(first, 1), (second, 1)]
    desk.rest()
    gone_once(desk)
    assert len(desk.carriers.texts) == 1


@pytest.mark.parametrize("fault", ["drop", "hang", "500", "500-taken", "throttled", "rejected"])
@pytest.mark.parametrize("name", AROUND_THE_CALL)
def test_a_death_beside_a_fault(name: str, fault: str) -> None:
    desk = Desk()
    desk.plan("Hello")
    desk.carriers.faults = [fault]
    desk.world.kills = [(name, 1)]
    desk.rest()
    gone_once(desk)
    # A refusal that was heard is final; one that was not heard is asked about, and sent again.
    assert len(desk.carriers.texts) == 1 or fault == "rejected"


@pytest.mark.parametrize("name", AROUND_THE_CALL)
def test_a_mail_survives_a_death(name: str) -> None:
    desk = Desk()
    id_ = desk.plan("Hello", channel="email", address="jo@example.com")
    desk.world.kills = [(name, 1)]
    desk.rest()
    assert desk.world.deaths == 1
    assert desk.message(id_)["state"] == "sent"
    assert len(desk.carriers.mails) == 1
    assert len(set(desk.carriers.payloads)) == 1


@pytest.mark.parametrize(("name", "nth"), [*product(ON_THE_WAY, (1, 2, 3, 5, 8))])
def test_a_booking_survives_a_death_anywhere(name: str, nth: int) -> None:
    desk = Desk()
    desk.book()
    desk.world.kills = [(name, nth)]
    desk.rest()
    gone_once(desk)
    assert len(desk.rows("SELECT * FROM contacts")) == 1
    assert len(desk.rows("SELECT * FROM bookings")) == 1
    ledger = desk.rows("SELECT state FROM messages")
    assert len(ledger) == 4
    assert len(desk.carriers.texts) == 4


@pytest.mark.parametrize(("name", "nth"), [*product(ON_THE_WAY, (1, 2, 3, 5))])
def test_an_incoming_stop_survives_a_death(name: str, nth: int) -> None:
    desk = Desk()
    desk.book()
    desk.work()
    desk.text("STOP")
    desk.world.kills = [(name, nth)]
    desk.rest()
    assert len(desk.rows("SELECT * FROM messages WHERE direction = 'in'")) == 1
    assert len(desk.rows("SELECT * FROM touchpoints WHERE kind = 'consent.stop'")) == 1
    assert [state for _, state, _ in desk.states()] == ["skipped"] * 3
