"""The way in, as a browser goes it: cookies that no script sees, and one that outlives signing out."""

from playwright.sync_api import Page, expect

from browser.conftest import Opened
from sandbox.client import Sandbox
from seed.office import Office
from support.stage import Stage


def asks(page: Page, address: str) -> None:
    """Types an address and asks for the code."""
    page.get_by_label("E-mail").fill(address)
    page.keyboard.press("Enter")


def enters(page: Page, sandbox: Sandbox, address: str) -> None:
    """Asks for a code, types it in and is at the desk."""
    before = max((mail["seq"] for mail in sandbox.emails(to=address)), default=0)
    asks(page, address)
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    page.get_by_label("Code").fill(sandbox.sign_in_code(address, after=before, timeout_ms=15_000))
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_whoever_signed_in_here_before_gets_in_whatever_strangers_do(
    stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened
) -> None:
    page = opened(who=None)
    enters(page, sandbox, clinic.owner)
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert [each["name"] for each in page.context.cookies()] == ["fd_browser"]

    # Five from each of eight networks: all that an address has for strangers.
    for enemy in [stage.api(clinic) for _ in range(8)]:
        for _ in range(5):
            enemy.call("POST", "/api/v1/auth/codes", {"email": clinic.owner})
    stage.drain()

    elsewhere = opened(who=None)
    asks(elsewhere, clinic.owner)
    expect(elsewhere.get_by_role("alert")).to_contain_text("Too many codes were asked for")
    enters(page, sandbox, clinic.owner)
