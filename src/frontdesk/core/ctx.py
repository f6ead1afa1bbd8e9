"""The context every verb takes first: whose data, who acts, why, and the one way to change anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from frontdesk.core.db import Bound, Driver, Statement, SystemDb, TenantDb, bind, expect
from frontdesk.core.errors import Conflict, Stale, Unavailable
from frontdesk.core.events import OWN, EventDraft, JobDraft, Part, insert_event, topic_of
from frontdesk.core.ids import uuid7
from frontdesk.core.log import Log
from frontdesk.core.platform import Bell, Platform
from frontdesk.core.ring import ring
from frontdesk.core.rows import EVALUATE, Job, finish_job, hold_job, insert_evaluation, insert_job
from frontdesk.core.settings import Tenant, TenantSettings
from frontdesk.core.wiring import Wiring


class Actor(NamedTuple):
    """Who acts: staff by id, a provider by name, or the system itself."""

    kind: str
    id: str
    role: str = ""


class Cause(NamedTuple):
    """Why: the request, delivery, event or job behind this, and the first cause of the whole chain."""

    kind: str
    id: str
    trace: str


SYSTEM = Actor("system", "frontdesk")


class Committed(NamedTuple):
    """What a commit did: rows from RETURNING clauses (empty when only its id proved it)."""

    id: str
    returned: list[dict[str, Any]]


@dataclass(slots=True)
class Claim:
    """The job this context runs for, and whether its final commit happened. Lives as long as one run."""

    job: Job
    token: str
    lease_ms: int
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Ctx:
    """One tenant, one actor, one cause. Frozen; `as_` makes another."""

    platform: Platform
    wiring: Wiring
    tenant: Tenant
    actor: Actor
    cause: Cause
    claim: Claim | None = None
    request_id: str = field(default="")

    @property
    def db(self) -> TenantDb:
        """Reads of this tenant."""
        return TenantDb(self.platform.driver_of(self.tenant.shard), self.tenant.id)

    @property
    def system_db(self) -> SystemDb:
        """Work across tenants."""
        return SystemDb(self.platform.driver_of(self.tenant.shard))

    @property
    def settings(self) -> TenantSettings:
        """The tenant's settings."""
        return self.tenant.settings

    @property
    def now(self) -> int:
        """Business time, ms UTC."""
        return self.platform.clock.now()

    @property
    def log(self) -> Log:
        """Lines stamped with tenant, cause and trace."""
        return self.platform.log.bind(
            tenant=self.tenant.slug, cause=f"{self.cause.kind}:{self.cause.id}", trace=self.cause.trace
        )

    def new_id(self) -> str:
        """A fresh UUIDv7 of business time."""
        return uuid7(self.now)

    def as_(self, **changes: Any) -> "Ctx":
        """The same context with some fields changed."""
        return replace(self, **changes)

    async def commit(self, *parts: Part) -> Committed:
        """Everything in `parts`, or nothing. In a job it is the last word: the proof of being done is in it.

        Raises:
            Stale: an `expect` failed, or the job's lease passed to another runner. Nothing was written.
            Conflict: a rule of the schema refused. Nothing was written.
            Unavailable: the outcome could not be learnt; the caller's retry is harmless by unique keys.

        """
        fence: list[Statement] = []
        if self.claim:
            if self.claim.finished:
                raise RuntimeError(f"job {self.claim.job.kind} committed twice")
            job = self.claim.job
            fence = [finish_job(job.id, self.claim.token, self.now), expect(1), _done(job.id, self.now)]
        done = await self._write([*fence, *parts])
        if self.claim:
            self.claim.finished = True
        return done

    async def checkpoint(self, *parts: Part) -> Committed:
        """Progress of a running job: `parts` and a renewed lease, only while the lease is still ours.

        Raises as `commit` does; Stale also, though written, if the answer came when that lease was over too.
        """
        if not self.claim:
            raise RuntimeError("a checkpoint belongs to a job")
        until = self.platform.clock.real() + self.claim.lease_ms
        done = await self._write([hold_job(self.claim.job.id, self.claim.token, until), expect(1), *parts])
        if self.platform.clock.real() >= until:
            # Whoever goes on from here may call somebody; another runner may be about to do the same.
            raise Stale("The lease ran out while it was renewed.")
        return done

    async def bury(self, settled: Statement, *parts: Part) -> Committed:
        """A job's death and what follows from it. Stale if the lease had passed to another runner."""
        return await self._write([settled, expect(1), *parts])

    async def note(self, statement: Statement) -> None:
        """One statement nobody will ask about again: it leaves no commit id, so a lost answer stays lost."""
        bound = bind(statement.sql, {**statement.params, "tenant": self.tenant.id})
        await self.platform.driver_of(self.tenant.shard).batch([bound])

    async def _write(self, parts: Sequence[Part]) -> Committed:
        commit_id = self.new_id()
        bells: list[tuple[str, str, int]] = []
        statements = list(self._expand(parts, bells))
        bounds = [bind(each.sql, {**each.params, "tenant": self.tenant.id}) for each in statements]
        bounds.append(_proof(self.tenant.id, commit_id))
        driver = self.platform.driver_of(self.tenant.shard)
        await self.platform.reach("commit.before")
        results = await self._batched(driver, bounds, commit_id)
        await self.platform.reach("commit.after")
        rows = [row for each in results or () for row in each]
        made = {row["job"] for row in rows if "job" in row}
        # Jobs that were there before are not rung again; when the answer was lost, ring for all.
        bells = [bell for bell in bells if results is None or bell[1] in made]
        if bells:
            self.platform.background(self._ring(bells))
        if self._announces(parts):
            self.platform.background(self.platform.live.publish(self.tenant.shard, self.tenant.id))
        return Committed(commit_id, [row for row in rows if "fresh" not in row and "job" not in row])

    def _announces(self, parts: Iterable[Part]) -> bool:
        """Whether somebody may want to hear of this at once. What providers said never is: our own fact follows."""
        for part in parts:
            if isinstance(part, EventDraft):
                if part.source == OWN and topic_of(part.type) in self.wiring.live:
                    return True
            elif not isinstance(part, Statement | JobDraft) and self._announces(part):
                return True
        return False

    async def _batched(
        self, driver: Driver, bounds: Sequence[Bound], commit_id: str
    ) -> list[list[dict[str, Any]]] | None:
        """The rows of each statement; None when only the commit's id proves that it took effect.

        D1 restarts with each of its own releases, and not every provider calls again: when it answers that nothing
        was written, it is told once more. Should the first telling arrive after all, the id lets in only one.
        """
        try:
            return await driver.batch(bounds)
        except Unavailable:
            if await self._took_effect(commit_id):
                return None
        try:
            return await driver.batch(bounds)
        except (Unavailable, Conflict):
            if await self._took_effect(commit_id):
                return None
            raise

    async def _took_effect(self, commit_id: str) -> bool:
        """Asks for the commit's id; a database that cannot even answer this leaves the outcome unknown."""
        row = await self.system_db.maybe(
            dict,
            "SELECT id FROM commits WHERE tenant_id = :tenant AND id = :id",
            tenant=self.tenant.id,
            id=commit_id,
        )
        return row is not None

    def _expand(self, parts: Iterable[Part], bells: list[tuple[str, str, int]]) -> Iterator[Statement]:
        for part in parts:
            if isinstance(part, Statement):
                yield part
            elif isinstance(part, EventDraft):
                yield from self._event(part, bells)
            elif isinstance(part, JobDraft):
                yield self._job(part, self.cause, None, bells)
            else:
                yield from self._expand(part, bells)

    def _event(self, draft: EventDraft, bells: list[tuple[str, str, int]]) -> Iterator[Statement]:
        id_ = self.new_id()
        by = self.actor.id if self.actor.kind == "staff" else ""
        yield insert_event(draft, id_, self.now, self.cause, by)
        for kind in self.wiring.events.get(draft.type, ()):
            handler = JobDraft(kind, key=id_, payload={"event": id_}, subject_id=draft.subject_id)
            gather_ms = self.wiring.jobs[kind].gather_ms
            if gather_ms is not None:
                stretch = self.now // gather_ms
                handler = JobDraft(kind, key=f"stretch:{stretch}", due_at=(stretch + 1) * gather_ms)
            yield self._job(handler, Cause("event", id_, self.cause.trace), id_, bells)
        # What a provider says is no trigger: our own fact follows, and the webhook's batch stays as short as it is.
        if draft.source == OWN and draft.type in self.wiring.triggers:
            yield self._evaluation(draft, id_, bells)

    def _evaluation(self, draft: EventDraft, event_id: str, bells: list[tuple[str, str, int]]) -> Statement:
        id_, bell = self.new_id(), self.wiring.jobs[EVALUATE].bell
        bells.append((bell, id_, 0))
        real = self.platform.clock.real()
        return insert_evaluation(
            id_, bell, draft.type, event_id, draft.subject_id, self.now, real, self.cause.trace
        )

    def _job(
        self, draft: JobDraft, cause: Cause, event_id: str | None, bells: list[tuple[str, str, int]]
    ) -> Statement:
        id_, now, real = self.new_id(), self.now, self.platform.clock.real()
        bell = self.wiring.jobs[draft.kind].bell
        due_at = now if draft.due_at is None else draft.due_at
        wait_ms = max(0, due_at - now)
        # The tick rings what is due later than its own next round.
        soon = wait_ms <= self.platform.settings.ring_again_after_ms
        if soon:
            bells.append((bell, id_, -(-wait_ms // 1000)))
        return insert_job(draft, id_, bell, due_at, now, real + wait_ms if soon else 0, cause, event_id)

    async def _ring(self, bells: Sequence[tuple[str, str, int]]) -> None:
        grouped: dict[tuple[str, int], list[Bell]] = {}
        for name, id_, delay_s in bells:
            grouped.setdefault((name, delay_s), []).append(Bell(self.tenant.shard, self.tenant.id, id_))
        for (name, delay_s), group in grouped.items():
            await ring(self.platform, name, group, delay_s=delay_s)


def _done(job_id: str, now: int) -> Statement:
    return Statement(
        "INSERT INTO job_done (tenant_id, job_id, done_at) VALUES (:tenant, :job_id, :now)",
        {"job_id": job_id, "now": now},
    )


def _proof(tenant_id: str, commit_id: str) -> Bound:
    return bind(
        "INSERT INTO commits (tenant_id, id) VALUES (:tenant, :id)", {"tenant": tenant_id, "id": commit_id}
    )
