"""What people allow: staff take down what they are told, and undo nothing that only the person can undo."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict, Invalid, NotFound
from frontdesk.messaging import queries
from frontdesk.messaging.actions import record_consent
from frontdesk.messaging.queries import Consent
from frontdesk.messaging.rules.permission import Standing, TheirWord, recorded
from frontdesk.messaging.writes import consent
from support.calls import run
from support.colleagues import hired
from support.desk import JO, MORNING, Desk

NOTE = "told me on the phone"


def known() -> tuple[Desk, Ctx, str]:
    """Jo, with a phone and an address, and Mia who talks to her."""
    desk = Desk()
    mia = hired(desk)
    desk.book()
    desk.work()
    return desk, mia, str(desk.rows("SELECT id FROM contacts")[0]["id"])


def record(mia: Ctx, contact: str, channel: str = "sms", **said: bool | None) -> dict[str, Consent]:
    after = run(
        record_consent(
            mia,
            contact,
            channel,  # type: ignore[arg-type]
            stopped=said.get("stopped"),
            marketing=said.get("marketing"),
            note=NOTE,
        )
    )
    return {each.address: each for each in after}


def test_who_said_nothing_stands_there_as_well() -> None:
    _, mia, contact = known()
    found = run(queries.consents(mia, contact))
    assert [(each.channel, each.address, each.current, each.stopped, each.said_at) for each in found] == [
        ("sms", JO, True, False, None),
        ("email", "jo@example.com", True, False, None),
    ]


def test_an_opt_out_told_to_staff_counts_is_told_and_on_record() -> None:
    desk, mia, contact = known()
    after = record(mia, contact, stopped=True)[JO]
    assert (after.stopped, after.source, after.said_at) == (True, "staff", MORNING)
    desk.rest()
    assert {state for _, state, _ in desk.states()} == {"skipped"}
    told = desk.rows("SELECT * FROM events WHERE type = 'consent.changed'")[0]
    assert told["subject_id"] == contact and json.loads(told["payload"])["note"] == NOTE
    assert desk.rows("SELECT * FROM audit")[0]["action"] == "consent.change"
    lines = [row["summary"] for row in desk.rows("SELECT summary FROM touchpoints")]
    assert f"Asked for no more texts: {NOTE}" in lines


def test_a_mistake_of_staff_is_theirs_to_undo() -> None:
    desk, mia, contact = known()
    record(mia, contact, stopped=True)
    assert not record(mia, contact, stopped=False)[JO].stopped
    desk.rest()
    assert {state for _, state, _ in desk.states()} == {"sent"}


def test_a_stop_is_lifted_by_their_start_alone() -> None:
    desk, mia, contact = known()
    desk.text("STOP")
    desk.work()
    with pytest.raises(TheirWord, match="START"):
        record(mia, contact, stopped=False)
    with pytest.raises(TheirWord):
        record(mia, contact, marketing=True)
    # Recording it once more does not make it staff's to undo.
    assert record(mia, contact, stopped=True)[JO].source == "keyword"
    with pytest.raises(TheirWord):
        record(mia, contact, stopped=False)
    desk.pass_(MINUTE)
    desk.text("START")
    desk.work()
    assert not run(queries.consents(mia, contact))[0].stopped
    assert record(mia, contact, marketing=True)[JO].marketing


def test_a_stop_that_was_heard_late_counts_over_what_staff_recorded() -> None:
    desk, mia, contact = known()
    desk.pass_(MINUTE)
    record(mia, contact, stopped=True)
    record(mia, contact, stopped=False)
    desk.text("STOP", at=MORNING)
    desk.work()
    with pytest.raises(TheirWord):
        record(mia, contact, stopped=False)


def test_a_start_that_was_said_before_the_call_does_not_undo_it() -> None:
    desk, mia, contact = known()
    desk.pass_(MINUTE)
    record(mia, contact, stopped=True)
    desk.text("START", at=MORNING)
    desk.work()
    assert run(queries.consents(mia, contact))[0].stopped


def test_a_stop_at_the_very_moment_is_not_undone() -> None:
    desk, mia, contact = known()
    record(mia, contact, stopped=True)
    read, meanwhile = desk.world.driver.query, [1]

    async def slow(bound: object) -> str:
        text = await read(bound)  # type: ignore[arg-type]
        if "AS current" in bound.sql and meanwhile:  # type: ignore[attr-defined]
            meanwhile.pop()
            desk.world.driver.connection.execute("UPDATE consents SET source = 'keyword'")
        return text

    desk.world.driver.query = slow  # type: ignore[method-assign]
    with pytest.raises(TheirWord):
        record(mia, contact, stopped=False)
    assert desk.rows("SELECT stopped FROM consents")[0]["stopped"] == 1


def test_an_unsubscription_may_be_taken_back_on_their_word_and_a_complaint_may_not() -> None:
    desk, mia, contact = known()
    for source in ("unsubscribe", "complaint"):
        desk.world.driver.connection.execute("DELETE FROM consents")
        desk.world.driver.connection.execute(
            "INSERT INTO consents (tenant_id, channel, address, stopped, source, said_at, cause_id)"
            " VALUES (?, 'email', 'jo@example.com', 1, ?, ?, 't')",
            (desk.tenant.id, source, MORNING),
        )
        if source == "complaint":
            with pytest.raises(TheirWord, match="spam"):
                record(mia, contact, "email", stopped=False)
        else:
            assert not record(mia, contact, "email", stopped=False)["jo@example.com"].stopped


def test_an_opt_out_counts_for_every_number_they_are_known_by() -> None:
    desk, mia, contact = known()
    desk.world.driver.connection.execute(
        "INSERT INTO contact_identities (tenant_id, kind, value, contact_id, created_at)"
        " VALUES (?, 'phone', '+61491570157', ?, 0)",
        (desk.tenant.id, contact),
    )
    after = record(mia, contact, stopped=True)
    assert after[JO].stopped and after["+61491570157"].stopped
    assert len(desk.rows("SELECT id FROM touchpoints WHERE kind = 'consent.changed'")) == 1


def test_an_old_number_of_somebody_without_one_stands_there_too() -> None:
    desk, mia, contact = known()
    desk.world.driver.connection.execute("UPDATE contacts SET phone = NULL")
    desk.world.driver.connection.execute("UPDATE bookings SET phone = NULL")
    found = run(queries.consents(mia, contact))
    assert [(each.address, each.current) for each in found] == [(JO, False), ("jo@example.com", True)]


def test_what_is_not_there_cannot_be_recorded() -> None:
    desk, mia, contact = known()
    desk.world.driver.connection.execute("UPDATE contacts SET email = NULL")
    desk.world.driver.connection.execute("DELETE FROM contact_identities WHERE kind = 'email'")
    desk.world.driver.connection.execute("UPDATE bookings SET email = NULL")
    with pytest.raises(Invalid, match="no e-mail address"):
        record(mia, contact, "email", stopped=True)
    with pytest.raises(NotFound):
        record(mia, "no-such", stopped=True)


def test_a_complaint_is_told_of_whoever_made_it() -> None:
    desk, _, contact = known()
    id_ = desk.plan(channel="email", address="jo@example.com", contact_id=contact)
    desk.work()
    sent = desk.message(id_)["provider_id"]
    desk.receipt("delivered", provider="resend", channel="email", provider_id=sent, complaint=True)
    desk.work()
    told = desk.rows("SELECT * FROM events WHERE type = 'consent.stop'")
    assert [(row["subject_kind"], row["subject_id"]) for row in told] == [("contact", contact)]
    lines = [
        row["summary"] for row in desk.rows("SELECT summary FROM touchpoints WHERE kind = 'consent.stop'")
    ]
    assert lines == ["Reported a mail as spam"]


@pytest.mark.parametrize("first", ["complaint", "unsubscribe"])
def test_whoever_complained_and_unsubscribed_has_complained(first: str) -> None:
    desk, mia, contact = known()
    said = {"complaint": MORNING, "unsubscribe": MORNING + 1}
    for source in sorted(said, reverse=first == "unsubscribe"):
        desk.commit(
            consent(
                "email",
                "jo@example.com",
                stopped=True,
                marketing=False,
                source=source,
                said_at=said[source],
                cause_id="t",
            )
        )
    with pytest.raises(TheirWord, match="spam"):
        record(mia, contact, "email", stopped=False)


def test_nothing_is_recorded_of_a_contact_that_is_another_by_now() -> None:
    desk, mia, contact = known()
    desk.world.driver.connection.execute("UPDATE contacts SET merged_into = 'x'")
    with pytest.raises(Conflict):
        record(mia, contact, stopped=True)


STANDINGS = st.builds(
    Standing,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "keyword", "unsubscribe", "complaint", "staff", "clicksend", "twilio", "resend"]),
)
WORD = st.sampled_from([None, True, False])


@given(st.sampled_from(["sms", "email"]), STANDINGS, WORD, WORD)
def test_staff_never_lift_what_is_not_theirs(
    channel: str, now: Standing, stopped: bool | None, marketing: bool | None
) -> None:
    try:
        after = recorded(channel, now, stopped=stopped, marketing=marketing)  # type: ignore[arg-type]
    except TheirWord:
        assert now.stopped or (stopped and marketing)
        return
    by_a_carrier = channel == "sms" and now.source in ("clicksend", "twilio")
    if now.stopped and (now.source in ("keyword", "complaint") or by_a_carrier):
        assert after is None or after.stopped
    if after is not None:
        assert after.source == "staff" and (after.stopped, after.marketing) != (now.stopped, now.marketing)
        assert not (after.stopped and after.marketing)
