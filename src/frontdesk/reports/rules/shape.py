"""What a report looks like: its figures, each beside the same one of the period before."""

from pydantic import BaseModel

from frontdesk.contacts.rules.attribution import Model
from frontdesk.reports.rules.periods import Kind


class Total(BaseModel):
    """A figure beside the same one of the period before; null where there is nothing to reckon it from."""

    value: float | int | None
    previous: float | int | None


class Totals(BaseModel):
    """The headline. Rates are shares from 0 to 1; `_minor` are minor units of the currency, `_micros` millionths.

    `bookings` were made in the period; `completed`, `no_shows` and `cancelled` are of appointments in it.
    `show_rate`: completed of completed and no-shows. `conversion`: of the leads that came, those that booked since.
    """

    bookings: Total
    appointments: Total
    completed: Total
    no_shows: Total
    cancelled: Total
    show_rate: Total
    leads: Total
    converted: Total
    conversion: Total
    revenue_minor: Total
    messages_sent: Total
    messages_received: Total
    messages_failed: Total
    messages_cost_micros: Total
    response_median_ms: Total
    response_p90_ms: Total
    tasks_done: Total


class Day(BaseModel):
    """One local day for the charts. `messages` left or came in."""

    day: str
    bookings: int
    completed: int
    no_shows: int
    cancelled: int
    leads: int
    revenue_minor: int
    messages: int


class OfSource(BaseModel):
    """What came from where. `bookings` and `revenue_minor` are the shares that the model credits to it.

    `conversion` is of the leads that came from there, whatever the model.
    """

    source: str
    leads: int
    converted: int
    conversion: float | None
    bookings: float
    revenue_minor: int
    previous_leads: int
    previous_bookings: float
    previous_revenue_minor: int


class Offered(BaseModel):
    """What one service came to. `bookings` were made, the others were due in the period."""

    service: str
    bookings: int
    completed: int
    no_shows: int
    cancelled: int
    revenue_minor: int
    previous_bookings: int
    previous_revenue_minor: int


class Bucket(BaseModel):
    """How many waits were so long."""

    label: str
    count: int


class Response(BaseModel):
    """How long people who wrote in the period waited until a person answered; automatic messages are no answer."""

    median_ms: int | None
    p90_ms: int | None
    answered: int
    unanswered: int
    buckets: list[Bucket]


class Workload(BaseModel):
    """Tasks somebody did in the period, and had open and late at its end, or now while it runs. null: nobody's."""

    staff_id: str | None
    name: str
    done: int
    previous_done: int
    open: int
    overdue: int


class Span(BaseModel):
    """From the first day to before `end`; the instants in ms UTC. `complete`: it is over."""

    start: str
    end: str
    zone: str
    label: str
    starts_at: int
    ends_at: int
    previous_start: str
    previous_label: str
    complete: bool


class Report(BaseModel):
    """A week or a month. `generated_at` in business ms; `pending`: some days' latest changes are not in it yet."""

    kind: Kind
    period: Span
    model: Model
    totals: Totals
    days: list[Day]
    sources: list[OfSource]
    services: list[Offered]
    response: Response
    workload: list[Workload]
    currency: str
    generated_at: int
    pending: bool = False
    cached: bool = False
