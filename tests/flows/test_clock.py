"""The clock's work on the real thing: own hours in own zones, missed ticks lose nothing, the net under reminders."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.app import CADENCES
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import DAY, FAR, HOUR, SYDNEY, ms, nine_in_sydney

MINUTE = 60_000
CHICAGO = ZoneInfo("America/Chicago")


def came(stage: Stage, office: Office, kind: str) -> list[int]:
    """For which instants the clock made jobs of a kind."""
    rows = stage.runtime.d1(
        "SELECT due_at, unique_key FROM jobs WHERE tenant_id = ?1 AND kind = ?2 AND cause_kind = 'cadence'"
        " ORDER BY unique_key",
        office.tenant.id,
        kind,
    )
    return [int(row["unique_key"].rpartition(":")[2]) for row in rows]


def monday_nine(zone: ZoneInfo, after: datetime) -> int:
    """The next Monday at nine on the wall there."""
    day = after.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() != 0:
        day += timedelta(days=1)
    return ms(datetime.combine(day, time(9), zone))


def clock(api: Api) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in api.items("/api/v1/cadences")}


def test_monday_nine_comes_to_each_tenant_at_its_own_hour(stage: Stage) -> None:
    sydney, chicago = stage.office(), stage.office(time_zone="America/Chicago")
    now = datetime.now(SYDNEY)
    at_sydney, at_chicago = monday_nine(SYDNEY, now), monday_nine(CHICAGO, now)
    assert at_sydney != at_chicago
    first, second = sorted([(at_sydney, sydney), (at_chicago, chicago)], key=lambda each: each[0])
    stage.tick_at(first[0] - MINUTE)
    assert came(stage, sydney, "reports.weekly") == came(stage, chicago, "reports.weekly") == []
    stage.tick_at(first[0] + 1_000)
    assert came(stage, first[1], "reports.weekly") == [first[0]]
    assert came(stage, second[1], "reports.weekly") == []
    stage.tick_at(second[0] + 1_000)
    assert came(stage, first[1], "reports.weekly") == [first[0]]
    assert came(stage, second[1], "reports.weekly") == [second[0]]


def test_days_without_a_tick_lose_nothing_and_pile_up_nothing(stage: Stage, clinic: Office, api: Api) -> None:
    before = clock(api)
    assert before.keys() == CADENCES.keys()
    stage.tick_at(stage.runtime.now_ms() + 3 * DAY)
    after = clock(api)
    for name, cadence in CADENCES.items():
        if before[name]["next_at"] < stage.runtime.now_ms() - 10 * MINUTE:
            assert came(stage, clinic, cadence.kind)[0] == before[name]["next_at"], name
            assert after[name]["last_at"] == before[name]["next_at"], name
        assert after[name]["next_at"] > stage.runtime.now_ms() - MINUTE, name
    assert len(came(stage, clinic, "bookings.safety_net")) == 1


def test_across_the_change_of_the_clock_it_is_nine_on_the_wall(stage: Stage, clinic: Office) -> None:
    """Sydney goes back from summer time on the first Sunday of April: that week has an hour more."""
    year = datetime.now(SYDNEY).year + 1
    sunday = next(day for day in range(1, 8) if datetime(year, 4, day).weekday() == 6)
    before = datetime(year, 4, sunday, 9, tzinfo=SYDNEY) - timedelta(days=6)
    after = datetime(year, 4, sunday, 9, tzinfo=SYDNEY) + timedelta(days=1)
    assert ms(after) - ms(before) == 7 * DAY + HOUR
    stage.tick_at(ms(before) - HOUR)
    stage.tick_at(ms(before) + 1_000)
    stage.tick_at(ms(after) - MINUTE)
    assert came(stage, clinic, "reports.weekly")[-1] == ms(before)
    stage.tick_at(ms(after) + 1_000)
    assert came(stage, clinic, "reports.weekly")[-2:] == [ms(before), ms(after)]


def test_a_tenant_that_moves_keeps_its_morning(stage: Stage, clinic: Office, api: Api) -> None:
    stage.runtime.tick()
    here = clock(api)
    stage.runtime.d1("UPDATE tenants SET time_zone = 'America/Chicago' WHERE id = ?1", clinic.tenant.id)
    stage.runtime.tick()
    there = clock(api)
    at = datetime.fromtimestamp(there["report-weekly"]["next_at"] / 1000, CHICAGO)
    assert (at.weekday(), at.hour, at.minute) == (0, 9, 0)
    assert there["report-weekly"]["next_at"] != here["report-weekly"]["next_at"]
    assert there["safety-net"]["next_at"] == here["safety-net"]["next_at"]


def test_a_tenant_of_an_older_release_has_what_is_new_after_a_tick(
    stage: Stage, clinic: Office, api: Api
) -> None:
    stage.runtime.d1_batch(
        [
            ("DELETE FROM cadences WHERE tenant_id = ?1 AND name <> 'forget'", [clinic.tenant.id]),
            (
                "INSERT INTO cadences (tenant_id, name, kind, spec, next_at) VALUES (?1, 'old', 'gone', '{}', ?2)",
                [clinic.tenant.id, FAR],
            ),
            ("UPDATE tenants SET clock = 'older' WHERE id = ?1", [clinic.tenant.id]),
        ]
    )
    stage.runtime.tick()
    told = clock(api)
    assert told.keys() == CADENCES.keys()
    assert told["report-weekly"]["when"] == "Mondays at 09:00"
    assert told["safety-net"]["when"] == "every hour"


def test_a_reminder_somebody_deleted_is_mended_within_the_hour_and_goes_out(
    stage: Stage, clinic: Office, api: Api
) -> None:
    phone, start = new_phone(), nine_in_sydney(5)
    stage.book(clinic, phone=phone, start=start)
    stage.drain()
    booking = api.items("/api/v1/bookings")[0]
    lost = stage.runtime.d1(
        "SELECT id FROM messages WHERE tenant_id = ?1 AND offset_hours = 24", clinic.tenant.id
    )[0]["id"]
    stage.runtime.d1_batch(
        [
            ("DELETE FROM jobs WHERE subject_id = ?1", [lost]),
            ("DELETE FROM messages WHERE id = ?1", [lost]),
        ]
    )
    stage.tick_at(stage.runtime.now_ms() + HOUR)
    ledger = api.get(f"/api/v1/bookings/{booking['id']}")["messages"]
    mended = next(each for each in ledger if each["offset_hours"] == 24)
    assert (mended["state"], mended["due_at"]) == ("scheduled", start - 24 * HOUR)
    (told,) = api.items("/api/v1/events", type="booking.mended")
    assert (told["subject_id"], told["payload"]["mended"]) == (booking["id"], [24])
    assert told["cause_kind"] == "job"
    stage.tick_at(stage.runtime.now_ms() + HOUR)
    assert len(api.items("/api/v1/events", type="booking.mended")) == 1
    stage.tick_at(start - 24 * HOUR + MINUTE)
    ledger = api.get(f"/api/v1/bookings/{booking['id']}")["messages"]
    assert {each["state"] for each in ledger if each["offset_hours"] == 24} <= {"sent", "delivered"}
