"""Whatever happens, in whatever order, whoever dies in between: conversations are what was said."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import FrontdeskError
from frontdesk.messaging.actions import Sketch, change_conversation, compose, take_back
from support.calls import run
from support.colleagues import hired
from support.desk import JO, Desk
from support.talking import chat, contact_of, written
from support.thread import kept, reckoned, the

OTHER = "+61491570157"
OPERATIONS = (
    "text",
    "stop",
    "start",
    "chat",
    "write",
    "undo",
    "plan",
    "receipt",
    "read",
    "unread",
    "done",
    "reopen",
    "pass",
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(OPERATIONS), st.sampled_from([JO, OTHER]), st.integers(0, 3), st.booleans()
        ),
        max_size=14,
    )
)
def test_the_rows_always_say_what_was_said(steps: list[tuple[str, str, int, bool]]) -> None:
    desk = Desk()
    mia = hired(desk)
    for number, (what, phone, choice, works) in enumerate(steps):
        # What is refused writes nothing.
        with suppress(FrontdeskError):
            one_step(desk, mia, number, what, phone, choice)
        desk.pass_(choice)
        if works:
            desk.work()
        assert kept(desk) == reckoned(desk), (number, what)
    desk.rest()
    assert kept(desk) == reckoned(desk)


def one_step(desk: Desk, mia: Ctx, number: int, what: str, phone: str, choice: int) -> None:
    owners = desk.rows("SELECT contact_id FROM contact_identities WHERE value = ?", phone)
    contact = owners[0]["contact_id"] if owners else ""
    match what:
        case "text":
            desk.text(f"Text {number}", sender=phone)
        case "stop" | "start":
            desk.text(what, sender=phone)
        case "chat":
            chat(desk, f"Chat {number}", phone)
        case "write":
            desk.carriers.faults = ["rejected"] if choice == 3 else []
            run(compose(mia, contact, f"key-{number:05}", Sketch("sms", body=f"Answer {number}")))
        case "undo":
            last = desk.rows("SELECT * FROM messages WHERE author_id IS NOT NULL ORDER BY id DESC LIMIT 1")
            if last:
                run(take_back(mia, last[0]["id"], last[0]["version"]))
        case "plan":
            desk.plan(f"Reminder {number}", contact_id=contact or None, address=phone)
        case "receipt":
            sent = desk.rows("SELECT id FROM messages WHERE sent_at IS NOT NULL ORDER BY id")
            if sent:
                state = ("sent", "delivered", "failed", "failed")[choice]
                desk.receipt(state, custom_string=sent[choice % len(sent)]["id"])
        case "read":
            run(change_conversation(mia, contact, read_up_to=desk.now - choice))
        case "unread":
            run(change_conversation(mia, contact, unread=True))
        case "done" | "reopen":
            run(change_conversation(mia, contact, done=what == "done"))
        case _:
            desk.pass_(MINUTE)


DEATHS = [
    *(
        (name, nth)
        for name in ("claim.after", "commit.before", "commit.after", "handler.after")
        for nth in (1, 2, 3)
    ),
    ("send.before", 1),
    ("send.after", 1),
]


@pytest.mark.parametrize(("failpoint", "nth"), DEATHS)
def test_a_death_anywhere_leaves_them_saying_what_was_said(failpoint: str, nth: int) -> None:
    desk = Desk()
    mia = hired(desk)
    desk.text("Is there parking?")
    desk.work()
    written(mia, contact_of(desk), "Yes.")
    desk.text("And a lift?")
    chat(desk, "And here?")
    desk.world.kills = [(failpoint, nth)]
    desk.work(wrap=lambda: _same(desk))
    desk.rest()
    assert desk.world.deaths == 1
    assert len(desk.carriers.texts) == 1
    assert the(desk)["unread"] == 3


def _same(desk: Desk) -> None:
    # A chat's own job may be yet to come; all else is in the commit of what was said.
    waiting = desk.rows("SELECT id FROM jobs WHERE kind = 'messaging.hear_chat' AND state <> 'done'")
    assert waiting or kept(desk) == reckoned(desk)
