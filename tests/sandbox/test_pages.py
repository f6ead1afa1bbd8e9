"""The sandbox's pages in a browser: any number of them at once, on a phone's screen, and while the sandbox is away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from sandbox.client import Sandbox
from support import chromium
from support.sandboxed import Running, Texting

PAGES = ("", "phone", "outbox", "pushes")
CUSTOMER = "+61400000001"


@pytest.fixture(scope="module")
def screen() -> Iterator[BrowserContext]:
    """A phone's. Closed before other tests run: Playwright keeps an event loop in this thread while it lives."""
    found = chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path,
            args=list(found.flags),
            env={**chromium.surroundings(), **found.variables},
        )
        yield browser.new_context(viewport={"width": 390, "height": 844})
        browser.close()


def test_a_fifth_page_is_served_while_four_listen(screen: BrowserContext, texting: Texting) -> None:
    opened = []
    for path in (*PAGES, "phone"):
        page = screen.new_page()
        page.goto(f"{texting.sandbox.url}/{path}")
        opened.append(page)
    texting.sent(CUSTOMER, "See you at nine")
    opened[-1].get_by_text("See you at nine").wait_for()
    for page in opened:
        page.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_hangs_over_the_edge_of_a_phone(screen: BrowserContext, sandbox: Sandbox, path: str) -> None:
    page = screen.new_page()
    page.goto(f"{sandbox.url}/{path}")
    page.locator(".bar time").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_a_sandbox_that_has_gone_is_missed(screen: BrowserContext) -> None:
    running = Running()
    page = screen.new_page()
    page.goto(f"{running.sandbox.url}/outbox")
    page.get_by_text("No e-mail yet").wait_for()
    assert page.locator("html[data-cut]").count() == 0
    running.stop()
    page.locator("html[data-cut]").wait_for()
    page.close()
