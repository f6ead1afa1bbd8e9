"""Tasks: the tenant's days, the order to work in, and nobody's change lost."""

from typing import Any

import pytest

from frontdesk.contacts import queries as contacts
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.errors import Conflict, Invalid, NotFound, Stale
from frontdesk.core.events import JobDraft
from frontdesk.tasks import api, queries, writes
from frontdesk.tasks.rules import TaskDraft
from support.calls import run
from support.chores import TODAY, add, ctx, edit, staffed, titles
from support.desk import Desk


def jo(desk: Desk) -> str:
    desk.text("Hi")
    desk.work()
    return str(desk.rows("SELECT id FROM contacts")[0]["id"])


def test_a_task_is_overdue_today_or_upcoming_by_the_tenants_days() -> None:
    desk = staffed()
    midnight = TODAY - 11 * HOUR
    add(desk, "yesterday", midnight - 1)
    add(desk, "first thing", midnight)
    add(desk, "last thing", midnight + DAY - 1)
    add(desk, "tomorrow", midnight + DAY)
    assert titles(desk, "overdue") == ["yesterday"]
    assert titles(desk, "today") == ["first thing", "last thing"]
    assert titles(desk, "upcoming") == ["tomorrow"]
    counts = run(api.count_tasks(ctx(desk)))
    assert (counts.overdue, counts.today, counts.upcoming) == (1, 2, 1)
    desk.pass_(DAY)
    assert titles(desk, "overdue") == ["yesterday", "first thing", "last thing"]


def test_the_highest_priority_comes_first_then_what_is_due_first_over_all_pages() -> None:
    desk = staffed()
    for number in range(5):
        add(desk, f"other {number}", TODAY + (5 - number) * MINUTE)
    add(desk, "welcome", TODAY + HOUR, type="welcome_call")
    seen: list[str] = []
    after = None
    while True:
        page = run(api.list_tasks(ctx(desk), view="today", after=after, limit=2))
        seen += [task.title for task in page.items]
        after = page.next
        if after is None:
            break
    assert seen == ["welcome", "other 4", "other 3", "other 2", "other 1", "other 0"]


def test_a_task_added_by_staff_is_weighed_told_and_on_record() -> None:
    desk = staffed()
    contact = jo(desk)
    task = add(desk, contact_id=contact, assignee_id="s2", type="follow_up", note="about the scan")
    assert (task.contact_id, task.assignee_name, task.status) == (contact, "S2", "open")
    assert task.priority == sum(reason.points for reason in task.reasons)
    assert any(reason.label.startswith("Contact's warmness") for reason in task.reasons)
    assert desk.rows("SELECT action FROM audit")[0]["action"] == "task.add"
    assert [row["type"] for row in desk.rows("SELECT type FROM events WHERE type LIKE 'task.%'")] == [
        "task.created"
    ]
    assert run(api.get_task(ctx(desk), task.id)) == task


def test_what_a_rule_adds_twice_is_there_once_and_weighed() -> None:
    desk = staffed()
    contact = jo(desk)
    draft = TaskDraft("follow_up", "No reply", TODAY, "rule-1:c1", contact_id=contact)
    desk.commit(writes.add(desk.ctx(), draft))
    desk.commit(writes.add(desk.ctx(), draft))
    desk.work()
    rows = desk.rows("SELECT * FROM tasks")
    assert len(rows) == 1
    assert len(desk.rows("SELECT * FROM events WHERE type = 'task.created'")) == 1
    assert rows[0]["priority"] > 12
    told = desk.rows("SELECT payload ->> 'priority' AS priority FROM events WHERE type = 'task.changed'")
    assert told == [{"priority": rows[0]["priority"]}], "an event carries the fields after the change"
    assert (rows[0]["cause_kind"], rows[0]["cause_id"]) == ("test", "test")


def test_done_and_taken_back() -> None:
    desk = staffed()
    contact = jo(desk)
    task = add(desk, contact_id=contact)
    done = edit(desk, task, status="done")
    assert (done.status, done.done_by, done.done_at) == ("done", "s1", desk.now)
    assert titles(desk, "today") == []
    assert titles(desk, "done") == ["Call Jo"]
    back = edit(desk, done, status="open")
    assert (back.status, back.done_by, back.done_at, back.priority) == ("open", None, None, task.priority)
    assert titles(desk, "today") == ["Call Jo"]
    told = [row["type"] for row in desk.rows("SELECT type FROM events WHERE type LIKE 'task.%' ORDER BY seq")]
    assert told == ["task.created", "task.done", "task.changed"]
    line = desk.rows("SELECT summary FROM touchpoints WHERE kind = 'task.done'")
    assert line == [{"summary": "Task done: Call Jo"}]


