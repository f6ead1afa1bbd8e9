"""The day's work by keyboard: done, snoozed, given away, added; each at once, and each with a way back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from seed.api import Api
from seed.office import Office
from support.looking import becomes
from support.stage import Stage, new_phone

Opened = Callable[..., Page]
DAY = 24 * 3_600_000


@pytest.fixture
def api(stage: Stage, clinic: Office) -> Api:
    """The owner's way in."""
    return stage.signed_in(clinic)


@pytest.fixture
def add(stage: Stage, api: Api) -> Callable[..., dict[str, Any]]:
    """Adds a task, due `due` ms from now."""

    def added(title: str, due: int, **fields: Any) -> dict[str, Any]:
        task = {"type": "follow_up", "title": title, "due_at": stage.runtime.now_ms() + due, **fields}
        made: dict[str, Any] = api.post("/api/v1/tasks", task)
        return made

    return added


def row(page: Page, title: str) -> Any:
    """A task's row, by its link."""
    return page.get_by_role("link", name=re.compile(title))


def test_the_work_of_a_morning(stage: Stage, api: Api, add: Any, opened: Opened) -> None:
    late = add("Call about the referral", -2 * DAY)
    add("Send the preparation sheet", 3 * DAY)
    page = opened("/app/today")
    overdue = page.get_by_role("region", name="Overdue")
    expect(overdue).to_contain_text("2 d late")
    expect(page.get_by_role("region", name="Upcoming")).to_contain_text("Send the preparation sheet")

    # Done, and back again.
    page.keyboard.press("j")
    expect(row(page, "Call about the referral")).to_be_focused()
    page.keyboard.press("e")
    expect(overdue).to_have_count(0)
    expect(row(page, "Send the preparation sheet")).to_be_focused()
    page.keyboard.press("z")
    expect(overdue).to_contain_text("Call about the referral")
    expect(page.get_by_text("Undone")).to_be_visible()
    becomes(page, lambda: api.get(f"/api/v1/tasks/{late['id']}")["status"], "open")

    # Snoozed until tomorrow morning or the next working day.
    row(page, "Call about the referral").focus()
    page.keyboard.press("s")
    menu = page.get_by_role("dialog", name="Snooze until")
    expect(menu.get_by_role("button", name="In 1 hour")).to_be_focused()
    menu.get_by_role("button", name=re.compile("Tomorrow|Next working day")).click()
    expect(page.get_by_role("region", name="Upcoming")).to_contain_text("Call about the referral")
    expect(overdue).to_have_count(0)
    becomes(page, lambda: api.get(f"/api/v1/tasks/{late['id']}")["due_at"] > stage.runtime.now_ms(), True)
    page.keyboard.press("z")
    expect(overdue).to_contain_text("2 d late")

    # Given to a colleague by digit; the filters know whose it is.
    row(page, "Call about the referral").focus()
    page.keyboard.press("a")
    menu = page.get_by_role("dialog", name="Assign to")
    expect(menu).to_be_visible()
    menu.get_by_role("button", name=re.compile("The Staff")).click()
    expect(page.get_by_text("Assigned to The Staff").first).to_be_visible()
    page.get_by_role("link", name="Mine").click()
    expect(page.get_by_text("No such tasks")).to_be_visible()
    page.get_by_role("link", name="Unassigned").click()
    expect(row(page, "Send the preparation sheet")).to_be_visible()
    expect(row(page, "Call about the referral")).to_have_count(0)


def test_a_task_is_added_opened_and_changed(stage: Stage, clinic: Office, api: Api, opened: Opened) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen")
    stage.drain()
    page = opened("/app/today")
    expect(page.get_by_role("heading", name="Bookings")).to_be_visible()
    page.keyboard.press("n")
    form = page.get_by_role("form", name="New task")
    form.get_by_label("What is to be done").fill("Ask for the old scans")
    form.get_by_label("Type").select_option("review")
    form.get_by_role("combobox", name="About").fill("ava")
    expect(form.get_by_role("option", name=re.compile("Ava Nguyen"))).to_be_visible()
    page.keyboard.press("Enter")
    form.get_by_role("button", name="Add task").click()
    task = row(page, "Ask for the old scans")
    expect(task).to_be_visible()
    made = next(each for each in api.items("/api/v1/tasks") if each["title"] == "Ask for the old scans")
    assert (made["type"], made["contact_name"], made["assignee_name"]) == (
        "review",
        "Ava Nguyen",
        "The Owner",
    )

    # Why it stands where it stands, on demand.
    page.get_by_role("button", name=re.compile(f"Priority {made['priority']}")).first.click()
    expect(page.get_by_role("dialog")).to_contain_text(made["reasons"][0]["label"])
    page.keyboard.press("Escape")

    task.focus()
    page.keyboard.press("Enter")
    aside = page.get_by_role("complementary", name="Task")
    expect(aside).to_contain_text(made["reasons"][0]["label"])
    expect(aside.get_by_role("link", name="Ava Nguyen")).to_be_visible()
    aside.get_by_role("button", name="Edit").click()
    aside.get_by_label("Note").fill("She has them on a disc.")
    aside.get_by_role("button", name="Save").click()
    expect(aside.locator(".note")).to_have_text("She has them on a disc.")
    becomes(page, lambda: api.get(f"/api/v1/tasks/{made['id']}")["note"], "She has them on a disc.")
    aside.get_by_role("button", name="Not needed").click()
    expect(aside).to_contain_text("Open again")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=re.compile("Ask for the old scans"))).to_have_count(0)


def test_a_refused_change_is_taken_back_and_told(stage: Stage, api: Api, add: Any, opened: Opened) -> None:
    task = add("Call about the referral", -2 * DAY)
    page = opened("/app/today")
    expect(row(page, "Call about the referral")).to_be_visible()
    page.route(
        "**/api/v1/tasks/*",
        lambda route: (
            route.abort("internetdisconnected") if route.request.method == "PATCH" else route.continue_()
        ),
    )
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.get_by_text("The server could not be reached.")).to_be_visible()
    expect(row(page, "Call about the referral")).to_be_visible()
    becomes(page, lambda: api.get(f"/api/v1/tasks/{task['id']}")["status"], "open")


def test_later_is_when_the_business_is_open(opened: Opened) -> None:
    """Friday 10:00 in Sydney; Monday is a holiday, on Tuesday they open at half past eight."""
    page = opened("/app/", who=None, timezone_id="America/Anchorage")
    found = page.evaluate(
        """async () => {
            const time = await import("/app/core/time.js");
            const { laters } = await import("/app/core/later.js");
            time.setClock("Australia/Sydney", "en-AU");
            const day = [{ opens: "08:30", closes: "17:00" }];
            const hours = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day };
            const friday = time.instant(2026, 11, 20, 10, 0);
            const said = (list) => list.map(({ label, at }) => `${label}: ${time.dayKey(at)} ${time.clock(at)}`);
            return [said(laters(friday, { hours, closed: ["2026-11-23"] })), said(laters(friday, {}))];
        }"""
    )
    assert found[0] == [
        "In 1 hour: 2026-11-20 11:00",
        "This afternoon: 2026-11-20 14:00",
        "Next working day: 2026-11-24 08:30",
    ]
    assert found[1][2:] == ["Next working day: 2026-11-23 09:00"]
