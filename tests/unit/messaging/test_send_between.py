"""What happens between the gate's yes and the call: it is asked of the database once more, in the slot's own commit."""

from collections.abc import Callable

import pytest

from frontdesk.core.clock import MINUTE
from frontdesk.core.db import Bound, Statement
from frontdesk.messaging import writes
from frontdesk.messaging.rules.gate import fingerprint
from support.desk import JO, Desk


def after_the_gate(desk: Desk, befalls: Callable[[], None]) -> None:
    """`befalls` happens once, right after the gate has read where everything stands."""
    read = desk.world.driver.query
    left = [befalls]

    async def and_then(bound: Bound) -> str:
        text = await read(bound)
        if "AS opted_out" in bound.sql and left:
            left.pop()()
        return text

    desk.world.driver.query = and_then  # type: ignore[method-assign]


def change(desk: Desk, statement: Statement) -> None:
    """A row changes by another hand."""
    params = {**statement.params, "tenant": desk.tenant.id}
    desk.world.driver.connection.execute(statement.sql, params)


def said_stop(desk: Desk, channel: str, address: str, source: str = "keyword") -> None:
    change(
        desk,
        writes.consent(
            channel, address, stopped=True, marketing=False, source=source, said_at=desk.now, cause_id="t"
        ),
    )


def another_went(desk: Desk, body: str) -> None:
    """Some other message went to the same number, and has arrived."""
    change(
        desk,
        Statement(
            """
            INSERT INTO messages (tenant_id, id, direction, channel, purpose, address, body, body_hash, state,
                                  due_at, unique_key, cause_kind, cause_id, trace_id, created_at, sent_at, updated_at)
            VALUES (:tenant, 'other', 'out', 'sms', 'service', :address, :body, :hash, 'delivered',
                    :now, 'other', 'test', 't', 't', :now, :now, :now)
            """,
            {"address": JO, "body": body, "hash": fingerprint("sms", JO, body), "now": desk.now},
        ),
    )


def ended(desk: Desk, id_: str) -> tuple[str, str]:
    desk.rest()
    row = desk.message(id_)
    return row["state"], row["reason"]


@pytest.mark.parametrize("purpose", ["transactional", "service"])
def test_a_stop_between_the_gate_and_the_call_is_obeyed(purpose: str) -> None:
    desk = Desk()
    id_ = desk.plan(purpose=purpose)
    after_the_gate(desk, lambda: said_stop(desk, "sms", JO))
    assert ended(desk, id_) == ("skipped", "opted_out")
    assert desk.carriers.texts == []
    assert desk.rows("SELECT * FROM pace") == []


def test_an_unsubscription_between_the_gate_and_the_call_is_obeyed() -> None:
    desk = Desk()
    id_ = desk.plan(channel="email", address="jo@example.com", subject="Hi")
    after_the_gate(desk, lambda: said_stop(desk, "email", "jo@example.com", "unsubscribe"))
    assert ended(desk, id_) == ("skipped", "opted_out")
    assert desk.carriers.mails == []


def test_who_unsubscribed_meanwhile_is_still_mailed_what_they_booked() -> None:
    desk = Desk()
    id_ = desk.plan(channel="email", address="jo@example.com", subject="Hi", purpose="transactional")
    after_the_gate(desk, lambda: said_stop(desk, "email", "jo@example.com", "unsubscribe"))
    assert ended(desk, id_) == ("sent", "")


def test_the_last_place_under_the_cap_is_taken_once() -> None:
    desk = Desk(settings={"caps": {"service": 1}})
    id_ = desk.plan("One")
    after_the_gate(desk, lambda: another_went(desk, "Other words"))
    assert ended(desk, id_) == ("skipped", "frequency_cap")
    assert desk.carriers.texts == []


def test_a_twin_that_went_and_arrived_meanwhile_is_a_twin() -> None:
    """Not only one that is still on its way."""
    desk = Desk()
    id_ = desk.plan("Same words")
    after_the_gate(desk, lambda: another_went(desk, "Same words"))
    assert ended(desk, id_) == ("skipped", "duplicate")
    assert desk.carriers.texts == []


def test_marketing_that_is_not_wanted_any_more_does_not_go() -> None:
    desk = Desk()
    yes = writes.consent(
        "sms", JO, stopped=False, marketing=True, source="staff", said_at=desk.now, cause_id="t"
    )
    change(desk, yes)
    id_ = desk.plan(purpose="marketing")
    no = Statement("UPDATE consents SET marketing = 0 WHERE tenant_id = :tenant", {})
    after_the_gate(desk, lambda: change(desk, no))
    assert ended(desk, id_) == ("skipped", "no_consent")


# In doubt: nobody knows yet whether it went.


@pytest.mark.parametrize("state", ["sent", "delivered", "failed"])
def test_a_receipt_for_what_is_back_in_line_ends_it(state: str) -> None:
    """Their history lagged, so it was to be sent again, in the morning: the receipt says that it went."""
    desk = Desk()
    desk.carriers.faults = ["drop", "throttled"]
    id_ = desk.plan()
    desk.work()
    hidden = desk.carriers.texts[0]
    hidden["date"] = 0  # their history does not show it yet
    while desk.message(id_)["state"] != "queued":
        desk.until(desk.now + MINUTE)
    desk.receipt(state, custom_string=id_, provider_id="CS-1")
    assert ended(desk, id_) == (state, "provider" if state == "failed" else "")
    assert len(desk.carriers.texts) == 1


def test_a_receipt_for_what_never_left_changes_nothing() -> None:
    desk = Desk()
    id_ = desk.plan(due_at=desk.now + MINUTE)
    desk.receipt("delivered", custom_string=id_, provider_id="X")
    desk.work()
    assert desk.message(id_)["state"] == "scheduled"
