"""The week and the month: counted by a slow reckoning of its own, kept, mailed, exported, and proven."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.reckoned import TABLES, figures
from support.stage import Stage, new_phone
from support.times import SYDNEY, ms

WEEK = timedelta(days=7)


def monday(weeks: int = 0) -> date:
    """A Monday in Sydney, some weeks from this one."""
    today = datetime.now(SYDNEY).date()
    return today - timedelta(days=today.weekday()) + weeks * WEEK


def at(day: date, clock: str = "10:00", zone: ZoneInfo = SYDNEY) -> int:
    return ms(datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), zone))


@pytest.fixture
def busy(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> Iterator[Office]:
    """A clinic with appointments kept, missed and cancelled, texts that wait and one that was answered."""
    phones = [new_phone() for _ in range(5)]
    for n, phone in enumerate(phones):
        stage.book(
            clinic, phone=phone, first_name=f"P{n}", start=at(monday(1) + timedelta(days=n % 4), f"1{n}:00")
        )
    stage.drain()
    for n, booking in enumerate(api.items("/api/v1/bookings")):
        status = ("completed", "no_show", "cancelled", "completed", "confirmed")[n]
        told = api.call(
            "POST",
            f"/api/v1/bookings/{booking['id']}/status",
            {"status": status, "version": booking["version"]},
        )
        # Nobody can have come to what is still to be; then the row is told so.
        if told.status != 200:
            stage.runtime.d1(
                "UPDATE bookings SET status = ?1, version = version + 1 WHERE id = ?2", status, booking["id"]
            )
        stage.runtime.d1("UPDATE bookings SET value_minor = ?1 WHERE id = ?2", 12_300 + n, booking["id"])
    sandbox.reply(phones[0], "Can I bring my scans?")
    sandbox.reply(phones[1], "STOP")
    stage.drain()
    yield clinic


def tables(stage: Stage, office: Office) -> dict[str, list[dict[str, Any]]]:
    return {
        table: stage.runtime.d1(f"SELECT * FROM {table} WHERE tenant_id = ?1", office.tenant.id)
        for table in TABLES
    }


def summed(stage: Stage, office: Office, start: date, end: date, metric: str) -> int:
    """A metric over some days, the slow way."""
    found = figures(tables(stage, office), SYDNEY)
    days = (start.isoformat(), end.isoformat())
    return sum(
        value for (day, name, _), value in found.items() if name == metric and days[0] <= day < days[1]
    )


@pytest.mark.parametrize("kind", ["weekly", "monthly"])
def test_a_reports_figures_are_the_facts(stage: Stage, busy: Office, api: Api, kind: str) -> None:
    for day in (monday(), monday(1)):
        report = api.get(f"/api/v1/reports/{kind}", start=day.isoformat())
        start, end = (date.fromisoformat(report["period"][each]) for each in ("start", "end"))
        before = date.fromisoformat(report["period"]["previous_start"])
        assert start <= day < end
        assert report["period"]["starts_at"] == at(start, "00:00")
        totals = report["totals"]
        for name, metric in (
            ("bookings", "booked"),
            ("completed", "appointments.completed"),
            ("no_shows", "appointments.no_show"),
            ("cancelled", "appointments.cancelled"),
            ("revenue_minor", "revenue"),
            ("leads", "leads"),
            ("converted", "converted"),
            ("messages_received", "messages.received"),
            ("tasks_done", "done"),
        ):
            expected = {
                "value": summed(stage, busy, start, end, metric),
                "previous": summed(stage, busy, before, start, metric),
            }
            assert totals[name] == expected, name
        came, missed = totals["completed"]["value"], totals["no_shows"]["value"]
        assert totals["show_rate"]["value"] == (round(came / (came + missed), 4) if came + missed else None)
        assert sum(each["bookings"] for each in report["days"]) == totals["bookings"]["value"]
        assert sum(each["revenue_minor"] for each in report["days"]) == totals["revenue_minor"]["value"]
        assert len(report["days"]) == (end - start).days
        for model in ("first", "last", "linear", "decay", "position"):
            by = api.get(f"/api/v1/reports/{kind}", start=day.isoformat(), model=model)
            assert sum(each["revenue_minor"] for each in by["sources"]) == totals["revenue_minor"]["value"]
            assert round(sum(each["bookings"] for each in by["sources"])) == totals["bookings"]["value"]
    ours = stage.signed_in(stage.office()).get(f"/api/v1/reports/{kind}", start=monday(1).isoformat())
    assert {each["value"] for each in ours["totals"].values()} <= {0, None}


def test_a_wait_ends_with_a_persons_answer(stage: Stage, busy: Office, api: Api) -> None:
    def response() -> Any:
        return api.get("/api/v1/reports/weekly", start=monday().isoformat())["response"]

    # STOP asks for no answer, and the texts of machines are none.
    assert (response()["answered"], response()["unanswered"]) == (0, 1)
    message = stage.runtime.d1(
        "SELECT contact_id, due_at FROM messages WHERE tenant_id = ?1 AND direction = 'in' AND keyword = ''",
        busy.tenant.id,
    )[0]
    # At any hour of the day this test runs at.
    version = api.get("/api/v1/settings")["version"]
    api.patch("/api/v1/settings", {"version": version, "settings": {"quiet_hours": None}})
    api.post(
        f"/api/v1/contacts/{message['contact_id']}/messages",
        {"channel": "sms", "body": "Yes, please do.", "key": "answer-1"},
    )
    stage.drain()
    answered = response()
    assert (answered["answered"], answered["unanswered"]) == (1, 0)
    assert 0 <= answered["median_ms"] < 60_000
    assert answered["buckets"][0]["count"] == 1


def test_what_was_asked_before_comes_from_the_cache_until_something_changes(
    stage: Stage, busy: Office, api: Api
) -> None:
    start = monday(1).isoformat()
    first = api.get("/api/v1/reports/weekly", start=start)
    again = api.get("/api/v1/reports/weekly", start=start)
    assert (first["cached"], again["cached"]) == (False, True)
    assert {**again, "cached": False} == first
    assert not api.get("/api/v1/reports/weekly", start=start, fresh="true")["cached"]
    stage.runtime.d1(
        "UPDATE bookings SET value_minor = 99900 WHERE tenant_id = ?1 AND status = 'completed'",
        busy.tenant.id,
    )
    changed = api.get("/api/v1/reports/weekly", start=start)
    assert not changed["cached"]
    assert changed["totals"]["revenue_minor"]["value"] == 2 * 99_900


def test_each_monday_at_nine_the_week_is_kept_and_mailed(
    stage: Stage, sandbox: Sandbox, busy: Office, api: Api
) -> None:
    version = api.get("/api/v1/settings")["version"]
    boss = f"boss@{busy.slug}.example"
    api.patch("/api/v1/settings", {"version": version, "settings": {"reports": {"to": [boss]}}})
    stage.travel(at(monday(2), "08:59"))
    stage.runtime.tick()
    stage.drain()
    # The Monday before was slept through: its report comes late, and is still the one that was due.
    assert [each["start"] for each in api.items("/api/v1/reports", kind="weekly")] == [monday().isoformat()]
    stage.travel(at(monday(2), "09:00"))
    stage.runtime.tick()
    stage.drain()
    kept = api.items("/api/v1/reports", kind="weekly")[0]
    assert (kept["start"], kept["mailed_to"]) == (monday(1).isoformat(), [boss])
    live = api.get("/api/v1/reports/weekly", start=kept["start"])
    assert kept["report"]["totals"] == live["totals"]
    mail = sandbox.emails(to=boss, contains=kept["report"]["period"]["label"], at_least=1)[-1]
    assert f"Appointments kept: {live['totals']['completed']['value']}" in mail["text"]
    assert f"/app/reports?kind=weekly&start={kept['start']}" in mail["text"]
    # A second tick, and the days after, make no second one; what was kept stays as it was.
    stage.runtime.d1("UPDATE bookings SET value_minor = 1 WHERE tenant_id = ?1", busy.tenant.id)
    stage.runtime.tick()
    stage.drain()
    assert api.items("/api/v1/reports", kind="weekly")[0] == kept
    mails = sandbox.emails(to=boss, contains="Appointments kept")
    assert len([each for each in mails if "your week" in each["subject"]]) == 2


def test_a_report_opens_in_a_spreadsheet(stage: Stage, busy: Office, api: Api) -> None:
    stage.runtime.d1(
        "UPDATE bookings SET service = '=HYPERLINK(1)' WHERE tenant_id = ?1 AND status = 'no_show'",
        busy.tenant.id,
    )
    answer = api.call("GET", "/api/v1/reports/weekly.csv", query={"start": monday(1).isoformat()})
    assert answer.headers["content-type"].startswith("text/csv")
    name = f"{busy.slug}-weekly-{monday(1)}-first.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert answer.body.startswith(b"\xef\xbb\xbf") and b"\r\n" in answer.body
    report = api.get("/api/v1/reports/weekly", start=monday(1).isoformat())
    totals = {row["figure"]: row["value"] for row in rows if row["section"] == "totals"}
    assert totals["completed"] == str(report["totals"]["completed"]["value"])
    assert totals["revenue"] == f"{report['totals']['revenue_minor']['value'] / 100:.2f}"
    assert "'=HYPERLINK(1)" in {row["item"] for row in rows if row["section"] == "services"}


def test_the_rollups_are_proven_and_what_is_wrong_is_found_and_mended(
    stage: Stage, busy: Office, api: Api
) -> None:
    assert api.get("/api/v1/reports/rebuild")["state"] == "never"
    begun = api.call("POST", "/api/v1/reports/rebuild")
    assert begun.status == 202 and begun.json["state"] == "running"
    stage.drain()
    proof = api.get("/api/v1/reports/rebuild")
    assert (proof["state"], proof["equal"], proof["differences"]) == ("done", True, [])
    assert proof["days"] >= 4
    start = monday(1).isoformat()
    right = api.get("/api/v1/reports/weekly", start=start, fresh="true")["totals"]
    stage.runtime.d1(
        "UPDATE rollups SET value = value + 5 WHERE tenant_id = ?1 AND metric = 'appointments.completed'",
        busy.tenant.id,
    )
    stage.runtime.d1(
        "DELETE FROM rollups WHERE tenant_id = ?1 AND metric = 'appointments.no_show'", busy.tenant.id
    )
    assert api.get("/api/v1/reports/weekly", start=start, fresh="true")["totals"] != right
    api.post("/api/v1/reports/rebuild")
    stage.drain()
    proof = api.get("/api/v1/reports/rebuild")
    assert (proof["state"], proof["equal"]) == ("done", False)
    assert {each["metric"] for each in proof["differences"]} == {
        "appointments.completed",
        "appointments.no_show",
    }
    assert all(each["kept"] != each["facts"] for each in proof["differences"])
    assert api.get("/api/v1/reports/weekly", start=start, fresh="true")["totals"] == right
    actions = [each["action"] for each in api.items("/api/v1/audit")]
    assert actions.count("reports.rebuild") == 2


def test_a_report_is_mailed_on_request(stage: Stage, sandbox: Sandbox, busy: Office, api: Api) -> None:
    to = f"accountant@{busy.slug}.example"
    told = api.post("/api/v1/reports/monthly/email", {"start": monday(1).isoformat(), "to": [to.upper()]})
    assert told == {"to": [to]}
    stage.drain()
    month = api.get("/api/v1/reports/monthly", start=monday(1).isoformat())["period"]["label"]
    assert month in sandbox.emails(to=to, at_least=1)[-1]["subject"]
    assert api.items("/api/v1/audit")[0]["action"] == "report.email"
    wrong = api.call("POST", "/api/v1/reports/weekly/email", {"to": ["nobody"]})
    assert wrong.status == 422


def test_what_is_no_report(api: Api) -> None:
    for path, query in (
        ("/api/v1/reports/weekly", {"start": "1999-12-31"}),
        ("/api/v1/reports/weekly", {"start": "2101-01-01"}),
        ("/api/v1/reports/weekly", {"start": "soon"}),
        ("/api/v1/reports/weekly", {"model": "best"}),
        ("/api/v1/reports/daily", {}),
        ("/api/v1/reports/daily.csv", {}),
    ):
        assert api.call("GET", path, query=query).status == 422, (path, query)
