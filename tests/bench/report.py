"""The week's and the month's report of one large tenant, in real workerd: 200,000 bookings, 1,000,000 touchpoints.

Its rows (`rows.py`) are there before the Worker starts; the rollups are then built by the product's own jobs. A report
is measured from outside, summed up anew each time: the cache of an hour is passed by. Beside it: the same from the
cache, a report that has a changed day to settle first, and how long it takes to build all rollups and to prove that
they are the facts.
"""

import os
import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.load import Wrong
from bench.rows import FULL, TENANT, ZONE, Plan, fill
from devtools import secrets as own
from devtools.migrate import migrate
from local.client import Runtime
from seed.api import Api

MEMORY = Path("/dev/shm")


def run(plan: Plan = FULL) -> dict[str, Any]:
    """The figures as `--json` prints them. Raises Wrong when a report or the proof is not what it should be."""
    load_before = os.getloadavg()[0]
    in_memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    with ExitStack() as stack:
        state = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="frontdesk-bench-", dir=in_memory))
        )
        migrate(state)
        began = time.monotonic()
        token = fill(_database(state), plan)
        filled = time.monotonic() - began
        size = _database(state).stat().st_size
        log = stack.enter_context((state / "worker.log").open("w"))
        runtime = stack.enter_context(Runtime.start(state=state, variables=own.demo(), log=log))
        api = Api(runtime.url, TENANT, token=token)
        told = _measured(runtime, api, plan)
    return {
        **told,
        "rows": {"bookings": plan.bookings, "touchpoints": plan.touchpoints, "contacts": plan.contacts},
        "database_mb": round(size / 1e6),
        "fill_s": round(filled, 1),
        "machine": {
            "cpus": os.cpu_count(),
            "databases": "memory" if in_memory else "disk",
            "load_before": round(load_before, 2),
            "load_after": round(os.getloadavg()[0], 2),
        },
    }


def _measured(runtime: Runtime, api: Api, plan: Plan) -> dict[str, Any]:
    building = time.monotonic()
    while runtime.d1("SELECT count(*) AS n FROM rollup_dirty")[0]["n"]:
        runtime.drain(600)
    built = time.monotonic() - building
    reports = {kind: _asked(api, kind, plan.rounds) for kind in ("weekly", "monthly")}
    cached = [_timed(api, "weekly", model="first")[0] for _ in range(plan.rounds)][1:]
    settling = []
    for n in range(plan.rounds):
        runtime.d1(
            "UPDATE bookings SET value_minor = ?1 WHERE id = (SELECT id FROM bookings WHERE tenant_id = ?2"
            " AND status = 'completed' AND starts_at < ?3 ORDER BY starts_at DESC LIMIT 1)",
            20_000 + n,
            TENANT,
            runtime.now_ms(),
        )
        today = datetime.now(ZONE).date().isoformat()
        settling.append(_timed(api, "weekly", start=today, fresh="true")[0])
    proving = time.monotonic()
    api.post("/api/v1/reports/rebuild")
    while (proof := api.get("/api/v1/reports/rebuild"))["state"] == "running":
        runtime.drain(600)
    proved = time.monotonic() - proving
    if proof["state"] != "done" or not proof["equal"]:
        raise Wrong(f"the rollups are not the facts: {proof}")
    return {
        "weekly_ms": statistics.median(reports["weekly"]),
        "monthly_ms": statistics.median(reports["monthly"]),
        "weekly_worst_ms": max(reports["weekly"]),
        "monthly_worst_ms": max(reports["monthly"]),
        "cached_ms": statistics.median(cached),
        "with_a_changed_day_ms": statistics.median(settling),
        "build_s": round(built, 1),
        "rebuild_s": round(proved, 1),
        "rebuilt_days": proof["days"],
        "rollups": runtime.d1("SELECT count(*) AS n FROM rollups")[0]["n"],
    }


def _asked(api: Api, kind: str, rounds: int) -> list[float]:
    """How long a report takes (ms), by each model in turn; the first ask warms what is kept in memory."""
    models = ("first", "last", "linear", "decay", "position")
    _timed(api, kind, fresh="true")
    taken = []
    for n in range(rounds):
        ms, report = _timed(api, kind, model=models[n % len(models)], fresh="true")
        if report["cached"] or report["pending"] or not report["totals"]["bookings"]["value"]:
            raise Wrong(f"this is no report: {report['totals']}")
        taken.append(ms)
    return taken


def _timed(api: Api, kind: str, **query: str) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = api.get(f"/api/v1/reports/{kind}", **query)
    return round((time.perf_counter() - started) * 1000, 1), answer


def _database(state: Path) -> Path:
    for path in (state / "v3" / "d1").rglob("*.sqlite"):
        with closing(sqlite3.connect(path)) as found:
            if found.execute("SELECT 1 FROM sqlite_master WHERE name = 'bookings'").fetchone():
                return path
    raise Wrong("there is no database")


def table(told: dict[str, Any]) -> str:
    """The same figures for people."""
    rows, machine = told["rows"], told["machine"]
    return "\n".join(
        [
            f"One tenant: {rows['bookings']:,} bookings, {rows['touchpoints']:,} touchpoints,"
            f" {rows['contacts']:,} contacts; {told['database_mb']} MB, {told['rollups']:,} rollups.",
            f"{'':34}{'p50 ms':>10}{'worst':>10}",
            f"{'weekly report, no cache':34}{told['weekly_ms']:10.1f}{told['weekly_worst_ms']:10.1f}"
            "   (aim: under 300)",
            f"{'monthly report, no cache':34}{told['monthly_ms']:10.1f}{told['monthly_worst_ms']:10.1f}"
            "   (aim: under 300)",
            f"{'weekly report from the cache':34}{told['cached_ms']:10.1f}",
            f"{'with a changed day to settle':34}{told['with_a_changed_day_ms']:10.1f}",
            "",
            f"Building all rollups took {told['build_s']} s; proving that {told['rebuilt_days']} days are the facts"
            f" took {told['rebuild_s']} s.",
            f"{machine['cpus']} CPUs, databases in {machine['databases']}, load {machine['load_before']} before,"
            f" {machine['load_after']} after.",
        ]
    )
