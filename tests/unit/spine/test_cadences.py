"""What staff read of the clock: what comes when, in words, and when it came last."""

import asyncio

from frontdesk.core.cadences import Cadence, plan_cadences
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.schedule import Daily, Every
from frontdesk.core.tick import tick
from frontdesk.spine.api import list_cadences
from support.calls import run
from support.desk import MORNING, Desk

TABLE = {
    "reports": Cadence("spine.forget", Daily(at="09:00", weekday=0)),
    "net": Cadence("spine.forget", Every(ms=15 * MINUTE)),
    "forget": Cadence("spine.forget", Daily(at="03:10")),
}


def test_each_schedule_is_listed_by_name_page_by_page_with_when_it_comes_and_came() -> None:
    desk = Desk(accounts=False)
    desk.commit(plan_cadences(TABLE, desk.tenant.id, desk.tenant.zone, desk.now))
    desk.pass_(DAY)
    asyncio.run(tick(desk.world.platform, "main", TABLE))
    first = run(list_cadences(desk.ctx(), limit=2))
    assert [(each.name, each.when) for each in first.items] == [
        ("forget", "daily at 03:10"),
        ("net", "every 15 minutes"),
    ]
    assert first.items[0].last_at == MORNING + 16 * HOUR + 10 * MINUTE
    assert first.items[0].next_at == first.items[0].last_at + DAY
    rest = run(list_cadences(desk.ctx(), after=first.next, limit=2))
    assert [(each.name, each.when, each.last_at) for each in rest.items] == [
        ("reports", "Mondays at 09:00", None)
    ]
    assert rest.next is None


def test_another_tenants_clock_is_not_shown() -> None:
    desk = Desk(accounts=False)
    other = Desk(world=desk.world, slug="blue", accounts=False)
    asyncio.run(tick(desk.world.platform, "main", TABLE))
    desk.rows("DELETE FROM cadences WHERE tenant_id = ?", other.tenant.id)
    assert run(list_cadences(other.ctx())).items == []
