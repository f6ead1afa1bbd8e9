"""A tenant's pace: a burst is spread over slots, each is used once, and no outage releases another."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from frontdesk.core.clock import MINUTE, SECOND
from frontdesk.core.db import Bound
from frontdesk.core.errors import Unavailable
from support.desk import MORNING, Desk


def ended(desk: Desk, id_: str) -> tuple[str, str]:
    desk.rest()
    row = desk.message(id_)
    return row["state"], row["reason"]


def test_a_burst_is_spread_over_slots_and_each_slot_is_used_once() -> None:
    desk = Desk(settings={"sms": {"per_second": 5}, "caps": {"service": 100}})
    ids = [desk.plan(f"Note {number}") for number in range(12)]
    desk.work()
    assert len(desk.carriers.texts) == 1
    slots = sorted(desk.message(id_)["pace_slot"] for id_ in ids)
    assert slots == [MORNING + 200 * place for place in range(12)]
    desk.rest()
    assert len({text["custom_string"] for text in desk.carriers.texts}) == len(desk.carriers.texts) == 12


def test_a_slot_of_yesterday_does_not_release_a_burst_in_the_morning() -> None:
    desk = Desk(settings={"sms": {"per_second": 1}, "caps": {"service": 100}})
    desk.world.real = MORNING + 10 * 60 * MINUTE - 2 * SECOND  # two seconds before quiet hours
    ids = [desk.plan(f"Note {number}") for number in range(5)]
    desk.rest()
    sent = sorted(desk.message(id_)["sent_at"] for id_ in ids)
    assert all(later - earlier >= SECOND for earlier, later in pairwise(sent))


def test_slots_that_an_outage_let_pass_release_no_burst_either() -> None:
    desk = Desk(settings={"sms": {"per_second": 1}, "caps": {"service": 100}})
    ids = [desk.plan(f"Note {number}") for number in range(5)]
    desk.work()
    assert len(desk.carriers.texts) == 1
    desk.pass_(60 * MINUTE)
    desk.rest()
    sent = sorted(desk.message(id_)["sent_at"] for id_ in ids)
    assert all(later - earlier >= SECOND for earlier, later in pairwise(sent))


def test_a_slot_whose_bell_was_lost_is_kept() -> None:
    desk = Desk(settings={"sms": {"per_second": 1}, "caps": {"service": 100}})
    ids = [desk.plan(f"Note {number}") for number in range(5)]
    desk.work()
    desk.pass_(MINUTE)
    desk.work()
    assert {desk.message(id_)["state"] for id_ in ids} == {"sent"}


def test_a_slot_whose_answer_was_lost_is_looked_up_before_anything_is_sent() -> None:
    """The commit took effect, its rows did not come back: `queued` must not be taken for `sending`."""
    desk = Desk(settings={"sms": {"per_second": 1}})
    desk.plan("First")
    desk.work()
    id_ = desk.plan("Second")  # its slot is a second away
    batch = desk.world.driver.batch
    lost: list[int] = []

    async def lose_the_answer(bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        done = await batch(bounds)
        if not lost and any("INTO pace" in bound.sql for bound in bounds):
            lost.append(1)
            raise Unavailable("the network went away")
        return done

    desk.world.driver.batch = lose_the_answer  # type: ignore[method-assign]
    desk.work()
    assert lost and desk.message(id_)["state"] == "queued"
    assert len(desk.carriers.texts) == 1
    assert ended(desk, id_) == ("sent", "")
    assert len(desk.carriers.texts) == 2
