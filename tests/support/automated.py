"""Rules at a desk: made and changed as staff do, tried on the past, and what became of them."""

import asyncio
from typing import Any

from frontdesk.automation import actions
from frontdesk.automation.api import history, shelf, trace, trial
from frontdesk.automation.rules.definition import Definition
from frontdesk.contacts import queries as contacts
from frontdesk.contacts import writes as standing
from frontdesk.core.ctx import Actor, Cause, Ctx
from frontdesk.core.events import JobDraft
from support.desk import Desk

SEND = {"do": "send", "template": "followup.no_response"}
TAGGED = {"do": "tag", "add": ["seen"]}
OWNER = Actor("staff", "owner", "owner")


def on(type_: str, *do: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition that waits for an event."""
    return {"trigger": {"on": "event", "type": type_}, "actions": list(do) or [SEND], **more}


def at(anchor: str, minutes: int, *do: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition that waits for a time."""
    trigger = {"on": "time", "anchor": anchor, "minutes": minutes}
    return {"trigger": trigger, "actions": list(do) or [SEND], **more}


def owner(desk: Desk) -> Ctx:
    """A request of the owner's."""
    return desk.ctx().as_(actor=OWNER, cause=Cause("request", desk.ctx().new_id(), "r"))


def alone(**more: Any) -> Desk:
    """A desk whose standard rules are off."""
    desk = Desk(**more)
    desk.world.driver.connection.execute("DELETE FROM rule_triggers")
    desk.world.driver.connection.execute("UPDATE rules SET enabled = 0")
    return desk


def rule(desk: Desk, definition: dict[str, Any], *, name: str = "A rule", enabled: bool = True) -> str:
    """Made by the owner; its id."""
    made = actions.create(owner(desk), name, Definition.model_validate(definition), enabled=enabled)
    return asyncio.run(made).id


def states(desk: Desk, rule_id: str) -> list[tuple[str, str]]:
    """State and reason of each of a rule's runs, oldest first."""
    rows = desk.rows("SELECT state, reason FROM rule_runs WHERE rule_id = ? ORDER BY id", rule_id)
    return [(row["state"], row["reason"]) for row in rows]


def story(desk: Desk, rule_id: str) -> history.RunStory:
    """The latest run of a rule."""
    (run,) = desk.rows("SELECT id FROM rule_runs WHERE rule_id = ? ORDER BY id DESC LIMIT 1", rule_id)
    return asyncio.run(history.get_run(desk.ctx(), run["id"]))


def sweep(desk: Desk, *, daily: bool = False) -> None:
    """What the cadence makes."""
    kind = "automation.sweep_daily" if daily else "automation.sweep"
    desk.commit(JobDraft(kind, key=f"test:{next(desk.ids)}"))
    desk.work()


def dry(desk: Desk, begins: int, ends: int, **what: Any) -> trial.TrialPage:
    """All pages of a trial as one."""
    whole: trial.TrialPage | None = None
    after = None
    while True:
        wanted = trial.Trial.model_validate({"from": begins, "until": ends, "after": after, **what})
        page = asyncio.run(trial.try_rule(desk.ctx(), wanted))
        if whole is None:
            whole = page
        else:
            whole.items += page.items
            for name in ("events", "matched", "would_run", "held", "texts", "mails", "tasks", "cost_micros"):
                setattr(whole.totals, name, getattr(whole.totals, name) + getattr(page.totals, name))
        after = page.next
        if after is None:
            return whole


def chain(desk: Desk, kind: Any, id_: str) -> list[tuple[str, str]]:
    """Kind and title of each step behind an effect."""
    return [(each.kind, each.title) for each in asyncio.run(trace.get_trace(desk.ctx(), kind, id_)).chain]


def shown(desk: Desk, rule_id: str) -> shelf.Rule:
    """A rule as the API shows it."""
    return asyncio.run(shelf.get_rule(desk.ctx(), rule_id))


def contact(desk: Desk) -> dict[str, object]:
    """The first contact there is."""
    return desk.rows("SELECT * FROM contacts ORDER BY created_at, id")[0]


def tag(desk: Desk, name: str) -> None:
    """Staff tag the contact: an edit."""
    person = asyncio.run(contacts.by_id(desk.ctx(), str(contact(desk)["id"])))
    desk.commit(standing.tag(owner(desk), person, name).parts)
