"""The load generator from Python: one Node process, one order after the other."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from local.child import ROOT, collect, environment

PROGRAM = Path(__file__).parent / "load.mjs"


class Wrong(Exception):
    """An answer was not 200, or what it promised is not in the database: the figures mean nothing."""


@dataclass(frozen=True)
class Burst:
    """One order carried out: how long it took in all, and each request's milliseconds."""

    seconds: float
    ms: tuple[float, ...]

    @property
    def per_second(self) -> float:
        return len(self.ms) / self.seconds

    @property
    def p50(self) -> float:
        return quantile(self.ms, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


class Load:
    """A context manager: the generator runs while it is open."""

    def __init__(self, bodies: Path) -> None:
        self._process = subprocess.Popen(
            ["node", str(PROGRAM), str(bodies)],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def post(self, url: str, start: int, count: int, connections: int) -> Burst:
        """Posts bodies `start` to `start + count`. Raises Wrong unless every answer was 200."""
        assert self._process.stdin and self._process.stdout
        order = {"url": url, "from": start, "count": count, "connections": connections}
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        if told["wrong"]:
            raise Wrong(f"{url} answered {told['wrong']}")
        return Burst(told["seconds"], tuple(told["ms"]))

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_exception: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        collect(self._process)
