"""A tenant's schedules as rows: written when the tenant is, and kept in step with the map by the tick.

The map's table has an edition, a hash of what it says. A tenant whose rows are of another edition (the code is
newer, or nobody wrote any yet), or were reckoned for another zone than it is in by now, is out of step; two
indexes have those tenants and no others, so that looking for them costs nothing when there are none.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from frontdesk.core.db import Statement
from frontdesk.core.log import Log
from frontdesk.core.parsing import dump_json
from frontdesk.core.schedule import Daily, Every, next_after, share_of
from frontdesk.core.wiring import BellName

TENANTS_A_TICK = 250
"""How many tenants one tick brings into step: a deployment's new cadence reaches ten thousand in forty minutes."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Which kind of job comes when."""

    kind: str
    schedule: Daily | Every
    bell: BellName = "automation"

    @property
    def spec(self) -> str:
        """The schedule as its row has it."""
        return dump_json(self.schedule.model_dump(exclude_none=True))


class Planner:
    """Next instants at one moment. What tenants share is reckoned once: the same schedule, zone and minute."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._reckoned: dict[tuple[Daily, str, int], int] = {}

    def next(self, schedule: Daily | Every, zone: str, tenant_id: str) -> int:
        """When it comes next for a tenant. Raises KeyError, ValueError or OSError for a zone that does not exist."""
        if isinstance(schedule, Every):
            return next_after(schedule, UTC, self._now, share_of(tenant_id))
        share = share_of(tenant_id) if schedule.within_minutes else 0.0
        key = (schedule, zone, int(share * schedule.within_minutes))
        if key not in self._reckoned:
            self._reckoned[key] = next_after(schedule, ZoneInfo(zone), self._now, share)
        return self._reckoned[key]


UTC = ZoneInfo("UTC")


def edition_of(cadences: Mapping[str, Cadence]) -> str:
    """What the table says, in sixteen characters."""
    said = [[name, each.kind, each.bell, each.spec] for name, each in sorted(cadences.items())]
    return hashlib.sha256(dump_json(said).encode()).hexdigest()[:16]


def plan_cadences(
    cadences: Mapping[str, Cadence], tenant_id: str, zone: ZoneInfo, now: int
) -> list[Statement]:
    """The rows of one new tenant, so that nothing waits for the first tick; those that are there already stay."""
    planner = Planner(now)
    return [
        Statement(
            """
            INSERT INTO cadences (tenant_id, name, kind, bell, spec, next_at)
            VALUES (:tenant, :name, :kind, :bell, :spec, :next_at)
            ON CONFLICT (tenant_id, name) DO NOTHING
            """,
            {
                "name": name,
                "kind": cadence.kind,
                "bell": cadence.bell,
                "spec": cadence.spec,
                "next_at": planner.next(cadence.schedule, zone.key, tenant_id),
            },
        )
        for name, cadence in cadences.items()
    ]


class OutOfStep(BaseModel):
    """A tenant whose rows are not what the map says, or not for the zone it is in."""

    id: str
    time_zone: str


OUT_OF_STEP = """
    SELECT id, time_zone FROM tenants INDEXED BY tenants_by_clock WHERE clock < :edition
    UNION ALL
    SELECT id, time_zone FROM tenants INDEXED BY tenants_by_clock WHERE clock > :edition
    UNION ALL
    SELECT id, time_zone FROM tenants INDEXED BY tenants_moved
    WHERE clock_zone <> time_zone AND clock = :edition
    LIMIT :limit
"""
"""Work across tenants: the tick's look for those that are out of step; nobody, on nearly every tick."""


def brought_into_step(
    tenants: Sequence[OutOfStep], cadences: Mapping[str, Cadence], now: int, log: Log
) -> list[Statement]:
    """What brings these tenants into step, set by set: rows written anew, those of no cadence any more dropped.

    A row keeps its next instant while its schedule and the tenant's zone are the same, and always when that has
    come already: whatever is due happens once. A tenant in no zone we know has no cadences until it moves.
    """
    names = list(cadences)
    planner, rows = Planner(now), []
    for tenant in tenants:
        try:
            following = [planner.next(cadences[name].schedule, tenant.time_zone, tenant.id) for name in names]
        except (ValueError, KeyError, OSError) as error:
            log.error("tenant in no zone", error, tenant=tenant.id)
            following = []
        rows.append([tenant.id, tenant.time_zone, *following])
    table = [
        {"name": name, "kind": each.kind, "bell": each.bell, "spec": each.spec}
        for name, each in cadences.items()
    ]
    given = {"tenants": dump_json(rows), "cadences": dump_json(table)}
    return [
        Statement(_WRITE, {**given, "now": now}),
        Statement(_DROP, given),
        Statement(_SETTLE, {"tenants": given["tenants"], "edition": edition_of(cadences)}),
    ]


# Work across tenants. Each row of :tenants is [id, zone, next, next ...] in the order of :cadences.
_WRITE = """
    INSERT INTO cadences (tenant_id, name, kind, bell, spec, next_at)
    SELECT t.value ->> 0, c.value ->> 'name', c.value ->> 'kind', c.value ->> 'bell', c.value ->> 'spec',
           t.value ->> (c.key + 2)
    FROM json_each(:tenants) t CROSS JOIN json_each(:cadences) c
    WHERE json_array_length(t.value) > 2
    ON CONFLICT (tenant_id, name) DO UPDATE SET
      kind = excluded.kind, bell = excluded.bell, spec = excluded.spec,
      next_at = CASE
        WHEN cadences.next_at <= :now THEN cadences.next_at
        WHEN cadences.spec = excluded.spec AND EXISTS (
          SELECT 1 FROM tenants WHERE id = excluded.tenant_id AND clock_zone = time_zone)
        THEN cadences.next_at ELSE excluded.next_at END
"""
_DROP = """
    DELETE FROM cadences
    WHERE tenant_id IN (SELECT value ->> 0 FROM json_each(:tenants))
      AND name NOT IN (SELECT value ->> 'name' FROM json_each(:cadences))
"""
_SETTLE = """
    UPDATE tenants SET clock = :edition, clock_zone = t.value ->> 1
    FROM json_each(:tenants) t WHERE tenants.id = t.value ->> 0
"""
