"""A tenant's own words: checked, versioned, audited, tried on a real contact, and taken back."""

import json
from typing import Any

import pytest

from frontdesk.core.errors import Conflict, Invalid, NotFound, Stale
from frontdesk.messaging import actions
from frontdesk.messaging.api import templates
from frontdesk.messaging.api.templates import Preview, PreviewRequest
from frontdesk.messaging.queries import OwnWords
from frontdesk.messaging.rules.catalogue import Template, templates_of
from frontdesk.messaging.rules.wording import DEFAULTS, Wording
from support.calls import run
from support.desk import MORNING, Desk

KEY = "booking.reminder"
OURS = "See you {{ booking.day }} at {{ booking.time }}, {{ contact.first_name }}!"


def word(desk: Desk, body: str = OURS, *, key: str = KEY, version: int = 0, subject: str = "") -> Template:
    channel = "email" if subject else "sms"
    return run(actions.word(desk.ctx(), key, channel, version, Wording(subject, body)))  # type: ignore[arg-type]


def listed(desk: Desk) -> dict[tuple[str, str], Template]:
    return {(each.key, each.channel): each for each in run(templates.list_templates(desk.ctx())).items}


def preview(desk: Desk, **wanted: Any) -> Preview:
    request = PreviewRequest.model_validate({"channel": "sms", **wanted})
    return run(templates.preview_template(desk.ctx(), request))


def booked(desk: Desk) -> tuple[str, str]:
    """A contact and a booking of theirs."""
    desk.book(practitioner="Dr Wu")
    desk.work()
    row = desk.rows("SELECT id, contact_id FROM bookings")[0]
    return str(row["contact_id"]), str(row["id"])


def test_the_defaults_are_listed_with_what_they_read() -> None:
    found = listed(Desk())
    assert set(found) == set(DEFAULTS)
    reminder = found[KEY, "sms"]
    assert (reminder.own, reminder.version, reminder.updated_at) == (False, 0, None)
    assert "booking.time" in reminder.variables
    assert reminder.default is not None and reminder.default.body == reminder.body


def test_own_words_count_until_they_are_taken_back() -> None:
    desk = Desk()
    after = word(desk)
    assert (after.own, after.version, after.body) == (True, 1, OURS)
    assert after.default is not None and after.default.body == DEFAULTS[KEY, "sms"].body
    desk.book()
    desk.rest()
    assert any(text["body"].startswith("See you ") for text in desk.carriers.texts)
    back = run(actions.reset(desk.ctx(), KEY, "sms"))
    assert back is not None
    assert (back.own, back.version, back.body) == (False, 2, DEFAULTS[KEY, "sms"].body)
    desk.book(external_id="b2", starts_in=12 * 24 * 3_600_000)
    desk.rest()
    assert desk.carriers.texts[-1]["body"].startswith("Reminder: ")
    assert run(actions.reset(desk.ctx(), KEY, "sms")) == back  # nothing to take back


def test_a_template_only_the_tenant_has() -> None:
    desk = Desk()
    assert word(desk, "Come back soon", key="recall.mri").default is None
    assert ("recall.mri", "sms") in listed(desk)
    assert run(actions.reset(desk.ctx(), "recall.mri", "sms")) is None
    assert ("recall.mri", "sms") not in listed(desk)
    with pytest.raises(NotFound):
        run(actions.reset(desk.ctx(), "recall.mri", "sms"))
    assert word(desk, "Come back", key="recall.mri", version=2).version == 3


def test_nobodys_words_are_overwritten_unseen() -> None:
    desk = Desk()
    word(desk)
    for version in (0, 2):
        with pytest.raises(Stale):
            word(desk, "Other", version=version)
    run(actions.reset(desk.ctx(), KEY, "sms"))
    with pytest.raises(Stale):
        word(desk, "Written on what was read before the reset", version=1)
    assert word(desk, "Other", version=2).version == 3


def test_two_at_once_are_not_both_first() -> None:
    desk = Desk()
    query = desk.world.driver.query

    async def as_if_empty(bound: Any) -> str:
        return "[]" if "FROM templates" in bound.sql else await query(bound)

    word(desk)
    desk.world.driver.query = as_if_empty  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        word(desk, "Other")
    desk.world.driver.query = query  # type: ignore[method-assign]
    assert listed(desk)[KEY, "sms"].body == OURS


@pytest.mark.parametrize(
    ("body", "subject", "fields"),
    [
        ("{% for x in y %}{% endfor %}", "", {"body"}),
        ("{{ contact.ssn }}", "", {"body"}),
        ("{{ booking.day", "", {"body"}),
        ("   ", "", {"body"}),
        ("fine", "{{ nobody }}", {"subject"}),
        ("{{ a }}", "{{ b }}", {"subject", "body"}),
    ],
)
def test_words_that_cannot_be_used(body: str, subject: str, fields: set[str]) -> None:
    desk = Desk()
    with pytest.raises(Invalid) as refused:
        word(desk, body, subject=subject)
    assert {each["field"] for each in refused.value.extra["errors"]} == fields
    assert desk.rows("SELECT * FROM templates") == []
    with pytest.raises(Invalid):
        run(actions.word(desk.ctx(), KEY, "sms", 0, Wording("A subject", "x")))
    with pytest.raises(Invalid):
        run(actions.word(desk.ctx(), KEY, "email", 0, Wording(" ", "x")))


