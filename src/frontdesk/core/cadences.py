"""A tenant's schedules as rows: written when the tenant is, and by a migration when a new one is thought of."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from frontdesk.core.db import Statement
from frontdesk.core.parsing import dump_json
from frontdesk.core.schedule import Daily, Every, next_after
from frontdesk.core.wiring import BellName


@dataclass(frozen=True, slots=True)
class Cadence:
    """Which kind of job comes when."""

    kind: str
    schedule: Daily | Every
    bell: BellName = "automation"


def plan_cadences(cadences: Mapping[str, Cadence], zone: ZoneInfo, now: int) -> list[Statement]:
    """The rows of one tenant; those that are there already stay as they are."""
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
                "spec": dump_json(cadence.schedule.model_dump(exclude_none=True)),
                "next_at": next_after(cadence.schedule, zone, now),
            },
        )
        for name, cadence in cadences.items()
    ]
