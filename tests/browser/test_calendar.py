"""The calendar: a booking dragged with its reminders' fate shown first, moved by keys, made, settled, taken back."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from seed.office import Office
from support.hands import block, carry
from support.looking import looked_over, settled
from support.screens import Screens
from support.stage import Stage, new_phone
from support.times import SYDNEY, in_sydney, ms

Opened = Callable[..., Page]
HOUR = 3_600_000


def a_weekday() -> int:
    """Days from today to a Wednesday that is at least five days off, so that a week has room on both sides."""
    today = datetime.now(SYDNEY)
    return next(days for days in range(5, 13) if (today.weekday() + days) % 7 == 2)


@pytest.fixture
def day() -> int:
    """Days from today to the day of the appointments."""
    return a_weekday()


@pytest.fixture
def booked(stage: Stage, clinic: Office, day: int) -> str:
    """Ava at nine with Dr Silva; Leo at eleven with Dr Frost. Answers Ava's booking."""
    stage.book(
        clinic,
        start=in_sydney(day, "09:00"),
        phone=new_phone(),
        first_name="Ava",
        last_name="Nguyen",
        practitioner="Dr Silva",
    )
    stage.book(
        clinic,
        start=in_sydney(day, "11:00"),
        phone=new_phone(),
        first_name="Leo",
        last_name="Rossi",
        practitioner="Dr Frost",
    )
    stage.drain()
    items = stage.signed_in(clinic).items("/api/v1/bookings")
    return str(next(each["id"] for each in items if each["contact_name"] == "Ava Nguyen"))


def address(day: int, span: str = "week") -> str:
    shown = datetime.fromtimestamp(in_sydney(day, "09:00") / 1000, SYDNEY).date().isoformat()
    return f"/app/calendar?span={span}&day={shown}"


def start_of(stage: Stage, clinic: Office, booking: str) -> int:
    return int(stage.signed_in(clinic).get(f"/api/v1/bookings/{booking}")["booking"]["starts_at"])


def test_a_booking_is_dragged_and_taken_back(
    stage: Stage, clinic: Office, opened: Opened, booked: str, day: int, screens: Screens
) -> None:
    page = opened(address(day))
    settled(page)
    carry(page, booked, hours=1.5)
    bar = page.get_by_role("region", name="Move the booking")
    # What becomes of the reminders is there while it still hangs in the air.
    fates = bar.get_by_role("list", name="What becomes of the reminders")
    expect(fates.get_by_text("48 h before")).to_be_visible()
    expect(fates).to_contain_text(re.compile(r"24 h before.*moves to .*10:30"))
    screens.take(page, "calendar-dragging")
    page.mouse.up()
    assert start_of(stage, clinic, booked) == in_sydney(day, "09:00"), "nothing counts before it is said"
    bar.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text(re.compile(r"Ava Nguyen moved to .*10:30"))).to_be_visible()
    expect(block(page, booked)).to_contain_text("10:30")
    assert start_of(stage, clinic, booked) == in_sydney(day, "10:30")
    page.get_by_role("button", name="Undo").click()
    expect(block(page, booked)).to_contain_text("09:00")
    assert start_of(stage, clinic, booked) == in_sydney(day, "09:00")


def test_escape_gives_it_back_and_a_conflict_is_told(
    stage: Stage, clinic: Office, opened: Opened, booked: str, day: int
) -> None:
    page = opened(address(day, "day"))
    settled(page)
    names = page.locator(".cal-name h2")
    expect(names.nth(1)).to_have_text("Dr Silva")
    # From Dr Silva at nine to Dr Frost at eleven, where Leo is.
    carry(page, booked, hours=2, columns=-1)
    bar = page.get_by_role("region", name="Move the booking")
    expect(bar).to_contain_text("with Dr Frost")
    expect(bar).to_contain_text(re.compile("conflict.*Leo Rossi"))
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_role("complementary")).to_have_count(0)
    assert start_of(stage, clinic, booked) == in_sydney(day, "09:00")


def test_keys_move_it_as_well(stage: Stage, clinic: Office, opened: Opened, booked: str, day: int) -> None:
    page = opened(address(day))
    settled(page)
    block(page, booked).focus()
    page.keyboard.press("m")
    bar = page.get_by_role("region", name="Move the booking")
    expect(bar).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(bar.get_by_label("Start")).to_have_value("09:20")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    expect(block(page, booked)).to_be_focused()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(bar).to_contain_text("24 h before")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ava Nguyen moved to")).to_be_visible()
    assert start_of(stage, clinic, booked) == in_sydney(day + 1, "08:45")
    expect(block(page, booked)).to_be_focused()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone")).to_be_visible()
    assert start_of(stage, clinic, booked) == in_sydney(day, "09:00")


def test_a_finger_holds_and_carries(
    stage: Stage, clinic: Office, opened: Opened, booked: str, day: int
) -> None:
    page = opened(address(day, "day"), width=390, has_touch=True, is_mobile=True)
    settled(page)
    held = block(page, booked)
    held.scroll_into_view_if_needed()
    box = held.bounding_box()
    body = page.locator(".cal-body").bounding_box()
    assert box and body
    shown = page.locator(".cal-body").evaluate("e => (e.dataset.to - e.dataset.from) / 60")
    x, y = box["x"] + 20, box["y"] + 8
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": left, "y": top} for left, top in points]},
        )

    send("touchStart", (x, y))
    expect(page.get_by_role("region", name="Move the booking")).to_be_visible()
    for part in range(1, 7):
        send("touchMove", (x, y + part / 6 * body["height"] / shown))
    send("touchEnd")
    bar = page.get_by_role("region", name="Move the booking")
    expect(bar.get_by_label("Start")).to_have_value("10:00")
    bar.get_by_role("button", name="Move", exact=True).tap()
    expect(page.get_by_text(re.compile(r"Ava Nguyen moved to .*10:00"))).to_be_visible()
    assert start_of(stage, clinic, booked) == in_sydney(day, "10:00")


