"""The pipeline: which stages a kind of tenant has, and where a contact's bookings say that they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from frontdesk.contacts.rules.conditions import recall_at
from frontdesk.core.settings import TenantKind, TenantSettings


class Stage(NamedTuple):
    """A column of the board. Keys mean the same for every kind of tenant; labels are in its words."""

    key: str
    label: str


PIPELINES: Mapping[TenantKind, tuple[Stage, ...]] = {
    "clinic": (
        Stage("lead", "Lead"),
        Stage("pre_appointment", "Pre-appointment"),
        Stage("appointment", "Appointment"),
        Stage("post", "Post"),
        Stage("recall", "Recall"),
        Stage("dormant", "Dormant"),
    ),
    "diner": (
        Stage("lead", "New"),
        Stage("appointment", "Reserved"),
        Stage("post", "Guest"),
        Stage("recall", "Invite back"),
        Stage("dormant", "Dormant"),
    ),
    "store": (
        Stage("lead", "Enquiry"),
        Stage("appointment", "Visit booked"),
        Stage("post", "Customer"),
        Stage("recall", "Due again"),
        Stage("dormant", "Dormant"),
    ),
    "trades": (
        Stage("lead", "Enquiry"),
        Stage("pre_appointment", "Quoted"),
        Stage("appointment", "Job booked"),
        Stage("post", "Job done"),
        Stage("recall", "Service due"),
        Stage("dormant", "Dormant"),
    ),
    "saas": (
        Stage("lead", "Lead"),
        Stage("appointment", "Demo booked"),
        Stage("pre_appointment", "Trial"),
        Stage("post", "Customer"),
        Stage("recall", "Win back"),
        Stage("dormant", "Dormant"),
    ),
}
FIRST = "lead"


def stages(kind: TenantKind) -> tuple[Stage, ...]:
    """The stages of a kind of tenant, in order."""
    return PIPELINES[kind]


def has_stage(kind: TenantKind, key: str) -> bool:
    """Whether a tenant of this kind has the stage."""
    return any(stage.key == key for stage in PIPELINES[kind])


def label_of(kind: TenantKind, key: str) -> str:
    """A stage's name for staff; the key itself for one that is no more."""
    return next((stage.label for stage in PIPELINES[kind] if stage.key == key), key)


@dataclass(frozen=True, slots=True)
class Visit:
    """What the pipeline looks at in a booking. `starts_at` in ms UTC; `version` is the one that was read."""

    status: str
    starts_at: int
    service: str
    version: int = 1

    @property
    def open(self) -> bool:
        """Still to come about, or over without anybody having said how it went."""
        return self.status in ("scheduled", "confirmed")


class Standing(NamedTuple):
    """A stage and why."""

    stage: str
    why: str


def standing(visits: Sequence[Visit], kind: TenantKind) -> Standing | None:
    """Where a contact's bookings put them; None when they say nothing. The order of `visits` never matters.

    An appointment that is still open wins; else the last one decides.
    """
    if not visits:
        return None
    if any(visit.open for visit in visits):
        return Standing("appointment", "Has an appointment")
    last = max(visits, key=lambda visit: (visit.starts_at, visit.status, visit.service))
    what = last.service or "appointment"
    if last.status == "completed":
        return Standing("post", f"Completed {what}")
    again = "pre_appointment" if has_stage(kind, "pre_appointment") and kind != "saas" else FIRST
    if any(visit.status == "completed" for visit in visits):
        again = "post"
    said = "Did not come to" if last.status == "no_show" else "Cancelled"
    return Standing(again, f"{said} {what}")


def without_booking(stage: str, *, existing_patient: bool) -> Standing | None:
    """Where somebody stands whose only booking turned out to be another contact's; None: it had put them nowhere."""
    if stage != "appointment":
        return None
    return Standing("post" if existing_patient else FIRST, "The appointment is another contact's")


class Recall(NamedTuple):
    """When somebody should come again, and for what; `derived` from what they came for, not set by staff."""

    at: int
    service: str
    derived: bool = False


def next_recall(visits: Sequence[Visit], settings: TenantSettings, zone: ZoneInfo) -> Recall | None:
    """The earliest recall that their completed visits ask for and no open appointment already answers."""
    done: dict[str, Recall] = {}
    booked = set()
    for visit in visits:
        offer = settings.service(visit.service)
        if offer is None or offer.recall_months is None:
            continue
        if visit.open:
            booked.add(offer.name)
        elif visit.status == "completed":
            recall = Recall(recall_at(visit.starts_at, offer.recall_months, zone), offer.name, True)
            done[offer.name] = max(recall, done.get(offer.name, recall))
    return min((recall for name, recall in done.items() if name not in booked), default=None)


def recall_after(
    known: Recall | None, visits: Sequence[Visit], settings: TenantSettings, zone: ZoneInfo
) -> Recall | None:
    """The recall that stands: what their visits ask for, or what staff set, until an appointment answers it.

    One that followed from a visit stays when the service is offered no more, and falls with the visit itself.
    """
    asked = next_recall(visits, settings, zone)
    if known is None or answered(known, visits) or unfounded(known, visits):
        return asked
    if asked is None:
        return known
    return asked if _same(asked.service, known.service) else min(asked, known)


def answered(recall: Recall, visits: Sequence[Visit]) -> bool:
    """Whether an appointment to come is what somebody was to be called for."""
    return any(visit.open and _same(visit.service, recall.service) for visit in visits)


def unfounded(recall: Recall, visits: Sequence[Visit]) -> bool:
    """Whether what it followed from did not take place after all: somebody had said so by mistake."""
    came = (visit.service for visit in visits if visit.status == "completed")
    return recall.derived and not any(_same(service, recall.service) for service in came)


def _same(service: str, other: str) -> bool:
    """Whether an appointment for `service` answers a recall for `other`; one for nothing in particular is by any."""
    return not other or service.strip().casefold() == other.strip().casefold()
