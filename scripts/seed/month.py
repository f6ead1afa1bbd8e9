"""What a clinic's patients do in a month: book, move, cancel, answer. Pure, and the same for the same dice."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from frontdesk.core.clock import DAY, HOUR, MINUTE
from seed.people import Patient, patients

DAYS = 30
SERVICES = (
    ("MRI Knee", 45, "the MRI team"),
    ("MRI Lumbar Spine", 45, "the MRI team"),
    ("CT Chest", 20, "the CT team"),
    ("CT Head", 20, "the CT team"),
    ("Ultrasound Abdomen", 30, "the ultrasound team"),
    ("Ultrasound Shoulder", 30, "the ultrasound team"),
    ("X-Ray Ankle", 15, "the X-ray team"),
    ("X-Ray Chest", 15, "the X-ray team"),
    ("Bone Density Scan", 20, "the X-ray team"),
)
WEEKDAY, SATURDAY = (8, 17), (9, 12)
"""First and last hour at which an examination begins."""

ANSWERS = (
    "Thanks, see you then!",
    "Great, thank you",
    "Is there parking nearby?",
    "Can I bring my referral on the day?",
    "Do I need to fast before the scan?",
    "Could I come half an hour earlier?",
    "Yes I'll be there",
    "Where is the entrance please?",
)
STRANGERS = (
    "Hi, do you do knee MRIs on Saturdays?",
    "How much is an ultrasound without a referral?",
    "Are you open on Monday?",
    "Wrong number sorry",
    "Can I get my images on a USB stick?",
)
Outcome = Literal["completed", "no_show"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment's life. Instants in ms UTC; None for what does not happen."""

    id: str
    patient: Patient
    service: str
    minutes: int
    practitioner: str
    booked_at: int
    starts_at: int
    moved_at: int | None
    moved_to: int | None
    cancelled_at: int | None
    copies: int
    outcome: Outcome
    known: bool
    """Staff recognise the patient as one who has been here before."""
    answers: tuple[str | None, str | None]
    """What the patient texts back to the confirmation, and to the first reminder."""

    @property
    def begins(self) -> int:
        """When it takes place in the end."""
        return self.moved_to or self.starts_at


def visits(now: int, zone: ZoneInfo, count: int, dice: Random) -> list[Visit]:
    """`count` appointments booked in the month before `now`, the earliest booked first."""
    people = patients(count * 6 // 7, dice)
    booked = sorted(_waking(now - dice.random() * DAYS * DAY, zone, now, dice) for _ in range(count))
    return [
        _visit(at, person, zone, dice) for at, person in zip(booked, _turns(people, count, dice), strict=True)
    ]


def _turns(people: list[Patient], count: int, dice: Random) -> list[Patient]:
    """Everybody once, some of them again."""
    turns = people + [dice.choice(people) for _ in range(count - len(people))]
    dice.shuffle(turns)
    return turns


def _visit(booked_at: int, patient: Patient, zone: ZoneInfo, dice: Random) -> Visit:
    service, minutes, practitioner = dice.choice(SERVICES)
    starts_at = _slot(booked_at + HOUR, min(13, int(dice.expovariate(1 / 6))), zone, dice)
    fate, wait = dice.random(), starts_at - booked_at
    turn = booked_at + int(wait * dice.uniform(0.1, 0.8))
    moved_to = _slot(max(turn + HOUR, starts_at), dice.randint(1, 4), zone, dice) if fate < 0.12 else None
    return Visit(
        id=f"{dice.getrandbits(32):08x}-0000-4000-8000-{dice.getrandbits(48):012x}",
        patient=patient,
        service=service,
        minutes=minutes,
        practitioner=practitioner,
        booked_at=booked_at,
        starts_at=starts_at,
        moved_at=turn if moved_to else None,
        moved_to=moved_to,
        cancelled_at=turn if 0.12 <= fate < 0.2 else None,
        copies=2 if dice.random() < 0.08 else 1,
        outcome="no_show" if dice.random() < 0.07 else "completed",
        known=dice.random() < 0.3,
        answers=_answers(dice),
    )


def _answers(dice: Random) -> tuple[str | None, str | None]:
    first = dice.choice(ANSWERS) if dice.random() < 0.15 else None
    second = dice.choice(ANSWERS) if dice.random() < 0.06 else None
    mood = dice.random()
    if mood < 0.012:
        first = "STOP"
    elif mood < 0.035:
        second = "Stop."
    elif mood < 0.041:
        second = "HELP"
    return first, second


def _waking(at: float, zone: ZoneInfo, now: int, dice: Random) -> int:
    """The same day at an hour people book at, and not after `now`."""
    day = datetime.fromtimestamp(at / 1000, zone).date()
    wanted = _ms(day, zone) + int(dice.triangular(7, 22.5, 11) * HOUR)
    return wanted if wanted < now - MINUTE else int(at) - MINUTE


def _slot(after: int, days: int, zone: ZoneInfo, dice: Random) -> int:
    """A quarter of an hour at which the clinic examines, `days` on at the earliest."""
    day = datetime.fromtimestamp(after / 1000, zone).date() + timedelta(days=days)
    while True:
        hours = SATURDAY if day.weekday() == 5 else WEEKDAY
        at = _ms(day, zone, dice.randint(*hours), dice.choice((0, 15, 30, 45)))
        if day.weekday() < 6 and at >= after:
            return at
        day += timedelta(days=1)


def _ms(day: date, zone: ZoneInfo, hour: int = 0, minute: int = 0) -> int:
    return int(datetime.combine(day, time(hour, minute), zone).timestamp() * 1000)
