"""Rows that are not what the code takes them for: said without their values, and no job goes round for ever."""

import asyncio

import pytest
from pydantic import BaseModel

from frontdesk import app
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.db import SystemDb
from frontdesk.core.errors import FrontdeskError
from support.desk import Desk
from support.platform import make_platform, make_tenant


class Person(BaseModel):
    phone: int


def test_a_row_that_does_not_fit_is_reported_without_what_it_says() -> None:
    world = make_platform()
    ctx = Ctx(world.platform, app.WIRING, make_tenant(world), SYSTEM, Cause("test", "t", "t"))
    sql = "SELECT 'jo@example.com' AS phone WHERE :tenant <> ''"
    with pytest.raises(FrontdeskError) as told:
        asyncio.run(ctx.db.all(Person, sql))
    assert str(told.value) == "A row is no Person: 0.phone (int_parsing)"
    assert told.value.__suppress_context__
    with pytest.raises(FrontdeskError, match="no Person"):
        asyncio.run(SystemDb(world.driver).all(Person, "SELECT 'jo@example.com' AS phone"))


def test_a_job_whose_payload_is_no_object_is_dead_and_so_is_what_hangs_on_it() -> None:
    desk = Desk()
    id_ = desk.plan("Hello")
    desk.world.driver.connection.execute("UPDATE jobs SET payload = '[1]'")
    desk.work()
    assert desk.rows("SELECT state, error_code, lease_token FROM jobs WHERE kind = 'messaging.send'") == [
        {"state": "dead", "error_code": "unreadable", "lease_token": None}
    ]
    assert desk.message(id_)["reason"] == "gave_up"
