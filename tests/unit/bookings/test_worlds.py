"""Months at a front desk by chance: words late, lost and repeated, staff, merges, jobs side by side in any order."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from frontdesk.bookings import actions
from frontdesk.bookings.actions import Wish
from frontdesk.contacts import queries as contacts
from frontdesk.contacts.actions import merging
from frontdesk.contacts.rules.pipeline import standing
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.errors import Conflict, Invalid
from frontdesk.integrations.facts import ContactFact
from support.appointments import staff
from support.calls import run
from support.desk import Desk

PEOPLE = (
    ContactFact(external_id="w1", first_name="Ann", phone="0491 570 006", email="ann@example.com"),
    ContactFact(external_id="w2", first_name="Ben", phone="0491 570 006"),
    ContactFact(external_id="w3", first_name="Cy", email="cy@example.com"),
    ContactFact(external_id="w4", first_name="Di", phone="0491 570 156", email="ann@example.com"),
    ContactFact(phone="0491 570 157"),
    ContactFact(),
)
STATUSES = ("confirmed", "scheduled", "cancelled", "completed", "no_show")
SERVICES = [{"name": "MRI knee", "recall_months": 6, "price_minor": 45_000}]


class World:
    """A desk and the chance that rules over it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.desk = Desk(accounts=seed % 2 == 0, settings={"services": SERVICES})
        self.sequences: Counter[str] = Counter()
        self.said: list[dict[str, Any]] = []

    def happens(self) -> None:
        """One thing happens."""
        whats = (self.word, self.late_word, self.staff, self.merge, self.time, self.work)
        self.chance.choices(whats, (9, 2, 3, 1, 1, 4))[0]()

    def word(self) -> None:
        """Wix says something; every third time we hear of it later, or never."""
        id_ = f"b{self.chance.randrange(4)}"
        self.sequences[id_] += 1
        told: dict[str, Any] = {
            "external_id": id_,
            "sequence": self.sequences[id_],
            "starts_in": self.chance.choice((1, 2, 3, 5, 8)) * DAY + self.chance.choice((0, HOUR)),
            "status": self.chance.choice(("confirmed", "confirmed", "scheduled", "cancelled")),
            "contact": self.chance.choice(PEOPLE),
            "changed_at": self.desk.now,
        }
        self.said.append(told)
        if self.chance.random() < 0.7:
            self.desk.book(**told)

    def late_word(self) -> None:
        """Wix says it again, or at last."""
        if self.said:
            self.desk.book(**self.chance.choice(self.said))

    def staff(self) -> None:
        """Somebody at the counter says how one stands, or moves it."""
        rows = self.desk.rows("SELECT id, version FROM bookings ORDER BY external_id")
        if not rows:
            return
        row, who = self.chance.choice(rows), staff(self.desk)
        status: Any = self.chance.choice(STATUSES)
        wish = Wish(self.desk.now + self.chance.choice((1, 2, 4)) * DAY)
        with suppress(Invalid):  # it is off, or still to come
            if self.chance.random() < 0.5:
                run(actions.set_status(who, row["id"], status, row["version"]))
            else:
                run(actions.reschedule(who, row["id"], wish, row["version"]))

    def merge(self) -> None:
        """Two contacts become one, and every other time two again, while jobs run."""
        rows = self.desk.rows(
            "SELECT id, version FROM contacts WHERE merged_into IS NULL ORDER BY created_at, id"
        )
        if len(rows) < 2:
            return
        kept, gone = self.chance.sample(rows, 2)
        who = staff(self.desk)
        made = run(merging.merge(who, kept["id"], kept["version"], gone["id"], gone["version"]))
        if self.chance.random() < 0.5:
            self.work()
            with suppress(Conflict):  # it changed too often while we looked
                run(merging.undo(who, made.merge_id))

    def time(self) -> None:
        """Time passes, nothing runs."""
        self.desk.pass_(self.chance.choice((MINUTE, HOUR, DAY)))

    def work(self) -> None:
        """Some of what is due runs side by side, interleaved at every commit."""
        due = self.desk.rows("SELECT id FROM jobs WHERE state = 'pending' AND due_at <= ?", self.desk.now)
        self.chance.shuffle(due)
        world, reach = self.desk.world, self.desk.world._reach

        async def slowly(name: str) -> None:
            await reach(name)
            for _ in range(self.chance.randrange(4)):
                await asyncio.sleep(0)

        async def together() -> None:
            await asyncio.gather(*(self.desk._run(job["id"]) for job in due[: self.chance.randrange(9)]))

        world._reach = slowly  # type: ignore[method-assign]
        try:
            asyncio.run(together())
        finally:
            world._reach = reach  # type: ignore[method-assign]


@pytest.fixture(scope="module", params=range(8))
def desk(request: pytest.FixtureRequest) -> Desk:
    """A desk at which sixty things happened, all of them dealt with."""
    world = World(request.param)
    for _ in range(60):
        world.happens()
    world.desk.until(world.desk.now + 5 * MINUTE)
    return world.desk


def test_nothing_died(desk: Desk) -> None:
    assert desk.rows("SELECT kind, last_error FROM jobs WHERE state = 'dead'") == []


def test_each_booking_that_stands_has_its_reminders_and_no_other_has_any(desk: Desk) -> None:
    for booking in desk.rows("SELECT * FROM bookings"):
        ledger = desk.rows(
            "SELECT offset_hours, expires_at, state FROM messages "
            "WHERE booking_id = ? AND template = 'booking.reminder'",
            booking["id"],
        )
        waiting = [each for each in ledger if each["state"] in ("scheduled", "queued")]
        stands = booking["status"] in ("scheduled", "confirmed") and booking["starts_at"] > desk.now
        assert {each["expires_at"] for each in waiting} <= ({booking["starts_at"]} if stands else set())
        assert max(Counter(each["offset_hours"] for each in waiting).values(), default=1) == 1
        if stands:
            accounted = [
                each["offset_hours"] for each in ledger if each["expires_at"] == booking["starts_at"]
            ]
            assert set(accounted) == {48, 24, 2}


def test_everybody_stands_where_their_bookings_put_them(desk: Desk) -> None:
    for contact in desk.rows("SELECT id, stage FROM contacts WHERE merged_into IS NULL"):
        stands = standing(run(contacts.visits(desk.ctx(), contact["id"])), "clinic")
        if stands:
            assert contact["stage"] == stands.stage
        else:
            assert contact["stage"] != "appointment"


def test_nothing_belongs_to_who_was_merged_away(desk: Desk) -> None:
    for table in ("bookings", "contact_identities", "messages", "tasks"):
        sql = (
            f"SELECT 1 FROM {table} t JOIN contacts c ON c.id = t.contact_id WHERE c.merged_into IS NOT NULL"
        )
        assert desk.rows(sql) == [], table


def test_nobody_is_to_be_welcomed_to_what_is_off_or_anothers(desk: Desk) -> None:
    assert not desk.rows(
        "SELECT t.id FROM tasks t JOIN bookings b ON b.id = t.booking_id "
        "WHERE t.type = 'welcome_call' AND t.status = 'open' "
        "AND (b.status = 'cancelled' OR b.contact_id <> t.contact_id)"
    )
