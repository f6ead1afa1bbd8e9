"""A clinic's leads: as many as asked for, in the past, some of whom book."""

from random import Random
from zoneinfo import ZoneInfo

from frontdesk.core.clock import DAY
from seed.leads import leads
from seed.month import DAYS, visits

NOW = 1_763_700_000_000


def test_leads_lie_in_the_past_and_some_of_them_book() -> None:
    booked = visits(NOW, ZoneInfo("Australia/Sydney"), 100, Random(5))
    found = leads(NOW, booked, 80, Random(6))
    assert len(found) == 80
    assert len({lead.id for lead in found}) == 80
    assert all(NOW - (DAYS + 3) * DAY < lead.asked_at < NOW for lead in found)
    first = {visit.patient.id: visit.booked_at for visit in reversed(booked)}
    both = [lead for lead in found if lead.patient.id in first]
    assert len(both) == 26
    assert all(lead.asked_at < first[lead.patient.id] for lead in both)


def test_the_same_dice_tell_the_same_leads() -> None:
    booked = visits(NOW, ZoneInfo("UTC"), 30, Random(5))
    assert leads(NOW, booked, 20, Random(6)) == leads(NOW, booked, 20, Random(6))
