"""The minute's work: due cadences become jobs, due jobs are rung. It only fans out; each job checks again."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from frontdesk.core.cadences import (
    OUT_OF_STEP,
    TENANTS_A_TICK,
    Cadence,
    OutOfStep,
    Planner,
    brought_into_step,
    edition_of,
)
from frontdesk.core.db import Statement, SystemDb
from frontdesk.core.ids import uuid7
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Bell, Platform
from frontdesk.core.ring import ring
from frontdesk.core.rows import DUE
from frontdesk.core.schedule import SCHEDULE, Daily, Every

CADENCES_A_ROUND = 2_000
JOBS_A_ROUND = 2_000
JOBS_A_TENANT = 500
"""Of one round, so that nobody's backlog fills it."""
ROUNDS = 10
"""Of each, in one tick: what ten thousand tenants have due at the same minute is not the next minutes' burden."""
NEVER = 0
"""When a job was rung that never was."""


class Ticked(NamedTuple):
    """What one tick set going."""

    cadences: int
    rung: int


class _Due(BaseModel):
    tenant_id: str
    name: str
    spec: str
    next_at: int
    time_zone: str


class _Rung(BaseModel):
    tenant_id: str
    id: str
    bell: str


async def tick(platform: Platform, shard: str, cadences: Mapping[str, Cadence] | None = None) -> Ticked:
    """One tick of one database: a few statements, whatever the number of tenants.

    `cadences` is the map's table; tenants whose rows say otherwise are brought into step. None leaves them alone.
    """
    await platform.reach("tick.before")
    db = SystemDb(platform.driver_of(shard))
    if cadences is not None:
        await _tried(platform, "cadences not brought into step", _keep_in_step(platform, db, cadences))
    fanned = await _tried(platform, "cadences failed", _fan_out(platform, db))
    await platform.reach("tick.fanned")
    rung = await ring_due(platform, db, shard)
    platform.log.info("tick", shard=shard, cadences=fanned, rung=rung)
    return Ticked(fanned, rung)


async def _tried(platform: Platform, trouble: str, work: Awaitable[int]) -> int:
    """Whatever is wrong with the schedules, work that is due is rung for, and the next tick tries again."""
    try:
        return await work
    except Exception as error:
        platform.log.error(trouble, error)
        return 0


async def _keep_in_step(platform: Platform, db: SystemDb, cadences: Mapping[str, Cadence]) -> int:
    """Some of the tenants whose rows are not what the map says; nearly always there are none."""
    tenants = await db.all(OutOfStep, OUT_OF_STEP, edition=edition_of(cadences), limit=TENANTS_A_TICK)
    if tenants:
        await db.run(*brought_into_step(tenants, cadences, platform.clock.now(), platform.log))
        platform.log.info("cadences in step", tenants=len(tenants))
    return len(tenants)


async def _fan_out(platform: Platform, db: SystemDb) -> int:
    """A job for each due cadence, round by round."""
    fanned = 0
    for _ in range(ROUNDS):
        due, moved = await _round(platform, db)
        fanned += moved
        if due < CADENCES_A_ROUND or moved == 0:
            break
    return fanned


async def _round(platform: Platform, db: SystemDb) -> tuple[int, int]:
    """Jobs of due cadences and their next instants in one batch; the unique key makes a repeat harmless.

    Returns how many were due, and how many of those could be read.
    """
    now = platform.clock.now()
    due = await db.all(
        _Due,
        """
        SELECT c.tenant_id, c.name, c.spec, c.next_at, t.time_zone
        FROM cadences c JOIN tenants t ON t.id = c.tenant_id
        WHERE c.next_at <= :now ORDER BY c.next_at LIMIT :limit
        """,
        now=now,
        limit=CADENCES_A_ROUND,
    )
    if not due:
        return 0, 0
    schedules = _Schedules(platform, now)
    moved = [row for each in due if (row := schedules.moved(each))]
    rows = dump_json(moved)
    await db.run(
        Statement(
            """
            INSERT INTO jobs (tenant_id, id, kind, bell, payload, unique_key, due_at,
                              cause_kind, cause_id, trace_id, created_at)
            SELECT c.tenant_id, r.value ->> 'id', c.kind, c.bell, json_object('at', c.next_at),
                   c.name || ':' || CAST(c.next_at AS TEXT), c.next_at,
                   'cadence', c.name, r.value ->> 'id', :now
            FROM json_each(:rows) r JOIN cadences c
              ON c.tenant_id = r.value ->> 'tenant' AND c.name = r.value ->> 'name'
             AND c.next_at = r.value ->> 'was'
            WHERE true
            ON CONFLICT (tenant_id, kind, unique_key) DO NOTHING
            """,
            {"rows": rows, "now": now},
        ),
        Statement(
            """
            UPDATE cadences SET next_at = r.value ->> 'next', last_at = next_at FROM json_each(:rows) r
            WHERE cadences.tenant_id = r.value ->> 'tenant' AND cadences.name = r.value ->> 'name'
              AND cadences.next_at = r.value ->> 'was'
            """,
            {"rows": rows},
        ),
    )
    return len(due), len(moved)


class _Schedules:
    """Where due cadences go next; each schedule is read once, however many tenants have it."""

    def __init__(self, platform: Platform, now: int) -> None:
        self._platform, self._now = platform, now
        self._planner = Planner(now)
        self._read: dict[str, Daily | Every] = {}

    def moved(self, due: _Due) -> dict[str, str | int] | None:
        """One that cannot be read stays where it is, and holds up no other."""
        try:
            if due.spec not in self._read:
                self._read[due.spec] = SCHEDULE.validate_json(due.spec)
            following = self._planner.next(self._read[due.spec], due.time_zone, due.tenant_id)
        except (ValueError, KeyError, OSError) as error:
            self._platform.log.error("cadence cannot be read", error, tenant=due.tenant_id, cadence=due.name)
            return None
        return {
            "tenant": due.tenant_id,
            "name": due.name,
            "id": uuid7(self._now),
            "was": due.next_at,
            "next": following,
        }


async def ring_due(platform: Platform, db: SystemDb, shard: str) -> int:
    """Ring for what is due and was not rung lately, and for what its runner abandoned.

    Further rounds are for what was never rung: ringing again for all of a backlog would only make it longer.
    """
    real, count = platform.clock.real(), 0
    unrung = real - platform.settings.ring_again_after_ms
    for _ in range(ROUNDS):
        rung = await db.all(
            _Rung,
            DUE,
            now=platform.clock.now(),
            real=real,
            unrung=unrung,
            cap=JOBS_A_TENANT,
            total=JOBS_A_ROUND,
        )
        for name in ("automation", "messages"):
            bells = [Bell(shard, each.tenant_id, each.id) for each in rung if each.bell == name]
            if bells:
                await _ring_all(platform, name, bells)
        count += len(rung)
        if len(rung) < JOBS_A_ROUND:
            break
        unrung = NEVER
    return count


async def _ring_all(platform: Platform, name: str, bells: Sequence[Bell]) -> None:
    """One queue that takes nothing keeps no other from being rung; its jobs' turn comes again."""
    try:
        await ring(platform, name, bells)
    except Exception as error:
        platform.log.error("bells not rung", error, bell=name, jobs=len(bells))
