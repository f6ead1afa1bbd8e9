"""Two carriers of texts: the second one only after a definite refusal that is the first one's own affair."""

from typing import Any

import pytest

from support.desk import JO, Desk

SID = "AC" + "0" * 31 + "1"
TWILIO = {"account_sid": SID, "sender": "+61480000002", "price_micros": 50_000}
BOTH = {"provider": "clicksend", "fallback": "twilio"}


def desk_with(**sms: Any) -> Desk:
    return Desk(settings={"sms": {**BOTH, **sms}, "twilio": TWILIO, "caps": {"service": 100}})


def sent(desk: Desk, id_: str) -> tuple[str, str, str]:
    desk.rest()
    row = desk.message(id_)
    return row["state"], row["provider"], row["provider_note"]


def facts(desk: Desk) -> list[str]:
    """What became of what was planned."""
    first, *rest = [row["type"] for row in desk.rows("SELECT type FROM events ORDER BY seq")]
    assert first == "message.planned"
    return rest


def texts(desk: Desk) -> tuple[int, int]:
    return len(desk.carriers.texts), len(desk.carriers.twilio_texts)


def test_twilio_may_be_the_first_choice() -> None:
    desk = desk_with(provider="twilio", fallback=None)
    id_ = desk.plan("Hello")
    assert sent(desk, id_) == ("sent", "twilio", "")
    row = desk.message(id_)
    assert (row["provider_id"], row["cost_micros"]) == ("SM-1", 50_000)
    text = desk.carriers.twilio_texts[0]
    assert text["callback"] == f"https://harbour.localhost/webhooks/twilio/harbour?message={id_}"
    assert texts(desk) == (0, 1)


@pytest.mark.parametrize("code", ["INSUFFICIENT_CREDIT", "COUNTRY_NOT_ENABLED", "UNAUTHORIZED"])
def test_what_is_the_providers_own_affair_goes_elsewhere(code: str) -> None:
    desk = desk_with()
    desk.carriers.faults = [code]
    id_ = desk.plan("Hello")
    words = code.replace("_", " ").lower()
    assert sent(desk, id_) == ("sent", "twilio", f"clicksend refused it: {words} ({code})")
    assert texts(desk) == (0, 1)
    assert facts(desk) == ["message.rerouted", "message.sent"]
    row = desk.message(id_)
    assert (row["provider_id"], row["cost_micros"], row["attempt"]) == ("SM-1", 50_000, 1)
    # One call a job: two jobs, each with the proof of its own end.
    jobs = desk.rows("SELECT state FROM jobs WHERE kind = 'messaging.send' AND subject_id = ?", id_)
    assert [job["state"] for job in jobs] == ["done", "done"]


@pytest.mark.parametrize("code", ["INVALID_RECIPIENT", "OPTED_OUT", "EMPTY_MESSAGE", "FAILED", "BAD_REQUEST"])
def test_what_is_about_the_recipient_or_the_words_does_not(code: str) -> None:
    desk = desk_with()
    desk.carriers.faults = [code]
    id_ = desk.plan("Hello")
    assert sent(desk, id_) == ("failed", "clicksend", "")
    assert desk.message(id_)["reason"] == code
    assert texts(desk) == (0, 0)


@pytest.mark.parametrize("fault", ["500", "hang", "500-taken", "drop", "throttled"])
def test_doubt_and_waiting_are_no_refusals(fault: str) -> None:
    desk = desk_with()
    desk.carriers.faults = [fault]
    id_ = desk.plan("Hello")
    state, provider, note = sent(desk, id_)
    assert (state in ("sent", "delivered"), provider, note) == (True, "clicksend", "")
    assert texts(desk) == (1, 0)


def test_a_second_refusal_is_the_last() -> None:
    desk = desk_with()
    desk.carriers.faults = ["INSUFFICIENT_CREDIT"]
    desk.carriers.twilio_faults = ["20003"]
    id_ = desk.plan("Hello")
    assert sent(desk, id_)[:2] == ("failed", "twilio")
    assert desk.message(id_)["reason"] == "20003"
    assert "INSUFFICIENT_CREDIT" in desk.message(id_)["provider_note"]
    assert texts(desk) == (0, 0)
    assert facts(desk) == ["message.rerouted", "message.failed"]


def test_without_a_fallback_or_without_its_account_it_fails() -> None:
    for settings in (
        {"sms": {"fallback": None}, "twilio": TWILIO},
        {"sms": {"fallback": "clicksend"}, "twilio": TWILIO},
        {"sms": {"fallback": "twilio"}},
    ):
        desk = Desk(settings=settings)
        desk.carriers.faults = ["INSUFFICIENT_CREDIT"]
        assert sent(desk, desk.plan("Hello")) == ("failed", "clicksend", "")
        assert texts(desk) == (0, 0)


