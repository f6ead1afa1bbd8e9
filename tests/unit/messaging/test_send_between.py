"""What happens between the gate's yes and the call: it is asked of the database once more, in the slot's own commit."""

from collections.abc import Callable
from typing import Any

import pytest

from frontdesk.core.clock import DAY, MINUTE, SECOND
from frontdesk.core.db import Bound, Statement
from frontdesk.core.web import HttpRequest, HttpResponse, TransportError
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


def test_a_number_put_right_between_the_gate_and_the_call_is_where_it_goes() -> None:
    new = "+61491570156"
    desk = Desk()
    desk.book()
    desk.work()
    (contact,) = desk.rows("SELECT id FROM contacts")
    id_ = desk.plan("Hello", contact_id=contact["id"])
    to_new = Statement("UPDATE contacts SET phone = :new WHERE tenant_id = :tenant", {"new": new})

    def put_right() -> None:
        change(desk, to_new)
        change(desk, writes.readdress(contact["id"], "sms", JO, desk.now))

    after_the_gate(desk, put_right)
    assert ended(desk, id_) == ("sent", "")
    assert [text["to"] for text in desk.carriers.texts if text["body"] == "Hello"] == [new]


@pytest.mark.parametrize("new", ["+61491570156", None])
def test_a_booking_put_right_between_the_gate_and_the_call_is_where_its_text_goes(new: str | None) -> None:
    desk = Desk()
    desk.book()
    put_right = Statement("UPDATE bookings SET phone = :new WHERE tenant_id = :tenant", {"new": new})
    after_the_gate(desk, lambda: change(desk, put_right))
    desk.work()
    assert [text["to"] for text in desk.carriers.texts] == ([new] if new else [])


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


@pytest.mark.parametrize("state", ["delivered", "failed"])
def test_an_event_ends_the_doubt_about_a_mail_whose_answer_was_lost(state: str) -> None:
    """It names the mail by our own id: theirs was in the answer."""
    desk = Desk()
    desk.carriers.faults = ["drop"] * 20
    id_ = mail(desk)
    assert ended(desk, id_) == ("unknown", "no_answer")
    (tag,) = desk.carriers.mails[0]["payload"]["tags"]
    told = {"provider": "resend", "channel": "email", "provider_id": "RS-1", "custom_string": tag["value"]}
    desk.receipt(state, **told)
    assert ended(desk, id_) == (state, "provider" if state == "failed" else "")
    desk.receipt("delivered", **told, complaint=True)
    desk.work()
    assert desk.rows("SELECT address, source FROM consents") == [
        {"address": "jo@example.com", "source": "complaint"}
    ]


def mail(desk: Desk, **more: Any) -> str:
    return desk.plan(channel="email", address="jo@example.com", subject="Hi", **more)


@pytest.mark.parametrize("after", ["throttled", "throttled throttled"])
def test_a_mail_in_doubt_that_is_asked_to_wait_stays_in_doubt(after: str) -> None:
    """It may have gone: it is neither withdrawn nor worded anew, and is repeated under the same key."""
    desk = Desk()
    desk.carriers.faults = ["drop", *after.split()]
    id_ = mail(desk)
    desk.work()
    desk.until(desk.now + 10 * SECOND)
    assert desk.message(id_)["state"] == "sending"
    assert ended(desk, id_) == ("sent", "")
    assert len(desk.carriers.mails) == 1
    assert len(set(desk.carriers.payloads)) == 1


def test_a_mail_in_doubt_is_not_repeated_to_who_wants_none_any_more() -> None:
    desk = Desk()
    desk.carriers.faults = ["hang"]
    id_ = mail(desk)
    desk.work()
    said_stop(desk, "email", "jo@example.com", "unsubscribe")
    assert ended(desk, id_) == ("unknown", "no_answer")
    assert desk.message(id_)["detail"] == "not repeated: opted out"
    assert desk.carriers.mails == []


@pytest.mark.parametrize(("status", "state"), [(401, "unknown"), (403, "unknown"), (422, "failed")])
def test_a_refusal_of_our_account_says_nothing_of_the_try_before(status: int, state: str) -> None:
    desk = Desk()
    desk.carriers.faults = ["drop", str(status)]
    id_ = mail(desk)
    assert ended(desk, id_)[0] == state
    assert len(desk.carriers.mails) == 1


def test_a_key_is_not_trusted_for_longer_than_it_lives() -> None:
    """A day later the same key would send a second mail."""
    desk = Desk()
    desk.carriers.faults = ["drop"]
    id_ = mail(desk)
    desk.work()
    desk.pass_(DAY)
    assert ended(desk, id_) == ("unknown", "no_answer")
    assert len(desk.carriers.payloads) == 1


@pytest.mark.parametrize("minutes", [3, 10])
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_an_outage_of_minutes_is_waited_out(channel: str, minutes: int) -> None:
    """Nothing answers, neither sends nor questions; then all is well again."""
    desk = Desk()
    until = desk.now + minutes * MINUTE
    answer = desk.world.http.answer

    def silent(request: HttpRequest) -> HttpResponse:
        if desk.now < until:
            desk.pass_(10 * SECOND)
            raise TransportError("no answer within the timeout")
        return answer(request)

    desk.world.http.answer = silent
    id_ = desk.plan() if channel == "sms" else mail(desk)
    assert ended(desk, id_) == ("sent", "")
    assert len(desk.carriers.texts) + len(desk.carriers.mails) == 1


def test_a_history_is_given_longer_each_time() -> None:
    """Theirs lags by two minutes and every answer is lost: one more text than there should be, not five."""
    desk = Desk()
    desk.carriers.faults = ["drop"] * 9
    history = desk.carriers.answer

    def late(request: HttpRequest) -> HttpResponse:
        taken = desk.carriers.texts
        if request.method == "GET":
            desk.carriers.texts = [each for each in taken if each["date"] * SECOND < desk.now - 2 * MINUTE]
        try:
            return history(request)
        finally:
            desk.carriers.texts = taken

    desk.world.http.answer = late
    assert ended(desk, desk.plan()) == ("delivered", "")
    assert len(desk.carriers.texts) == 2


@pytest.mark.parametrize("told", ["delivered", "failed"])
def test_what_a_receipt_has_told_is_not_told_again(told: str) -> None:
    desk = Desk()
    id_ = desk.plan()

    def overtake() -> None:
        sql = "UPDATE messages SET state = ?, version = version + 1 WHERE id = ?"
        desk.world.driver.connection.execute(sql, [told, id_])

    desk.carriers.before_answer = overtake
    assert ended(desk, id_)[0] == told
    facts = [row["type"] for row in desk.rows("SELECT type FROM events ORDER BY seq")]
    assert facts == ["message.planned"]
    assert desk.message(id_)["provider_id"] == "CS-1"
