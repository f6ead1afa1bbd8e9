"""Opt-outs that only the provider knows of: once it says so, nothing more is sent there, and staff can read why."""

import json
from typing import Any

import pytest

from frontdesk.core.clock import DAY, HOUR, MINUTE, SECOND
from frontdesk.core.web import HttpRequest, HttpResponse
from frontdesk.messaging import queries, writes
from frontdesk.messaging.actions import record_consent
from frontdesk.messaging.rules.permission import TheirWord
from support.calls import run
from support.colleagues import hired
from support.desk import JO, MORNING, Desk

TWILIO = {"account_sid": "AC" + "0" * 31 + "1", "sender": "+61480000002", "price_micros": 50_000}
MAIL = "jo@example.com"


def desk_of(provider: str) -> Desk:
    """Jo is known, nothing is planned; texts go with `provider`."""
    desk = Desk(settings={"sms": {"provider": provider}, "twilio": TWILIO, "caps": {"service": 100}})
    desk.text("Hello", at=MORNING - HOUR)
    desk.rest()
    return desk


def refusing(desk: Desk, provider: str) -> None:
    """The next text is refused, as its recipient said STOP to the provider."""
    if provider == "twilio":
        desk.carriers.twilio_faults = ["21610"]
    else:
        desk.carriers.faults = ["OPTED_OUT"]


