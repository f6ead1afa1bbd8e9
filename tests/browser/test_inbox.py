"""The inbox: a text arrives by itself, is read, answered from the keyboard, taken back, given away and done."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.looking import becomes, listening
from support.stage import Stage, new_phone
from support.times import nine_in_sydney

Opened = Callable[..., Page]


@pytest.fixture
def api(stage: Stage, clinic: Office) -> Api:
    """The owner's way in."""
    return stage.signed_in(clinic)


def test_a_text_is_answered(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, opened: Opened) -> None:
    stage.travel(nine_in_sydney(1))  # no night, whenever this runs
    phone = new_phone()
    stage.book(clinic, start=nine_in_sydney(6), phone=phone, first_name="Ava", last_name="Nguyen")
    stage.drain()
    page = opened("/app/inbox")
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    listening(page)

    sandbox.reply(phone, "Can I bring my old scans?", clinic.profile.number)
    stage.drain()
    row = page.get_by_role("link", name=re.compile("Ava Nguyen.*Can I bring"))
    expect(row).to_be_visible()
    expect(row).to_contain_text("1 unread")
    expect(
        page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name=re.compile("Inbox"))
    ).to_contain_text("1")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    thread = page.get_by_role("region", name="Ava Nguyen")
    expect(thread.get_by_role("log")).to_contain_text("Can I bring my old scans?")
    expect(row).not_to_contain_text("unread")
    page.keyboard.press("r")
    page.keyboard.type("Yes please, ")
    status = thread.get_by_role("form").get_by_role("status")
    expect(status).to_contain_text("Goes out now")
    page.keyboard.type("bring them along.")
    expect(status).to_contain_text("1 segment, 29 characters")

    # Sent, taken back while there is time, and sent after all.
    page.keyboard.press("Control+Enter")
    expect(thread.get_by_role("log")).to_contain_text("Yes please, bring them along.")
    page.get_by_role("button", name="Undo").click()
    expect(thread.get_by_role("textbox", name="Message")).to_have_value("Yes please, bring them along.")
    expect(page.get_by_text("Undone")).to_be_visible()
    thread.get_by_role("button", name="Send", exact=True).click()
    expect(thread.get_by_role("textbox", name="Message")).to_have_value("")
    stage.travel(stage.runtime.now_ms() + 20_000)
    stage.drain()
    said = [text["body"] for text in sandbox.texts(phone, direction="out")]
    assert said.count("Yes please, bring them along.") == 1
    expect(thread.get_by_role("log")).to_contain_text(re.compile("Sent|Delivered"))

    # Whose it is, unread again, and done.
    row = page.get_by_role("link", name=re.compile("Ava Nguyen.*(Can I bring|Yes please)"))
    row.focus()
    page.keyboard.press("a")
    page.get_by_role("dialog", name="Assign to").get_by_role("button", name=re.compile("The Staff")).click()
    expect(page.get_by_text("is The Staff's")).to_be_visible()
    row.focus()
    page.keyboard.press("u")
    expect(row).to_contain_text("unread")
    contact = api.items("/api/v1/contacts")[0]["id"]
    becomes(page, lambda: api.get(f"/api/v1/conversations/{contact}")["unread"], 1)
    page.goto(page.url.split("/app/")[0] + "/app/inbox?view=unread")
    expect(row).to_be_visible()
    row.focus()
    page.keyboard.press("e")
    expect(page.get_by_text("All is read")).to_be_visible()
    becomes(page, lambda: api.get(f"/api/v1/conversations/{contact}")["done"], True)
    page.get_by_role("link", name="Done").click()
    expect(row).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Nothing is done yet")).to_be_visible()


def test_one_pane_on_a_phone(stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened) -> None:
    phone = new_phone()
    stage.book(clinic, phone=phone, first_name="Ava", last_name="Nguyen")
    stage.drain()
    sandbox.reply(phone, "Is there parking?", clinic.profile.number)
    stage.drain()
    page = opened("/app/inbox", width=390)
    page.get_by_role("link", name=re.compile("Ava Nguyen")).click()
    expect(page.get_by_role("log")).to_contain_text("Is there parking?")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("link", name=re.compile("Ava Nguyen"))).to_be_visible()


def test_a_session_that_ended_says_so_and_goes_on_where_it_was(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, opened: Opened
) -> None:
    stage.book(clinic, start=nine_in_sydney(6), phone=new_phone(), first_name="Ava", last_name="Nguyen")
    stage.drain()
    ava = api.items("/api/v1/contacts", search="Ava")[0]["id"]
    page = opened(f"/app/inbox/{ava}")
    words = page.get_by_role("textbox", name="Message")
    words.fill("Bring them along")
    page.context.clear_cookies()
    words.press("End")
    page.keyboard.type(", please.")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(clinic.owner)
    page.get_by_label("E-mail").press("Enter")
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    page.get_by_label("Code").fill(sandbox.sign_in_code(clinic.owner, timeout_ms=15_000))
    expect(page.get_by_role("heading", name="Ava Nguyen")).to_be_visible()
    expect(words).to_have_value("Bring them along, please.")
