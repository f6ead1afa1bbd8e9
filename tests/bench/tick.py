"""The minute's tick with 10 tenants and with 10,000, the same work due: what a tenant costs who has nothing to do.

Both are the deployed Worker on real workerd and D1, each with its own database; nobody stands behind the queues, so
that only the tick runs. Each tenant has its cadences, which the ticks themselves write, finished jobs of the past
and reminders to come. Then, round by round, the same work is due in both, cadences and jobs of the same ten tenants,
and one tick each is timed from outside; which goes first changes. Beside it, as much work again, but each piece of
it another tenant's: that touches as many more pages of every index. An idle tick has nothing due at all. What a
tick says it did is looked up in its database.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import targets
from bench.load import Wrong, quantile
from frontdesk.app import CADENCES
from frontdesk.core.clock import DAY, MINUTE
from local.client import Runtime

MEMORY = Path("/dev/shm")
FAR = 2**45
"""Later than anything is due (ms)."""


@dataclass(frozen=True)
class Plan:
    """How many tenants, and how much each has; `due` cadences and as many jobs come due in each round.

    At most `most`, and no more than `few` tenants have cadences between them.
    """

    few: int = 10
    many: int = 10_000
    rounds: int = 60
    warm: int = 10
    idle: int = 30
    most: int = 100
    done: int = 20
    planned: int = 3

    @property
    def due(self) -> int:
        """How many cadences, and how many jobs, come due in a round."""
        return min(self.most, self.few * len(CADENCES))


FULL = Plan()
TINY = Plan(few=2, many=60, rounds=3, warm=1, idle=2, most=10, done=2, planned=1)


def tenant_id(number: int) -> str:
    """The id of the `number`-th tenant, from 1."""
    return f"01900000-0000-7000-8000-{number:012x}"


@dataclass
class House:
    """One database of tenants and the Worker that ticks over it; `ms` are its ticks' times."""

    runtime: Runtime
    tenants: int
    plan: Plan
    ms: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    catching_up: list[float] = field(default_factory=list)
    rounds: int = 0

    def tick(self) -> float:
        """One tick's milliseconds, from outside."""
        started = time.perf_counter()
        self.runtime.tick()
        return (time.perf_counter() - started) * 1000

    def settle(self) -> None:
        """The tenants move in, and ticks give them their cadences until nobody is left without."""
        rt, plan = self.runtime, self.plan
        rt.d1(
            """
            INSERT INTO tenants (id, slug, kind, name, time_zone, country, currency, locale, created_at)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
            SELECT printf('01900000-0000-7000-8000-%012x', i), 't' || i, 'clinic', 'T' || i,
                   CASE i % 4 WHEN 0 THEN 'Australia/Sydney' WHEN 1 THEN 'America/Chicago'
                              WHEN 2 THEN 'Europe/Berlin' ELSE 'UTC' END, 'AU', 'AUD', 'en-AU', 0 FROM n
            """,
            self.tenants,
        )
        now = rt.now_ms()
        for state, count, at in (("done", plan.done, now - DAY), ("pending", plan.planned, now + 30 * DAY)):
            rt.d1(
                """
                INSERT INTO jobs (tenant_id, id, kind, bell, unique_key, due_at, state, cause_kind, cause_id,
                                  trace_id, created_at)
                WITH RECURSIVE k (j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM k WHERE j < ?1)
                SELECT t.id, ?2 || '-' || k.j, 'messaging.send', 'messages', ?2 || k.j, ?3 - k.j * 60000, ?2,
                       'bench', '', '', 0 FROM tenants t CROSS JOIN k
                """,
                count,
                state,
                at,
            )
        while rt.d1("SELECT EXISTS (SELECT 1 FROM tenants WHERE clock = '') AS n")[0]["n"]:
            self.catching_up.append(self.tick())
        rows = rt.d1("SELECT count(*) AS n FROM cadences")[0]["n"]
        if rows != self.tenants * len(CADENCES):
            raise Wrong(f"{self.tenants} tenants have {rows} cadences")
        self.rest()

    def rest(self) -> None:
        """Nothing is due but what a round makes so."""
        self.runtime.d1_batch(
            [
                ("UPDATE cadences SET next_at = ?1 WHERE next_at < ?1", [FAR]),
                (
                    "UPDATE jobs SET state = 'done' WHERE state = 'pending' AND due_at <= ?1",
                    [self.runtime.now_ms()],
                ),
            ]
        )

    def mix(self, *, spread: bool) -> list[tuple[str, str]]:
        """Which cadences come due: as many of each name, of the first tenants, or `spread`: each of another one."""
        names, due = sorted(CADENCES), self.plan.due
        return [
            (tenant_id(self._place(place, spread=spread) + 1), names[place % len(names)])
            for place in range(due)
        ]

    def _place(self, place: int, *, spread: bool) -> int:
        """Whose piece of work this is, from 0."""
        if spread and self.tenants >= self.plan.due:
            return place * (self.tenants // self.plan.due)
        return place // len(CADENCES)

    def round(self, *, spread: bool) -> float:
        """Work comes due; one tick; what it did is checked."""
        rt, due, self.rounds = self.runtime, self.plan.due, self.rounds + 1
        at = rt.now_ms() - MINUTE
        rt.d1_batch(
            [
                (
                    """
                    UPDATE cadences SET next_at = ?1 FROM json_each(?2) d
                    WHERE cadences.tenant_id = d.value ->> 0 AND cadences.name = d.value ->> 1
                    """,
                    [at, json.dumps(self.mix(spread=spread))],
                ),
                (
                    """
                    INSERT INTO jobs (tenant_id, id, kind, bell, unique_key, due_at, cause_kind, cause_id, trace_id,
                                      created_at)
                    SELECT d.value, ?2 || '-' || d.key, 'messaging.send', 'messages', ?2 || '-' || d.key, ?3, 'bench',
                           '', '', 0
                    FROM json_each(?1) d
                    """,
                    [
                        json.dumps([tenant_id(self._place(each, spread=spread) + 1) for each in range(due)]),
                        f"r{self.rounds}",
                        at,
                    ],
                ),
            ]
        )
        ms = self.tick()
        found = rt.d1(
            """
            SELECT count(*) AS rung, sum(cause_kind = 'cadence') AS fanned FROM jobs INDEXED BY jobs_due
            WHERE state = 'pending' AND due_at = ?1 AND rung_at > 0
            """,
            at,
        )[0]
        if (found["fanned"], found["rung"]) != (due, 2 * due):
            raise Wrong(
                f"{self.tenants} tenants, {due} cadences and as many jobs due, but the tick did {found}"
            )
        self.rest()
        return ms


def run(plan: Plan = FULL) -> dict[str, Any]:
    """The figures as `--json` prints them. Raises Wrong when a tick did not do what was due."""
    load_before = os.getloadavg()[0]
    in_memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="frontdesk-tick-", dir=in_memory) as directory,
        ExitStack() as stack,
    ):
        houses = []
        for name, tenants in (("few", plan.few), ("many", plan.many)):
            state = Path(directory) / name
            state.mkdir()
            houses.append(House(stack.enter_context(targets.alone(f"tick-{name}", state)), tenants, plan))
        few, many = houses
        for house in houses:
            house.settle()
        for number in range(plan.warm + plan.rounds):
            for house in houses if number % 2 else reversed(houses):
                together, apart = house.round(spread=False), house.round(spread=True)
                if number >= plan.warm:
                    house.ms.append(together)
                    house.spread.append(apart)
        for _ in range(plan.idle):
            for house in houses:
                house.idle.append(house.tick())
    return {
        "p50_10k_tenants_vs_10": round(quantile(many.ms, 0.5) / quantile(few.ms, 0.5), 2),
        "spread_p50_10k_tenants_vs_10": round(quantile(many.spread, 0.5) / quantile(few.spread, 0.5), 2),
        "idle_p50_10k_tenants_vs_10": round(quantile(many.idle, 0.5) / quantile(few.idle, 0.5), 2),
        "due": {"cadences": plan.due, "jobs": plan.due},
        "tenants": {str(house.tenants): _summary(house) for house in houses},
        "machine": {
            "cpus": os.cpu_count(),
            "databases": "memory" if in_memory else "disk",
            "load_before": round(load_before, 2),
            "load_after": round(os.getloadavg()[0], 2),
        },
    }


