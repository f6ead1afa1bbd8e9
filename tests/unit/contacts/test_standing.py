"""People follow their bookings, staff move them, rules tag them: one history, whatever the order."""

from typing import Any

import pytest

from frontdesk.contacts import actions, queries, writes
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.conditions import Patience
from frontdesk.core.clock import DAY, HOUR
from frontdesk.core.ctx import Actor
from frontdesk.core.errors import Invalid, NotFound, Stale
from frontdesk.core.settings import ServiceOffer
from frontdesk.integrations.facts import ContactFact
from support.appointments import said
from support.calls import run
from support.desk import JO, Desk

STAFF = Actor("staff", "s1", "staff")
SERVICES = {"services": [{"name": "MRI knee", "price_minor": 45_000, "recall_months": 6}]}


def booked(**settings: Any) -> Desk:
    desk = Desk(settings=settings)
    desk.book()
    desk.work()
    return desk


def contact(desk: Desk) -> Contact:
    return run(queries.by_id(desk.ctx(), desk.rows("SELECT id FROM contacts ORDER BY id")[0]["id"]))


def moves(desk: Desk) -> list[tuple[str, str, str]]:
    return [
        (row["from_stage"], row["to_stage"], row["why"])
        for row in desk.rows("SELECT * FROM stage_moves ORDER BY rowid")
    ]


def test_a_booking_makes_a_lead_an_appointment_with_its_why() -> None:
    desk = booked()
    assert contact(desk).stage == "appointment"
    assert moves(desk) == [("lead", "appointment", "Has an appointment")]
    told = desk.rows("SELECT * FROM events WHERE type = 'contact.moved'")
    assert len(told) == 1
    move = desk.rows("SELECT * FROM stage_moves")[0]
    booking = desk.rows("SELECT * FROM events WHERE type = 'booking.created'")[0]
    assert (move["cause_kind"], move["trace_id"]) == ("job", booking["trace_id"])


def test_a_completed_booking_makes_a_patient_who_is_called_again() -> None:
    desk = booked(**SERVICES)
    desk.pass_(5 * DAY + HOUR)
    said(desk, "completed")
    desk.work()
    now = contact(desk)
    assert (now.stage, now.existing_patient, now.recall_service) == ("post", True, "MRI knee")
    assert now.recall_due_at
    assert now.recall_due_at > desk.now + 150 * DAY
    desk.book(external_id="b2", starts_in=200 * DAY)
    desk.work()
    assert (contact(desk).stage, contact(desk).recall_due_at) == ("appointment", None)
    assert contact(desk).existing_patient


@pytest.mark.parametrize("day", [None, 30])
def test_what_staff_made_of_a_recall_stays_whatever_else_is_booked(day: int | None) -> None:
    desk = booked(**SERVICES)
    desk.pass_(5 * DAY + HOUR)
    said(desk, "completed")
    desk.work()
    known = contact(desk)
    due_at = day and desk.now + day * DAY
    changes: dict[str, Any] = {"recall_due_at": due_at, "recall_service": "MRI knee" if day else ""}
    run(actions.edit(desk.ctx().as_(actor=STAFF), known.id, known.version, {**changes, "stage": "dormant"}))
    desk.book(sequence=2, location="Upstairs")
    desk.work()
    assert (contact(desk).stage, contact(desk).recall_due_at) == ("dormant", due_at)
    desk.book(external_id="b2", service="X-ray", starts_in=9 * DAY)
    desk.book(external_id="b2", service="X-ray", starts_in=9 * DAY, sequence=2, location="Upstairs")
    desk.work()
    assert (contact(desk).stage, contact(desk).recall_due_at) == ("appointment", due_at)
    desk.book(external_id="b3", starts_in=200 * DAY)
    desk.work()
    assert contact(desk).recall_due_at is None


def test_a_cancelled_booking_needs_a_new_date() -> None:
    desk = booked()
    desk.book(status="cancelled", sequence=2)
    desk.work()
    assert moves(desk)[-1] == ("appointment", "pre_appointment", "Cancelled MRI knee")