def test_every_change_is_told_to_those_who_look() -> None:
    desk = Desk()
    word(desk)
    run(actions.reset(desk.ctx(), KEY, "sms"))
    run(actions.reset(desk.ctx(), KEY, "sms"))  # changes nothing
    told = desk.rows("SELECT type, subject_id FROM events WHERE type LIKE 'template.%'")
    assert told == [{"type": "template.changed", "subject_id": f"{KEY}/sms"}] * 2


def test_every_change_is_on_the_audit_log_with_both_wordings() -> None:
    desk = Desk()
    word(desk)
    word(desk, "Bye", version=1)
    run(actions.reset(desk.ctx(), KEY, "sms"))
    rows = desk.rows("SELECT action, subject_id, change FROM audit ORDER BY id")
    assert {(row["action"], *json.loads(row["change"])["body"]) for row in rows} == {
        ("template.word", "", OURS),
        ("template.word", OURS, "Bye"),
        ("template.reset", "Bye", ""),
    }
    assert {row["subject_id"] for row in rows} == {f"{KEY}/sms"}


def test_a_preview_for_a_real_contact() -> None:
    desk = Desk()
    contact, booking = booked(desk)
    for wanted in (
        {"contact_id": contact},
        {"booking_id": booking},
        {"contact_id": contact, "booking_id": booking},
    ):
        seen = preview(
            desk, body="Hi {{ contact.first_name }}: {{ booking.service }}, {{ booking.day }}", **wanted
        )
        assert (seen.body, seen.address, seen.example) == ("Hi Jo: MRI knee, Sat", "+61491570006", False)
        assert (seen.encoding, seen.segments, seen.units, seen.cost_micros) == ("gsm7", 1, 20, 79_000)
        assert (seen.currency, seen.problems) == ("AUD", [])
    stored = preview(desk, key=KEY, contact_id=contact)
    assert "MRI knee" in stored.body and "With Dr Wu." in stored.body
    mail = preview(desk, key=KEY, channel="email", contact_id=contact)
    assert mail.subject.startswith("Reminder: Sat") and mail.html.startswith("<!doctype html>")
    assert (mail.address, mail.segments, mail.cost_micros) == ("jo@example.com", 0, 0)


def test_what_is_previewed_is_what_is_sent() -> None:
    desk = Desk()
    word(desk, "{{ business.name }}: {{ booking.service }} {{ booking.date }} – {{ booking.time }}")
    contact, _ = booked(desk)
    seen = preview(desk, key=KEY, contact_id=contact)
    desk.until(MORNING + 4 * 24 * 3_600_000)
    reminder = desk.rows(
        "SELECT body, segments, cost_micros FROM messages WHERE template = ? AND body <> ''", KEY
    )[0]
    assert reminder == {"body": seen.body, "segments": seen.segments, "cost_micros": seen.cost_micros}
    assert seen.encoding == "ucs2"


def test_an_example_when_nobody_is_named() -> None:
    seen = preview(Desk(), key=KEY)
    assert seen.example and seen.address is None and seen.problems == []
    assert "Consultation" in seen.body


def test_problems_are_answers_not_errors() -> None:
    desk = Desk()
    contact, _ = booked(desk)
    seen = preview(desk, body="Hi\n{{ contact.ssn }}", contact_id=contact)
    assert (seen.body, seen.segments) == ("", 0)
    assert [(each.field, each.line) for each in seen.problems] == [("body", 2)]
    long = preview(desk, body="x" * 2_000)
    assert (long.segments, [each.field for each in long.problems]) == (14, ["body"])
    empty = preview(desk, body="{% if booking.previous_day %}moved{% endif %}", contact_id=contact)
    assert [each.message for each in empty.problems] == ["Filled in for this contact it says nothing."]
    desk.world.driver.connection.execute("UPDATE contacts SET phone = NULL")
    nowhere = preview(desk, key=KEY, contact_id=contact)
    assert [(each.field, each.message) for each in nowhere.problems] == [
        ("recipient", "This contact has no phone number.")
    ]


def test_what_cannot_be_previewed() -> None:
    desk = Desk()
    contact, booking = booked(desk)
    with pytest.raises(Invalid):
        preview(desk)
    for wanted in ({"key": "no.such"}, {"key": KEY, "contact_id": "x"}, {"key": KEY, "booking_id": "x"}):
        with pytest.raises(NotFound):
            preview(desk, **wanted)
    desk.text("Hello", sender="+61491570156")
    desk.work()
    other = desk.rows("SELECT id FROM contacts WHERE phone = '+61491570156'")[0]["id"]
    with pytest.raises(Invalid):
        preview(desk, key=KEY, contact_id=other, booking_id=booking)
    assert preview(desk, key=KEY, contact_id=other).problems == []
    assert contact != other


def test_words_of_an_older_release_are_shown_all_the_same() -> None:
    row = OwnWords(key=KEY, channel="sms", subject="", body="{{ gone.for_good }}", version=3, updated_at=1)
    found = {(each.key, each.channel): each for each in templates_of([row])}[KEY, "sms"]
    assert (found.body, found.variables) == ("{{ gone.for_good }}", [])
