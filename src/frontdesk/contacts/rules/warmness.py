"""How warm a lead is, from 0 to 100, with what each point is for."""

from dataclasses import dataclass

from pydantic import BaseModel

from frontdesk.core.clock import DAY, HOUR

RECENCY, FREQUENCY, REPLIES, SOURCE, INTENT = 35, 20, 15, 10, 20
"""The most points each ground can give; together 100."""
LATELY = 30 * DAY
"""How far back sightings count for frequency."""

# Somebody who turned to us is warmer than somebody we or an advertisement reached.
SOURCES = {
    "wix": 10,
    "referral": 10,
    "phone": 9,
    "staff": 8,
    "website": 8,
    "manychat": 6,
    "clicksend": 5,
    "twilio": 5,
}
OTHER_SOURCE = 3


class Reason(BaseModel):
    """One ground of a score, in words for staff, and its points."""

    label: str
    points: int


class Score(BaseModel):
    """A number from 0 to 100 and what it is made of: the points sum to it."""

    score: int
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of a lead. `heard_at` is when they were last heard from, `lately` how often in 30 days."""

    heard_at: int | None
    lately: int
    replies: int
    source: str
    intent: int | None


def warmness(signals: Signals, now: int) -> Score:
    """Each ground on its own: more recent, more often, more replies or more intent is never colder."""
    return scored(
        [
            _recency(signals.heard_at, now),
            _frequency(signals.lately),
            _replies(signals.replies),
            _source(signals.source),
            _intent(signals.intent),
        ]
    )


def scored(reasons: list[Reason]) -> Score:
    """The sum of what has points, between 0 and 100, the strongest ground first."""
    kept = sorted((each for each in reasons if each.points), key=lambda each: -each.points)
    return Score(score=min(100, max(0, sum(each.points for each in kept))), reasons=kept)


def _recency(heard_at: int | None, now: int) -> Reason:
    if heard_at is None:
        return Reason(label="Never heard from", points=0)
    age = max(0, now - heard_at)
    for within, points, label in (
        (4 * HOUR, 35, "Heard from within 4 hours"),
        (DAY, 30, "Heard from within a day"),
        (3 * DAY, 22, "Heard from within 3 days"),
        (7 * DAY, 15, "Heard from within a week"),
        (14 * DAY, 9, "Heard from within 2 weeks"),
        (30 * DAY, 4, "Heard from within a month"),
    ):
        if age <= within:
            return Reason(label=label, points=points)
    return Reason(label="Not heard from for over a month", points=0)


def _frequency(lately: int) -> Reason:
    count = max(0, lately)
    words = "once" if count == 1 else "twice" if count == 2 else f"{count} times"
    return Reason(label=f"In touch {words} in 30 days", points=min(FREQUENCY, 4 * count))


def _replies(replies: int) -> Reason:
    count = max(0, replies)
    label = "Replied to us once" if count == 1 else f"Replied to us {count} times"
    return Reason(label=label, points=0 if not count else min(REPLIES, 6 + 3 * (count - 1)))


def _source(source: str) -> Reason:
    known = source.strip().casefold()
    return Reason(
        label=f"Came through {source.strip()}" if known else "Unknown source",
        points=min(SOURCE, SOURCES.get(known, OTHER_SOURCE)) if known else 0,
    )


def _intent(intent: int | None) -> Reason:
    said = min(100, max(0, intent or 0))
    return Reason(label=f"Intent {said} of 100", points=INTENT * said // 100)
