"""The inbox: its views and counts, searching it, and what colleagues do to a conversation at once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid, NotFound
from frontdesk.core.pages import NEWEST, decode_cursor
from frontdesk.messaging import queries
from frontdesk.messaging.actions import change_conversation
from frontdesk.messaging.queries import View
from frontdesk.messaging.rules.answering import answer_by
from support.calls import run
from support.colleagues import hired
from support.desk import MORNING, Desk

PHONES = [f"+6149157{number:04}" for number in range(5)]


def busy() -> tuple[Desk, Ctx]:
    """Five people have written, a minute after each other."""
    desk = Desk()
    mia = hired(desk)
    for number, phone in enumerate(PHONES):
        desk.text(f"Question {number} about parking", sender=phone)
        desk.work()
        desk.pass_(MINUTE)
    return desk, mia


def of(desk: Desk, number: int) -> str:
    return str(desk.rows("SELECT id FROM contacts WHERE phone = ?", PHONES[number])[0]["id"])


def seen(ctx: Ctx, view: View = "open", search: str | None = None, limit: int = 50) -> list[str]:
    """The numbers in a view, page by page, in the order they are shown."""
    shown: list[str] = []
    marker: str | None = None
    while True:
        page = run(
            queries.conversations(
                ctx, view=view, search=search, after=decode_cursor(marker, NEWEST), limit=limit
            )
        )
        shown += [str(each.phone) for each in page.items]
        marker = page.next
        if marker is None:
            return shown


def test_views_hold_what_they_say() -> None:
    desk, mia = busy()
    hired(desk, "kim")
    run(change_conversation(mia, of(desk, 0), assignee_id="mia"))
    run(change_conversation(mia, of(desk, 1), assignee_id="kim", read_up_to=desk.now))
    run(change_conversation(mia, of(desk, 2), done=True))
    last_first = PHONES[::-1]
    assert seen(mia) == [phone for phone in last_first if phone != PHONES[2]]
    assert seen(mia, "unread") == [PHONES[4], PHONES[3], PHONES[0]]
    assert seen(mia, "mine") == [PHONES[0]]
    assert seen(mia, "unassigned") == [PHONES[4], PHONES[3]]
    assert seen(mia, "done") == [PHONES[2]]
    counts = run(queries.counts(mia))
    assert counts.model_dump() == {"open": 4, "unread": 3, "mine": 1, "unassigned": 2, "waiting": 4}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_show_each_once(limit: int) -> None:
    _, mia = busy()
    assert seen(mia, limit=limit) == PHONES[::-1]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("question 3", [3]),
        ("PARK", [4, 3, 2, 1, 0]),
        ("arking", []),
        ("0491 570 002", [2]),
        (PHONES[1], [1]),
        ("70004", [4]),
        ("0004", [4]),
        ("0061 491 570 002", [2]),
        ("04", []),
        ("zoe", [1]),
        ("qui", [1]),
        ("%", []),
        ("'", []),
        ("  ", [4, 3, 2, 1, 0]),
    ],
)
def test_search_finds_the_start_of_a_word_and_digits(search: str, found: list[int]) -> None:
    desk, mia = busy()
    desk.world.driver.connection.execute(
        "UPDATE contacts SET first_name = 'Zoe', last_name = 'Quinn' WHERE phone = ?", (PHONES[1],)
    )
    assert seen(mia, search=search) == [PHONES[number] for number in found]


def test_a_name_is_found_as_it_is_written() -> None:
    desk, mia = busy()
    desk.world.driver.connection.execute(
        "UPDATE contacts SET first_name = 'Émile', last_name = 'ØSTBY' WHERE phone = ?", (PHONES[1],)
    )
    for search in ("Émile", "ÉMI", "Øst"):
        assert seen(mia, search=search) == [PHONES[1]]


def test_changes_are_told_and_on_record() -> None:
    desk, mia = busy()
    contact = of(desk, 0)
    run(change_conversation(mia, contact, assignee_id="mia"))
    run(change_conversation(mia, contact, assignee_id="mia"))
    run(change_conversation(mia, contact, done=True))
    run(change_conversation(mia, contact, done=False, assignee_id=None))
    audit = [
        (row["action"], json.loads(row["change"])) for row in desk.rows("SELECT * FROM audit ORDER BY rowid")
    ]
    assert audit == [
        ("conversation.change", {"assignee_id": [None, "mia"]}),
        ("conversation.change", {"done": [False, True]}),
        ("conversation.change", {"assignee_id": ["mia", None], "done": [True, False]}),
    ]
    told = desk.rows("SELECT * FROM events WHERE type = 'conversation.changed' ORDER BY seq")
    assert [(row["subject_id"], row["actor_id"]) for row in told] == [(contact, "mia")] * 3
    assert json.loads(told[-1]["payload"])["contact_id"] == contact


def test_reading_is_told_but_not_audited_and_never_goes_back() -> None:
    desk, mia = busy()
    contact = of(desk, 0)
    after = run(change_conversation(mia, contact, read_up_to=desk.now + MINUTE))
    assert (after.unread, after.read_at) == (0, desk.now)
    assert run(change_conversation(mia, contact, read_up_to=MORNING - 1)).read_at == desk.now
    assert desk.rows("SELECT id FROM audit") == []
    assert len(desk.rows("SELECT id FROM events WHERE type = 'conversation.changed'")) == 1


def test_only_who_works_here_gets_a_conversation() -> None:
    desk, mia = busy()
    hired(desk, "gone", active=False)
    for staff in ("gone", "nobody"):
        with pytest.raises(Invalid):
            run(change_conversation(mia, of(desk, 0), assignee_id=staff))
    with pytest.raises(NotFound):
        run(change_conversation(mia, "no-such", done=True))


def test_a_text_at_the_very_moment_is_not_done_with() -> None:
    """It comes in between reading the conversation and calling it done."""
    desk, mia = busy()
    contact = of(desk, 0)
    last = run(queries.conversation(mia, contact)).last_at
    desk.text("One more thing", sender=PHONES[0])
    desk.work()
    after = run(change_conversation(mia, contact, read_up_to=last, done=True))
    assert (after.done, after.unread) == (False, 1)


def test_two_colleagues_at_once_both_count() -> None:
    desk, mia = busy()
    kim, contact = hired(desk, "kim"), of(desk, 0)
    run(change_conversation(mia, contact, assignee_id="kim"))
    run(change_conversation(kim, contact, read_up_to=desk.now))
    after = run(change_conversation(kim, contact, assignee_id="mia"))
    assert (after.assignee_id, after.assignee_name, after.unread) == ("mia", "Mia", 0)


def test_the_thread_has_texts_and_chats_in_order() -> None:
    desk, mia = busy()
    contact = of(desk, 0)
    desk.world.driver.connection.execute(
        "INSERT INTO touchpoints (tenant_id, id, contact_id, kind, channel, direction, summary, cause_kind,"
        " cause_id, at) VALUES (?, 't1', ?, 'manychat.message', 'manychat', 'in', 'In a chat', 'test', 't', ?)",
        (desk.tenant.id, contact, desk.now),
    )
    rest: dict[str, Any] = dict.fromkeys(("state", "channel", "direction", "booking_id"))
    page = run(queries.listed(mia, after=NEWEST, limit=1, contact_id=contact, **rest))
    assert [(each.channel, each.body) for each in page.items] == [("manychat", "In a chat")]
    more = run(
        queries.listed(mia, after=decode_cursor(page.next, NEWEST), limit=9, contact_id=contact, **rest)
    )
    assert [(each.channel, each.body) for each in more.items] == [("sms", "Question 0 about parking")]
    only = run(queries.listed(mia, after=NEWEST, limit=9, contact_id=contact, **{**rest, "channel": "sms"}))
    assert [each.channel for each in only.items] == ["sms"]


def test_how_to_answer_follows_the_very_number_that_is_answered() -> None:
    desk, mia = busy()
    contact = of(desk, 0)
    # They wrote from a number that nobody is known by, and stopped there.
    desk.world.driver.connection.execute("DELETE FROM contact_identities WHERE value = ?", (PHONES[0],))
    desk.world.driver.connection.execute(
        "UPDATE contacts SET phone = '+61491570999' WHERE id = ?", (contact,)
    )
    reach = run(queries.reach(mia, contact))
    assert (reach.phone, reach.phone_stopped, reach.last_channel) == (PHONES[0], False, "sms")
    desk.world.driver.connection.execute(
        "INSERT INTO consents (tenant_id, channel, address, stopped, source, said_at, cause_id)"
        " VALUES (?, 'sms', ?, 1, 'keyword', 0, 't')",
        (desk.tenant.id, PHONES[0]),
    )
    assert run(queries.reach(mia, contact)).phone_stopped


CHANNELS = st.sampled_from([None, "sms", "email", "manychat"])


@given(
    CHANNELS,
    st.sampled_from(["", "+61491570006"]),
    st.sampled_from(["", "jo@example.com"]),
    st.booleans(),
    st.booleans(),
)
def test_an_answer_goes_where_it_is_welcome_or_says_why_not(
    last: str, phone: str, email: str, phone_stopped: bool, email_stopped: bool
) -> None:
    answer = answer_by(
        last,  # type: ignore[arg-type]
        phone=phone,
        email=email,
        phone_stopped=phone_stopped,
        email_stopped=email_stopped,
    )
    open_ = {"sms": bool(phone) and not phone_stopped, "email": bool(email) and not email_stopped}
    if answer.channel is None:
        assert not any(open_.values()) and answer.detail
    else:
        assert open_[answer.channel]
        wanted = "email" if last == "email" else "sms"
        assert answer.channel == wanted or not open_[wanted]
        assert answer.detail or (answer.channel == wanted and last != "manychat")
    assert ("ManyChat" in answer.detail) == (last == "manychat")
