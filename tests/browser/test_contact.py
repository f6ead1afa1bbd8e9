"""A contact's page: what one writes and when it goes, consent, tags, stage, tasks, and two contacts made one."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.looking import becomes
from support.stage import Stage, new_phone
from support.times import nine_in_sydney

Opened = Callable[..., Page]


@pytest.fixture
def api(stage: Stage, clinic: Office) -> Api:
    """The owner's way in."""
    return stage.signed_in(clinic)


def ava_of(stage: Stage, clinic: Office, api: Api, **fields: Any) -> dict[str, Any]:
    stage.book(
        clinic,
        **{
            "start": nine_in_sydney(6),
            "phone": new_phone(),
            "first_name": "Ava",
            "last_name": "Nguyen",
            **fields,
        },
    )
    stage.drain()
    found: dict[str, Any] = api.items("/api/v1/contacts", search="Ava")[0]
    return found


def test_when_words_really_go_and_why(stage: Stage, clinic: Office, api: Api, opened: Opened) -> None:
    stage.travel(nine_in_sydney(1) + 14 * 3_600_000)  # eleven at night
    ava = ava_of(stage, clinic, api)
    page = opened(f"/app/contacts/{ava['id']}")
    form = page.get_by_role("form", name="Write to Ava Nguyen")
    expect(form).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Your results are ready.")
    expect(form.get_by_role("status")).to_contain_text(re.compile("Goes out .*08:00.*quiet hours"))
    expect(form.get_by_role("status")).to_contain_text("1 segment, 23 characters")
    form.get_by_label("Message").fill("ž" * 80)
    expect(form.get_by_role("status")).to_contain_text("2 segments, 80 characters")

    # A template's words are shown as they would go, and can be made one's own.
    form.get_by_label("Template").select_option("booking.confirmation")
    form.get_by_role("button", name="Change the words").click()
    expect(form.get_by_label("Message")).to_have_value(re.compile("CT Chest"))

    # Later.
    form.get_by_label("Message").fill("See you tomorrow.")
    form.get_by_role("button", name="Send later").click()
    page.get_by_role("dialog", name="Send later").get_by_role(
        "button", name=re.compile("Tomorrow|Next working day")
    ).click()
    form.get_by_role("button", name="Schedule").click()
    expect(page.get_by_text(re.compile("^Goes out"))).to_be_visible()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("See you tomorrow.")
    planned = [
        each
        for each in api.items("/api/v1/messages", contact_id=ava["id"])
        if each["body"] == "See you tomorrow."
    ]
    assert [each["state"] for each in planned] == ["scheduled"]
    page.get_by_role("button", name="Undo").click()
    expect(form.get_by_label("Message")).to_have_value("See you tomorrow.")


def test_consent_is_changed_and_holds(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api, opened: Opened
) -> None:
    ava = ava_of(stage, clinic, api)
    page = opened(f"/app/contacts/{ava['id']}")
    page.get_by_role("button", name="Change consent to Text").click()
    form = page.get_by_role("form", name="Consent to Text")
    form.get_by_label("May be written to").uncheck()
    form.get_by_label("What they said, and when").fill("On the phone, this morning")
    form.get_by_role("button", name="Save").click()
    consent = page.get_by_role("region", name="Consent")
    expect(consent).to_contain_text("Stopped")
    writing = page.get_by_role("form", name="Write to Ava Nguyen")
    writing.get_by_label("Message").fill("Hello")
    expect(writing.get_by_role("status")).to_contain_text("Would not go out")
    expect(writing.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Undo").click()
    expect(consent).not_to_contain_text("Stopped")
    expect(page.get_by_text("Undone")).to_be_visible()


def test_tags_stage_and_tasks_where_they_stand(
    stage: Stage, clinic: Office, api: Api, opened: Opened
) -> None:
    ava = ava_of(stage, clinic, api)
    page = opened(f"/app/contacts/{ava['id']}")
    expect(page.get_by_role("meter", name="Warmness")).to_be_visible()
    page.get_by_role("button", name="Tag", exact=True).click()
    page.keyboard.type("vip")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="vip")).to_be_visible()
    expect(page.get_by_text("Tag vip added")).to_be_visible()
    page.get_by_role("combobox", name="Stage").select_option("recall")
    expect(page.get_by_text("Ava Nguyen: Recall")).to_be_visible()
    page.get_by_role("button", name="History").click()
    expect(page.get_by_role("region", name="Stage")).to_contain_text("to Recall")
    page.locator("main").focus()
    page.keyboard.press("n")
    form = page.get_by_role("form", name="New task")
    expect(form).to_contain_text("Ava Nguyen")
    form.get_by_label("What is to be done").fill("Ask for the referral")
    form.get_by_role("button", name="Add task").click()
    tasks = page.get_by_role("region", name="Tasks")
    tasks.get_by_role("button", name="Done: Ask for the referral").click()
    expect(tasks.get_by_role("button", name="Open again: Ask for the referral")).to_be_visible()
    becomes(page, lambda: api.get(f"/api/v1/contacts/{ava['id']}")["stage"], "recall")
    assert api.get(f"/api/v1/contacts/{ava['id']}")["tags"] == ["vip"]