def test_staff_book_somebody_new_on_a_free_time(
    stage: Stage, clinic: Office, opened: Opened, booked: str, day: int
) -> None:
    api = stage.signed_in(clinic)
    version = api.get("/api/v1/settings")["version"]
    services = [{"name": "MRI Knee", "minutes": 45, "price_minor": 25_000, "recall_months": 12}]
    api.patch("/api/v1/settings", {"version": version, "settings": {"services": services}})
    page = opened(address(day, "day"))
    settled(page)
    # Dr Silva, an hour below Ava.
    box, body = block(page, booked).bounding_box(), page.locator(".cal-body").bounding_box()
    assert box and body
    shown = page.locator(".cal-body").evaluate("e => (e.dataset.to - e.dataset.from) / 60")
    page.mouse.click(box["x"] + 30, box["y"] + 2 + body["height"] / shown)
    form = page.get_by_role("form", name="New booking")
    expect(form.get_by_label("Start")).to_have_value(re.compile("T10:00$"))
    expect(form.get_by_label("With")).to_have_value("Dr Silva")
    form.get_by_role("button", name="New person").click()
    form.get_by_label("First name").fill("Mia")
    form.get_by_label("Last name").fill("Costa")
    form.get_by_label("Phone").fill("0412 000 111")
    form.get_by_label("Service").select_option("MRI Knee")
    expect(form.get_by_label("Minutes")).to_have_value("45")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text(re.compile("Mia Costa booked for"))).to_be_visible()
    expect(page.get_by_role("complementary", name="Booking")).to_contain_text("MRI Knee")
    made: list[Any] = [each for each in api.items("/api/v1/bookings") if each["contact_name"] == "Mia Costa"]
    assert [(each["starts_at"], each["practitioner"]) for each in made] == [
        (in_sydney(day, "10:00"), "Dr Silva")
    ]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    assert api.get(f"/api/v1/bookings/{made[0]['id']}")["booking"]["status"] == "cancelled"


def test_a_booking_is_settled_and_taken_back(
    stage: Stage, clinic: Office, opened: Opened, booked: str, day: int
) -> None:
    page = opened(address(day))
    settled(page)
    block(page, booked).click()
    aside = page.get_by_role("complementary", name="Booking")
    aside.get_by_role("button", name="Cancel booking").click()
    expect(aside).to_contain_text("Cancelled")
    expect(page.get_by_text("Ava Nguyen cancelled")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    expect(aside.locator(".booking-state")).not_to_contain_text("Cancelled")
    status = stage.signed_in(clinic).get(f"/api/v1/bookings/{booked}")["booking"]["status"]
    assert status in ("scheduled", "confirmed")
    # Those who only look have neither handles nor buttons.
    page = opened(address(day), who="viewer")
    settled(page)
    block(page, booked).click()
    expect(page.get_by_role("complementary", name="Booking")).to_contain_text("Ava Nguyen")
    expect(page.get_by_role("button", name="Cancel booking")).to_have_count(0)
    expect(page.get_by_role("link", name="New booking")).to_have_count(0)


def test_axe_finds_nothing_while_something_moves(
    opened: Opened, booked: str, day: int, screens: Screens
) -> None:
    page = opened(address(day))
    settled(page)
    block(page, booked).focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    bar = page.get_by_role("region", name="Move the booking")
    expect(bar.get_by_text("48 h before")).to_be_visible()
    assert not looked_over(page, screens, "calendar-moving")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("form", name="New booking")).to_be_visible()
    assert not looked_over(page, screens, "calendar-new")


def test_the_hours_are_those_of_the_business(stage: Stage, clinic: Office, opened: Opened, day: int) -> None:
    """Half past midnight in Sydney is on its own day, whatever the browser's zone is."""
    night = ms(datetime.fromtimestamp(in_sydney(day, "00:30") / 1000, SYDNEY))
    stage.book(clinic, start=night, phone=new_phone(), first_name="Noor", last_name="Haddad")
    stage.drain()
    page = opened(address(day, "day"), timezone_id="America/Anchorage")
    settled(page)
    expect(page.get_by_role("link", name=re.compile("Noor Haddad"))).to_contain_text("00:30")
    assert page.locator(".cal-body").get_attribute("data-from") == "0"


def test_a_new_booking_is_offered_when_the_doors_next_open(
    stage: Stage, clinic: Office, opened: Opened, day: int
) -> None:
    """Wednesdays alone; whatever day it is, the one offered is this week's or the next one's, and is shown."""
    api = stage.signed_in(clinic)
    closed = ("monday", "tuesday", "thursday", "friday", "saturday", "sunday")
    hours: dict[str, Any] = {name: [] for name in closed}
    hours["wednesday"] = [{"opens": "10:00", "closes": "12:00"}]
    api.patch(
        "/api/v1/settings", {"version": api.get("/api/v1/settings")["version"], "settings": {"hours": hours}}
    )
    page = opened(address(day))
    settled(page)
    page.keyboard.press("n")
    form = page.get_by_role("form", name="New booking")
    wednesday = datetime.fromtimestamp(in_sydney(day, "10:00") / 1000, SYDNEY).date().isoformat()
    expect(form.get_by_label("Start")).to_have_value(f"{wednesday}T10:00")
    page.goto(page.url.split("?")[0].replace("/new", ""))
    settled(page)
    page.get_by_role("link", name="New booking").click()
    expect(form.get_by_label("Start")).to_have_value(re.compile("T1[01]:[0-5]5?0?$"))
    expect(page.locator(".cal-ghost")).to_contain_text("New booking")
