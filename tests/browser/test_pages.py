"""Every page in both themes and three widths: axe finds nothing, nothing sticks out, and pictures are taken."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from seed.office import Office
from support.looking import looked_over, settled, visit
from support.screens import Screens
from support.stage import Stage, new_phone
from support.times import SYDNEY, nine_in_sydney

Opened = Callable[..., Page]
PLACES = {
    "today": "/app/today",
    "booking": "/app/today/{booking}",
    "contacts": "/app/contacts",
    "nobody": "/app/contacts?q=zzzz",
    "task": "/app/today?task={task}",
    "contact": "/app/contacts/{contact}",
    "details": "/app/contacts/{contact}?part=details",
    "pipeline": "/app/pipeline",
    "inbox": "/app/inbox",
    "thread": "/app/inbox/{contact}",
    "week": "/app/calendar?day={day}",
    "day": "/app/calendar?span=day&day={day}",
    "messages": "/app/messages?show=all",
    "message": "/app/messages/{message}",
    "webhooks": "/app/webhooks",
    "webhook": "/app/webhooks/{delivery}",
    "refused": "/app/webhooks/{refused}?verdict=refused",
    "jobs": "/app/jobs",
    "job": "/app/jobs/{job}?state=all",
    "settings": "/app/settings",
    "messaging": "/app/settings/messaging",
    "senders": "/app/settings/senders",
    "templates": "/app/settings/templates",
    "access": "/app/settings/access",
    "staff": "/app/settings/staff",
    "audit": "/app/settings/audit",
    "missing": "/app/nowhere",
    "gone": "/app/contacts/nobody",
}


@pytest.fixture
def places(stage: Stage, clinic: Office) -> dict[str, str]:
    """Addresses with something to show at each."""
    phone = new_phone()
    booked = stage.book(clinic, phone=phone, first_name="Ava", last_name="Nguyen", practitioner="Dr Silva")
    stage.book(clinic, phone=new_phone(), first_name="Leo", last_name="Rossi", practitioner="Dr Frost")
    stage.sandbox.forge_booking(clinic.instance)
    stage.drain()
    stage.sandbox.reply(phone, "Can I bring my old scans?", clinic.profile.number)
    stage.sandbox.cancel(booked["booking"]["id"])
    stage.drain()
    api = stage.signed_in(clinic)

    def first(path: str, **query: Any) -> str:
        return str(api.items(f"/api/v1/{path}", **query)[0]["id"])

    ava = first("contacts", search="Ava")
    task = {
        "type": "follow_up",
        "title": "Ask for the referral",
        "contact_id": ava,
        "due_at": stage.runtime.now_ms(),
    }
    later = stage.runtime.now_ms() + 30 * 3_600_000
    api.post("/api/v1/tasks", {**task, "title": "Order contrast medium", "due_at": later})
    api.patch("/api/v1/settings", {"version": 1, "settings": {"reminder_hours": [24]}})
    return {
        "booking": first("bookings"),
        "task": str(api.post("/api/v1/tasks", task)["id"]),
        "contact": ava,
        "message": first("messages", state="skipped"),
        "delivery": first("deliveries", source="wix", verdict="accepted"),
        "refused": first("deliveries", verdict="refused"),
        "job": first("jobs", state="done"),
        "day": datetime.fromtimestamp(nine_in_sydney(5) / 1000, SYDNEY).date().isoformat(),
    }


def test_axe_finds_nothing_and_nothing_sticks_out(
    places: dict[str, str], opened: Opened, screens: Screens
) -> None:
    found: dict[str, Any] = {}
    page = opened("/app/today")
    settled(page)
    for name, place in PLACES.items():
        visit(page, place.format_map(places))
        found |= looked_over(page, screens, name)
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    found |= looked_over(page, screens, "help", [1600, 390])
    page = opened("/app/", who=None)
    settled(page)
    found |= looked_over(page, screens, "sign-in", [1600, 390])
    assert not found, json.dumps(found, indent=1)


def test_axe_finds_nothing_in_what_opens(places: dict[str, str], opened: Opened, screens: Screens) -> None:
    found: dict[str, Any] = {}
    page = opened("/app/today")
    settled(page)
    openers = {
        f"/app/contacts/{places['contact']}": ["History", "Change consent to Text", "Set recall", "Edit"],
        "/app/contacts": ["Contact"],
        "/app/today": ["Task"],
        "/app/pipeline": ["Move Ava Nguyen"],
        f"/app/inbox/{places['contact']}": ["Send later"],
        "/app/settings/templates": ["Open Confirmation, e-mail"],
        "/app/settings/access": ["Rotate: Resend API key"],
        "/app/settings/staff": ["Add", "Deactivate The Viewer"],
    }
    for number, (place, names) in enumerate(openers.items()):
        visit(page, place)
        for name in names:
            page.get_by_role("button", name=name, exact=True).click()
        settled(page)
        found |= looked_over(page, screens, f"opened-{number}", [1600])
        page.keyboard.press("Escape")
    visit(page, "/app/contacts?q=zzzz")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="More").click()
    found |= looked_over(page, screens, "opened-more", [390])
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("ava")
    expect(page.get_by_text("The server could not be reached.")).to_be_visible()
    found |= looked_over(page, screens, "opened-offline", [390])
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name=re.compile("Ava Nguyen"))).to_be_visible()
    assert not found, json.dumps(found, indent=1)


def test_the_keyboard_alone_gets_anywhere(places: dict[str, str], opened: Opened) -> None:
    page = opened("/app/contacts")
    settled(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=re.compile("Ava Nguyen"))).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=re.compile("Leo Rossi"))).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ava Nguyen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Contacts")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("ros")
    expect(page.get_by_role("link", name=re.compile("Leo Rossi"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Ava Nguyen"))).to_have_count(0)
    assert page.url.endswith("?q=ros")
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("ros")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="Messages")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Contacts")).to_be_visible()


def test_whoever_goes_back_is_where_they_were(stage: Stage, clinic: Office, opened: Opened) -> None:
    api = stage.signed_in(clinic)
    for n in range(40):
        api.post("/api/v1/contacts", {"first_name": f"P{n:02}", "last_name": "Chan"})
    page = opened("/app/contacts")
    settled(page)
    page.keyboard.press("/")
    page.keyboard.type("chan")
    expect(page).to_have_url(re.compile("q=chan$"))
    settled(page)
    page.keyboard.press("ArrowDown")
    for _ in range(29):
        page.keyboard.press("j")
    row = page.locator("[data-row]:focus")
    name = row.locator(".row-title").inner_text()
    scrolled = page.evaluate("document.querySelector('.body').scrollTop")
    assert scrolled > 200
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(row).to_contain_text(name)
    expect(page).to_have_url(re.compile("q=chan$"))
    assert page.evaluate("document.querySelector('.body').scrollTop") == scrolled
    # The same by the link of the page, and by the browser's own way.
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Contacts").last.click()
    expect(row).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.go_back()
    expect(row).to_contain_text(name)


def test_an_item_opened_by_key_is_a_tab_away(places: dict[str, str], opened: Opened) -> None:
    page = opened("/app/messages?show=all")
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    aside = page.get_by_role("complementary", name="Message")
    expect(aside.get_by_role("heading", name="Message")).to_be_focused()
    page.keyboard.press("Tab")
    expect(aside.get_by_role("link", name="Close")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(aside).to_have_count(0)
    expect(page.locator("[data-row]").nth(2)).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_search_belongs_to_its_page_and_a_broken_page_to_itself(
    places: dict[str, str], opened: Opened
) -> None:
    page = opened("/app/contacts")
    settled(page)
    page.evaluate(
        """() => {
            const field = document.querySelector("[data-search]");
            field.value = "ros";
            field.dispatchEvent(new Event("input", {bubbles: true}));
            document.querySelector('.side a[href="/app/messages"]').click();
        }"""
    )
    expect(page.get_by_role("heading", name="Messages")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.url.endswith("/app/messages")
    # What no instant is, is none.
    page.goto(page.url.replace("/messages", "/calendar/new?at=1e400"))
    expect(page.get_by_role("form", name="New booking")).to_be_visible()
    # What cannot be shown says so, leaves the menu as it is, and comes back.
    other = page.context.new_page()  # its errors are meant
    timeline = "**/api/v1/contacts/*/timeline**"
    other.route(timeline, lambda route: route.fulfill(json={"items": [{"id": "1", "at": 1}], "next": None}))
    other.goto(page.url.split("/app/")[0] + f"/app/contacts/{places['contact']}")
    expect(other.get_by_text("This page could not be shown.")).to_be_visible()
    other.get_by_role("link", name="Contacts").first.click()
    expect(other.get_by_role("link", name=re.compile("Ava Nguyen"))).to_be_visible()
    other.unroute(timeline)
    other.go_back()
    expect(other.get_by_role("heading", name="Ava Nguyen")).to_be_visible()
