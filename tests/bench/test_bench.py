"""The bench tells the truth: every figure is there, and every webhook it counts is on record. Never how fast."""

import json
from typing import Any

import pytest

from bench import webhook
from bench.load import quantile


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return webhook.run(webhook.TINY)


def test_ratios_and_the_figures_behind_them(told: dict[str, Any]) -> None:
    for name in ("rps_vs_fastapi", "p50_vs_floor", "delayed_p50_vs_fastapi"):
        assert told[name] > 0
    everybody = {"floor", "frontdesk", "fastapi"}
    assert (told["plain"].keys(), told["delayed"].keys()) == (everybody, everybody)
    measured = [*told["plain"].values(), *told["delayed"].values(), told["consumers_on"]["frontdesk"]]
    for figures in measured:
        for line in figures.values():
            assert 0 < line["p50"] <= line["p99"]
            assert line["per_second"] > 0
    assert json.loads(json.dumps(told)) == told


def test_what_was_answered_is_on_record(told: dict[str, Any]) -> None:
    sent = webhook.TINY.each
    assert told["rows"] == {
        "sent": sent,
        "frontdesk": {"events": sent, "deliveries": sent, "jobs": sent},
        "fastapi": {"events": sent, "deliveries": sent},
    }


def test_the_table_says_what_was_measured(told: dict[str, Any]) -> None:
    table = webhook.table(told)
    for name in ("floor", "frontdesk, storage +20 ms", "frontdesk, consumers on", "fastapi, storage +20 ms"):
        assert any(line.startswith(name) for line in table.splitlines())


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.75, 3.0), (0.99, 4.0), (0.01, 1.0)])
def test_a_quantile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], share) == expected
