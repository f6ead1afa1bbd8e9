"""The bench of reports tells the truth: its reports have figures, and its rollups are the facts. Never how fast."""

import json
from typing import Any

import pytest

from bench import report
from bench.rows import TINY


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return report.run(TINY)


def test_the_figures_are_all_there(told: dict[str, Any]) -> None:
    for name in ("weekly_ms", "monthly_ms", "cached_ms", "with_a_changed_day_ms", "build_s", "rebuild_s"):
        assert told[name] > 0
    assert told["weekly_ms"] <= told["weekly_worst_ms"]
    assert told["rebuilt_days"] >= TINY.days
    assert told["rollups"] > TINY.days
    assert json.loads(json.dumps(told)) == told


def test_the_table_says_what_was_measured(told: dict[str, Any]) -> None:
    assert "aim: under 300" in report.table(told)
