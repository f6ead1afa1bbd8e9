"""What each path costs in round trips to the database: the table of docs/architecture.md, counted."""

import asyncio

from frontdesk import app
from frontdesk.core import jobs
from frontdesk.core.clock import SECOND
from support.instants import Whole


def cost_of_a_webhook(whole: Whole) -> int:
    """Of one posted booking, answered at once."""
    before = whole.world.driver.calls
    whole.wix("created")
    return whole.world.driver.calls - before


def costs_of_jobs(whole: Whole) -> dict[str, list[int]]:
    """Of each job that follows, by kind, in the order in which they ran."""
    costs: dict[str, list[int]] = {}
    while bells := whole.world.bells.take():
        for _, bell, delay_s in bells:
            whole.world.real += delay_s * SECOND
            (row,) = whole.desk.rows("SELECT kind FROM jobs WHERE id = ?", bell.id)
            before = whole.world.driver.calls
            asyncio.run(run(whole, bell.id))
            costs.setdefault(row["kind"], []).append(whole.world.driver.calls - before)
    return costs


async def run(whole: Whole, job_id: str) -> None:
    await jobs.run(whole.world.platform, app.WIRING, whole.desk.tenant, job_id)
    await whole.world.settle()


def warm() -> Whole:
    """A tenant whose isolate remembers what it looked up, as it does in production."""
    whole = Whole("silenced")
    whole.world.settings = whole.world.settings.model_copy(update={"tenant_cache_ms": 30 * SECOND})
    return whole


def test_a_webhook_is_one_batch_and_two_reads_more_where_nobody_is_remembered() -> None:
    whole = warm()
    assert cost_of_a_webhook(whole) == 3
    assert cost_of_a_webhook(whole) == 1


def test_a_booking_is_taken_in_and_confirmed_in_few_round_trips() -> None:
    whole = warm()
    whole.wix("created")
    costs = costs_of_jobs(whole)
    assert costs["bookings.apply"] == [5], "claim, event, booking, identities, one commit"
    assert costs["messaging.send"] == [6], "claim, message, filling, standing, checkpoint, one commit"
