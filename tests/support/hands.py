"""A hand on the calendar: a booking by its id, and carrying it to another time."""

from playwright.sync_api import Locator, Page


def block(page: Page, booking: str) -> Locator:
    """Where it stands."""
    return page.locator(f'[data-booking="{booking}"]')


def carry(page: Page, booking: str, *, hours: float, columns: int = 0) -> None:
    """Takes a booking up with the mouse and holds it `hours` lower, `columns` to the right."""
    held = block(page, booking)
    held.scroll_into_view_if_needed()
    box = held.bounding_box()
    body = page.locator(".cal-body").bounding_box()
    column = page.locator('[data-col="0"]').bounding_box()
    assert box and body and column
    shown = page.locator(".cal-body").evaluate("e => (e.dataset.to - e.dataset.from) / 60")
    x, y = box["x"] + 12, box["y"] + 6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 6)
    page.mouse.move(x + columns * column["width"], y + hours * body["height"] / shown, steps=6)
