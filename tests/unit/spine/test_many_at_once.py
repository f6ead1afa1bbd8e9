"""The first flow by bells and ticks alone: bells lost, doubled and late, deaths, failures, runners that stand still."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

from frontdesk.core.clock import DAY, HOUR
from frontdesk.integrations.facts import BookingFact, ContactFact, TextFact
from frontdesk.integrations.inbound import Accepted
from support.desk import JO, MORNING
from support.unlucky import Shift, Strike

SEEDS = 20


def booked(sequence: int, starts_at: int) -> Accepted:
    fact = BookingFact(
        source="wix",
        action="updated",
        external_id="b1",
        status="confirmed",
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        service="MRI knee",
        contact=ContactFact(external_id="w1", first_name="Jo", phone="0491 570 006"),
        sequence=sequence,
        changed_at=MORNING + sequence,
    )
    return Accepted(f"e{sequence}", "wix.booking", MORNING, fact.model_dump(mode="json"))


def texted(id_: str, body: str, at: int) -> Accepted:
    fact = TextFact(
        provider="clicksend", provider_id=id_, sender=JO, recipient="+61280000001", body=body, at=at
    )
    return Accepted(id_, "clicksend.text", at, fact.model_dump(mode="json"))


async def story(shift: Shift) -> None:
    """Booked and told twice, answered, moved; two reminders arrive, STOP is texted, the last one is skipped."""
    for _ in range(2):
        await shift.hear("wix", booked(1, MORNING + 5 * DAY), b"x" * 20_000)
    await shift.until(MORNING + 2 * HOUR)
    await shift.hear("clicksend", texted("t1", "Thanks", MORNING + 2 * HOUR))
    await shift.until(MORNING + 4 * HOUR)
    await shift.hear("wix", booked(2, MORNING + 6 * DAY))
    await shift.until(MORNING + 5 * DAY + HOUR)
    await shift.hear("clicksend", texted("t2", "STOP", MORNING + 5 * DAY + HOUR))
    await shift.until(MORNING + 6 * DAY + HOUR)


def truth(shift: Shift) -> dict[str, Any]:
    """All that staff, the patient and the log would notice."""
    rows = shift.desk.rows
    gone = {"delivered": "sent"}  # who asks after a crash hears more than who sends
    return {
        "contacts": rows("SELECT phone, stage, replies FROM contacts"),
        "bookings": rows("SELECT starts_at, status FROM bookings"),
        "texts": sorted(text["body"] for text in shift.desk.carriers.texts),
        "messages": sorted(
            (
                row["direction"],
                row["template"],
                row["offset_hours"] or 0,
                gone.get(row["state"], row["state"]),
            )
            for row in rows("SELECT * FROM messages")
        ),
        "timeline": sorted(row["kind"] for row in rows("SELECT kind FROM touchpoints")),
        "facts": Counter(
            row["type"] for row in rows("SELECT type FROM events") if not row["type"].startswith("message.")
        ),
        "tasks": rows("SELECT type, status FROM tasks"),
        "runs": rows("SELECT state FROM rule_runs"),
        "consents": rows("SELECT address, stopped FROM consents"),
        "conversations": rows("SELECT preview, unread FROM conversations"),
        "log": [
            row["verdict"] for row in rows("SELECT verdict FROM deliveries WHERE verdict <> 'duplicate'")
        ],
        "under way": rows(
            "SELECT kind, state FROM jobs WHERE state IN ('pending', 'running') AND kind <> 'reports.tally'"
        ),
        "dead": rows("SELECT kind, last_error FROM jobs WHERE state = 'dead' AND kind <> 'reports.tally'"),
    }


def played(strike: Strike, rng: Random | None = None) -> Shift:
    shift = Shift(strike, rng)
    asyncio.run(story(shift))
    return shift


def undisturbed() -> Shift:
    return played(lambda moment: "")


def test_the_story_is_what_it_says() -> None:
    told = truth(undisturbed())
    assert [text.partition(":")[0].partition(",")[0] for text in told["texts"]] == [
        "Hi Jo",
        "Reminder",
        "Reminder",
    ]
    assert Counter(told["messages"])["out", "booking.reminder", 2, "skipped"] == 2
    assert (told["facts"]["wix.booking"], told["log"]) == (2, ["accepted"] * 4)
    assert (told["under way"], told["dead"]) == ([], [])


def test_bells_lost_doubled_and_in_any_order_deaths_and_failures_change_nothing() -> None:
    expected = truth(undisturbed())
    deaths = 0
    for seed in range(SEEDS):
        rng = Random(seed)

        def strike(moment: int, rng: Random = rng) -> str:
            return rng.choices(("", "fail", "kill"), (980, 15, 5))[0]

        shift = played(strike, rng)
        assert truth(shift) == expected, f"seed {seed}"
        deaths += shift.deaths
    assert deaths > SEEDS


def test_a_runner_that_stands_still_beyond_its_lease_changes_nothing_when_it_wakes() -> None:
    """Others took over meanwhile. Between the last look at the clock and a call nothing could be done about it."""
    calm = undisturbed()
    expected = truth(calm)
    before_calls = {moment - 1 for moment in calm.calls}
    anywhere = set(range(1, calm.moments + 1, 20)) - set(calm.calls)
    for struck in sorted(before_calls | anywhere):
        shift = played(lambda moment, at=struck: "sleep" if moment == at else "")  # type: ignore[misc]
        assert truth(shift) == expected, f"asleep at {struck}"
