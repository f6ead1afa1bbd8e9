"""Whether they come and whether they came: the risk in a booking, the question on Today until it is answered."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from seed.office import Office
from support.looking import broken, settled
from support.stage import Stage, new_phone
from support.times import HOUR, nine_in_sydney

Opened = Callable[..., Page]


def test_who_was_here_is_asked_and_settled_from_today(stage: Stage, clinic: Office, opened: Opened) -> None:
    over = stage.runtime.now_ms() - 4 * HOUR
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen", start=over)
    stage.drain()
    page = opened("/app/today")
    settled(page)
    needs = page.get_by_role("region", name="Needs a person")
    needs.get_by_role("link", name="Ava Nguyen").click()
    aside = page.get_by_role("complementary", name="Booking")
    expect(aside.get_by_text("Did they come? Over for 3 hours and still confirmed.")).to_be_visible()
    expect(aside.get_by_text("No-show risk")).to_have_count(0)
    assert not broken(page)
    aside.get_by_role("button", name="Attended").click()
    expect(aside.locator(".booking-state")).to_contain_text("Completed")
    page.keyboard.press("Escape")  # beside what is open there is no room for the list
    expect(needs.get_by_text("Nothing is waiting for you")).to_be_visible()


def test_who_was_here_is_settled_while_the_live_line_is_down(
    stage: Stage, clinic: Office, opened: Opened
) -> None:
    over = stage.runtime.now_ms() - 4 * HOUR
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen", start=over)
    stage.drain()
    page = opened("/app/contacts")
    page.context.route_web_socket(re.compile("/live"), lambda line: line.close())
    page.goto(page.url.replace("/contacts", "/today"))
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    needs = page.get_by_role("region", name="Needs a person")
    needs.get_by_role("link", name="Ava Nguyen").click()
    page.get_by_role("complementary", name="Booking").get_by_role("button", name="Attended").click()
    page.keyboard.press("Escape")
    expect(needs.get_by_text("Nothing is waiting for you")).to_be_visible()


def test_a_booking_says_how_likely_they_stay_away_and_why(
    stage: Stage, clinic: Office, opened: Opened
) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen", start=nine_in_sydney(5))
    stage.drain()
    booking = stage.signed_in(clinic).items("/api/v1/bookings")[0]["id"]
    page = opened(f"/app/calendar/{booking}")
    settled(page)
    aside = page.get_by_role("complementary", name="Booking")
    aside.get_by_role("button", name="No-show risk 15. Why?").click()
    for reason in ("New patient", "Has not replied to us"):
        expect(page.get_by_text(reason)).to_be_visible()
    assert not broken(page)
