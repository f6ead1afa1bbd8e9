"""Tasks in memory: added and changed through the API, as staff do."""

from typing import Any

from frontdesk.core.ctx import Actor, Ctx
from frontdesk.tasks import api
from frontdesk.tasks.api import NewTask, Task, TaskEdit
from support.calls import run
from support.colleagues import hired
from support.desk import MORNING, Desk

TODAY = MORNING
"""Monday, 11:00 in Sydney."""


def staffed() -> Desk:
    """A desk with two colleagues."""
    desk = Desk()
    for id_ in ("s1", "s2"):
        hired(desk, id_)
    return desk


def ctx(desk: Desk, who: str = "s1") -> Ctx:
    """A request of a colleague's."""
    return desk.ctx("req").as_(actor=Actor("staff", who, "staff"))


def add(desk: Desk, title: str = "Call Jo", due_at: int = TODAY, **more: Any) -> Task:
    """A new task, and all that follows from it done."""
    made = run(api.add_task(ctx(desk), NewTask(title=title, due_at=due_at, **more)))
    desk.work()
    return made


def edit(desk: Desk, task: Task, who: str = "s1", **changes: Any) -> Task:
    """The task after a change, and all that follows from it done."""
    after = run(api.edit_task(ctx(desk, who), task.id, TaskEdit(version=task.version, **changes)))
    desk.work()
    return after


def titles(desk: Desk, view: Any, **filters: Any) -> list[str]:
    """What a list of tasks shows, in its order."""
    return [task.title for task in run(api.list_tasks(ctx(desk), view=view, **filters)).items]
