"""Hours, closed days, services and who gets reports: changed, held to sense, copied, taken back."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from seed.office import Office
from support.looking import looked_over, settled, visit
from support.screens import Screens
from support.stage import Stage

Opened = Callable[..., Page]


def settings(stage: Stage, clinic: Office) -> dict[str, Any]:
    found: dict[str, Any] = stage.signed_in(clinic).get("/api/v1/settings")["settings"]
    return found


def test_hours_are_held_to_sense_copied_and_taken_back(stage: Stage, clinic: Office, opened: Opened) -> None:
    before = settings(stage, clinic)["hours"]
    page = opened("/app/settings/hours")
    form = page.get_by_role("form", name="Business hours")
    monday = form.get_by_role("group", name="Monday")
    monday.get_by_label("Monday closes", exact=True).fill("12:00")
    monday.get_by_role("button", name="Monday: add a span").click()
    monday.get_by_label("Monday opens, span 2").fill("11:00")
    expect(monday.get_by_role("alert")).to_contain_text("overlap")
    expect(form.get_by_role("button", name="Save")).to_be_disabled()
    monday.get_by_label("Monday opens, span 2").fill("13:00")
    monday.get_by_label("Monday closes, span 2").fill("18:30")
    expect(monday.get_by_role("alert")).to_have_count(0)
    monday.get_by_role("button", name="Copy to all: Monday").click()
    sunday = form.get_by_role("group", name="Sunday")
    expect(sunday.get_by_label("Sunday closes, span 2")).to_have_value("18:30")
    sunday.get_by_role("button", name="Sunday: remove 13:00 to 18:30").click()
    sunday.get_by_role("button", name=re.compile("Sunday: remove")).click()
    expect(sunday).to_contain_text("Closed")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Business hours changed")).to_be_visible()
    hours = settings(stage, clinic)["hours"]
    assert hours["saturday"] == [
        {"opens": "09:00", "closes": "12:00"},
        {"opens": "13:00", "closes": "18:30"},
    ]
    assert hours["sunday"] == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    assert settings(stage, clinic)["hours"] == before


def test_closed_days_come_and_go(stage: Stage, clinic: Office, opened: Opened) -> None:
    page = opened("/app/settings/hours")
    form = page.get_by_role("form", name="Closed days")
    form.get_by_label("Another day").fill("2026-12-25")
    form.get_by_role("button", name="Add").click()
    expect(form).to_contain_text("Friday 25 December 2026")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Closed days changed")).to_be_visible()
    assert settings(stage, clinic)["closed_days"] == ["2026-12-25"]
    form.get_by_role("button", name="Not closed on 2026-12-25").click()
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text("None.")
    assert settings(stage, clinic)["closed_days"] == []


def test_services_have_lengths_prices_and_recalls(stage: Stage, clinic: Office, opened: Opened) -> None:
    page = opened("/app/settings/services")
    form = page.get_by_role("form", name="Services")
    for name, minutes, price, months in (("MRI Knee", "45", "250.50", "12"), ("CT Chest", "20", "", "")):
        form.get_by_role("button", name="Service", exact=True).click()
        row = form.get_by_role("row").last
        row.get_by_label("Name", exact=True).fill(name)
        row.get_by_label(re.compile("^Minutes")).fill(minutes)
        row.get_by_label(re.compile("^Price")).fill(price)
        row.get_by_label(re.compile("^Recall")).fill(months)
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Services changed")).to_be_visible()
    assert settings(stage, clinic)["services"] == [
        {"name": "MRI Knee", "minutes": 45, "price_minor": 25_050, "recall_months": 12},
        {"name": "CT Chest", "minutes": 20, "price_minor": 0, "recall_months": None},
    ]
    row = form.get_by_role("row").last
    row.get_by_label("Name", exact=True).fill("mri knee")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("same name")


def test_reports_go_where_they_are_wanted(stage: Stage, clinic: Office, opened: Opened) -> None:
    page = opened("/app/settings/reports")
    form = page.get_by_role("form", name="Reports by e-mail")
    form.get_by_label("To").fill("nobody")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("e-mail")
    form.get_by_label("To").fill("boss@example.com")
    form.get_by_label("Each month").uncheck()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Reports changed")).to_be_visible()
    wanted = {"weekly": True, "monthly": False, "to": ["boss@example.com"]}
    assert settings(stage, clinic)["reports"] == wanted


def test_the_key_of_outgoing_webhooks_is_made_here(opened: Opened) -> None:
    page = opened("/app/settings/access")
    page.get_by_role("button", name=re.compile("What rules sign their calls with")).click()
    page.get_by_role("button", name="Replace").click()
    made = page.get_by_label("The new value, shown this once")
    expect(made).to_have_value(re.compile("^whsec_.{40}"))


def test_axe_finds_nothing_in_hours_and_services(
    stage: Stage, clinic: Office, opened: Opened, screens: Screens
) -> None:
    services = [{"name": "MRI Knee", "minutes": 45, "price_minor": 25_000, "recall_months": 12}]
    changes = {"services": services, "closed_days": ["2026-12-25"]}
    stage.signed_in(clinic).patch("/api/v1/settings", {"version": 1, "settings": changes})
    page = opened("/app/settings")
    settled(page)
    found: dict[str, list[str]] = {}
    for section in ("hours", "services", "reports"):
        visit(page, f"/app/settings/{section}")
        found |= looked_over(page, screens, f"settings-{section}")
    assert not found