def test_snoozed_assigned_and_by_whom() -> None:
    desk = staffed()
    task = add(desk)
    later = edit(desk, task, due_at=TODAY + 2 * DAY, assignee_id="s2")
    assert titles(desk, "today") == []
    assert titles(desk, "upcoming", assignee="s2") == ["Call Jo"]
    assert titles(desk, "upcoming", assignee="none") == []
    assert run(api.list_tasks(ctx(desk, "s2"), view="upcoming", assignee="me")).items == [later]
    assert run(api.count_tasks(ctx(desk), assignee="me")).upcoming == 0
    nobody = edit(desk, later, assignee_id=None)
    assert (nobody.assignee_id, nobody.assignee_name) == (None, None)
    audit = desk.rows("SELECT change FROM audit WHERE action = 'task.change' ORDER BY rowid")
    assert audit[0]["change"] == f'{{"due_at":[{TODAY},{TODAY + 2 * DAY}],"assignee_id":[null,"s2"]}}'


def test_nobody_loses_a_change() -> None:
    desk = staffed()
    task = add(desk)
    edit(desk, task, title="Call Jo again")
    with pytest.raises(Stale):
        edit(desk, task, title="Something else")
    assert edit(desk, run(api.get_task(ctx(desk), task.id))).title == "Call Jo again"


def test_what_is_unknown_is_refused() -> None:
    desk = staffed()
    with pytest.raises(Invalid):
        add(desk, assignee_id="nobody")
    with pytest.raises(Invalid):
        add(desk, booking_id="none")
    with pytest.raises(NotFound):
        add(desk, contact_id="none")
    task = add(desk)
    with pytest.raises(Invalid):
        edit(desk, task, assignee_id="nobody")
    other = Desk(world=desk.world, slug="blue")
    with pytest.raises(NotFound):
        run(api.get_task(other.ctx(), task.id))
    assert run(api.list_tasks(other.ctx(), view="all")).items == []


def test_a_key_makes_one_task() -> None:
    desk = staffed()
    first = add(desk, "Call Jo", key="form-1")
    assert add(desk, "Call Jo", key="form-1").id == first.id
    with pytest.raises(Conflict):
        add(desk, "Call An", key="form-1")
    assert add(desk, "Call Jo").id != first.id
    assert len(desk.rows("SELECT * FROM audit WHERE action = 'task.add'")) == 2


def test_a_key_twice_at_once_makes_one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = staffed()
    first = add(desk, key="form-1")
    known, blind = queries.by_key, ["once"]

    async def by_key(*given: Any) -> Any:
        return None if blind and blind.pop() else await known(*given)

    monkeypatch.setattr(queries, "by_key", by_key)
    assert add(desk, key="form-1").id == first.id
    assert not blind
    assert len(desk.rows("SELECT * FROM audit WHERE action = 'task.add'")) == 1


def test_another_night_makes_it_later_and_a_word_makes_it_warmer() -> None:
    desk = staffed()
    contact = jo(desk)
    task = add(desk, contact_id=contact)
    desk.pass_(3 * DAY)
    desk.commit(JobDraft("tasks.weigh_all", key="tonight"))
    desk.work()
    night = run(api.get_task(ctx(desk), task.id))
    assert "3 days late" in [reason.label for reason in night.reasons]
    assert night.version == task.version, "nobody edited it"
    desk.text("Are you there?")
    desk.work()
    morning = run(api.get_task(ctx(desk), task.id))
    assert morning.priority > night.priority
    warm = run(contacts.warmths(desk.ctx(), [contact]))[contact].score
    assert f"Contact's warmness {warm} of 100" in [reason.label for reason in morning.reasons]


def test_a_night_of_many_tasks_goes_on_where_it_was() -> None:
    desk = staffed()
    for number in range(230):
        desk.commit(writes.add(desk.ctx(), TaskDraft("other", f"T{number}", TODAY, f"k{number}")))
    desk.work()
    desk.pass_(DAY)
    desk.commit(JobDraft("tasks.weigh_all", key="tonight"))
    desk.work()
    assert {row["priority"] for row in desk.rows("SELECT priority FROM tasks")} == {15}


def test_a_task_about_somebody_who_was_merged_away_is_refused() -> None:
    desk = staffed()
    contact = jo(desk)
    desk.rows("UPDATE contacts SET merged_into = 'x'")
    with pytest.raises(Conflict):
        add(desk, contact_id=contact)


def test_of_one_contact_every_view() -> None:
    desk = staffed()
    contact = jo(desk)
    add(desk, "theirs", contact_id=contact)
    done = edit(desk, add(desk, "gone", contact_id=contact), status="dismissed")
    add(desk, "of nobody")
    assert titles(desk, "today", contact_id=contact) == ["theirs"]
    assert titles(desk, "done", contact_id=contact) == ["gone"]
    assert sorted(titles(desk, "all", contact_id=contact)) == ["gone", "theirs"]
    assert len(titles(desk, "all")) == 3
    assert titles(desk, "all", type="recall") == []
    assert done.done_by == "s1"
