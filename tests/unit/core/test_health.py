"""Readiness: each dependency's own word, and the one promise of the database that everything stands on."""

import json
from collections.abc import Sequence
from typing import Any

from frontdesk.core.db import Bound
from frontdesk.core.health import ready
from support.calls import run
from support.platform import World
from support.sqlite import SqliteDriver


class Forgetful(SqliteDriver):
    """Runs each statement of a batch on a connection of its own, as it were: the next one sees no changes."""

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        return await super().batch(
            [Bound(each.sql.replace("changes()", "1"), each.values) for each in bounds]
        )


def checks(world: World) -> tuple[int, dict[str, bool]]:
    answer = run(ready(world.platform))
    said = json.loads(answer.body)["checks"]
    return answer.status, {name: report["ok"] for name, report in said.items()}


def test_what_answers_is_ready() -> None:
    assert checks(World()) == (200, {"database": True, "kv": True, "files": True})


def test_a_database_whose_batches_do_not_see_what_they_changed_is_not() -> None:
    world = World(driver=Forgetful())
    assert checks(world) == (503, {"database": False, "kv": True, "files": True})
    assert "does not see" in world.lines[-1]


def test_a_database_that_does_not_answer_is_not() -> None:
    world = World()
    world.driver.fail = ["before"]
    assert checks(world)[0] == 503