def test_a_booking_that_passes_to_somebody_else_moves_both() -> None:
    desk = booked(**SERVICES)
    desk.pass_(5 * DAY + HOUR)
    said(desk, "completed")
    desk.work()
    assert contact(desk).recall_due_at
    desk.book(contact=ContactFact(external_id="w2", phone="0491 570 156"), sequence=2)
    desk.work()
    jo, an = desk.rows("SELECT * FROM contacts ORDER BY phone")
    assert (jo["phone"], jo["recall_due_at"]) == (JO, None)
    assert (an["stage"], an["recall_service"], an["existing_patient"]) == ("post", "MRI knee", 1)


def test_whose_only_booking_was_anothers_is_a_lead_again() -> None:
    desk = booked()
    desk.book(contact=ContactFact(external_id="w2", phone="0491 570 156"), sequence=2)
    desk.work()
    jo = desk.rows("SELECT contact_id FROM contact_identities WHERE value = 'w1'")[0]["contact_id"]
    stages = {row["id"] == jo: row["stage"] for row in desk.rows("SELECT id, stage FROM contacts")}
    assert stages == {True: "lead", False: "appointment"}
    assert moves(desk)[-1][2] == "The appointment is another contact's"


def test_a_visit_completed_by_mistake_takes_its_recall_back_but_none_of_staffs() -> None:
    desk = booked(**SERVICES)
    desk.pass_(5 * DAY + HOUR)
    said(desk, "completed")
    desk.work()
    assert contact(desk).recall_derived
    said(desk, "confirmed")
    desk.work()
    assert (contact(desk).recall_due_at, contact(desk).recall_derived) == (None, False)
    said(desk, "completed")
    desk.work()
    known = contact(desk)
    due_at = desk.now + 30 * DAY
    run(actions.edit(desk.ctx().as_(actor=STAFF), known.id, known.version, {"recall_due_at": due_at}))
    said(desk, "no_show")
    desk.work()
    assert (contact(desk).recall_due_at, contact(desk).recall_derived) == (due_at, False)


def test_a_recall_outlives_the_name_of_its_service() -> None:
    desk = booked(**SERVICES)
    desk.pass_(5 * DAY + HOUR)
    said(desk, "completed")
    desk.work()
    due_at = contact(desk).recall_due_at
    renamed = [{"name": "Knee MRI", "recall_months": 6}, {"name": "X-ray", "recall_months": 12}]
    settings = desk.tenant.settings.model_copy(
        update={"services": tuple(ServiceOffer.model_validate(each) for each in renamed)}
    )
    desk.tenant = desk.tenant.model_copy(update={"settings": settings})
    desk.book(external_id="b2", service="X-ray", starts_in=9 * DAY)
    desk.work()
    assert (contact(desk).recall_due_at, contact(desk).recall_service) == (due_at, "MRI knee")


