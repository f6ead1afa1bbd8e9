"""The Wix door beside the floor (an empty Python Worker) and the obvious FastAPI handler, in one run.

Rounds are interleaved and change their order, so that what else the machine does hits all alike; a ratio is the
median of its rounds. Throughput is taken at 8 connections, p50 at 1. All three are deployed alike (bindings, assets,
runtime); only the Python differs. Nothing stands behind the queues meanwhile, for none of them: this is about the
door. The last line has the consumers on and the simulated providers answering. Databases lie in memory where the
machine offers that: production's is a network away, which the delayed figures stand for, and never this disk.
"""

import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import targets
from bench.load import Burst, Load, Wrong, quantile
from bench.signed import sign
from bench.targets import Target
from sandbox.signing import new_private_key

DELAY_MS = 20
AT_ONCE = 8
MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Plan:
    """How many webhooks each target gets: `ones` over 1 connection and `eights` over 8, in each round."""

    warm: int = 200
    rounds: int = 6
    ones: int = 80
    eights: int = 240
    slow_rounds: int = 3
    slow_ones: int = 40
    slow_eights: int = 160
    busy: int = 240

    @property
    def each(self) -> int:
        """Webhooks one target gets."""
        plain = self.warm + self.rounds * (self.ones + self.eights)
        return plain + self.warm // 4 + self.slow_rounds * (self.slow_ones + self.slow_eights)


FULL = Plan()
TINY = Plan(warm=8, rounds=1, ones=8, eights=16, slow_rounds=1, slow_ones=4, slow_eights=8, busy=8)


@dataclass
class Figures:
    """What one target did in one condition: a burst a round, over 1 connection and over 8."""

    ones: list[Burst] = field(default_factory=list)
    eights: list[Burst] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        return {"connections_1": _summary(self.ones), "connections_8": _summary(self.eights)}


def _summary(bursts: Sequence[Burst]) -> dict[str, float]:
    ms = [each for burst in bursts for each in burst.ms]
    return {
        "p50": round(quantile(ms, 0.5), 2),
        "p99": round(quantile(ms, 0.99), 2),
        "per_second": round(statistics.median(burst.per_second for burst in bursts), 1),
        "requests": len(ms),
    }


def ratio(ours: Sequence[Burst], theirs: Sequence[Burst], figure: Callable[[Burst], float]) -> float:
    """The median over the rounds of ours by theirs."""
    return round(statistics.median(figure(a) / figure(b) for a, b in zip(ours, theirs, strict=True)), 2)


class Run:
    """One comparison: the targets, the load, and how far each target has come in the webhooks."""

    def __init__(self, load: Load, compared: Sequence[Target]) -> None:
        self.load = load
        self.compared = list(compared)
        self.sent = 0

    def burst(self, count: int, connections: int) -> dict[str, Burst]:
        """The same webhooks to each target in turn; the next burst starts with another."""
        done = {each.name: self.load.post(each.url, self.sent, count, connections) for each in self.compared}
        self.sent += count
        self.compared.append(self.compared.pop(0))
        return done

    def rounds(self, rounds: int, ones: int, eights: int) -> dict[str, Figures]:
        figures = {each.name: Figures() for each in self.compared}
        for _ in range(rounds):
            for name, burst in self.burst(ones, 1).items():
                figures[name].ones.append(burst)
            for name, burst in self.burst(eights, AT_ONCE).items():
                figures[name].eights.append(burst)
        return figures


def run(plan: Plan = FULL) -> dict[str, Any]:
    """The figures as `--json` prints them. Raises Wrong when an answer or a row is missing."""
    load_before = os.getloadavg()[0]
    in_memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-", dir=in_memory) as directory:
        key = new_private_key()
        plain, slow, rows = _compared(Path(directory), plan, key)
        busy = _busy(Path(directory), plan, key)
    ours, theirs, empty = plain["frontdesk"], plain["fastapi"], plain["floor"]
    return {
        "rps_vs_fastapi": ratio(ours.eights, theirs.eights, lambda burst: burst.per_second),
        "p50_vs_floor": ratio(ours.ones, empty.ones, lambda burst: burst.p50),
        "delayed_p50_vs_fastapi": ratio(
            slow["frontdesk"].ones, slow["fastapi"].ones, lambda burst: burst.p50
        ),
        "plain": {name: each.summary() for name, each in plain.items()},
        "delayed": {name: each.summary() for name, each in slow.items()},
        "consumers_on": {"frontdesk": busy.summary()},
        "storage_calls_in_turn": {
            name: round((_p50(slow[name]) - _p50(plain[name])) / DELAY_MS, 1) for name in plain
        },
        "delay_ms": DELAY_MS,
        "rows": rows,
        "machine": {
            "cpus": os.cpu_count(),
            "databases": "memory" if in_memory else "disk",
            "load_before": round(load_before, 2),
            "load_after": round(os.getloadavg()[0], 2),
        },
    }


