"""A receptionist's morning: sign in, see who comes, do the calls, answer a text, replay a webhook, undo a change."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.office import Office
from support.screens import Screens
from support.stage import Stage, new_phone
from support.times import SYDNEY, ms

Opened = Callable[..., Page]


def later_today() -> int:
    """The start of a booking that is still to come and yet today in Sydney: in twenty minutes, or before midnight."""
    now = datetime.now(SYDNEY)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), SYDNEY)
    return ms(min(now + timedelta(minutes=20), midnight - timedelta(minutes=1)))


def test_the_morning(
    stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened, screens: Screens
) -> None:
    phone = new_phone()
    booked = stage.book(
        clinic,
        start=later_today(),
        phone=phone,
        first_name="Ava",
        last_name="Nguyen",
        practitioner="Dr Silva",
    )
    stage.drain()

    # She signs in with the code from her mail, pasting the whole line.
    page = opened("/app/", who=None)
    page.get_by_label("E-mail").fill("owner@" + clinic.slug + ".example")
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    code = sandbox.sign_in_code(clinic.owner, timeout_ms=15_000)
    screens.take(page, "morning-1-code")
    page.get_by_label("Code").fill("000000")
    expect(page.get_by_role("alert")).to_contain_text("not the code")
    page.get_by_label("Code").fill(f"Your code is {code}.")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()

    # Who comes today, and that she was told.
    coming = page.get_by_role("region", name="Bookings")
    row = coming.get_by_role("link", name=re.compile("Ava Nguyen"))
    expect(row).to_contain_text("CT Chest")
    expect(row).to_contain_text(re.compile("Confirmation: (Sent|Delivered)"))
    row.click()
    expect(page.get_by_role("complementary", name="Booking")).to_contain_text("Dr Silva")
    screens.take(page, "morning-2-booking")
    page.keyboard.press("Escape")

    # Somebody books while she looks: no reload, and a welcome call to make for each of the two.
    page.wait_for_timeout(1000)
    stage.book(clinic, start=later_today(), phone=new_phone(), first_name="Leo", last_name="Rossi")
    stage.drain()
    expect(coming.get_by_role("link", name=re.compile("Leo Rossi"))).to_be_visible()
    call = page.get_by_role("link", name="Welcome call: Ava Nguyen")
    call.focus()
    page.keyboard.press("e")
    expect(page.get_by_text("Done: Welcome call: Ava Nguyen")).to_be_visible()
    expect(call).to_have_count(0)
    page.get_by_role("link", name="Welcome call: Leo Rossi").focus()
    page.keyboard.press("a")
    page.get_by_role("dialog", name="Assign to").get_by_role("button", name=re.compile("me")).click()
    page.get_by_role("link", name="Mine").click()
    expect(page.get_by_role("link", name="Welcome call: Leo Rossi")).to_be_visible()
    row.click()
    page.get_by_role("complementary").get_by_role("link", name="Ava Nguyen").click()
    expect(page.get_by_role("heading", name="Ava Nguyen")).to_be_visible()

    # Ava texts back; it is there by itself, waits on Today, and is answered.
    sandbox.reply(phone, "Can I bring my old scans?", clinic.profile.number)
    stage.drain()
    expect(page.get_by_text("Can I bring my old scans?")).to_be_visible()
    screens.take(page, "morning-3-contact")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.get_by_role("link", name=re.compile("Ava Nguyen.*Not answered")).click()
    thread = page.get_by_role("region", name="Ava Nguyen")
    expect(thread.get_by_role("textbox", name="Message")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Yes please, bring them along.")
    expect(thread.get_by_role("form").get_by_role("status")).to_contain_text(re.compile("Goes out"))
    page.keyboard.press("Control+Enter")
    expect(thread).to_contain_text("Yes please, bring them along.")
    expect(thread.get_by_role("textbox", name="Message")).to_have_value("")
    thread.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    page.locator("main").focus()

    # The booking's webhook, once more: nothing happens twice.
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.get_by_role("link", name=re.compile("Wix")).last.click()
    aside = page.get_by_role("complementary", name="Webhook")
    expect(aside).to_contain_text(booked["booking"]["id"])
    aside.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("Replayed: 1 handler runs again")).to_be_visible()
    stage.drain()
    bodies = [text["body"] for text in sandbox.texts(phone, direction="out")]
    assert len([body for body in bodies if "CT Chest" in body]) == 1
    screens.take(page, "morning-4-replayed")

    # A setting, changed and taken back.
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Messaging").click()
    hours = page.get_by_label("Hours before")
    expect(hours).to_have_value("48, 24, 2")
    hours.fill("72, 3")
    page.get_by_role("form", name="Reminders").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Reminders changed")).to_be_visible()
    assert stage.signed_in(clinic).get("/api/v1/settings")["settings"]["reminder_hours"] == [72, 3]
    page.get_by_role("button", name="Undo").click()
    expect(hours).to_have_value("48, 24, 2")
    assert stage.signed_in(clinic).get("/api/v1/settings")["settings"]["reminder_hours"] == [48, 24, 2]

    # Home.
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_edit_is_undone_and_a_late_one_is_told(stage: Stage, clinic: Office, opened: Opened) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Leo", last_name="Rossi")
    stage.drain()
    api = stage.signed_in(clinic)
    contact = api.items("/api/v1/contacts")[0]
    page = opened(f"/app/contacts/{contact['id']}")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Last name").fill("Bianchi")
    page.get_by_label("Tags").fill("vip")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Leo Bianchi")).to_be_visible()
    page.locator("main").focus()
    page.keyboard.press("z")
    expect(page.get_by_role("heading", name="Leo Rossi")).to_be_visible()
    now = api.get(f"/api/v1/contacts/{contact['id']}")
    assert (now["last_name"], now["tags"]) == ("Rossi", [])

    page.get_by_role("button", name="Edit").click()
    api.patch(f"/api/v1/contacts/{contact['id']}", {"version": now["version"], "first_name": "Leonardo"})
    page.get_by_label("Last name").fill("Verdi")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("changed in the meantime")


def test_roles_see_what_they_may(stage: Stage, clinic: Office, opened: Opened) -> None:
    seen = {}
    for role in ("owner", "staff", "technician", "viewer"):
        page = opened("/app/", who=role)
        menu = page.get_by_role("navigation", name="Main", exact=True)
        expect(menu.get_by_role("link").first).to_be_visible()
        seen[role] = [text.split("G ")[0] for text in menu.get_by_role("link").all_text_contents()]
    desk, records = ["Today", "Inbox", "Pipeline", "Contacts", "Calendar"], ["Messages", "Webhooks", "Jobs"]
    business = ["Automations", "Reports", "Settings"]
    assert seen["owner"] == [*desk, *records, *business]
    assert seen["staff"] == seen["owner"]
    assert seen["technician"] == ["Today", "Pipeline", "Contacts", "Calendar"]
    assert seen["viewer"] == [*desk, "Messages", *business]
    page = opened("/app/settings/messaging", who="viewer")
    expect(page.get_by_label("Hours before")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page = opened("/app/jobs", who="technician")
    expect(page.get_by_text("Your role does not include this page")).to_be_visible()
