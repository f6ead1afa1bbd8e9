"""The process is killed at every named point in turn: nothing lost, nothing texted twice, nothing stuck."""

import pytest

from frontdesk.core.failpoints import FAILPOINTS
from seed.api import Api
from seed.office import Office
from support.stage import Stage
from support.times import nine_in_sydney

PHONE = "+61491570006"
AT_THE_TICK = ("tick.before", "tick.fanned")
ON_FAILURE = ("settle.before", "settle.after")
IN_THE_FIRST_FLOW = [name for name in FAILPOINTS if not name.startswith("call.")]
"""What rules call is killed in `test_automation.py`: the first flow calls nobody's webhook."""


def whole_truth(stage: Stage, clinic: Office, api: Api) -> None:
    """What must be so however often the process died: one of each, every job at its end."""
    contacts, bookings = api.items("/api/v1/contacts"), api.items("/api/v1/bookings")
    assert (len(contacts), len(bookings)) == (1, 1)
    messages = api.get(f"/api/v1/bookings/{bookings[0]['id']}")["messages"]
    states = sorted((m["template"], m["offset_hours"] or 0, m["state"]) for m in messages)
    assert states == [
        ("booking.confirmation", 0, "delivered"),
        ("booking.reminder", 2, "scheduled"),
        ("booking.reminder", 24, "scheduled"),
        ("booking.reminder", 48, "scheduled"),
    ]
    sent = stage.sandbox.sends(account=clinic.slug)
    assert (sent["total"], sent["duplicates"], sent["same_text"]) == (1, [], [])
    jobs = api.items("/api/v1/jobs")
    assert {j["state"] for j in jobs} <= {"done", "pending"}, jobs
    pending = [j for j in jobs if j["state"] == "pending"]
    # Besides the reminders only the day's figures are yet to be reckoned.
    assert sorted({j["kind"] for j in pending} - {"reports.tally"}) == ["messaging.send"]
    assert len([j for j in pending if j["kind"] == "messaging.send"]) == 3


@pytest.mark.parametrize("failpoint", IN_THE_FIRST_FLOW)
def test_killed_at(failpoint: str, stage: Stage, clinic: Office, api: Api) -> None:
    boots = stage.runtime.status()["boots"]
    if failpoint in ON_FAILURE:
        # Being told to wait is the commonest reason to put a job back.
        stage.sandbox.fault("clicksend", "rate_limit", account=clinic.slug, operation="send", retry_after_s=1)
    stage.runtime.arm_all({failpoint: 1})
    stage.sandbox.book(
        clinic.instance,
        phone=PHONE,
        first_name="Kim",
        start=nine_in_sydney(5),
        timezone="Australia/Sydney",
        service="CT Chest",
        wait=False,
    )
    if failpoint in AT_THE_TICK:
        stage.tick_through_a_crash()
    stage.survive(boots)
    stage.drain()
    whole_truth(stage, clinic, api)
