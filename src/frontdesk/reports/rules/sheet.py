"""A report as a table for spreadsheets: CSV by RFC 4180, in which no cell can become a formula."""

import csv
import io
import re
from collections.abc import Iterable

from frontdesk.reports.rules.money import decimal
from frontdesk.reports.rules.shape import Report, Total

COLUMNS = ("section", "item", "figure", "value", "previous", "unit")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
BOM = "\ufeff"
"""Spreadsheets take a file without it for one in the encoding of the machine."""

Cell = str | int | float | None


def filename(report: Report, slug: str) -> str:
    """`harbour-weekly-2026-11-16-first.csv`: plain ASCII, since slugs are."""
    return f"{slug}-{report.kind}-{report.period.start}-{report.model}.csv"


def sheet(report: Report) -> str:
    """The whole report, one figure a line, so that it can be filtered and pivoted. Money in decimals, waits in s."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow([safe(cell) for cell in row])
    return BOM + out.getvalue()


def safe(cell: Cell) -> str | int | float:
    """A cell that a spreadsheet shows and never runs (OWASP, CSV injection); numbers of ours are numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_RISKY) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _rows(report: Report) -> Iterable[tuple[Cell, ...]]:
    currency = report.currency
    period = report.period
    yield "period", period.label, "first day", period.start, period.previous_start, "date"
    for name in type(report.totals).model_fields:
        yield _total(name, getattr(report.totals, name), currency)
    for day in report.days:
        for name in ("bookings", "completed", "no_shows", "cancelled", "leads", "messages"):
            yield "days", day.day, name, getattr(day, name), None, "count"
        yield "days", day.day, "revenue", decimal(day.revenue_minor, currency), None, currency
    for source in report.sources:
        yield "sources", source.source, "leads", source.leads, source.previous_leads, "count"
        yield "sources", source.source, "bookings", source.bookings, source.previous_bookings, "count"
        yield "sources", source.source, "conversion", source.conversion, None, "share"
        revenue = decimal(source.revenue_minor, currency), decimal(source.previous_revenue_minor, currency)
        yield "sources", source.source, "revenue", *revenue, currency
    for service in report.services:
        yield "services", service.service, "bookings", service.bookings, service.previous_bookings, "count"
        for name in ("completed", "no_shows", "cancelled"):
            yield "services", service.service, name, getattr(service, name), None, "count"
        revenue = decimal(service.revenue_minor, currency), decimal(service.previous_revenue_minor, currency)
        yield "services", service.service, "revenue", *revenue, currency
    for bucket in report.response.buckets:
        yield "response", bucket.label, "answered", bucket.count, None, "count"
    yield "response", "not answered", "unanswered", report.response.unanswered, None, "count"
    for person in report.workload:
        yield "workload", person.name, "done", person.done, person.previous_done, "count"
        yield "workload", person.name, "open", person.open, None, "count"
        yield "workload", person.name, "overdue", person.overdue, None, "count"


def _total(name: str, total: Total, currency: str) -> tuple[Cell, ...]:
    """A headline's line, in the unit its name says."""
    values: list[Cell] = [total.value, total.previous]
    if name.endswith("_minor"):
        title, unit = name.removesuffix("_minor"), currency
        values = [decimal(int(each or 0), currency) for each in (total.value, total.previous)]
    elif name.endswith("_micros"):
        title, unit = name.removesuffix("_micros"), currency
        values = [round((each or 0) / 1_000_000, 6) for each in (total.value, total.previous)]
    elif name.endswith("_ms"):
        title, unit = f"{name.removesuffix('_ms')}_s", "seconds"
        values = [None if each is None else int(each) // 1000 for each in (total.value, total.previous)]
    else:
        title, unit = name, "share" if name in ("show_rate", "conversion") else "count"
    return "totals", "", title, *values, unit
