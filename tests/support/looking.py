"""A page as its reader meets it: when it is there, and what is wrong with it."""

from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, Request, expect

from local.child import ROOT
from support.screens import Screens

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What can be another in the other theme: nothing but colours is."""
WIDTHS = {1600: 1000, 1024: 768, 390: 844}
STEP_MS = 100
PATIENCE_MS = 30_000
ASKING: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
"""What a page has asked for and not got yet."""
DRAWN = """() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
    setTimeout(done, 100);
})"""
"""Until what has come is drawn, and what that asks for is asked."""
STILL = """() => Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => {})))"""


def watched(page: Page) -> Page:
    """The page, of which is known from now on what it waits for."""
    asking: set[Request] = set()
    ASKING[page] = asking
    page.on("request", lambda request: asking.add(request))
    page.on("requestfinished", lambda request: asking.discard(request))
    page.on("requestfailed", lambda request: asking.discard(request))
    return page


def settled(page: Page) -> None:
    """Waits until the page shows what it came for, and asks for nothing more."""
    expect(page.locator("h1:visible, h2:visible").first).to_be_visible()
    expect(page.locator(".loading")).to_have_count(0)
    quiet = 0
    for _ in range(PATIENCE_MS // STEP_MS):
        page.evaluate(DRAWN)
        quiet = 0 if ASKING[page] else quiet + 1
        if quiet == 2:
            return
        if not quiet:
            page.wait_for_timeout(STEP_MS / 4)
    raise AssertionError(f"it still waits for {[each.url for each in ASKING[page]]}")


def listening(page: Page) -> None:
    """Waits until the page hears of what others do, and has asked again for what it had before it did."""
    expect(page.locator('[data-line="open"]')).to_have_count(1)
    settled(page)


def visit(page: Page, path: str) -> None:
    """Follows a link to `path` of ours, as a click does, and waits until all is there."""
    page.evaluate(
        "(href) => document.body.appendChild(Object.assign(document.createElement('a'), { href })).click()",
        path,
    )
    page.evaluate("document.body.lastElementChild.remove()")
    settled(page)
    assert page.url.endswith(path)


def looked_over(
    page: Page, screens: Screens, name: str, widths: Iterable[int] = WIDTHS
) -> dict[str, list[str]]:
    """What is wrong with what the page shows, by width, in light and in dark; pictures are taken of each."""
    found: dict[str, list[str]] = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        for theme, rules in (("light", RULES), ("dark", OF_COLOUR)):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            screens.take(page, f"{name}-{width}-{theme}")
            if problems := broken(page, rules):
                found[f"{name} at {width}, {theme}"] = problems
        page.emulate_media(color_scheme="light")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[f"{name} at {width}"] = ["sticks out"]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def broken(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds, a line each, once nothing moves: what is on its way is half transparent."""
    page.evaluate(STILL)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules)
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found["violations"]
    ]


def becomes(page: Page, read: Callable[[], Any], wanted: Any, within_ms: int = PATIENCE_MS) -> None:
    """Asks until the answer is `wanted`: what the page shows at once reaches the server a moment later."""
    for _ in range(within_ms // STEP_MS):
        if read() == wanted:
            return
        page.wait_for_timeout(STEP_MS)
    assert read() == wanted
