"""The whole flow, struck at each instant in turn: nothing is lost, nothing is told twice, nothing is stuck."""

from collections import Counter
from collections.abc import Callable

import pytest

from support.instants import Blow, Whole

JO = "+61491570006"
Step = Callable[[Whole], None]


def booked(whole: Whole) -> None:
    whole.wix("created")


def moved(whole: Whole) -> None:
    whole.wix("rescheduled")


def cancelled(whole: Whole) -> None:
    whole.wix("canceled")


def stopped(whole: Whole) -> None:
    whole.clicksend(
        {"from": JO, "to": "+61280000001", "body": "STOP", "message_id": "in-1", "timestamp": "1789952500"}
    )


def delivered(whole: Whole) -> None:
    sent = whole.desk.carriers.texts[0]
    whole.clicksend(
        {"message_id": sent["message_id"], "status_code": "201", "custom_string": sent["custom_string"]}
    )


STORIES: dict[str, tuple[list[Step], Step]] = {
    "a booking": ([], booked),
    "a receipt": ([booked], delivered),
    "a reschedule": ([booked], moved),
    "a cancellation": ([booked], cancelled),
    "STOP": ([booked], stopped),
}


REACHED: dict[Blow, set[str]] = {
    "killed": {"after a claim", "after a commit", "after a bell"},
    "silenced": {f"{when} a {what}" for when in ("before", "after") for what in ("commit", "bell")}
    | {"before a read", "after a claim"},
}
"""What every story does outside; a booking calls the carrier as well."""


def truth(whole: Whole) -> dict[str, object]:
    """All that anybody could notice, without ids and without the clock."""
    desk = whole.desk
    return {
        "contacts": desk.rows("SELECT first_name, phone, email, stage, version FROM contacts"),
        "bookings": desk.rows("SELECT status, starts_at, service, version FROM bookings"),
        "messages": desk.rows(
            "SELECT direction, template, offset_hours, state, reason, address, body FROM messages"
            " ORDER BY direction, template, offset_hours, state, reason"
        ),
        "texts": [(text["to"], text["body"]) for text in desk.carriers.texts],
        "mails": desk.carriers.mails,
        "consents": desk.rows("SELECT channel, address, stopped, marketing, source FROM consents"),
        "tasks": desk.rows("SELECT type, title, status FROM tasks"),
        "timeline": Counter(row["kind"] for row in desk.rows("SELECT kind FROM touchpoints")),
        "events": Counter(row["type"] for row in desk.rows("SELECT type FROM events")),
        "runs": Counter(row["state"] for row in desk.rows("SELECT state FROM rule_runs")),
        "accepted": desk.rows("SELECT count(*) AS n FROM deliveries WHERE verdict = 'accepted'"),
        "planned": Counter(
            row["kind"]
            for row in desk.rows("SELECT kind FROM jobs WHERE state = 'pending' AND kind <> 'reports.tally'")
        ),
        "stuck": desk.rows("SELECT kind, last_error FROM jobs WHERE state IN ('running', 'dead')"),
    }


def told(story: str, blow: Blow, fatal: int) -> Whole:
    """The story, struck at the `fatal`-th instant of its last step (0: never)."""
    before, last = STORIES[story]
    whole = Whole(blow)
    for step in before:
        step(whole)
        whole.rest()
    whole.instants.passed, whole.instants.fatal = 0, fatal
    last(whole)
    whole.rest()
    return whole


@pytest.mark.parametrize("blow", ["killed", "silenced"])
@pytest.mark.parametrize("story", STORIES)
def test_the_truth_is_the_same_wherever_it_is_struck(story: str, blow: Blow) -> None:
    unharmed = told(story, blow, 0)
    expected, instants = truth(unharmed), unharmed.instants.passed
    assert expected["stuck"] == []
    struck: set[str] = set()
    for fatal in range(1, instants + 1):
        whole = told(story, blow, fatal)
        struck.add(whole.instants.struck)
        assert truth(whole) == expected, f"{blow} {whole.instants.struck}, instant {fatal} of {instants}"
    assert struck >= REACHED[blow]
