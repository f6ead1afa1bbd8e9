"""Two people at two screens: what one does the other sees, where they are, without losing what they were at."""

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from seed.office import Office
from support.looking import listening
from support.stage import Stage, new_phone

Opened = Callable[..., Page]


def test_a_colleagues_change_is_seen_without_asking(stage: Stage, clinic: Office, opened: Opened) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen")
    stage.drain()
    api = stage.signed_in(clinic)
    contact = api.items("/api/v1/contacts")[0]
    page = opened("/app/contacts")
    row = page.get_by_role("link", name="Ava Nguyen").first
    expect(row).to_be_visible()
    listening(page)
    begun = time.monotonic()
    api.patch(f"/api/v1/contacts/{contact['id']}", {"version": contact["version"], "last_name": "Okafor"})
    expect(page.get_by_role("link", name="Ava Okafor").first).to_be_visible()
    print(f"seen after {(time.monotonic() - begun) * 1000:.0f} ms (aim: a second)")


def test_nothing_is_lost_under_ones_hands(stage: Stage, clinic: Office, opened: Opened) -> None:
    for n in range(30):
        stage.book(clinic, phone=new_phone(), first_name=f"P{n:02}", last_name="Chan")
    stage.drain()
    page = opened("/app/contacts")
    rows = page.locator("[data-row]")
    expect(rows.nth(20)).to_be_visible()
    listening(page)
    page.keyboard.press("j")
    for _ in range(20):
        page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.textContent")
    scrolled = page.evaluate("document.querySelector('.body').scrollTop")
    page.evaluate("window.kept = document.activeElement")
    stage.book(clinic, phone=new_phone(), first_name="Zoe", last_name="New")
    expect(page.get_by_role("link", name="Zoe New").first).to_be_attached()
    assert page.evaluate("document.activeElement === window.kept")
    assert page.evaluate("document.activeElement.textContent") == focused
    assert abs(page.evaluate("document.querySelector('.body').scrollTop") - scrolled) < 60


def test_a_line_that_broke_says_so_and_catches_up(stage: Stage, clinic: Office, opened: Opened) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen")
    stage.drain()
    api = stage.signed_in(clinic)
    contact = api.items("/api/v1/contacts")[0]
    page = opened("/app/contacts")
    expect(page.get_by_role("link", name="Ava Nguyen").first).to_be_visible()
    listening(page)
    page.context.set_offline(True)
    expect(page.get_by_text("Offline")).to_be_visible()
    api.patch(f"/api/v1/contacts/{contact['id']}", {"version": contact["version"], "last_name": "Okafor"})
    page.context.set_offline(False)
    expect(page.get_by_role("link", name="Ava Okafor").first).to_be_visible()
    expect(page.get_by_text("Offline")).to_have_count(0)
    stage.runtime.kill()
    contact = api.items("/api/v1/contacts")[0]
    api.patch(f"/api/v1/contacts/{contact['id']}", {"version": contact["version"], "last_name": "Silva"})
    expect(page.get_by_role("link", name="Ava Silva").first).to_be_visible()