def _summary(house: House) -> dict[str, Any]:
    return {
        "working": _quantiles(house.ms),
        "spread": _quantiles(house.spread),
        "idle": _quantiles(house.idle),
        "catching_up": {"ticks": len(house.catching_up), **_quantiles(house.catching_up)},
    }


def _quantiles(ms: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(quantile(ms, 0.5), 2),
        "p99": round(quantile(ms, 0.99), 2),
        "mean": round(statistics.mean(ms), 2),
        "ticks": len(ms),
    }


def table(told: dict[str, Any]) -> str:
    """The same figures for people."""
    due, machine = told["due"], told["machine"]
    columns = ("working", "spread", "idle", "catching up")
    lines = [
        f"{'':14}" + "".join(f"{each:>21}" for each in columns),
        f"{'tenants':14}" + f"{'p50 ms':>12}{'p99 ms':>9}" * len(columns),
    ]
    for tenants, figures in told["tenants"].items():
        cells = [f"{each['p50']:12.2f}{each['p99']:9.2f}" for each in figures.values()]
        lines.append(f"{int(tenants):<14,}{''.join(cells)}")
    caught = next(reversed(told["tenants"].values()))["catching_up"]["ticks"]
    lines += [
        "",
        f"p50 of a tick, 10,000 tenants / 10{told['p50_10k_tenants_vs_10']:10.2f}   (aim: 1.5 or less)",
        f"the same, each piece of work another tenant's{told['spread_p50_10k_tenants_vs_10']:10.2f}",
        "",
        f"Working: {due['cadences']} cadences and {due['jobs']} jobs due, the same tenants' in both. Idle: none is.",
        "Spread: as many, each of another tenant where there are enough.",
        f"Catching up: a table of cadences that is new to every tenant, brought in by {caught} ticks.",
        f"{machine['cpus']} CPUs, databases in {machine['databases']}, load {machine['load_before']} before the run, "
        f"{machine['load_after']} after.",
    ]
    return "\n".join(lines)
