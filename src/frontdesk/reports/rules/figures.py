"""Making a report: what the sums of a period's rollups come to."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from frontdesk.contacts.rules.attribution import WHOLE, Model
from frontdesk.reports.rules import response
from frontdesk.reports.rules.periods import Period
from frontdesk.reports.rules.shape import (
    Bucket,
    Day,
    Offered,
    OfSource,
    Response,
    Span,
    Total,
    Totals,
    Workload,
)
from frontdesk.reports.rules.tally import (
    BOOKED,
    CONVERTED,
    COST,
    DONE,
    LEADS,
    MESSAGES,
    REVENUE,
    STATUSES,
    WAITS,
    appointments,
    credit,
    earned,
    messages,
)


class Summed(Protocol):
    """A sum as `queries.rollups` reads it."""

    metric: str
    key: str
    value: int
    previous: int


class Daily(Protocol):
    """A day's figure as `queries.rollups` reads it."""

    day: str
    metric: str
    value: int


class Sums:
    """The sums by metric and key."""

    def __init__(self, rows: Sequence[Summed]) -> None:
        self._now: dict[str, dict[str, int]] = {}
        self._before: dict[str, dict[str, int]] = {}
        for row in rows:
            self._now.setdefault(row.metric, {})[row.key] = row.value
            self._before.setdefault(row.metric, {})[row.key] = row.previous

    def of(self, metric: str, *, before: bool = False) -> Mapping[str, int]:
        """A metric's values by key."""
        return (self._before if before else self._now).get(metric, {})

    def total(self, *metrics: str) -> Total:
        """What all keys of some metrics add up to."""
        return Total(value=self._sum(metrics, False), previous=self._sum(metrics, True))

    def rate(self, part: str, *whole: str) -> Total:
        """A share of the whole, which includes the part."""
        return Total(
            value=ratio(self._sum((part,), False), self._sum(whole, False)),
            previous=ratio(self._sum((part,), True), self._sum(whole, True)),
        )

    def _sum(self, metrics: Sequence[str], before: bool) -> int:
        return sum(sum(self.of(metric, before=before).values()) for metric in metrics)


DAILY = (
    BOOKED,
    REVENUE,
    LEADS,
    *(appointments(status) for status in ("completed", "no_show", "cancelled")),
    *(messages(state) for state in ("sent", "delivered", "received")),
)
"""The metrics a day's line is made of."""


def metrics_of(model: Model) -> list[str]:
    """The metrics a report by a model is made of."""
    plain = [BOOKED, REVENUE, LEADS, CONVERTED, DONE, WAITS, COST]
    return [
        *plain,
        *(appointments(status) for status in STATUSES),
        *(messages(state) for state in MESSAGES),
        credit(model),
        earned(model),
    ]


def ratio(part: int, whole: int) -> float | None:
    """A share to four digits; None of nothing."""
    return round(part / whole, 4) if whole else None


def totals_of(sums: Sums) -> Totals:
    """The headline."""
    now, before = (response.waits_of(sums.of(WAITS, before=each)) for each in (False, True))
    completed, no_show = appointments("completed"), appointments("no_show")
    return Totals(
        bookings=sums.total(BOOKED),
        appointments=sums.total(*(appointments(status) for status in STATUSES)),
        completed=sums.total(completed),
        no_shows=sums.total(no_show),
        cancelled=sums.total(appointments("cancelled")),
        show_rate=sums.rate(completed, completed, no_show),
        leads=sums.total(LEADS),
        converted=sums.total(CONVERTED),
        conversion=sums.rate(CONVERTED, LEADS),
        revenue_minor=sums.total(REVENUE),
        messages_sent=sums.total(messages("sent"), messages("delivered")),
        messages_received=sums.total(messages("received")),
        messages_failed=sums.total(messages("failed")),
        messages_cost_micros=sums.total(COST),
        response_median_ms=Total(
            value=response.quantile_ms(now, 0.5), previous=response.quantile_ms(before, 0.5)
        ),
        response_p90_ms=Total(
            value=response.quantile_ms(now, 0.9), previous=response.quantile_ms(before, 0.9)
        ),
        tasks_done=sums.total(DONE),
    )


def days_of(period: Period, rows: Sequence[Daily]) -> list[Day]:
    """A line for each day of the period, in order, also for those on which nothing happened."""
    values = {(row.day, row.metric): row.value for row in rows}

    def of(day: str, *metrics: str) -> int:
        return sum(values.get((day, metric), 0) for metric in metrics)

    return [
        Day(
            day=day,
            bookings=of(day, BOOKED),
            completed=of(day, appointments("completed")),
            no_shows=of(day, appointments("no_show")),
            cancelled=of(day, appointments("cancelled")),
            leads=of(day, LEADS),
            revenue_minor=of(day, REVENUE),
            messages=of(day, messages("sent"), messages("delivered"), messages("received")),
        )
        for day in period.days
    ]


