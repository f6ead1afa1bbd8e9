"""A sign-in code by mail: at once, at any hour, and never in clear anywhere but in the mail itself."""

import json
import re

from frontdesk.auth.actions import request_code
from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.pages import NEWEST
from frontdesk.messaging.queries import listed
from support.calls import run
from support.desk import Desk


def hired(desk: Desk, email: str = "ana@harbour.example") -> None:
    desk.world.driver.connection.execute(
        "INSERT INTO staff (tenant_id, id, email, name, role, created_at) VALUES (?, 's1', ?, 'Ana', 'owner', 0)",
        [desk.tenant.id, email],
    )


def is_kept(desk: Desk, code: str) -> bool:
    """Whether the code stands anywhere by itself, not by chance within an id, an instant or a hash."""
    tables = desk.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    rows = [desk.rows(f"SELECT * FROM {table['name']}") for table in tables]
    everything = json.dumps([rows, desk.world.lines, desk.world.kv.kept], default=str)
    return re.search(rf"(?<![\w-]){code}(?![\w-])", everything) is not None


def the_code(desk: Desk) -> str:
    """As its reader finds it: in the text, never in the subject, which the provider's events repeat."""
    mail = desk.carriers.mails[0]["payload"]
    (code,) = re.findall(r"\b\d{6}\b", mail["text"])
    assert code not in mail["subject"]
    return str(code)


def test_the_code_is_mailed_at_night_and_kept_nowhere() -> None:
    desk = Desk()
    hired(desk)
    desk.pass_(14 * HOUR)  # one in the morning
    run(request_code(desk.ctx(), "ana@harbour.example"))
    desk.rest()
    mail = desk.carriers.mails[0]["payload"]
    assert mail["to"] == ["ana@harbour.example"]
    assert "Harbour Imaging" in mail["subject"] and "headers" not in mail
    assert not is_kept(desk, the_code(desk))


def test_not_even_a_hash_of_the_mail_is_kept() -> None:
    """Whoever knows the wording could try the million codes against one."""
    desk = Desk()
    hired(desk)
    run(request_code(desk.ctx(), "ana@harbour.example"))
    desk.rest()
    row = desk.rows("SELECT * FROM messages")[0]
    assert (row["state"], row["body"], row["subject"], row["body_hash"]) == ("sent", "", "", "")


def test_a_doubtful_code_mail_is_repeated_word_for_word() -> None:
    desk = Desk()
    hired(desk)
    desk.carriers.faults = ["drop", "500"]
    run(request_code(desk.ctx(), "ana@harbour.example"))
    desk.rest()
    assert len(desk.carriers.mails) == 1
    assert len(desk.carriers.payloads) == 3 and len(set(desk.carriers.payloads)) == 1
    assert not is_kept(desk, the_code(desk))


def test_a_code_is_not_mailed_when_it_has_expired() -> None:
    desk = Desk()
    hired(desk)
    run(request_code(desk.ctx(), "ana@harbour.example"))
    desk.pass_(9 * MINUTE)
    desk.carriers.faults = ["throttled"]
    desk.work()
    desk.pass_(90_000)
    desk.rest()
    row = desk.rows("SELECT state, reason FROM messages")[0]
    assert (row["state"], row["reason"]) == ("skipped", "too_late")


def test_a_code_that_cannot_be_opened_is_a_failure_one_can_see() -> None:
    desk = Desk()
    hired(desk)
    run(request_code(desk.ctx(), "ana@harbour.example"))
    desk.work()
    id_ = desk.plan("", purpose="auth", channel="email", address="ana@harbour.example", sealed_body="v9.AAAA")
    desk.rest()
    row = desk.message(id_)
    assert (row["state"], row["reason"]) == ("failed", "template")


def test_the_ledger_over_http_shows_no_code_mails() -> None:
    desk = Desk()
    hired(desk)
    run(request_code(desk.ctx(), "ana@harbour.example"))
    desk.rest()
    everything = {"state": None, "channel": None, "direction": None, "contact_id": None, "booking_id": None}
    assert run(listed(desk.ctx(), after=NEWEST, limit=50, **everything)).items == []
