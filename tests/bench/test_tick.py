"""The bench of the tick tells the truth: every tick did what was due, and the figures are all there. Never how fast."""

import json
from typing import Any

import pytest

from bench import tick


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return tick.run(tick.TINY)


def test_the_ratio_and_the_figures_behind_it(told: dict[str, Any]) -> None:
    assert told["p50_10k_tenants_vs_10"] > 0
    assert told["tenants"].keys() == {str(tick.TINY.few), str(tick.TINY.many)}
    for figures in told["tenants"].values():
        for each in figures.values():
            assert 0 < each["p50"] <= each["p99"]
        assert figures["working"]["ticks"] == tick.TINY.rounds
    assert json.loads(json.dumps(told)) == told


def test_the_table_says_what_was_measured(told: dict[str, Any]) -> None:
    table = tick.table(told)
    assert any(line.startswith(str(tick.TINY.many)) for line in table.splitlines())
    assert "aim: 1.5 or less" in table


def test_the_same_work_is_due_however_many_tenants_there_are() -> None:
    plan = tick.FULL
    few, many = (tick.House(None, count, plan) for count in (plan.few, plan.many))  # type: ignore[arg-type]
    assert few.mix(spread=False) == few.mix(spread=True) == many.mix(spread=False)
    apart = many.mix(spread=True)
    assert sorted(name for _, name in apart) == sorted(name for _, name in few.mix(spread=False))
    assert len({tenant for tenant, _ in apart}) == plan.due
