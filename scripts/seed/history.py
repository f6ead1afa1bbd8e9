"""A clinic's month: what its patients did, played through the product."""

import gc
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from frontdesk import app
from frontdesk.core.clock import DAY, HOUR, MINUTE, SECOND
from frontdesk.core.ctx import Actor, Ctx
from frontdesk.core.errors import Unavailable
from frontdesk.core.hours import BusinessHours
from frontdesk.core.rows import Job
from frontdesk.core.settings import Tenant
from frontdesk.core.wiring import JobKind
from frontdesk.messaging.jobs import inbound as heard
from frontdesk.notices.writes import mark_read
from seed.calls import SECRETS, Calls
from seed.carriers import PastCarriers
from seed.desk import ROUND_MS, UNTOUCHED_MS, Desk
from seed.leads import leads
from seed.month import DAYS, STRANGERS, Visit, visits
from seed.people import RESERVED
from seed.rehearsal import Broken, Rehearsal, play, without_chance

BOOKINGS = 500
LEADS_A_BOOKING = 0.8
FORGERIES = 9
OUTAGE_BEFORE = 5 * DAY
"""When, before now, the database was away for longer than one receipt's tries."""


class History:
    """One tenant's past. `play` makes it; what it left behind is in `database`."""

    def __init__(
        self, tenant: Tenant, staff: Mapping[str, tuple[str, str]], now: int, *, seed: int, count: int
    ) -> None:
        self.tenant, self.staff, self.end, self.seed = tenant, staff, now, seed
        self.dice = Random(seed)
        self.visits = visits(now, tenant.zone, count, self.dice)
        number = tenant.settings.sms.sender
        self.desk = Desk(self.dice)
        self.leads = leads(now, self.visits, int(count * LEADS_A_BOOKING), self.dice)
        self.calls = Calls(
            tenant.slug,
            tenant.settings.wix_instance,
            tenant.time_zone,
            number,
            self.dice,
            page=tenant.settings.manychat_page,
        )
        carriers = PastCarriers(self.dice, lambda: self.stage.now, self._receipt)
        self._lost: str | None = None
        jobs = {**app.JOBS, "messaging.receipt": JobKind(self._receipt_job)}
        self.stage = Rehearsal(tenant, carriers, self.dice, replace(app.WIRING, jobs=jobs))
        self._answers = {
            visit.patient.phone: list(visit.answers) for visit in self.visits if visit.patient.phone
        }

    @property
    def database(self) -> sqlite3.Connection:
        """Where it all is."""
        return self.stage.memory.database.connection

    def play(self) -> None:
        """The whole month, up to now. Raises Broken when the product failed in it."""
        gc.disable()
        try:
            with without_chance(self.seed):
                play(self._month())
        finally:
            gc.enable()
        dead = self.database.execute(
            "SELECT kind, last_error FROM jobs WHERE state = 'dead' AND id <> ?", (self._lost or "",)
        )
        for kind, error in dead:
            raise Broken(f"{kind} died: {error}")

    async def _month(self) -> None:
        await self.stage.install(self.staff, SECRETS, self.end - (DAYS + 1) * DAY)
        for visit in self.visits:
            self._expect(visit)
        for lead in self.leads:
            self._at(lead.asked_at, lambda at, lead=lead: self.calls.lead(lead, at))
        for when in self._rounds():
            self._by_staff(when, self.desk.round)
        for visit in self.dice.sample(self.visits, min(FORGERIES, len(self.visits))):
            self._at(visit.booked_at + HOUR, lambda at, visit=visit: self.calls.forged(_other(visit), at))
        for number, words in zip(RESERVED[:-6:-1], STRANGERS, strict=True):
            when = self.end - int(self.dice.random() * 20 * DAY) - HOUR
            self._at(when, lambda at, n=number, w=words: self.calls.text(n, w, at))
            self._at(when - HOUR, lambda at, n=number, w=words: self.calls.text(n, w, at, secret="old"))
        for id_, (_, role) in self.staff.items():
            self.stage.at(self.end - UNTOUCHED_MS, partial(self._look, Actor("staff", id_, role)))
        await self.stage.until(self.end)

    async def _look(self, actor: Actor) -> None:
        """Somebody reads their notices."""
        await self.stage.ctx(actor).commit(mark_read(actor.id, self.stage.now))

    def _rounds(self) -> Iterator[int]:
        """When somebody goes through the lists: while the clinic is open, up to some hours ago."""
        hours = BusinessHours.of(self.tenant)
        first, last = self.end - DAYS * DAY, self.end - UNTOUCHED_MS
        return (at for at in range(first, last, ROUND_MS) if hours.is_open(at))

    def _at(self, when: int, call: Any) -> None:
        """A provider calls, if that is in the past."""

        async def act() -> None:
            await self.stage.receive(call(self.stage.now))

        if when <= self.end:
            self.stage.at(when, act)

    def _expect(self, visit: Visit) -> None:
        self._book(visit)
        if visit.moved_at:
            self._at(
                visit.moved_at,
                lambda at: self.calls.changed(visit, "reschedule", {"start": visit.moved_to}, at),
            )
        if visit.cancelled_at:
            self._at(visit.cancelled_at, lambda at: self.calls.changed(visit, "cancel", {}, at))
        phone, tag = visit.patient.phone, visit.service.split()[0].lower()
        if visit.known and phone:
            self._by_staff(visit.booked_at + 20 * MINUTE, lambda ctx: self.desk.recognise(ctx, phone, tag))
        if not visit.cancelled_at:
            over = visit.begins + (visit.minutes + 10) * MINUTE
            self._by_staff(over, lambda ctx: self.desk.close(ctx, visit.id, visit.outcome))
            if visit.outcome == "no_show":
                self._at(over, lambda at: self.calls.missed(visit, at))

    def _book(self, visit: Visit) -> None:
        async def act() -> None:
            call = self.calls.booked(visit, self.stage.now)
            for _ in range(visit.copies):
                await self.stage.receive(call)

        self.stage.at(visit.booked_at, act)

    def _by_staff(self, when: int, verb: Any) -> None:
        async def act() -> None:
            id_ = self.dice.choice([id_ for id_, (_, role) in self.staff.items() if role == "staff"])
            await verb(self.stage.ctx(Actor("staff", id_, "staff")))

        if when <= self.end:
            self.stage.at(when, act)

    def _receipt(self, wait: int, sent: dict[str, Any], code: str) -> None:
        """A provider will tell what became of a message; and who got it may answer."""
        if code.startswith("email."):
            self._at(self.stage.now + wait, lambda at: self.calls.mail_receipt(sent, code, at))
            return
        self._at(self.stage.now + wait, lambda at: self.calls.text_receipt(sent, code, at))
        answers = self._answers.get(sent["to"])
        turn = 0 if "is booked for" in sent["body"] else 1
        if answers and code == "201" and (words := answers[turn]):
            answers[turn] = None
            when = self.stage.now + self.dice.randint(40 * SECOND, 25 * MINUTE)
            self._at(when, lambda at: self.calls.text(sent["to"], words, at))

    async def _receipt_job(self, ctx: Ctx, job: Job) -> None:
        """The product's own, but for the one whose every try fell into the outage: a dead job to retry."""
        if self._lost is None and ctx.now >= self.end - OUTAGE_BEFORE:
            self._lost = job.id
        if self._lost == job.id:
            raise Unavailable("The database did not answer.")
        await heard.receipt(ctx, job)


def _other(visit: Visit) -> Visit:
    """The same claim under another booking's id."""
    return replace(visit, id=f"{visit.id[:-4]}f0e0")
