"""Two people at one record, and two at one screen: nothing is lost unseen, nobody finds what another was writing."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.looking import becomes, listening
from support.stage import Stage, new_phone
from support.times import HOUR

Opened = Callable[..., Page]
TOLD = "Somebody changed this in the meantime"


@pytest.fixture
def api(stage: Stage, clinic: Office) -> Api:
    """A colleague's way in."""
    return stage.signed_in(clinic, "admin")


@pytest.fixture
def leo(api: Api) -> dict[str, Any]:
    person = {"first_name": "Leo", "last_name": "Rossi", "phone": new_phone(), "email": "leo@example.com"}
    made: dict[str, Any] = api.post("/api/v1/contacts", person)
    return made


def changed(api: Api, contact: dict[str, Any], **fields: Any) -> dict[str, Any]:
    path = f"/api/v1/contacts/{contact['id']}"
    after: dict[str, Any] = api.patch(path, {"version": api.get(path)["version"], **fields})
    return after


def test_what_one_did_not_touch_follows_the_other(api: Api, leo: dict[str, Any], opened: Opened) -> None:
    page = opened(f"/app/contacts/{leo['id']}")
    listening(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Last name").fill("Verdi")
    changed(api, leo, first_name="Leonardo")
    expect(page.get_by_role("heading", name="Leonardo Rossi")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Leonardo")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Leonardo Verdi")).to_be_visible()

    # The same field: told first, then replaced on purpose.
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Last name").fill("Bianchi")
    changed(api, leo, last_name="Neri")
    expect(page.get_by_role("heading", name="Leonardo Neri")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(TOLD)
    assert api.get(f"/api/v1/contacts/{leo['id']}")["last_name"] == "Neri"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Leonardo Bianchi")).to_be_visible()


def test_a_stop_stays_while_something_else_is_recorded(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, leo: dict[str, Any], opened: Opened
) -> None:
    page = opened(f"/app/contacts/{leo['id']}")
    listening(page)
    page.get_by_role("button", name="Change consent to Text").click()
    form = page.get_by_role("form", name="Consent to Text")
    form.get_by_label("Offers and news").check()
    form.get_by_label("What they said, and when").fill("On the phone today")
    sandbox.reply(leo["phone"], "STOP", clinic.profile.number)
    stage.drain()
    expect(form.get_by_label("May be written to")).not_to_be_checked()
    form.get_by_role("button", name="Save").click()
    expect(form.or_(page.get_by_text("Consent changed")).first).to_be_visible()
    stage.drain()
    consents = api.get(f"/api/v1/contacts/{leo['id']}/consent")["items"]
    texts = [each for each in consents if each["channel"] == "sms"]
    assert [each["stopped"] for each in texts] == [True]


def test_a_task_moved_by_another_stays_moved(
    stage: Stage, api: Api, leo: dict[str, Any], opened: Opened
) -> None:
    due = stage.runtime.now_ms() + HOUR
    task = api.post("/api/v1/tasks", {"type": "follow_up", "title": "Call Leo", "due_at": due})
    page = opened(f"/app/today?task={task['id']}")
    listening(page)
    aside = page.get_by_role("complementary", name="Task")
    aside.get_by_role("button", name="Edit").click()
    aside.get_by_label("Title").fill("Call Leo about the scans")
    later = due + 48 * HOUR
    api.patch(f"/api/v1/tasks/{task['id']}", {"version": task["version"], "due_at": later})
    expect(page.get_by_role("region", name="Upcoming")).to_contain_text("Call Leo")
    aside.get_by_role("button", name="Save").click()
    becomes(page, lambda: api.get(f"/api/v1/tasks/{task['id']}")["title"], "Call Leo about the scans")
    assert api.get(f"/api/v1/tasks/{task['id']}")["due_at"] == later


def test_a_setting_that_two_change_is_told(api: Api, opened: Opened) -> None:
    page = opened("/app/settings/messaging")
    listening(page)
    hours = page.get_by_label("Hours before")
    hours.fill("72")
    version = api.get("/api/v1/settings")["version"]
    after = api.patch("/api/v1/settings", {"version": version, "settings": {"help_text": "Call us."}})
    answer = page.get_by_role("form", name="Answer to HELP").get_by_role("textbox")
    expect(answer).to_have_value("Call us.")
    changes = {"reminder_hours": [36], "help_text": "Call us, please."}
    api.patch("/api/v1/settings", {"version": after["version"], "settings": changes})
    expect(answer).to_have_value("Call us, please.")
    form = page.get_by_role("form", name="Reminders")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text(TOLD)
    form.get_by_role("button", name="Discard").click()
    expect(hours).to_have_value("36")


def test_a_rule_half_written_is_kept_and_does_not_replace_anothers(api: Api, opened: Opened) -> None:
    rule = next(each for each in api.items("/api/v1/automations") if each["key"] == "booking-confirmation")
    page = opened(f"/app/automations/{rule['id']}")
    listening(page)
    name = page.get_by_label("Name", exact=True)
    name.fill("Confirm by text")
    page.get_by_role("link", name="Automations").first.click()
    expect(page.get_by_role("link", name="New rule")).to_be_visible()
    page.get_by_role("link", name=rule["name"]).click()
    expect(name).to_have_value("Confirm by text")
    change = {"version": rule["version"], "name": "Confirm at once", "definition": rule["definition"]}
    assert api.call("PUT", f"/api/v1/automations/{rule['id']}", change).status == 200
    expect(page.get_by_role("heading", name="Confirm at once", level=1)).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(TOLD)
    page.get_by_role("button", name="Discard changes").click()
    expect(name).to_have_value("Confirm at once")


def test_staff_words_and_the_ledger_are_live(
    stage: Stage, sandbox: Sandbox, clinic: Office, leo: dict[str, Any], opened: Opened
) -> None:
    owner = stage.signed_in(clinic)
    page = opened("/app/settings/staff", who="admin")
    listening(page)
    owner.post("/api/v1/staff", {"email": "zoe@harbour.example", "name": "Zoe New", "role": "viewer"})
    expect(page.get_by_text("Zoe New", exact=True)).to_be_visible()
    page.get_by_role("link", name="Templates").click()
    listening(page)
    words = {"version": 0, "subject": "", "body": "See you, {{ contact.first_name }}!"}
    assert owner.call("PUT", "/api/v1/templates/booking.confirmation/sms", words).status == 200
    expect(page.get_by_text("See you, {{ contact.first_name }}!")).to_be_visible()
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Messages").click()
    listening(page)
    # An hour later, the list still open.
    now = stage.runtime.now_ms() + HOUR
    stage.travel(now)
    page.clock.set_fixed_time(now)
    sandbox.reply(leo["phone"], "Is there parking?", clinic.profile.number)
    expect(page.get_by_text("Is there parking?")).to_be_visible()


def test_who_signs_in_next_finds_nothing_of_the_one_before(
    stage: Stage, sandbox: Sandbox, clinic: Office, leo: dict[str, Any], opened: Opened
) -> None:
    page = opened(f"/app/contacts/{leo['id']}")
    words = page.get_by_role("textbox", name="Message")
    words.fill("Between us: he owes us money")
    page.context.clear_cookies()
    words.press("End")
    page.keyboard.type(".")
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    address = f"staff@{clinic.slug}.example"
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("E-mail").press("Enter")
    page.get_by_label("Code").fill(sandbox.sign_in_code(address, timeout_ms=15_000))
    expect(page.get_by_role("heading", name="Leo Rossi")).to_be_visible()
    expect(words).to_have_value("")


def test_who_signs_out_in_one_tab_is_out_in_the_other(clinic: Office, opened: Opened) -> None:
    page = opened("/app/contacts")
    listening(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
