"""Rules: read, switched, edited with errors beside their fields, tried on the past, restored; and why things happen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from seed.api import Api
from seed.office import Office
from support.looking import looked_over, settled, visit
from support.screens import Screens
from support.stage import Stage, new_phone

Opened = Callable[..., Page]


@pytest.fixture
def api(stage: Stage, clinic: Office) -> Api:
    """The owner's way in."""
    return stage.signed_in(clinic)


@pytest.fixture
def booked(stage: Stage, clinic: Office) -> dict[str, Any]:
    """Ava has booked, and the rule for that has run."""
    made = stage.book(
        clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen", practitioner="Dr Silva"
    )
    stage.drain()
    return made


def rule_of(api: Api, key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in api.items("/api/v1/automations") if each["key"] == key)
    return found


def panel(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def test_rules_read_as_sentences_and_are_switched(api: Api, booked: dict[str, Any], opened: Opened) -> None:
    page = opened("/app/automations")
    row = page.get_by_role("listitem").filter(has_text="Confirm a new booking")
    expect(row).to_contain_text("When a booking is made")
    expect(row).to_contain_text("1 run in 7 days")
    switch = row.get_by_role("switch")
    expect(switch).to_be_checked()
    switch.click()
    expect(page.get_by_text("Confirm a new booking is off")).to_be_visible()
    expect(switch).not_to_be_checked()
    assert not rule_of(api, "booking-confirmation")["enabled"]
    page.get_by_role("button", name="Undo").click()
    expect(switch).to_be_checked()
    assert rule_of(api, "booking-confirmation")["enabled"]


def test_a_rule_is_made_tried_and_switched_on(
    api: Api, booked: dict[str, Any], opened: Opened, screens: Screens
) -> None:
    page = opened("/app/automations/new")
    form = page.get_by_role("form", name="Rule")
    # Nothing is sent half; what is missing is said where it is missing.
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("A name, so that others know")).to_be_visible()
    expect(form.get_by_text("At least one thing to do")).to_be_visible()
    form.get_by_label(re.compile("^Name")).fill("Call those who book an X-ray")
    form.get_by_label("What happens").select_option("booking.created")
    conditions = panel(page, "Only if")
    conditions.get_by_role("button", name="Condition").click()
    conditions.get_by_label("Field").select_option("booking.service")
    conditions.get_by_label("How", exact=True).select_option("contains")
    conditions.get_by_label("Value").fill("CT")
    # A group: nothing that is urgent, and nobody with one of these tags.
    conditions.get_by_role("button", name="Group").click()
    inner = conditions.get_by_role("group", name="Conditions, inner group")
    inner.get_by_label("How they go together").select_option("none")
    inner.get_by_label("Field").select_option("booking.urgency")
    inner.get_by_label("Value").select_option("urgent")
    page.get_by_label("Add something to do").select_option("create_task")
    action = page.get_by_role("listitem", name="Make a task")
    action.get_by_label("Title").fill("Call {{ contact.nonsense | shout }}")
    expect(action.locator(".field-error")).to_be_visible()
    action.get_by_label("Title").fill("Call {{ contact.name }}")
    expect(action.locator(".field-error")).to_have_count(0)
    expect(page.locator(".rule-read")).to_contain_text(
        re.compile("When a booking is made, if .*CT.*make a task")
    )
    screens.take(page, "automation-new")
    # Tried before it is saved.
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is made, and off until")).to_be_visible()
    page.get_by_role("link", name="Dry run").click()
    page.get_by_role("button", name="Dry run").click()
    totals = page.get_by_role("region", name="Totals")
    expect(totals).to_contain_text(re.compile(r"Would have run *1"))
    expect(totals).to_contain_text(re.compile(r"Tasks *1"))
    expect(page.locator(".try-item")).to_contain_text("Ava Nguyen")
    expect(page.locator(".try-item")).to_contain_text("Call Ava Nguyen")
    screens.take(page, "automation-dry-run")
    assert not [
        each for each in api.items("/api/v1/tasks", view="all") if each["title"].startswith("Call Ava")
    ]
    page.get_by_role("switch").click()
    expect(page.get_by_text("Call those who book an X-ray is on")).to_be_visible()
    made = next(each for each in api.items("/api/v1/automations") if each["name"].startswith("Call those"))
    assert made["enabled"]
    assert made["definition"]["conditions"] == {
        "all": [
            {"field": "booking.service", "op": "contains", "value": "CT"},
            {"none": [{"field": "booking.urgency", "op": "is", "value": "urgent"}]},
        ]
    }


