"""Who asked a clinic something in a chat, and who of them booked. Pure, and the same for the same dice."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from frontdesk.core.clock import DAY, HOUR, MINUTE
from seed.month import DAYS, Visit
from seed.people import Patient, patients

ASKED = (
    "Hi! How soon could I get an appointment?",
    "Do I need a referral for this?",
    "What does it cost without a referral?",
    "Do you take walk-ins on Saturday?",
    "Is the scanner open or closed? I am a bit claustrophobic",
    "My doctor sent me your way, what do I do next?",
    "Can you see my older images if I bring the CD?",
)
FOUND_BY = ("Instagram ad", "Facebook ad", "Website chat", "A friend")
EXAMINATIONS = ("MRI", "CT", "Ultrasound", "X-Ray")


@dataclass(frozen=True, slots=True)
class Lead:
    """One conversation in a chat. `asked_at` in ms UTC; `fields` are the flow's questions and the answers."""

    id: str
    patient: Patient
    text: str
    fields: dict[str, str]
    asked_at: int


def leads(now: int, visits: Sequence[Visit], count: int, dice: Random) -> list[Lead]:
    """`count` leads of the month before `now`: about a third of them booked within two days, the rest did not."""
    first = {visit.patient.id: visit for visit in sorted(visits, key=lambda each: -each.booked_at)}
    bookers = dice.sample(sorted(first), min(count // 3, len(first)))
    asked = [
        (first[id_].patient, first[id_].booked_at - int(dice.uniform(20 * MINUTE, 2 * DAY)))
        for id_ in bookers
    ]
    taken = {visit.patient.phone for visit in visits}
    others = [each for each in patients(count, dice) if each.phone not in taken]
    asked += [
        (patient, int(now - dice.uniform(0.01, DAYS) * DAY)) for patient in others[: count - len(asked)]
    ]
    return [
        Lead(
            id=f"{dice.randrange(10**9, 10**10)}",
            patient=patient,
            text=dice.choice(ASKED),
            fields={"Interested in": dice.choice(EXAMINATIONS), "Found us through": dice.choice(FOUND_BY)},
            asked_at=_by_day(at, dice),
        )
        for patient, at in asked
    ]


def _by_day(at: int, dice: Random) -> int:
    """Nudged by up to an hour, so that nobody asks on the dot."""
    return at - int(dice.random() * HOUR)
