"""Whose word on an appointment counts, and what kind of change it makes."""

from datetime import datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from frontdesk.bookings.rules.booking import ACTIVE, Booking, Status

Change = Literal["created", "rescheduled", "cancelled", "confirmed", "completed", "no_show", "updated"]


class Word(NamedTuple):
    """What a provider says about what staff may change as well. `at`: when it happened there (ms UTC)."""

    at: int
    status: Status
    starts_at: int
    ends_at: int
    practitioner: str


def is_news(seq: int, at: int, known_seq: int, known_at: int) -> bool:
    """Whether a provider's word is at least as new as what we know.

    Its own sequence numbers decide where both carry one, and the instants at which it says they happened where
    those are equal or missing. Two events of one change can share both; they carry the same booking, so taking
    either again is harmless.
    """
    if seq and known_seq and seq != known_seq:
        return seq > known_seq
    return at >= known_at


def after_word(before: Booking | None, word: Word) -> dict[str, Any]:
    """The fields a provider's word leads to, given that it is news.

    Every word of a provider tells the whole booking, and no provider hears what staff do here. So where staff
    have spoken, only what differs from its word before is news, and only if it happened after theirs. An
    appointment moved to another time stands again; but that somebody came, or did not, is undone by nothing else.
    """
    if before is None:
        return {**_told(word), "practitioner": word.practitioner}
    told = _told(word)
    practitioner = word.practitioner or before.practitioner
    if before.staff_status_at is None and before.staff_time_at is None:
        return {**told, "practitioner": practitioner, "status": _unless_over(before, told)}
    last = before.model_copy(update=_source_of(before))
    moved = (word.starts_at, word.ends_at) != (last.source_starts_at, last.source_ends_at)
    handed_over = practitioner != last.source_practitioner if word.practitioner else False
    if before.staff_time_at is not None:
        if not (moved and word.at > before.staff_time_at):
            told.update(starts_at=before.starts_at, ends_at=before.ends_at)
        if not (handed_over and word.at > before.staff_time_at):
            practitioner = before.practitioner
    if before.staff_status_at is not None:
        elsewhere = moved and told["starts_at"] != before.starts_at
        fresh = word.status != last.source_status or elsewhere
        if not (fresh and word.at > before.staff_status_at):
            told["status"] = before.status
    return {
        **told,
        "practitioner": practitioner,
        "status": _unless_over(before, told),
        "source_status": word.status,
        "source_starts_at": word.starts_at,
        "source_ends_at": word.ends_at,
        "source_practitioner": word.practitioner or last.source_practitioner,
    }


def reached(before: Booking, phone: str | None, email: str | None) -> dict[str, str | None]:
    """How they are reached after a provider's word with this number and address, of the same contact.

    What differs from its word before is news; anything else leaves what there is, which staff may have put right.
    """
    return {
        "phone": phone if phone and phone != before.source_phone else before.phone,
        "email": email if email and email != before.source_email else before.email,
        "source_phone": phone or before.source_phone,
        "source_email": email or before.source_email,
    }


def _told(word: Word) -> dict[str, Any]:
    return {"status": word.status, "starts_at": word.starts_at, "ends_at": word.ends_at}


def _unless_over(before: Booking, told: dict[str, Any]) -> Status:
    over = before.status in ("completed", "no_show") and told["starts_at"] == before.starts_at
    status: Status = before.status if over else told["status"]
    return status


def _source_of(before: Booking) -> dict[str, Any]:
    """What the provider said last; until staff speak, that is what the booking says."""
    if before.source_status is not None:
        return {}
    return {
        "source_status": before.status,
        "source_starts_at": before.starts_at,
        "source_ends_at": before.ends_at,
        "source_practitioner": before.practitioner,
    }


def said_by_staff(before: Booking, status: Status, now: int) -> Booking:
    """The booking after staff said how it stands."""
    return before.model_copy(
        update={
            **_source_of(before),
            "status": status,
            "staff_status_at": now,
            "version": before.version + 1,
            "updated_at": now,
        }
    )


def moved_by_staff(before: Booking, *, starts_at: int, ends_at: int, practitioner: str, now: int) -> Booking:
    """The booking after staff gave it another time or practitioner."""
    return before.model_copy(
        update={
            **_source_of(before),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "practitioner": practitioner,
            "staff_time_at": now,
            "version": before.version + 1,
            "updated_at": now,
        }
    )


_UNSEEN = {
    *(
        "source_seq",
        "source_at",
        "source_status",
        "source_starts_at",
        "source_ends_at",
        "source_practitioner",
        "source_phone",
        "source_email",
    ),
    *("staff_status_at", "staff_time_at", "planned_version", "version", "updated_at"),
}


def same(before: Booking, after: Booking) -> bool:
    """Whether all that anybody could notice about the appointment is as it was."""
    return before.model_dump(exclude=_UNSEEN) == after.model_dump(exclude=_UNSEEN)


def change_of(before: Booking | None, after: Booking) -> Change:
    """What happened, by comparing states rather than trusting the provider's name for its event.

    A booking that was off when we first heard of it is made when it first stands: nobody was told of it before.
    """
    if before is None or (before.version == 1 and not before.active):
        return "created" if after.active else "updated"
    if after.status != before.status:
        if after.status == "completed" or after.status == "no_show":
            return after.status
        if before.active and after.status == "cancelled":
            return "cancelled"
    if after.active and (after.starts_at != before.starts_at or not before.active):
        return "rescheduled"
    if before.status == "scheduled" and after.status == "confirmed":
        return "confirmed"
    return "updated"


def set_back(before: Booking, after: Booking) -> bool:
    """Whether a status was only taken back: nobody is to be told that their appointment moved."""
    return before.status not in ACTIVE and after.active and after.starts_at == before.starts_at


def told_of(before: Booking | None, after: Booking) -> dict[str, Any]:
    """What an event of a booking carries: its fields after the change, the status it `was` in, and whose it was."""
    return {
        **after.model_dump(mode="json"),
        "was": before.status if before else "",
        "was_contact_id": before.contact_id if before else "",
    }


SUMMARIES: dict[Change, str] = {
    "created": "Booked {service} for {when}",
    "rescheduled": "Moved {service} to {when}",
    "cancelled": "Cancelled {service} on {when}",
    "confirmed": "Confirmed {service} on {when}",
    "completed": "Completed {service} on {when}",
    "no_show": "Did not come to {service} on {when}",
    "updated": "Updated {service} on {when}: {status}",
}


def local_text(booking: Booking) -> str:
    """The start in the booking's own zone, for a line on a timeline: `Tue 24 Nov 2026, 09:30`."""
    at = datetime.fromtimestamp(booking.starts_at / 1000, ZoneInfo(booking.time_zone))
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M}"
