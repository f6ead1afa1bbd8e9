"""Two contacts that are one person: made, merged, and what is whose."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from frontdesk.contacts import queries
from frontdesk.contacts.actions import merging
from frontdesk.contacts.rules import Contact
from frontdesk.contacts.writes import tag
from frontdesk.core.ctx import Actor
from frontdesk.tasks.rules import TaskDraft
from frontdesk.tasks.writes import add
from support.calls import run
from support.desk import JO, Desk
from support.sqlite import SqliteDriver

STAFF = Actor("staff", "s1", "staff")
OTHER = "+61491570156"
DERIVED = {"conversations"}
"""Follows from what was said, by a handler of the merge's event."""


def by_phone(desk: Desk, phone: str) -> Contact:
    """Whose main number it is."""
    return run(
        queries.by_id(desk.ctx(), desk.rows("SELECT id FROM contacts WHERE phone = ?", phone)[0]["id"])
    )


def two() -> tuple[Desk, Contact, Contact]:
    """Jo, who has a booking, and somebody who texted from another number."""
    desk = Desk()
    desk.book()
    desk.work()
    desk.text("It is Jo, on my other phone", sender=OTHER)
    desk.work()
    other = by_phone(desk, OTHER)
    desk.commit(tag(desk.ctx(), other, "vip").parts)
    desk.commit(add(desk.ctx(), TaskDraft("other", "Call back", desk.now, "t1", contact_id=other.id)))
    desk.work()
    return desk, by_phone(desk, JO), by_phone(desk, OTHER)


def merge(desk: Desk, kept: Contact, gone: Contact) -> merging.Merged:
    """Staff make them one, and all that follows from it is done."""
    done = run(merging.merge(desk.ctx().as_(actor=STAFF), kept.id, kept.version, gone.id, gone.version))
    desk.work()
    return done


def belongings(desk: Desk, contact: Contact) -> dict[str, int]:
    """How much of each table is a contact's own."""
    tables = tables_with_contacts(desk.world.driver) - DERIVED
    return {
        table: desk.rows(f"SELECT count(*) AS n FROM {table} WHERE contact_id = ?", contact.id)[0]["n"]
        for table in sorted(tables)
    }


def tables_with_contacts(driver: SqliteDriver) -> set[str]:
    """Every table that names a contact."""
    names = [row["name"] for row in driver.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name
        for name in names
        if any(column["name"] == "contact_id" for column in driver.rows(f"PRAGMA table_info({name})"))
    }


def between(monkeypatch: pytest.MonkeyPatch, read: str, happens: Callable[[], Awaitable[object]]) -> None:
    """Right after the first reading of this kind, before anything is decided, something happens."""
    reading, waiting = getattr(queries, read), [happens]

    async def read_(*given: Any) -> Any:
        found = await reading(*given)
        if waiting:
            await waiting.pop()()
        return found

    monkeypatch.setattr(queries, read, read_)
