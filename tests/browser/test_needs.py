"""What needs a person: said in words they know, for a week."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.office import Office
from support.looking import settled
from support.stage import Stage, new_phone
from support.times import HOUR, nine_in_sydney

Opened = Callable[..., Page]


def test_a_text_that_failed_says_why(stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened) -> None:
    sandbox.fault("clicksend", "reject", account=clinic.slug, operation="send", reason="INVALID_RECIPIENT")
    stage.book(clinic, phone=new_phone(), first_name="Ava", last_name="Nguyen", start=nine_in_sydney(20))
    stage.drain()
    page = opened("/app/today")
    settled(page)
    needs = page.get_by_role("region", name="Needs a person")
    failed = needs.get_by_role("link", name="Failed Confirmation")
    expect(failed).to_contain_text("Failed Confirmation: invalid recipient")
    failed.click()
    expect(page.get_by_role("complementary", name="Message").locator(".why")).to_have_text(
        "invalid recipient"
    )
    stage.set_clock(8 * 24 * HOUR)
    page = opened("/app/today")
    settled(page)
    expect(page.get_by_role("link", name="Failed Confirmation")).to_have_count(0)
    expect(page.get_by_text("Nothing is waiting for you")).to_be_visible()
