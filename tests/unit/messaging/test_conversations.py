"""Conversations: who asked, who waits, what is unread; and what is said or taken back changes it at once."""

from frontdesk.contacts.actions import merging
from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.messaging.actions import Sketch, change_conversation, compose, take_back
from support.calls import run
from support.colleagues import hired
from support.desk import JO, MORNING, Desk
from support.talking import chat, contact_of, written
from support.thread import kept, reckoned, the

OTHER = "+61491570157"


def test_a_text_is_unread_and_waits_until_somebody_answers() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Is there parking?")
    desk.work()
    asked = the(desk)
    assert (asked["unread"], asked["waiting_since"], asked["done"]) == (1, MORNING, 0)
    assert (asked["direction"], asked["preview"]) == ("in", "Is there parking?")
    desk.pass_(MINUTE)
    written(mia, contact_of(desk), "Yes, behind the house.")
    answered = the(desk)
    assert (answered["direction"], answered["waiting_since"], answered["unread"]) == ("out", None, 1)
    desk.rest()
    assert the(desk)["preview"] == "Yes, behind the house."


def test_reminders_alone_are_no_conversation_and_no_answer() -> None:
    desk = Desk()
    desk.book()
    desk.rest()
    assert len(desk.carriers.texts) == 4
    assert desk.rows("SELECT * FROM conversations") == []
    desk = Desk()
    desk.book()
    desk.work()
    desk.text("Can I bring my scans?")
    desk.rest()
    assert (the(desk)["direction"], the(desk)["waiting_since"]) == ("out", MORNING)


def test_keywords_were_dealt_with() -> None:
    desk = Desk()
    desk.text("STOP")
    desk.rest()
    assert (the(desk)["unread"], the(desk)["waiting_since"]) == (1, None)


def test_a_chat_is_in_the_inbox() -> None:
    desk = Desk()
    chat(desk, "Do you do MRIs?")
    desk.work()
    assert (the(desk)["channel"], the(desk)["waiting_since"], the(desk)["unread"]) == ("manychat", MORNING, 1)
    assert desk.rows("SELECT id FROM events WHERE type = 'conversation.changed'")


def test_what_is_taken_back_was_never_said() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.book()
    desk.work()
    contact = contact_of(desk)
    message = run(compose(mia, contact, "key-1234", Sketch("sms", body="See you soon")))
    assert the(desk)["direction"] == "out"
    run(take_back(mia, message.id, message.version))
    assert desk.rows("SELECT * FROM conversations") == []
    desk.pass_(MINUTE)
    desk.text("Is there parking?")
    desk.work()
    message = run(compose(mia, contact, "key-5678", Sketch("sms", body="Yes")))
    run(take_back(mia, message.id, message.version))
    assert (the(desk)["preview"], the(desk)["waiting_since"]) == ("Is there parking?", MORNING + MINUTE)


def test_an_answer_that_did_not_arrive_is_none() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Is there parking?")
    desk.work()
    desk.carriers.faults = ["rejected"]
    written(mia, contact_of(desk), "Yes.")
    assert the(desk)["waiting_since"] is None
    desk.rest()
    assert the(desk)["waiting_since"] == MORNING
    desk.pass_(HOUR)
    id_ = written(mia, contact_of(desk), "Yes indeed.").id
    desk.rest()
    assert the(desk)["waiting_since"] is None
    desk.receipt("failed", custom_string=id_)
    desk.work()
    assert the(desk)["waiting_since"] == MORNING
    desk.receipt("delivered", custom_string=id_)
    desk.work()
    assert the(desk)["waiting_since"] is None


def test_an_answer_whose_job_died_is_none_until_it_is_taken_up() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Is there parking?")
    desk.work()
    id_ = written(mia, contact_of(desk), "Yes.").id
    desk.world.driver.connection.execute("UPDATE jobs SET attempts = 99 WHERE subject_id = ?", (id_,))
    desk.rest()
    assert desk.message(id_)["reason"] == "gave_up"
    assert the(desk)["waiting_since"] == MORNING
    told = desk.rows("SELECT payload FROM events WHERE type = 'message.failed'")
    assert len(told) == 1 and contact_of(desk) in told[0]["payload"]
    desk.world.driver.connection.execute(
        "UPDATE jobs SET state = 'pending', attempts = 0 WHERE subject_id = ?", (id_,)
    )
    desk.rest()
    assert desk.message(id_)["state"] == "sent"
    assert the(desk)["waiting_since"] is None


def test_done_ends_with_the_next_thing_they_say() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Thanks!")
    desk.work()
    contact = contact_of(desk)
    after = run(change_conversation(mia, contact, done=True))
    assert (after.done, after.unread, after.waiting_since) == (True, 0, None)
    desk.pass_(MINUTE)
    desk.text("One more thing")
    desk.work()
    assert (the(desk)["done"], the(desk)["unread"], the(desk)["waiting_since"]) == (0, 1, MORNING + MINUTE)


def test_done_is_not_said_of_what_nobody_saw() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Thanks!")
    desk.work()
    desk.pass_(MINUTE)
    desk.text("One more thing")
    desk.work()
    after = run(change_conversation(mia, contact_of(desk), read_up_to=MORNING, done=True))
    assert (after.done, after.unread, after.waiting_since) == (False, 1, MORNING + MINUTE)


def test_reopening_brings_back_what_waited() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Is there parking?")
    desk.work()
    run(change_conversation(mia, contact_of(desk), done=True))
    after = run(change_conversation(mia, contact_of(desk), done=False))
    assert (after.done, after.waiting_since, after.unread) == (False, MORNING, 0)


def merged(desk: Desk, keep: str, gone: str) -> str:
    rows = {row["id"]: row["version"] for row in desk.rows("SELECT id, version FROM contacts")}
    return run(merging.merge(desk.ctx(), keep, rows[keep], gone, rows[gone])).merge_id


def test_merged_contacts_have_one_conversation_and_nothing_unseen_is_lost() -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("First", sender=JO)
    desk.work()
    desk.pass_(MINUTE)
    desk.text("Second", sender=OTHER)
    desk.work()
    jo, other = contact_of(desk), contact_of(desk, OTHER)
    run(change_conversation(mia, jo, done=True, assignee_id="mia"))
    merge_id = merged(desk, jo, other)
    desk.work()
    one = the(desk)
    assert (one["contact_id"], one["preview"], one["done"], one["assignee_id"]) == (jo, "Second", 0, "mia")
    assert one["unread"] == 2 and one["waiting_since"] is not None
    run(merging.undo(desk.ctx(), merge_id))
    desk.work()
    assert kept(desk) == reckoned(desk)
    assert {row["preview"] for row in kept(desk).values()} == {"First", "Second"}


def test_what_was_under_way_during_a_merge_arrives() -> None:
    desk = Desk()
    desk.text("First", sender=JO)
    desk.text("Second", sender=OTHER)
    desk.work()
    jo, other = contact_of(desk), contact_of(desk, OTHER)
    desk.pass_(MINUTE)
    # Sending had read the contact that then went.
    id_ = desk.plan("Hello", contact_id=other, address=OTHER)
    merged(desk, jo, other)
    desk.world.driver.connection.execute("UPDATE messages SET contact_id = ? WHERE id = ?", (other, id_))
    desk.rest()
    assert set(kept(desk)) == {jo}
    assert the(desk)["preview"] == "Hello"
