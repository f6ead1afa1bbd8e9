"""Conditions staff are shown: silence, recalls, dormancy, no-shows. Each says why beside yes or no."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from frontdesk.contacts.rules.person import Contact
from frontdesk.contacts.rules.warmness import Reason, Score, scored
from frontdesk.core.clock import DAY, HOUR, MINUTE

NO_RESPONSE = 4 * HOUR
DORMANT = 60 * DAY


class Finding(NamedTuple):
    """Whether a condition holds, why, and since when (ms UTC) if it does, or from when it would."""

    holds: bool
    why: str
    at: int | None = None


def lasted(ms: int) -> str:
    """A length of time as people say it: `45 minutes`, `5 hours`, `3 days`."""
    for unit, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if ms >= unit:
            return f"{ms // unit} {word}" + ("s" if ms >= 2 * unit else "")
    return "less than a minute"


def no_response(
    *,
    stage: str,
    created_at: int,
    last_in_at: int | None,
    last_out_at: int | None,
    now: int,
    after_ms: int = NO_RESPONSE,
) -> Finding:
    """A lead nobody has said anything to or heard anything from for `after_ms`, whoever spoke last."""
    if stage != "lead":
        return Finding(False, f"No lead any more: {stage}")
    spoke = max(created_at, last_in_at or 0, last_out_at or 0)
    silence, due = now - spoke, spoke + after_ms
    if silence < after_ms:
        return Finding(False, f"Last word {lasted(max(0, silence))} ago", due)
    if last_out_at is not None and last_out_at == spoke:
        return Finding(True, f"No reply for {lasted(silence)} since we wrote", due)
    if last_in_at is not None and last_in_at == spoke:
        return Finding(True, f"They wrote {lasted(silence)} ago and nobody has answered", due)
    return Finding(True, f"Came in {lasted(silence)} ago and nobody has written", due)


def recall_due(recall_due_at: int | None, service: str, now: int) -> Finding:
    """Whether it is time for somebody to come again."""
    if recall_due_at is None:
        return Finding(False, "No recall is planned")
    what = f"Recall for {service}" if service else "Recall"
    if now < recall_due_at:
        return Finding(False, f"{what} in {lasted(recall_due_at - now)}", recall_due_at)
    late = now - recall_due_at
    return Finding(True, f"{what} due" + (f" for {lasted(late)}" if late >= DAY else ""), recall_due_at)


def dormant(
    *,
    stage: str,
    created_at: int,
    last_in_at: int | None,
    now: int,
    upcoming: bool = False,
    after_ms: int = DORMANT,
) -> Finding:
    """A lead of whom nothing was heard for `after_ms`, and who has nothing booked."""
    if stage not in ("lead", "pre_appointment"):
        return Finding(False, f"No open lead: {stage}")
    if upcoming:
        return Finding(False, "Has an appointment to come")
    heard = max(created_at, last_in_at or 0)
    if now - heard < after_ms:
        return Finding(False, f"Heard from {lasted(max(0, now - heard))} ago", heard + after_ms)
    return Finding(True, f"Nothing heard for {lasted(now - heard)}", heard + after_ms)


class Holding(BaseModel):
    """What holds of a contact now, why, and since when (ms UTC)."""

    about: Literal["silence", "recall", "dormancy"]
    why: str
    since: int | None


class Patience(NamedTuple):
    """How long (ms) until a silence is one, and until somebody is dormant."""

    silence: int = NO_RESPONSE
    dormancy: int = DORMANT


def holding(contact: Contact, now: int, patience: Patience, *, upcoming: bool) -> list[Holding]:
    """What staff should know beside how warm a contact is; `upcoming`: has an appointment to come."""
    created_at, heard_at = contact.created_at, contact.last_in_at
    found: dict[Literal["silence", "recall", "dormancy"], Finding] = {
        "silence": no_response(
            stage=contact.stage,
            created_at=created_at,
            last_in_at=heard_at,
            last_out_at=contact.last_out_at,
            now=now,
            after_ms=patience.silence,
        ),
        "recall": recall_due(contact.recall_due_at, contact.recall_service, now),
        "dormancy": dormant(
            stage=contact.stage,
            created_at=created_at,
            last_in_at=heard_at,
            now=now,
            upcoming=upcoming,
            after_ms=patience.dormancy,
        ),
    }
    return [Holding(about=about, why=each.why, since=each.at) for about, each in found.items() if each.holds]


def recall_at(visited_at: int, months: int, zone: ZoneInfo) -> int:
    """Nine in the morning on the same day of a later month, or the month's last day if it has no such day."""
    local = datetime.fromtimestamp(visited_at / 1000, zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return int(datetime(year, month + 1, day, 9, tzinfo=zone).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Appointment:
    """What is known of an appointment and its customer that tells whether they will come."""

    confirmed: bool
    reachable: bool
    new_patient: bool
    kept: int
    missed: int
    booked_ahead_ms: int
    replied: bool


def no_show_risk(appointment: Appointment) -> Score:
    """How likely they stay away, 0 to 100, from their own history and what makes people forget."""
    missed, visits = max(0, appointment.missed), max(0, appointment.missed) + max(0, appointment.kept)
    ahead = max(0, appointment.booked_ahead_ms)
    return scored(
        [
            Reason(
                label=f"Missed {missed} of {visits} appointments",
                points=min(40, 40 * missed // visits + (10 if missed > 1 else 0)) if visits else 0,
            ),
            Reason(label="Not confirmed", points=0 if appointment.confirmed else 20),
            Reason(label="Cannot be reached", points=0 if appointment.reachable else 15),
            Reason(label="New patient", points=10 if appointment.new_patient else 0),
            Reason(label="Booked more than two weeks ahead", points=10 if ahead > 14 * DAY else 0),
            Reason(label="Has not replied to us", points=0 if appointment.replied else 5),
        ]
    )


def unaccounted(status: str, ends_at: int, now: int, after_ms: int = 2 * HOUR) -> Finding:
    """An appointment that is over and of which nobody has said whether they came."""
    if status not in ("scheduled", "confirmed"):
        return Finding(False, f"It is {status}")
    if now - ends_at < after_ms:
        return Finding(False, "It is not over for long enough", ends_at + after_ms)
    return Finding(True, f"Over for {lasted(now - ends_at)} and still {status}", ends_at + after_ms)
