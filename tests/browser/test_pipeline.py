"""The board: a card moved by mouse, by finger, by key and by menu; told, undone, and seen by the server."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from seed.api import Api
from seed.office import Office
from support.looking import becomes
from support.stage import Stage, new_phone

Opened = Callable[..., Page]


@pytest.fixture
def api(stage: Stage, clinic: Office) -> Api:
    """The owner's way in."""
    return stage.signed_in(clinic)


@pytest.fixture
def ava(api: Api) -> dict[str, Any]:
    """Somebody in the first stage."""
    for n in range(3):
        api.post("/api/v1/contacts", {"first_name": "Leo", "last_name": f"Rossi {n}", "phone": new_phone()})
    made: dict[str, Any] = api.post(
        "/api/v1/contacts",
        {"first_name": "Ava", "last_name": "Nguyen", "phone": new_phone(), "tags": ["vip"]},
    )
    return made


def column(page: Page, label: str) -> Locator:
    """A stage of the board."""
    return page.get_by_role("region", name=label, exact=True)


def stage_of(api: Api, contact: dict[str, Any]) -> str:
    return str(api.get(f"/api/v1/contacts/{contact['id']}")["stage"])


def middle(box: Any) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_card_is_dragged_and_brought_back(api: Api, ava: dict[str, Any], opened: Opened) -> None:
    page = opened("/app/pipeline")
    card = page.get_by_role("listitem").filter(has_text="Ava Nguyen")
    expect(column(page, "Lead")).to_contain_text("Ava Nguyen")
    expect(column(page, "Lead").get_by_role("heading")).to_have_text(re.compile("Lead *4"))
    page.mouse.move(*middle(card.bounding_box()))
    page.mouse.down()
    page.mouse.move(*middle(column(page, "Appointment").bounding_box()), steps=8)
    expect(page.locator(".is-ghost")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".is-ghost")).to_have_count(0)
    expect(column(page, "Appointment")).to_contain_text("Ava Nguyen")
    expect(column(page, "Lead").get_by_role("heading")).to_have_text(re.compile("Lead *3"))
    becomes(page, lambda: stage_of(api, ava), "appointment")
    assert page.url.endswith("/app/pipeline")  # a drag is no click
    page.get_by_role("button", name="Undo").click()
    expect(column(page, "Lead")).to_contain_text("Ava Nguyen")
    expect(page.get_by_text("Undone")).to_be_visible()
    becomes(page, lambda: stage_of(api, ava), "lead")

    # Escape lets go where it was.
    page.mouse.move(*middle(card.bounding_box()))
    page.mouse.down()
    page.mouse.move(*middle(column(page, "Post").bounding_box()), steps=8)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(column(page, "Lead")).to_contain_text("Ava Nguyen")
    becomes(page, lambda: stage_of(api, ava), "lead")


def test_a_card_is_moved_by_keyboard_and_told(api: Api, ava: dict[str, Any], opened: Opened) -> None:
    page = opened("/app/pipeline")
    link = page.get_by_role("link", name="Ava Nguyen")
    expect(link).to_be_visible()
    page.keyboard.press("j")
    expect(link).to_be_focused()  # who came last stands first
    page.keyboard.press("]")
    expect(column(page, "Pre-appointment")).to_contain_text("Ava Nguyen")
    expect(page.locator("[aria-live=assertive]")).to_have_text("Ava Nguyen moved to Pre-appointment")
    expect(link).to_be_focused()
    page.keyboard.press("]")
    expect(column(page, "Appointment")).to_contain_text("Ava Nguyen")
    expect(link).to_be_focused()
    page.keyboard.press("[")
    expect(column(page, "Pre-appointment")).to_contain_text("Ava Nguyen")
    expect(link).to_be_focused()
    page.keyboard.press("m")
    menu = page.get_by_role("dialog", name="Move Ava Nguyen to")
    expect(menu.get_by_role("button", name=re.compile("Pre-appointment"))).to_be_focused()
    menu.get_by_role("button", name=re.compile("^Recall")).click()
    expect(column(page, "Recall")).to_contain_text("Ava Nguyen")
    becomes(page, lambda: stage_of(api, ava), "recall")
    moves = api.items(f"/api/v1/contacts/{ava['id']}/moves")
    assert [each["to_stage"] for each in moves] == [
        "recall",
        "pre_appointment",
        "appointment",
        "pre_appointment",
    ]


def test_filters_and_further_cards(api: Api, ava: dict[str, Any], opened: Opened) -> None:
    for n in range(30):
        api.post("/api/v1/contacts", {"first_name": "Kim", "last_name": f"Chan {n:02}"})
    page = opened("/app/pipeline")
    lead = column(page, "Lead")
    expect(lead.get_by_role("heading")).to_have_text(re.compile("Lead *34"))
    expect(lead.locator("[data-card]")).to_have_count(25)
    lead.get_by_role("button", name="Show more").click()
    expect(lead.locator("[data-card]")).to_have_count(34)
    page.get_by_role("combobox", name="Tag").select_option("vip")
    expect(lead.locator("[data-card]")).to_have_count(1)
    expect(lead).to_contain_text("Ava Nguyen")
    page.get_by_role("searchbox").fill("kim")
    expect(lead).to_contain_text("Nobody here matches")


def test_on_a_phone_a_stage_at_a_time(api: Api, ava: dict[str, Any], opened: Opened) -> None:
    page = opened("/app/pipeline", width=390, has_touch=True)
    expect(column(page, "Lead")).to_be_visible()
    expect(column(page, "Appointment")).to_be_hidden()
    # A finger rests on the card, then carries it to the stage's tab.
    start = middle(page.get_by_role("listitem").filter(has_text="Ava Nguyen").bounding_box())
    target = middle(
        page.get_by_label("Stage").get_by_role("link", name=re.compile("^Appointment")).bounding_box()
    )
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    finger("touchStart", start)
    expect(page.locator(".is-ghost")).to_be_visible()
    finger("touchMove", (start[0], (start[1] + target[1]) / 2))
    finger("touchMove", target)
    finger("touchEnd")
    expect(page.locator(".is-ghost")).to_have_count(0)
    expect(column(page, "Lead")).not_to_contain_text("Ava Nguyen")
    becomes(page, lambda: stage_of(api, ava), "appointment")
    page.get_by_label("Stage").get_by_role("link", name=re.compile("^Appointment")).click()
    expect(column(page, "Appointment")).to_contain_text("Ava Nguyen")
