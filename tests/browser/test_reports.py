"""Reports: figures beside those before, charts with their tables, credit switched, a sheet, a mail, and the proof."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.office import Office
from support.looking import becomes, looked_over, settled, visit
from support.screens import Screens
from support.stage import Stage, new_phone
from support.times import SYDNEY

Opened = Callable[..., Page]


@pytest.fixture
def week(stage: Stage, clinic: Office) -> str:
    """This week, in which three people booked; its first day."""
    for n, name in enumerate(("Nguyen", "Rossi", "Haddad")):
        service = "MRI Knee" if n else "CT Chest"
        stage.book(clinic, phone=new_phone(), first_name="Ava", last_name=name, service=service)
    stage.drain()
    today = datetime.now(SYDNEY).date()
    return (today - timedelta(days=today.weekday())).isoformat()


def test_a_week_in_figures_charts_and_tables(
    stage: Stage, clinic: Office, opened: Opened, week: str, screens: Screens
) -> None:
    page = opened(f"/app/reports?start={week}")
    settled(page)
    figures = page.get_by_role("region", name="Totals")
    expect(figures).to_contain_text(re.compile(r"Bookings made *3"))
    expect(page.get_by_text("is still running")).to_be_visible()
    chart = page.get_by_role("img", name=re.compile(r"^Bookings made and leads\. Bookings: 3 in all"))
    expect(chart.locator("canvas")).to_be_visible()
    page.get_by_text("As a table").first.click()
    table = page.get_by_role("group", name="Bookings made and leads, as a table")
    expect(table.get_by_role("row")).to_have_count(8)
    expect(page.get_by_role("region", name="Sources")).to_contain_text("Wix")
    expect(page.get_by_role("region", name="Services")).to_contain_text(re.compile(r"MRI Knee *2"))
    screens.take(page, "reports-week")
    # Drawn anew to fit, not stretched.
    wide = chart.locator("canvas").bounding_box()
    page.set_viewport_size({"width": 390, "height": 844})
    assert wide and wide["width"] > 390

    def fits() -> bool:
        narrow = chart.locator("canvas").bounding_box()
        return bool(narrow and narrow["width"] < 390)

    becomes(page, fits, wanted=True)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_credit_and_periods_are_in_the_address(opened: Opened, week: str) -> None:
    page = opened(f"/app/reports?start={week}")
    settled(page)
    page.get_by_label("Credit for bookings goes to").select_option("linear")
    expect(page).to_have_url(re.compile("model=linear"))
    page.get_by_role("link", name="The one before").click()
    before = (datetime.fromisoformat(week) - timedelta(days=7)).date().isoformat()
    expect(page).to_have_url(re.compile(f"start={before}"))
    expect(page.get_by_text("Nothing happened in this time")).to_be_visible()
    page.get_by_role("link", name="The one after").click()
    expect(page.get_by_role("region", name="Totals")).to_contain_text(re.compile(r"Bookings made *3"))
    expect(page.get_by_role("button", name="The one after")).to_be_disabled()
    page.get_by_role("link", name="Month", exact=True).click()
    expect(page.get_by_role("region", name="Totals")).to_contain_text(re.compile(r"Bookings made *3"))
    expect(page).to_have_url(re.compile("kind=monthly"))


def test_a_sheet_a_mail_and_the_proof(
    stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened, week: str
) -> None:
    page = opened(f"/app/reports?start={week}")
    settled(page)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download as CSV").click()
    assert coming.value.suggested_filename.endswith(".csv")
    assert "MRI Knee" in coming.value.path().read_text()
    page.get_by_role("button", name="E-mail it now").click()
    expect(page.get_by_text(re.compile("On its way to .*@"))).to_be_visible()
    stage.drain()
    assert [each for each in sandbox.emails(at_least=1) if clinic.owner in str(each)]
    proof = page.get_by_role("region", name="Are the figures right?")
    proof.get_by_role("button", name="Reckon anew").click()
    stage.drain()
    expect(proof).to_contain_text(re.compile("as the facts say|put right"))


def test_who_may_only_read_has_no_buttons(opened: Opened, week: str) -> None:
    page = opened(f"/app/reports?start={week}", who="viewer")
    settled(page)
    expect(page.get_by_role("link", name="Download as CSV")).to_be_visible()
    expect(page.get_by_role("button", name="E-mail it now")).to_have_count(0)
    expect(page.get_by_role("region", name="Are the figures right?")).to_have_count(0)
    page = opened("/app/reports", who="technician")
    expect(page.get_by_text("Your role does not include this page")).to_be_visible()


def test_axe_finds_nothing_in_reports(opened: Opened, week: str, screens: Screens) -> None:
    page = opened("/app/today")
    settled(page)
    found: dict[str, list[str]] = {}
    for kind in ("weekly", "monthly"):
        visit(page, f"/app/reports?start={week}&kind={kind}")
        expect(page.locator("canvas").first).to_be_visible()
        found |= looked_over(page, screens, f"reports-{kind}")
    assert not found


def test_charts_come_with_the_reports_only(opened: Opened, week: str) -> None:
    page = opened("/app/today")
    settled(page)
    asked = "performance.getEntriesByType('resource').filter(e => e.name.includes('uplot')).length"
    assert page.evaluate(asked) == 0
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()
    page.goto(page.url.split("?")[0] + f"?start={week}")
    expect(page.locator("canvas").first).to_be_visible()
    assert page.evaluate(asked) == 2
