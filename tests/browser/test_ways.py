"""Ways from one page to another, and back: to a booking's own day, to a why and from it, to whom one merges with."""

import re
from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page, expect

from seed.office import Office
from support.looking import settled
from support.stage import Stage, new_phone
from support.times import SYDNEY, nine_in_sydney

Opened = Callable[..., Page]


def test_a_booking_is_found_on_its_day_and_a_why_leads_back(
    stage: Stage, clinic: Office, opened: Opened
) -> None:
    start = nine_in_sydney(19)  # another week than today's
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen", start=start)
    stage.drain()
    contact = stage.signed_in(clinic).items("/api/v1/contacts")[0]["id"]
    page = opened(f"/app/contacts/{contact}")
    page.get_by_role("region", name="Bookings").get_by_role("link").first.click()
    expect(page.get_by_role("complementary", name="Booking")).to_be_visible()
    day = datetime.fromtimestamp(start / 1000, SYDNEY).date().isoformat()
    expect(page).to_have_url(re.compile(f"day={day}$"))
    expect(page.locator("[data-booking]")).to_contain_text("Ava Nguyen")
    page.get_by_role("link", name="Why?").click()
    expect(page.get_by_text("where it began")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"day={day}$"))
    page.go_forward()
    page.get_by_role("link", name="Back").click()
    expect(page.locator("[data-booking]")).to_contain_text("Ava Nguyen")


def test_whom_to_merge_with_is_typed_at_once(stage: Stage, clinic: Office, opened: Opened) -> None:
    api = stage.signed_in(clinic)
    ava = api.post("/api/v1/contacts", {"first_name": "Ava", "last_name": "Nguyen"})["id"]
    api.post("/api/v1/contacts", {"first_name": "Zoe", "last_name": "Nguyen"})
    page = opened(f"/app/contacts/{ava}")
    settled(page)
    page.get_by_role("button", name="More").click()
    page.keyboard.press("ArrowUp")  # the last choice
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Merge contacts")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("Zoe")
    expect(dialog.get_by_role("option", name="Zoe Nguyen")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Merge")).to_be_enabled()