def jo(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM contacts")[0]["id"])


def send(desk: Desk, body: str = "Hello", **more: Any) -> tuple[str, str]:
    """What became of a message to Jo."""
    id_ = desk.plan(body, contact_id=jo(desk), **more)
    desk.rest()
    row = desk.message(id_)
    return row["state"], row["reason"]


def lines(desk: Desk) -> list[str]:
    kind = "consent.stop"
    return [row["summary"] for row in desk.rows("SELECT summary FROM touchpoints WHERE kind = ?", kind)]


def consents(desk: Desk) -> list[tuple[str, str, int, str]]:
    return [
        (row["channel"], row["address"], row["stopped"], row["source"])
        for row in desk.rows("SELECT * FROM consents")
    ]


@pytest.mark.parametrize(("provider", "code"), [("twilio", "21610"), ("clicksend", "OPTED_OUT")])
def test_a_text_refused_to_who_opted_out_there_is_the_last(provider: str, code: str) -> None:
    desk = desk_of(provider)
    refusing(desk, provider)
    called_at = desk.now
    assert send(desk) == ("failed", code)
    for purpose in ("service", "transactional"):
        assert send(desk, purpose, purpose=purpose) == ("skipped", "opted_out")
    assert consents(desk) == [("sms", JO, 1, provider)]
    assert desk.rows("SELECT said_at FROM consents") == [{"said_at": called_at}]
    name = {"twilio": "Twilio", "clicksend": "ClickSend"}[provider]
    assert lines(desk) == [f"Opted out of texts, says {name}"]
    (told,) = desk.rows("SELECT * FROM events WHERE type = 'consent.stop'")
    assert (told["subject_kind"], told["subject_id"]) == ("contact", jo(desk))
    assert json.loads(told["payload"])["address"] == JO
    assert len(desk.carriers.texts) + len(desk.carriers.twilio_texts) == 0


def test_marketing_they_had_agreed_to_ends_as_well() -> None:
    desk = desk_of("twilio")
    mia = hired(desk)
    run(record_consent(mia, jo(desk), "sms", stopped=None, marketing=True, note="at the desk"))
    desk.pass_(MINUTE)
    refusing(desk, "twilio")
    assert send(desk, purpose="marketing") == ("failed", "21610")
    assert desk.rows("SELECT marketing, source FROM consents") == [{"marketing": 0, "source": "twilio"}]


def test_another_tenant_who_writes_there_still_may() -> None:
    desk = desk_of("twilio")
    blue = Desk(world=desk.world, slug="blue", carriers=desk.carriers)
    refusing(desk, "twilio")
    send(desk)
    id_ = blue.plan("Hello")
    blue.work()
    assert blue.message(id_)["state"] == "sent"
    assert desk.rows("SELECT tenant_id FROM consents") == [{"tenant_id": desk.tenant.id}]


def test_their_start_lifts_it_and_staff_do_not() -> None:
    desk = desk_of("twilio")
    refusing(desk, "twilio")
    send(desk)
    mia = hired(desk)
    with pytest.raises(TheirWord, match=r"Twilio lets no texts through.*START"):
        run(record_consent(mia, jo(desk), "sms", stopped=False, marketing=None, note="at the desk"))
    desk.pass_(MINUTE)
    desk.text("START")
    desk.rest()
    assert consents(desk) == [("sms", JO, 0, "keyword")]
    assert send(desk, "Welcome") == ("sent", "")


def test_a_start_that_was_texted_while_it_was_refused_counts() -> None:
    """It lifted the provider's block behind the refusal; that we hear of it first changes nothing."""
    desk = desk_of("twilio")
    refusing(desk, "twilio")
    answer = desk.world.http.answer

    def meanwhile(request: HttpRequest) -> HttpResponse:
        answered = answer(request)
        desk.world.real += 2 * SECOND
        statement = writes.consent(
            "sms",
            JO,
            stopped=False,
            marketing=None,
            source="keyword",
            said_at=desk.now - SECOND,
            cause_id="t",
        )
        params = {**statement.params, "tenant": desk.tenant.id}
        desk.world.driver.connection.execute(statement.sql, params)
        return answered

    desk.world.http.answer = meanwhile
    assert send(desk) == ("failed", "21610")
    assert consents(desk) == [("sms", JO, 0, "keyword")]
    assert lines(desk) == []


def test_a_stop_of_their_own_stays_theirs() -> None:
    desk = desk_of("twilio")
    id_ = desk.plan("Hello", contact_id=jo(desk))
    desk.work()
    desk.text("STOP")
    desk.work()
    failed = {"provider": "twilio", "provider_id": "SM-1", "custom_string": id_, "opted_out": True}
    desk.receipt("failed", **failed, code="21610")
    desk.rest()
    assert consents(desk) == [("sms", JO, 1, "keyword")]
    assert lines(desk) == ["Opted out of texts (STOP)"]


def test_a_status_that_comes_later_tells_it_as_well_and_twice_is_once() -> None:
    """Through a messaging service Twilio takes every text, and says afterwards what it did not send."""
    desk = desk_of("twilio")
    first, second = (desk.plan(body, contact_id=jo(desk)) for body in ("One", "Two"))
    desk.rest()
    left = desk.message(first)["sent_at"]
    desk.pass_(HOUR)
    for id_ in (first, second, first):
        desk.receipt(
            "failed",
            provider="twilio",
            provider_id=desk.message(id_)["provider_id"],
            custom_string=id_,
            code="21610",
            opted_out=True,
        )
        desk.work()
    assert [desk.message(id_)["state"] for id_ in (first, second)] == ["failed", "failed"]
    assert desk.rows("SELECT source, said_at FROM consents") == [{"source": "twilio", "said_at": left}]
    assert lines(desk) == ["Opted out of texts, says Twilio"]
    assert len(desk.rows("SELECT id FROM events WHERE type = 'consent.stop'")) == 1


def test_a_status_from_before_their_start_is_no_news() -> None:
    desk = desk_of("twilio")
    id_ = desk.plan("One", contact_id=jo(desk))
    desk.work()
    desk.pass_(MINUTE)
    desk.text("START")
    desk.pass_(MINUTE)
    told = {"provider": "twilio", "provider_id": "SM-1", "custom_string": id_, "code": "21610"}
    desk.receipt("failed", **told, opted_out=True)
    desk.rest()
    assert consents(desk) == [("sms", JO, 0, "keyword")]


def test_what_is_learnt_by_asking_counts() -> None:
    """The answer was lost; Twilio's list says that it was refused, and why."""
    desk = desk_of("twilio")
    desk.carriers.twilio_faults = ["drop"]
    answer = desk.world.http.answer

    def refused(request: HttpRequest) -> HttpResponse:
        for text in desk.carriers.twilio_texts:
            text.update(status="failed", error_code=21610)
        return answer(request)

    desk.world.http.answer = refused
    assert send(desk)[0] == "failed"
    assert consents(desk) == [("sms", JO, 1, "twilio")]
    assert lines(desk) == ["Opted out of texts, says Twilio"]


def test_an_address_resend_delivers_to_no_more() -> None:
    desk = desk_of("clicksend")
    mia = hired(desk)
    desk.world.driver.connection.execute("UPDATE contacts SET email = ?", [MAIL])
    mail = {"channel": "email", "address": MAIL, "subject": "Hi"}
    assert send(desk, **mail) == ("sent", "")
    for _ in range(2):
        desk.receipt(
            "failed",
            provider="resend",
            channel="email",
            provider_id="RS-1",
            code="suppressed",
            opted_out=True,
        )
        desk.rest()
    assert send(desk, "More", **mail) == ("skipped", "opted_out")
    # What they just did is confirmed to who unsubscribed, and tried for who was taken off a list.
    assert send(desk, "Booked", **mail, purpose="transactional") == ("sent", "")
    assert consents(desk) == [("email", MAIL, 1, "resend")]
    assert lines(desk) == [f"Resend delivers no mails to {MAIL} any more"]
    # Whoever had it put right at Resend says so here.
    desk.pass_(MINUTE)
    run(record_consent(mia, jo(desk), "email", stopped=False, marketing=None, note="new mailbox"))
    assert send(desk, "Again", **mail) == ("sent", "")


def test_a_complaint_is_more_than_that_and_stays_one() -> None:
    desk = desk_of("clicksend")
    assert send(desk, channel="email", address=MAIL, subject="Hi") == ("sent", "")
    for told in ({"complaint": True, "code": "complained"}, {"opted_out": True, "code": "suppressed"}):
        state = "delivered" if "complaint" in told else "failed"
        desk.receipt(state, provider="resend", channel="email", provider_id="RS-1", **told)
        desk.rest()
    assert consents(desk) == [("email", MAIL, 1, "complaint")]
    assert lines(desk) == ["Reported a mail as spam"]


@pytest.mark.parametrize("point", ["commit.before", "commit.after", "send.after"])
def test_a_death_in_between_records_it_once(point: str) -> None:
    for nth in range(1, 5):
        desk = desk_of("twilio")
        id_ = desk.plan("Hello", contact_id=jo(desk))
        desk.carriers.twilio_faults = ["21610"] * 3
        desk.world.kills = [(point, nth)]
        desk.rest()
        assert desk.message(id_)["state"] == "failed", (point, nth)
        assert consents(desk) == [("sms", JO, 1, "twilio")]
        assert len(lines(desk)) == 1


def test_nobody_we_know_is_remembered_all_the_same() -> None:
    desk = desk_of("twilio")
    refusing(desk, "twilio")
    desk.plan("Hello")
    desk.rest()
    assert run(queries.stopped_by(desk.ctx(), "sms", JO)) == "twilio"
    (told,) = desk.rows("SELECT subject_kind, subject_id FROM events WHERE type = 'consent.stop'")
    assert told == {"subject_kind": "address", "subject_id": JO}
    assert lines(desk) == []


def test_reminders_to_who_opted_out_there_end_and_say_so() -> None:
    desk = Desk(settings={"sms": {"provider": "twilio"}, "twilio": TWILIO})
    desk.carriers.twilio_faults = ["21610"]
    desk.book(5 * DAY)
    desk.rest()
    assert desk.states("booking.confirmation") == [(None, "failed", "21610")]
    assert desk.states() == [(hours, "skipped", "opted_out") for hours in (48, 24, 2)]