def test_a_version_is_compared_and_restored(api: Api, opened: Opened) -> None:
    rule = rule_of(api, "booking-confirmation")
    page = opened(f"/app/automations/{rule['id']}")
    form = page.get_by_role("form", name="Rule")
    form.get_by_role("button", name="Wait first").click()
    form.get_by_label("How long, how many").fill("30")
    form.get_by_label("How long, of what").select_option("minutes")
    form.get_by_label("How long, how many").fill("30")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Rule changed")).to_be_visible()
    assert rule_of(api, "booking-confirmation")["definition"]["delay"]["minutes"] == 30
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("list", name="What changed")).to_contain_text("Wait: 30 minutes")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Back to version 1")).to_be_visible()
    expect(page.get_by_role("heading", name="Version 3")).to_be_visible()
    assert "delay" not in rule_of(api, "booking-confirmation")["definition"]
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("heading", name="Version 4")).to_be_visible()
    assert rule_of(api, "booking-confirmation")["definition"]["delay"]["minutes"] == 30


def test_a_message_leads_to_its_rule_and_its_webhook(
    api: Api, booked: dict[str, Any], opened: Opened, screens: Screens
) -> None:
    messages = api.items("/api/v1/messages")
    message = next(each for each in messages if each["template"] == "booking.confirmation")
    page = opened(f"/app/messages/{message['id']}")
    page.get_by_role("link", name="The whole story").click()
    expect(page.get_by_role("heading", name="Why did this happen?")).to_be_visible()
    steps = page.locator(".chain > li")
    expect(steps.first).to_contain_text("Confirmation")
    expect(steps.last).to_contain_text("From Wix")
    expect(page.locator(".chain")).to_contain_text("Confirm a new booking")
    screens.take(page, "trace")
    page.get_by_role("link", name="Confirm a new booking").first.click()
    expect(page.get_by_role("heading", name="Confirm a new booking", level=1)).to_be_visible()
    page.get_by_role("link", name="Runs", exact=True).click()
    run = page.get_by_role("link", name=re.compile("Ava Nguyen"))
    expect(run).to_contain_text("Done")
    run.click()
    expect(page.locator(".chain > li").last).to_contain_text("Webhook")


def test_those_who_may_not_change_rules_read_them(api: Api, opened: Opened) -> None:
    rule = rule_of(api, "booking-confirmation")
    page = opened("/app/automations", who="viewer")
    expect(page.get_by_role("switch").first).to_be_disabled()
    expect(page.get_by_role("link", name="New rule")).to_have_count(0)
    page = opened(f"/app/automations/{rule['id']}", who="viewer")
    expect(page.get_by_label("Name", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page = opened("/app/automations", who="technician")
    expect(page.get_by_text("Your role does not include this page")).to_be_visible()


def test_a_rule_is_put_away_and_standard_ones_come_back(api: Api, opened: Opened) -> None:
    rule = rule_of(api, "booking-confirmation")
    page = opened(f"/app/automations/{rule['id']}")
    page.get_by_role("button", name="Put the rule away").click()
    expect(page.get_by_text("Confirm a new booking is put away")).to_be_visible()
    expect(page.get_by_role("heading", name="Automations")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Confirm a new booking"))).to_have_count(0)
    page.get_by_role("button", name="Put back missing standard rules").click()
    expect(page.get_by_role("link", name=re.compile("Confirm a new booking"))).to_be_visible()


def test_axe_finds_nothing_about_rules(
    api: Api, booked: dict[str, Any], opened: Opened, screens: Screens
) -> None:
    rule = rule_of(api, "booking-confirmation")["id"]
    message = api.items("/api/v1/messages")[0]["id"]
    page = opened("/app/today")
    settled(page)
    found: dict[str, list[str]] = {}
    places = {
        "rules": "/app/automations",
        "runs": "/app/automations?tab=runs",
        "rule": f"/app/automations/{rule}",
        "new": "/app/automations/new",
        "try": f"/app/automations/{rule}?tab=try",
        "history": f"/app/automations/{rule}?tab=history",
        "trace": f"/app/trace/message-{message}",
        "nothing": "/app/trace/message-0",
    }
    for name, place in places.items():
        visit(page, place)
        if name == "try":
            page.get_by_role("button", name="Dry run").click()
            expect(page.get_by_role("region", name="Totals")).to_contain_text("Would have run")
        found |= looked_over(page, screens, f"automation-{name}")
    assert not found