def test_two_contacts_are_made_one_and_two_again(
    stage: Stage, clinic: Office, api: Api, opened: Opened
) -> None:
    ava = ava_of(stage, clinic, api, email=None)
    twin = api.post(
        "/api/v1/contacts", {"first_name": "Ava", "last_name": "Nguyen", "email": "ava.nguyen@example.com"}
    )
    page = opened(f"/app/contacts/{ava['id']}")
    page.get_by_role("region", name="Possible duplicates").get_by_role("button", name="Compare").click()
    form = page.get_by_role("form", name="Merge contacts")
    expect(form.get_by_role("row", name=re.compile("^E-mail"))).to_contain_text("ava.nguyen@example.com")
    form.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("was merged into")).to_be_visible()
    expect(page.get_by_role("link", name="ava.nguyen@example.com")).to_be_visible()
    becomes(page, lambda: api.get(f"/api/v1/contacts/{twin['id']}")["merged_into"], ava["id"])
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    expect(page.get_by_role("link", name="ava.nguyen@example.com")).to_have_count(0)
    becomes(page, lambda: api.get(f"/api/v1/contacts/{twin['id']}")["merged_into"], None)


def test_a_contact_is_added_and_a_second_one_refused(api: Api, opened: Opened) -> None:
    page = opened("/app/contacts")
    expect(page.get_by_role("button", name="Contact", exact=True)).to_be_visible()
    page.keyboard.press("n")
    form = page.get_by_role("form", name="New contact")
    phone = new_phone()
    form.get_by_label("First name").fill("Leo")
    form.get_by_label("Phone").fill(phone)
    form.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("heading", name="Leo")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Contact", exact=True)).to_be_visible()
    page.keyboard.press("n")
    form.get_by_label("Phone").fill(phone)
    form.get_by_role("button", name="Add contact").click()
    expect(form.get_by_role("alert")).to_contain_text("Another contact has this phone")


def test_the_recall_and_the_interest_are_said_and_taken_back(
    stage: Stage, clinic: Office, api: Api, opened: Opened
) -> None:
    ava = ava_of(stage, clinic, api)["id"]
    page = opened(f"/app/contacts/{ava}")
    page.get_by_role("button", name="Set recall").click()
    form = page.get_by_role("form", name="Recall")
    form.get_by_label("Due on").fill("2031-05-06")
    form.get_by_label("For", exact=True).fill("MRI Knee")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Recall due Tuesday 6 May 2031 (MRI Knee)")).to_be_visible()
    assert api.get(f"/api/v1/contacts/{ava}")["recall_service"] == "MRI Knee"
    page.get_by_role("button", name="Change recall").click()
    form.get_by_role("button", name="Take away").click()
    expect(page.get_by_role("button", name="Set recall")).to_be_visible()
    assert api.get(f"/api/v1/contacts/{ava}")["recall_due_at"] is None
    interest = page.get_by_label("Interest")
    interest.select_option("Wants to come")
    expect(page.get_by_text("Interest: wants to come")).to_be_visible()
    expect(page.get_by_role("region", name="Warmness")).to_contain_text("75 of 100")
    page.locator("main").focus()
    page.keyboard.press("z")
    expect(interest).to_have_value("null")
    becomes(page, lambda: api.get(f"/api/v1/contacts/{ava}")["intent"], None)


def test_a_number_somebody_has_leads_to_them(stage: Stage, clinic: Office, api: Api, opened: Opened) -> None:
    ava = ava_of(stage, clinic, api)
    page = opened("/app/contacts")
    expect(page.get_by_role("link", name=re.compile("Ava Nguyen"))).to_be_visible()
    page.keyboard.press("n")
    form = page.get_by_role("form", name="New contact")
    form.get_by_label("First name").fill("Eva")
    form.get_by_label("Phone").fill(ava["phone"])
    form.get_by_role("button", name="Add contact").click()
    form.get_by_role("link", name="Open that contact").click()
    expect(page.get_by_role("heading", name="Ava Nguyen")).to_be_visible()