def _p50(figures: Figures) -> float:
    return quantile([each for burst in figures.ones for each in burst.ms], 0.5)


def _compared(
    directory: Path, plan: Plan, key: str
) -> tuple[dict[str, Figures], dict[str, Figures], dict[str, Any]]:
    with ExitStack() as stack:
        places = {name: directory / name for name in ("sandbox", "floor", "frontdesk", "fastapi")}
        for place in places.values():
            place.mkdir()
        sandbox = stack.enter_context(targets.outside(places["sandbox"]))
        ours, office = stack.enter_context(targets.product(places["frontdesk"], sandbox, key))
        rows = ours.runtime.d1("SELECT * FROM tenants")[0]
        theirs = stack.enter_context(targets.obvious(places["fastapi"], office, key, rows))
        empty = stack.enter_context(targets.floor(places["floor"]))
        bodies = directory / "bodies"
        sign(bodies, plan.each, instance=office.instance, private_key_pem=key)
        going = Run(stack.enter_context(Load(bodies)), [empty, ours, theirs])

        going.burst(plan.warm, AT_ONCE)
        plain = going.rounds(plan.rounds, plan.ones, plan.eights)
        for each in going.compared:
            each.runtime.set_storage_delay(DELAY_MS)
        going.burst(plan.warm // 4, AT_ONCE)
        slow = going.rounds(plan.slow_rounds, plan.slow_ones, plan.slow_eights)
        found = {
            "frontdesk": {table: ours.count(table) for table in ("events", "deliveries", "jobs")},
            "fastapi": {table: theirs.count(table) for table in ("events", "deliveries")},
        }
        for name, counts in found.items():
            if set(counts.values()) != {going.sent}:
                raise Wrong(f"{name} answered {going.sent} webhooks with 200, but has {counts}")
        return plain, slow, {"sent": going.sent, **found}


def _busy(directory: Path, plan: Plan, key: str) -> Figures:
    """The product alone, with everything behind the door running as well."""
    place = directory / "busy"
    place.mkdir()
    with (
        targets.outside(place) as sandbox,
        targets.product(place, sandbox, key, consumers=True) as (ours, office),
    ):
        count = plan.warm // 2 + 2 * plan.busy
        bodies = directory / "busy-bodies"
        sign(bodies, count, instance=office.instance, private_key_pem=key)
        with Load(bodies) as load:
            going = Run(load, [ours])
            going.burst(plan.warm // 2, AT_ONCE)
            return going.rounds(1, plan.busy, plan.busy)["frontdesk"]


def table(told: dict[str, Any]) -> str:
    """The same figures for people."""
    delay, machine = f"+{told['delay_ms']} ms", told["machine"]
    lines = [f"{'':32}{'1 connection':>25}   {'8 connections':>25}"]
    lines.append(f"{'':32}" + f"{'p50 ms':>7}{'p99 ms':>9}{'per s':>9}   " * 2)
    conditions = {"plain": "", "delayed": f", storage {delay}", "consumers_on": ", consumers on"}
    for condition, title in conditions.items():
        for name, figures in sorted(told[condition].items()):
            cells = [f"{c['p50']:7.2f}{c['p99']:9.2f}{c['per_second']:9.0f}" for c in figures.values()]
            lines.append(f"{name + title:32}{'   '.join(cells)}")
        lines.append("")
    for title, figure, aim in (
        ("throughput at 8 connections, frontdesk / fastapi", "rps_vs_fastapi", "1.5 or more"),
        ("p50 at 1 connection, frontdesk / floor", "p50_vs_floor", "3.0 or less"),
        (
            f"p50 at 1 connection, storage {delay}, frontdesk / fastapi",
            "delayed_p50_vs_fastapi",
            "0.6 or less",
        ),
    ):
        lines.append(f"{title:62}{told[figure]:5.2f}   (aim: {aim})")
    calls = ", ".join(f"{name} {count}" for name, count in sorted(told["storage_calls_in_turn"].items()))
    lines += [
        "",
        f"Storage calls before the answer, one after another (the growth of p50 by {delay}): {calls}.",
        f"Each got the same {told['rows']['sent']} webhooks; all were answered with 200, and all are on record.",
        "Nothing stands behind the queues, for none of them; only in the line with consumers on do the jobs and the",
        f"simulated providers share the machine. {machine['cpus']} CPUs, databases in {machine['databases']},"
        f" load {machine['load_before']} before the run, {machine['load_after']} after.",
    ]
    return "\n".join(lines)
