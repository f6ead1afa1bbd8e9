"""A front desk at work in memory: the real map, jobs run as the queue would, and a process that can die."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from frontdesk import app
from frontdesk.automation.writes import standard
from frontdesk.core import jobs
from frontdesk.core.cache import CACHE
from frontdesk.core.clock import HOUR, SECOND
from frontdesk.core.ctx import SYSTEM, Cause, Committed, Ctx
from frontdesk.core.events import EventDraft, Part
from frontdesk.core.parsing import dump_json
from frontdesk.core.sealing import seal
from frontdesk.core.settings import Tenant
from frontdesk.integrations.facts import BookingFact, ContactFact, ReceiptFact, TextFact
from frontdesk.messaging import writes as messaging
from frontdesk.messaging.rules.message import Draft
from frontdesk.tenants.writes import put_secret
from support.carriers import Carriers
from support.platform import World, make_tenant

MORNING = 1_789_952_400_000
"""Monday 21 September 2026, 11:00 in Sydney (01:00 UTC): nobody is asleep."""
JO = "+61491570006"


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@dataclass
class MortalWorld(World):
    """Dies at each of `kills` in turn: (failpoint, the how-manieth time it comes by from then on)."""

    kills: list[tuple[str, int]] = field(default_factory=list)
    deaths: int = 0

    async def _reach(self, name: str) -> None:
        await super()._reach(name)
        if self.kills and name == self.kills[0][0]:
            nth = self.kills[0][1] - 1
            self.kills[0] = (name, nth)
            if nth == 0:
                self.kills.pop(0)
                self.deaths += 1
                raise Killed(name)


def start() -> MortalWorld:
    """A world on a Monday morning, with nothing remembered of others."""
    CACHE.clear()
    return MortalWorld(real=MORNING)


@dataclass
class Desk:
    """One tenant with its accounts at every provider."""

    world: MortalWorld = field(default_factory=start)
    slug: str = "harbour"
    settings: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    accounts: bool = True
    carriers: Carriers = field(default_factory=Carriers)

    def __post_init__(self) -> None:
        settings = {"email": {"sender": "Harbour <desk@harbour.example>"}, **self.settings}
        columns = {"name": "Harbour Imaging", **self.columns, "settings": dump_json(settings)}
        self.tenant: Tenant = make_tenant(self.world, self.slug, **columns)
        self.commit(*standard(self.tenant.id, self.tenant.kind, self.now))
        self.carriers.now = lambda: self.world.real
        self.world.http.answer = self.carriers.answer
        self.ids = count(1)
        if self.accounts:
            self.commit(*(self._secret(name) for name in SECRETS))

    def _secret(self, name: str) -> Part:
        sealed = asyncio.run(seal(self.world.platform, self.tenant, name, f"the {name}"))
        return put_secret(name, sealed, self.now)

    @property
    def now(self) -> int:
        """Business time."""
        return self.world.real + self.world.offset

    def ctx(self, cause: str = "test") -> Ctx:
        """A context of the system."""
        return Ctx(self.world.platform, app.WIRING, self.tenant, SYSTEM, Cause("test", cause, cause))

    def commit(self, *parts: Part) -> Committed:
        """One commit, outside any job."""

        async def story() -> Committed:
            done = await self.ctx().commit(*parts)
            await self.world.settle()
            return done

        return asyncio.run(story())

    # What the outside says. Each is a verified event with an external id of its own.

    def book(
        self,
        starts_in: int = 5 * 24 * HOUR,
        *,
        external_id: str = "b1",
        sequence: int | None = 1,
        status: str = "confirmed",
        contact: ContactFact | None = None,
        **more: Any,
    ) -> None:
        """Wix says how a booking stands; it starts in `starts_in` ms from Monday morning."""
        fact = BookingFact.model_validate(
            {
                "source": "wix",
                "action": "updated",
                "external_id": external_id,
                "status": status,
                "starts_at": MORNING + starts_in,
                "ends_at": MORNING + starts_in + HOUR // 2,
                "service": "MRI knee",
                "contact": contact
                or ContactFact(
                    external_id="w1", first_name="Jo", phone="0491 570 006", email="Jo@Example.com"
                ),
                "sequence": sequence,
                "changed_at": self.now,
                **more,
            }
        )
        self.hear("wix.booking", "wix", fact.model_dump(mode="json"))

    def text(self, body: str, *, sender: str = JO, id_: str = "", at: int | None = None) -> None:
        """Somebody texts us."""
        fact = TextFact(
            provider="clicksend",
            provider_id=id_ or f"in-{next(self.ids)}",
            sender=sender,
            recipient="+61280000001",
            body=body,
            at=self.now if at is None else at,
        )
        self.hear("clicksend.text", "clicksend", fact.model_dump(mode="json"))

    def receipt(self, state: str, **more: Any) -> None:
        """A provider says what became of a message."""
        fact = ReceiptFact.model_validate(
            {
                "provider": "clicksend",
                "channel": "sms",
                "provider_id": "?",
                "state": state,
                "at": self.now,
                **more,
            }
        )
        self.hear(f"{fact.provider}.receipt", fact.provider, fact.model_dump(mode="json"))

    def hear(self, type_: str, source: str, payload: dict[str, Any]) -> None:
        """A verified fact from outside."""
        self.commit(EventDraft(type_, payload, source=source, external_id=f"{source}-{next(self.ids)}"))

    def plan(self, body: str = "Hello", **more: Any) -> str:
        """Plan a message; its id."""
        draft = {
            "channel": "sms",
            "purpose": "service",
            "address": JO,
            "body": body,
            "unique_key": f"m-{next(self.ids)}",
            **more,
        }
        self.commit(messaging.plan(self.ctx(), Draft(**draft)))
        row = self.rows("SELECT id FROM messages WHERE unique_key = ?", draft["unique_key"])[0]
        return str(row["id"])

    # Time and work.

    def pass_(self, ms: int) -> None:
        """Time passes, nothing runs."""
        self.world.real += ms

    def work(self, *, wrap: Callable[[], None] | None = None) -> None:
        """Run what is due until nothing is. Whoever dies is started again once the lease is over."""

        async def story() -> None:
            for _ in range(400):
                due = self.rows(
                    "SELECT id FROM jobs WHERE (state = 'pending' AND due_at <= ?) "
                    "OR (state = 'running' AND lease_until < ?) ORDER BY due_at, id",
                    self.now,
                    self.world.real,
                )
                if not due:
                    return
                for row in due:
                    await self._run(row["id"])
                if wrap:
                    wrap()
            raise AssertionError("it never comes to rest")

        asyncio.run(story())

    async def _run(self, job_id: str) -> None:
        try:
            await jobs.run(self.world.platform, app.WIRING, self.tenant, job_id)
            await self.world.settle()
        except Killed:
            self.world.pending.clear()
            self.world.real += self.world.settings.lease_ms + SECOND

    def until(self, at: int, step: int = 60 * SECOND) -> None:
        """Work minute by minute until the business clock reads `at`."""
        while self.now < at:
            self.work()
            waiting = self.rows(
                "SELECT min(CASE state WHEN 'pending' THEN due_at ELSE lease_until + 1 END) AS at "
                "FROM jobs WHERE state IN ('pending', 'running')"
            )[0]["at"]
            following = at if waiting is None else min(at, max(int(waiting), self.now + step))
            self.world.real += following - self.now
        self.work()

    def rest(self) -> None:
        """Work until no job is left, however long that takes; the sums for reports may wait for theirs."""
        for _ in range(200):
            self.work()
            waiting = self.rows(
                "SELECT min(CASE state WHEN 'pending' THEN due_at ELSE lease_until + 1 END) AS at "
                "FROM jobs WHERE state IN ('pending', 'running') AND kind <> 'reports.tally'"
            )[0]["at"]
            if waiting is None:
                return
            self.world.real += max(SECOND, int(waiting) - self.now)
        raise AssertionError("it never comes to rest")

    # What is there afterwards.

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the database."""
        return self.world.driver.rows(sql, *values)

    def message(self, id_: str) -> dict[str, Any]:
        """One message's row."""
        return self.rows("SELECT * FROM messages WHERE id = ?", id_)[0]

    def states(self, template: str = "booking.reminder") -> list[tuple[int | None, str, str]]:
        """Offset, state and reason of a template's messages, in the order they were planned."""
        return [
            (row["offset_hours"], row["state"], row["reason"])
            for row in self.rows(
                "SELECT * FROM messages WHERE template = ? ORDER BY created_at, offset_hours DESC, id",
                template,
            )
        ]


SECRETS = ("clicksend_username", "clicksend_api_key", "twilio_auth_token", "resend_api_key")
