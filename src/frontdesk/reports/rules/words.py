"""Figures as people read them: waits, shares, changes, and the report as a mail in plain words."""

from datetime import date

from frontdesk.reports.rules.money import spoken
from frontdesk.reports.rules.shape import Report, Total

SOURCES = {
    "wix": "Website booking",
    "sms": "Text message",
    "email": "E-mail",
    "manychat": "Chat",
    "staff": "Staff",
    "unknown": "Unknown",
}
LISTED = 5
"""Rows of a list that a mail shows."""


def source_name(source: str) -> str:
    """A source as people call it."""
    return SOURCES.get(source, source[:1].upper() + source[1:])


def service_name(service: str) -> str:
    """A service as people call it; bookings may have none."""
    return service or "Without a service"


def duration(ms: float | int | None) -> str:
    """A wait, in its two largest units: `4 min`, `1 h 20 min`, `2 d 3 h`."""
    if ms is None:
        return "–"
    minutes = round(ms / 60_000)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, over = divmod(hours, 24)
    return f"{days} d {over} h" if over else f"{days} d"


def share(value: float | int | None) -> str:
    """A rate in whole percent."""
    return "–" if value is None else f"{value * 100:.0f} %"


def number(value: float | int | None) -> str:
    """A count, with separators; fractions of bookings to one digit."""
    if value is None:
        return "–"
    return f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else f"{value:,}"


def worth_telling(report: Report) -> bool:
    """Whether anything happened, in the period or the one before."""
    totals = (getattr(report.totals, name) for name in type(report.totals).model_fields)
    return any(total.value or total.previous for total in totals)


def subject(report: Report, business: str) -> str:
    """The mail's subject: `Harbour Imaging: your week 16 – 22 Nov 2026`."""
    return f"{business}: your {'week' if report.kind == 'weekly' else 'month'} {report.period.label}"


def body(report: Report, link: str) -> str:
    """The mail: the figures, each with the period before, and where there is more."""
    blocks = [
        [f"Here is how {_when(report)} went, with {_before(report)} in brackets."],
        _headlines(report),
        _list("Where bookings came from", _source_lines(report)),
        _list("Services", _service_lines(report)),
        _list("Tasks", _task_lines(report)),
        [f"All figures and charts: {link}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _when(report: Report) -> str:
    return f"the week of {report.period.label}" if report.kind == "weekly" else report.period.label


def _before(report: Report) -> str:
    return (
        "the week before"
        if report.kind == "weekly"
        else date.fromisoformat(report.period.previous_start).strftime("%B")
    )


def _headlines(report: Report) -> list[str]:
    totals = report.totals

    def line(name: str, total: Total, show: str) -> str:
        now, before = (_shown(value, show, report.currency) for value in (total.value, total.previous))
        return f"{name}: {now} ({before})"

    return [
        line("Bookings made", totals.bookings, "number"),
        line("Appointments kept", totals.completed, "number"),
        line("No-shows", totals.no_shows, "number"),
        line("Show rate", totals.show_rate, "share"),
        line("New leads", totals.leads, "number"),
        line("Leads who booked", totals.conversion, "share"),
        line("Revenue", totals.revenue_minor, "money"),
        line("Messages sent", totals.messages_sent, "number"),
        line("Messages received", totals.messages_received, "number"),
        line("Typical wait for an answer", totals.response_median_ms, "duration"),
        line("Nine in ten answered within", totals.response_p90_ms, "duration"),
        line("Tasks done", totals.tasks_done, "number"),
    ]


def _shown(value: float | int | None, show: str, currency: str) -> str:
    match show:
        case "share":
            return share(value)
        case "duration":
            return duration(value)
        case "money":
            return spoken(int(value or 0), currency)
    return number(value)


def _source_lines(report: Report) -> list[str]:
    return [
        f"{source_name(each.source)}: {number(each.bookings)} bookings, {number(each.leads)} leads,"
        f" {spoken(each.revenue_minor, report.currency)}"
        for each in report.sources[:LISTED]
    ]


def _service_lines(report: Report) -> list[str]:
    return [
        f"{service_name(each.service)}: {number(each.bookings)} booked, {number(each.completed)} completed"
        for each in report.services[:LISTED]
    ]


def _task_lines(report: Report) -> list[str]:
    return [
        f"{each.name}: {number(each.done)} done, {number(each.open)} open, {number(each.overdue)} overdue"
        for each in report.workload
        if each.done or each.open
    ]


def _list(title: str, lines: list[str]) -> list[str]:
    return [f"{title}:", *(f"- {line}" for line in lines)] if lines else []