def sources_of(sums: Sums, model: Model) -> list[OfSource]:
    """Where business came from, the most bookings first."""
    names = {
        name
        for metric in (LEADS, CONVERTED, credit(model), earned(model))
        for name in (*sums.of(metric), *sums.of(metric, before=True))
    }
    rows = [_source(sums, model, name) for name in names]
    rows = [
        row
        for row in rows
        if row.leads
        or row.bookings
        or row.revenue_minor
        or row.previous_leads
        or row.previous_bookings
        or row.previous_revenue_minor
    ]
    return sorted(rows, key=lambda row: (-row.bookings, -row.leads, -row.revenue_minor, row.source))


def _source(sums: Sums, model: Model, name: str) -> OfSource:
    leads, converted = sums.of(LEADS).get(name, 0), sums.of(CONVERTED).get(name, 0)
    return OfSource(
        source=name,
        leads=leads,
        converted=converted,
        conversion=ratio(converted, leads),
        bookings=round(sums.of(credit(model)).get(name, 0) / WHOLE, 2),
        revenue_minor=sums.of(earned(model)).get(name, 0),
        previous_leads=sums.of(LEADS, before=True).get(name, 0),
        previous_bookings=round(sums.of(credit(model), before=True).get(name, 0) / WHOLE, 2),
        previous_revenue_minor=sums.of(earned(model), before=True).get(name, 0),
    )


def services_of(sums: Sums) -> list[Offered]:
    """What each service came to, the most bookings first."""
    kinds = (BOOKED, REVENUE, *(appointments(status) for status in STATUSES))
    names = {name for metric in kinds for name in (*sums.of(metric), *sums.of(metric, before=True))}
    rows = [
        Offered(
            service=name,
            bookings=sums.of(BOOKED).get(name, 0),
            completed=sums.of(appointments("completed")).get(name, 0),
            no_shows=sums.of(appointments("no_show")).get(name, 0),
            cancelled=sums.of(appointments("cancelled")).get(name, 0),
            revenue_minor=sums.of(REVENUE).get(name, 0),
            previous_bookings=sums.of(BOOKED, before=True).get(name, 0),
            previous_revenue_minor=sums.of(REVENUE, before=True).get(name, 0),
        )
        for name in names
    ]
    return sorted(rows, key=lambda row: (-row.bookings, -row.revenue_minor, row.service))


def response_of(sums: Sums) -> Response:
    """How long people waited."""
    counts = sums.of(WAITS)
    waits = response.waits_of(counts)
    return Response(
        median_ms=response.quantile_ms(waits, 0.5),
        p90_ms=response.quantile_ms(waits, 0.9),
        answered=sum(count for _, count in waits),
        unanswered=counts.get(response.OPEN, 0),
        buckets=[Bucket(label=label, count=count) for label, count in response.buckets_of(waits)],
    )


class Person(Protocol):
    """A member of staff as `queries.workload` reads them."""

    id: str
    name: str
    role: str
    active: bool


class Open(Protocol):
    """What somebody has open, as `queries.workload` reads it."""

    assignee_id: str | None
    open: int
    overdue: int


def workload_of(sums: Sums, staff: Sequence[Person], open_: Sequence[Open]) -> list[Workload]:
    """Everybody who works at tasks, by name; those who left while they still have any; nobody's at the end."""
    loads = {each.assignee_id: each for each in open_}
    done, before = sums.of(DONE), sums.of(DONE, before=True)
    rows: list[Workload] = []
    for person in staff:
        load = loads.get(person.id)
        worked = bool(done.get(person.id) or before.get(person.id) or load)
        if worked or (person.active and person.role != "viewer"):
            rows.append(_load(person.id, person.name, done, before, load))
    known = {person.id for person in staff}
    others = {key: value for key, value in done.items() if key not in known}
    others_before = {key: value for key, value in before.items() if key not in known}
    if loads.get(None) or sum(others.values()) or sum(others_before.values()):
        nobody = _load(None, "Nobody", {}, {}, loads.get(None))
        rows.append(
            nobody.model_copy(
                update={"done": sum(others.values()), "previous_done": sum(others_before.values())}
            )
        )
    return rows


def _load(
    staff_id: str | None, name: str, done: Mapping[str, int], before: Mapping[str, int], load: Open | None
) -> Workload:
    return Workload(
        staff_id=staff_id,
        name=name,
        done=done.get(staff_id or "", 0),
        previous_done=before.get(staff_id or "", 0),
        open=load.open if load else 0,
        overdue=load.overdue if load else 0,
    )


def span_of(period: Period, now: int) -> Span:
    """The period as the report says it."""
    return Span(
        start=period.start.isoformat(),
        end=period.end.isoformat(),
        zone=period.zone.key,
        label=period.label,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        previous_start=period.previous.isoformat(),
        previous_label=period.previous_label,
        complete=period.ends_at <= now,
    )
