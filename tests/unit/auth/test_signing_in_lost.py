"""Signing in while the database's answers get lost: a try that was counted is a try, not the end of the code."""

from collections.abc import Sequence
from typing import Any

from frontdesk.core.db import Bound
from support.calls import parsed
from support.house import House
from support.sqlite import SqliteDriver


class Forgetful(SqliteDriver):
    """Loses the answer of the commit that counts a try."""

    lose = False

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        if self.lose and any("SET tries" in bound.sql for bound in bounds):
            self.lose, self.fail = False, ["after"]
        return await super().batch(bounds)


def test_a_code_is_good_though_the_answer_that_counted_it_was_lost() -> None:
    driver = Forgetful()
    house = House()
    driver.connection = house.world.driver.connection
    house.world.driver = driver
    sign_in_id, code = house.code("owner@harbour.example")
    driver.lose = True
    response = house.send(
        "POST", "/auth/sessions", {"sign_in_id": sign_in_id, "code": code}, host="harbour.localhost"
    )
    assert not driver.lose
    assert (response.status, "token" in parsed(response)) == (201, True)
    assert house.rows("SELECT tries FROM sign_ins") == [{"tries": 1}]