def test_who_saw_less_does_not_undo_who_saw_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Booked and cancelled; the job of the first is slow, and the one of the second done before it commits."""
    desk = booked()
    desk.book(status="cancelled", sequence=2)
    desk.work()
    assert contact(desk).stage == "pre_appointment"
    desk.book(external_id="b2", starts_in=9 * DAY)
    reading, waiting = queries.visits, ["once"]

    async def slow(*given: Any) -> Any:
        found = await reading(*given)
        if waiting and any(visit.open for visit in found):
            waiting.pop()
            # The other job finds them where they belong: it has nothing to do.
            desk.rows("UPDATE bookings SET status = 'cancelled', version = version + 1")
        return found

    monkeypatch.setattr(queries, "visits", slow)
    desk.work()
    assert not waiting
    assert contact(desk).stage == "pre_appointment"


def test_news_in_any_order_ends_in_the_same_stage() -> None:
    for backwards in (False, True):
        desk = Desk()
        desk.book()
        desk.book(status="cancelled", sequence=2)
        for _ in range(20):
            due = desk.rows(
                "SELECT id FROM jobs WHERE state = 'pending' AND due_at <= ? ORDER BY rowid", desk.now
            )
            for row in reversed(due) if backwards else due:
                run(desk._run(row["id"]))
        assert contact(desk).stage == "pre_appointment"


def test_a_detail_of_an_appointment_does_not_undo_what_staff_decided() -> None:
    desk = booked()
    known = contact(desk)
    run(actions.move(desk.ctx().as_(actor=STAFF), known.id, "post", known.version))
    desk.book(sequence=2, location="Room 4")
    desk.work()
    assert contact(desk).stage == "post"
    desk.book(sequence=3, starts_in=6 * DAY)
    desk.work()
    assert contact(desk).stage == "appointment"


def test_a_move_by_hand_is_history_event_and_audit() -> None:
    desk = booked()
    known = contact(desk)
    after = run(actions.move(desk.ctx().as_(actor=STAFF), known.id, "recall", known.version))
    assert (after.stage, after.version) == ("recall", known.version + 1)
    assert contact(desk) == after
    assert moves(desk)[-1] == ("appointment", "recall", "Moved to Recall by hand")
    row = desk.rows("SELECT * FROM stage_moves ORDER BY rowid DESC")[0]
    assert (row["actor_kind"], row["actor_id"]) == ("staff", "s1")
    assert desk.rows("SELECT action FROM audit")[0]["action"] == "contact.move"
    with pytest.raises(Stale):
        run(actions.move(desk.ctx(), known.id, "lead", known.version))
    with pytest.raises(Invalid):
        run(actions.move(desk.ctx(), known.id, "heaven", after.version))
    with pytest.raises(NotFound):
        run(actions.move(Desk(world=desk.world, slug="blue").ctx(), known.id, "lead", after.version))


def test_an_edit_of_the_stage_is_a_move_like_any_other() -> None:
    desk = booked()
    known = contact(desk)
    after = run(actions.edit(desk.ctx().as_(actor=STAFF), known.id, known.version, {"stage": "post"}))
    assert moves(desk)[-1] == ("appointment", "post", "Moved to Post by hand")
    assert after.stage_since == contact(desk).stage_since == desk.now
    with pytest.raises(Invalid):
        run(actions.edit(desk.ctx(), known.id, after.version, {"stage": "heaven"}))


def test_changes_of_a_rule_chain_in_one_commit() -> None:
    desk = booked()
    first, tagged = writes.tag(desk.ctx(), contact(desk), "vip")
    second, judged = writes.set_intent(desk.ctx(), first, 80)
    third, moved = writes.move(desk.ctx(), second, "post", "A rule")
    desk.commit(tagged, judged, moved)
    assert contact(desk) == third
    assert (third.tags, third.intent, third.stage) == (["vip"], 80, "post")
    assert writes.tag(desk.ctx(), third, "vip").parts == []
    fourth, less = writes.untag(desk.ctx(), third, "vip")
    desk.commit(less)
    assert contact(desk) == fourth


def test_a_move_from_where_they_are_no_more_is_stale() -> None:
    desk = booked()
    known = contact(desk)
    run(actions.move(desk.ctx(), known.id, "post", known.version))
    with pytest.raises(Stale):
        desk.commit(writes.move(desk.ctx(), known, "recall", "late").parts)
    assert contact(desk).stage == "post"


def test_what_is_heard_and_sent_is_kept_and_a_reply_counts() -> None:
    desk = Desk()
    desk.text("Hi")
    desk.work()
    known = contact(desk)
    assert (known.last_in_at, known.replies) == (desk.now, 0)
    desk.commit(writes.sent_to(known.id, desk.now))
    desk.pass_(HOUR)
    desk.text("Hi again")
    desk.work()
    after = contact(desk)
    assert (after.last_in_at, after.last_out_at, after.replies) == (desk.now, desk.now - HOUR, 1)
    desk.commit(writes.sent_to(known.id, desk.now - DAY))
    assert contact(desk).last_out_at == desk.now - HOUR, "an instant never goes back"


def test_how_long_a_silence_is_is_what_the_tenants_rule_says() -> None:
    desk = booked()
    assert run(queries.patience(desk.ctx())) == Patience(4 * HOUR, 60 * DAY)
    desk.rows("UPDATE rule_triggers SET minutes = 90 WHERE type = '@contact.last_word_at'")
    desk.rows("DELETE FROM rule_triggers WHERE type = '@contact.last_seen_at'")
    assert run(queries.patience(desk.ctx())) == Patience(90 * 60_000, 60 * DAY)