def test_the_other_way_round() -> None:
    desk = desk_with(provider="twilio", fallback="clicksend")
    desk.carriers.twilio_faults = ["21408", "21610"]
    id_ = desk.plan("Hello")
    assert sent(desk, id_) == ("sent", "clicksend", "twilio refused it: no (21408)")
    assert sent(desk, desk.plan("Bye"))[:2] == ("failed", "twilio")
    assert texts(desk) == (1, 0)


@pytest.mark.parametrize("fault", ["drop", "500-taken"])
def test_doubt_about_the_second_is_settled_by_asking_the_second(fault: str) -> None:
    desk = desk_with()
    desk.carriers.faults = ["INSUFFICIENT_CREDIT"]
    desk.carriers.twilio_faults = [fault]
    id_ = desk.plan("Hello")
    assert sent(desk, id_)[:2] == ("sent", "twilio")
    assert desk.message(id_)["provider_id"] == "SM-1"
    assert texts(desk) == (0, 1)
    assert desk.carriers.lookups == 1


def test_what_the_second_never_took_goes_to_it_again() -> None:
    desk = desk_with()
    desk.carriers.faults = ["INSUFFICIENT_CREDIT"]
    desk.carriers.twilio_faults = ["hang"]
    id_ = desk.plan("Hello")
    assert sent(desk, id_)[:2] == ("sent", "twilio")
    assert texts(desk) == (0, 1)


def test_a_text_in_doubt_is_not_taken_for_an_equal_one_that_was_sent_before() -> None:
    desk = Desk(settings={"sms": {"provider": "twilio"}, "twilio": TWILIO, "duplicate_window_minutes": 0})
    first = desk.plan("Hello")
    desk.work()
    desk.carriers.twilio_faults = ["hang"]
    second = desk.plan("Hello")
    assert sent(desk, second)[0] == "sent"
    assert [desk.message(each)["provider_id"] for each in (first, second)] == ["SM-1", "SM-2"]


def test_a_changed_first_choice_does_not_change_who_is_asked() -> None:
    desk = desk_with(fallback=None)
    desk.carriers.faults = ["drop"]
    id_ = desk.plan("Hello")
    desk.work()
    assert desk.message(id_)["provider"] == "clicksend"
    sms = desk.tenant.settings.sms.model_copy(update={"provider": "twilio"})
    desk.tenant = desk.tenant.model_copy(
        update={"settings": desk.tenant.settings.model_copy(update={"sms": sms})}
    )
    assert sent(desk, id_)[:2] == ("delivered", "clicksend")
    assert texts(desk) == (1, 0)


def test_a_death_in_between_leaves_one_text() -> None:
    for point in ("commit.before", "commit.after", "send.after", "send.before"):
        for nth in range(1, 7):
            desk = desk_with()
            desk.carriers.faults = ["INSUFFICIENT_CREDIT", "INSUFFICIENT_CREDIT", "INSUFFICIENT_CREDIT"]
            id_ = desk.plan("Hello")
            desk.world.kills = [(point, nth)]
            state, provider, _ = sent(desk, id_)
            assert (state, provider) == ("sent", "twilio"), (point, nth)
            assert texts(desk) == (0, 1)


def test_status_callbacks_settle_what_twilio_carried() -> None:
    desk = desk_with(provider="twilio")
    desk.carriers.twilio_faults = ["drop"]
    id_ = desk.plan("Hello")
    desk.work()
    told = {"provider": "twilio", "provider_id": "SM-1", "custom_string": id_}
    desk.receipt("sent", **told)
    desk.receipt("delivered", **told)
    assert sent(desk, id_) == ("delivered", "twilio", "")
    assert desk.message(id_)["provider_id"] == "SM-1"
    assert desk.carriers.lookups == 0
    assert {row["address"] for row in desk.rows("SELECT address FROM messages")} == {JO}


def test_a_failure_told_by_the_first_carrier_is_old_news_to_the_second() -> None:
    desk = desk_with()
    desk.carriers.faults = ["INSUFFICIENT_CREDIT"]
    id_ = desk.plan("Hello")
    assert sent(desk, id_)[:2] == ("sent", "twilio")
    desk.receipt("failed", custom_string=id_, provider_id="CS-0")
    assert sent(desk, id_)[0] == "sent"
    desk.receipt("failed", provider="twilio", custom_string=id_, provider_id="SM-1")
    assert sent(desk, id_)[0] == "failed"
