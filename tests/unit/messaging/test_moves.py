"""The table of moves is what the statements do: each of them, from each state, goes where the table says."""

import asyncio
from collections.abc import Callable
from typing import Literal, get_args

import pytest

from frontdesk.core.errors import Stale
from frontdesk.core.events import Part
from frontdesk.integrations.facts import ReceiptFact
from frontdesk.messaging import queries, writes
from frontdesk.messaging.rules.message import Outgoing
from frontdesk.messaging.rules.states import MOVES, STATES, Receipt
from support.desk import MORNING, Desk

Write = Callable[[Desk, Outgoing], Part]
AT = MORNING


def slot(desk: Desk, message: Outgoing) -> Part:
    words = {"body": "Hello", "subject": "", "body_hash": "h", "provider": "clicksend"}
    return writes.take_slot(
        message, **words, still=writes.Still(), segments=1, interval=1, now=desk.now, real=desk.world.real
    )


def busy_slot(desk: Desk, message: Outgoing) -> Part:
    """A slot of a tenant who has been sending as fast as the pace allows."""
    desk.world.driver.connection.execute(
        "INSERT INTO pace (tenant_id, channel, next_at) VALUES (?, 'sms', ?)", (desk.tenant.id, AT + 1_000)
    )
    return slot(desk, message)


def receipt(state: Receipt) -> Write:
    """About one that was called in before."""
    fact = ReceiptFact(provider="clicksend", channel="sms", provider_id="p", state=state, at=AT)
    return lambda desk, message: writes.receipt(message, fact, price_micros=0, now=AT)


def settled(state: Literal["sent", "delivered", "failed", "unknown"]) -> Write:
    return lambda desk, message: writes.settled(message, state, AT)


WRITES: dict[str, Write] = {
    "delay": lambda desk, message: writes.delay(message, AT + 1, "quiet", "", AT),
    "skip": lambda desk, message: writes.skip(message, "opted_out", "", AT),
    "slot": slot,
    "busy slot": busy_slot,
    "try again": lambda desk, message: writes.try_again(message, AT, AT, "", attempt=1),
    "fail": lambda desk, message: writes.fail(message, "no_address", "", AT),
    "give up": lambda desk, message: writes.give_up(message.id, {}, "", AT),
    "take up": lambda desk, message: writes.take_up(message.id, None, AT),
    "take back": lambda desk, message: writes.take_back(message, AT),
    "withdraw": lambda desk, message: writes.withdraw(desk.ctx(), "b1", "cancelled"),
    "settled sent": settled("sent"),
    "settled delivered": settled("delivered"),
    "settled failed": settled("failed"),
    "settled unknown": settled("unknown"),
    **{f"receipt {state}": receipt(state) for state in get_args(Receipt)},
}
OUT = [state for state in STATES if state != "received"]


def moved(what: str, old: str) -> str:
    """Where a statement takes a message that stands at `old`."""
    desk = Desk(accounts=False)
    id_ = desk.plan("Hello")
    desk.world.driver.connection.execute(
        "UPDATE messages SET state = ?, reason = ?, booking_id = 'b1', attempt = 1", (old, writes.GAVE_UP)
    )
    message = asyncio.run(queries.outgoing(desk.ctx(), id_))
    assert message is not None
    try:
        desk.commit(WRITES[what](desk, message))
    except Stale:
        return old
    return str(desk.message(id_)["state"])


@pytest.mark.parametrize("what", WRITES)
def test_a_statement_makes_no_move_that_is_not_in_the_table(what: str) -> None:
    wild = {(old, new) for old in OUT if (new := moved(what, old)) != old and new not in MOVES[old]}
    assert wild == set()


def test_every_move_in_the_table_is_made_by_some_statement() -> None:
    made = {(old, moved(what, old)) for what in WRITES for old in OUT}
    assert {(old, new) for old in OUT for new in MOVES[old]} <= made
