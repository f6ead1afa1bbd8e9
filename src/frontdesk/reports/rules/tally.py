"""What days come to: the facts of each, added up into the figures that are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, Json

from frontdesk.contacts.rules.attribution import MODELS, WHOLE, Model, attribute
from frontdesk.core.clock import DAY
from frontdesk.reports.rules.response import OPEN, kept

Figures = dict[tuple[str, str, str], int]
"""(day, metric, key) -> value; what is zero is not there."""

LOOK_BACK = 90 * DAY
"""How long before a booking something may have led to it. The triggers of 0015 know it as well."""

BOOKED = "booked"
REVENUE = "revenue"
LEADS = "leads"
CONVERTED = "converted"
DONE = "done"
WAITS = "waits"
COST = "cost"
STATUSES = ("scheduled", "confirmed", "completed", "cancelled", "no_show")
MESSAGES = ("sent", "delivered", "failed", "skipped", "unknown", "received")

_SOURCES = {"clicksend": "sms", "twilio": "sms", "resend": "email"}


def appointments(status: str) -> str:
    """The metric of appointments that stand so, by service, on the day they are for."""
    return f"appointments.{status}"


def messages(state: str) -> str:
    """The metric of messages that came so far, by channel, on the day they were due."""
    return f"messages.{state}"


def credit(model: Model) -> str:
    """The metric of bookings made, by what led to them, in millionths."""
    return f"credit.{model}"


def earned(model: Model) -> str:
    """The metric of revenue, by what led to it, in minor units."""
    return f"earned.{model}"


class Counted(BaseModel):
    """How many of something a day has; `amount` is what they add up to, where that means something."""

    day: str
    metric: str
    key: str
    count: int
    amount: int = 0


class Wait(BaseModel):
    """Somebody wrote at an instant (ms) after we had answered, or for the first time; when a person answered."""

    day: str
    at: int
    answered_at: int | None


class Conversion(BaseModel):
    """A booking made on this day (`credit`) or completed on it for money (`earned`), and what preceded it."""

    day: str
    what: Literal["credit", "earned"]
    source: str
    converted_at: int
    value: int
    touches: Json[list[tuple[int, str, str]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that some days have."""

    counted: list[Counted] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)


def source_of(raw: str) -> str:
    """Where somebody came from, in the words of reports: what carried a text matters to nobody."""
    return _SOURCES.get(raw, raw) or "unknown"


def tallied(facts: Facts) -> Figures:
    """The figures of the days. Pure: the same facts in any order give the same figures."""
    figures: Figures = {}
    for each in facts.counted:
        key = source_of(each.key) if each.metric in (LEADS, CONVERTED) else each.key
        _add(figures, each.day, each.metric, key, each.count)
        if each.amount and each.metric == appointments("completed"):
            _add(figures, each.day, REVENUE, key, each.amount)
        elif each.amount:
            _add(figures, each.day, COST, key, each.amount)
    for wait in facts.waits:
        key = OPEN if wait.answered_at is None else kept(wait.answered_at - wait.at)
        _add(figures, wait.day, WAITS, key, 1)
    for conversion in facts.conversions:
        whole, metric = (WHOLE, credit) if conversion.what == "credit" else (conversion.value, earned)
        for model, shares in shared(conversion, whole).items():
            for source, share in shares.items():
                _add(figures, conversion.day, metric(model), source, share)
    return {place: value for place, value in figures.items() if value}


def shared(conversion: Conversion, whole: int) -> Mapping[Model, Mapping[str, int]]:
    """`whole` among the sources by each model. What nothing preceded is credited to where the booking was made."""
    touches = _told_once(conversion.touches)
    sources = {source for _, _, source in touches} or {source_of(conversion.source)}
    if len(sources) == 1:
        only = {sources.pop(): whole}
        return dict.fromkeys(MODELS, only)
    return {model: attribute(model, touches, conversion.converted_at, whole) for model in MODELS}


def _told_once(touches: Iterable[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """The touches by time, of which a source is known. That a contact came is none beside what they came with."""
    told = sorted((at, id_, source_of(source)) for at, id_, source in touches if source)
    return [
        each
        for each in told
        if each[1] != "" or not any(other[1] != "" and other[2] == each[2] for other in told)
    ]


def _add(figures: Figures, day: str, metric: str, key: str, value: int) -> None:
    place = (day, metric, key)
    figures[place] = figures.get(place, 0) + value


class Difference(BaseModel):
    """A figure that is kept otherwise than the facts say."""

    day: str
    metric: str
    key: str
    kept: int
    facts: int


def differences(kept_: Figures, facts: Figures) -> list[Difference]:
    """Where the two are not the same, in order."""
    places = sorted(
        place for place in kept_.keys() | facts.keys() if kept_.get(place, 0) != facts.get(place, 0)
    )
    return [
        Difference(day=day, metric=metric, key=key, kept=kept_.get(place, 0), facts=facts.get(place, 0))
        for place in places
        for day, metric, key in [place]
    ]
