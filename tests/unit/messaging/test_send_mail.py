"""What becomes of a mail whose answer is lost: repeated with its key, and in the end unknown."""

import pytest

from support.desk import Desk


def ended(desk: Desk, id_: str) -> tuple[str, str]:
    desk.rest()
    row = desk.message(id_)
    return row["state"], row["reason"]


def facts(desk: Desk) -> list[str]:
    """What became of what was planned."""
    first, *rest = [row["type"] for row in desk.rows("SELECT type FROM events ORDER BY seq")]
    assert first == "message.planned"
    return rest


@pytest.mark.parametrize("fault", ["hang", "drop", "500", "500-taken"])
def test_a_mail_is_repeated_with_the_same_key_and_the_same_words(fault: str) -> None:
    desk = Desk()
    desk.carriers.faults = [fault, fault]
    id_ = desk.plan(channel="email", address="jo@example.com", subject="Hi")
    assert ended(desk, id_) == ("sent", "")
    assert len(desk.carriers.mails) == 1
    assert len(desk.carriers.payloads) == 3
    assert len(set(desk.carriers.payloads)) == 1
    assert desk.carriers.payloads[0][0] == id_


def test_a_mail_nobody_answers_for_is_unknown_in_the_end() -> None:
    desk = Desk()
    desk.carriers.faults = ["drop"] * 20
    id_ = desk.plan(channel="email", address="jo@example.com")
    assert ended(desk, id_) == ("unknown", "no_answer")
    assert len(desk.carriers.mails) == 1
    assert "message.unknown" in facts(desk)


def test_a_mail_whose_key_is_spent_on_other_words_is_unknown_at_once() -> None:
    desk = Desk()
    desk.carriers.faults = ["drop"]
    id_ = desk.plan(channel="email", address="jo@example.com")
    desk.work()
    desk.carriers.mails[0]["payload"] = "other words"
    assert ended(desk, id_) == ("unknown", "no_answer")


def test_a_service_mail_carries_a_way_out() -> None:
    desk = Desk()
    desk.plan(channel="email", address="jo@example.com")
    desk.work()
    payload = desk.carriers.mails[0]["payload"]
    assert payload["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://harbour.localhost/unsubscribe/" in payload["headers"]["List-Unsubscribe"]
