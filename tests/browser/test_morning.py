"""A receptionist's morning, from the code in her mail to the story behind a text; what roles see, and late edits."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.office import Office
from support.hands import block, carry
from support.looking import broken, listening, settled
from support.screens import Screens
from support.stage import Stage, new_phone
from support.times import DAY, SYDNEY, ms

Opened = Callable[..., Page]
TUESDAY = 1


def eight() -> datetime:
    """Just after eight on the next Tuesday in Sydney: the doors are open, and nobody's night is disturbed."""
    day = datetime.now(SYDNEY).date() + timedelta(days=1)
    while day.weekday() != TUESDAY:
        day += timedelta(days=1)
    return datetime.combine(day, time(8, 5), SYDNEY)


def test_the_morning(
    stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened, screens: Screens
) -> None:
    now = eight()
    stage.travel(ms(now))
    phone = new_phone()
    people: dict[str, dict[str, Any]] = {
        "Ava": {"start": ms(now.replace(hour=10)), "phone": phone, "last_name": "Nguyen"},
        "Ben": {"start": ms(now.replace(hour=13, minute=0)), "phone": new_phone(), "last_name": "Marsh"},
    }
    for name, fields in people.items():
        stage.book(clinic, first_name=name, practitioner="Dr Silva", **fields)
    stage.drain()
    page = opened("/app/", who=None)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        """Every page of the morning is kept as a picture and held to axe."""
        settled(page)
        screens.take(page, f"morning-{len(found) + 1}-{name}")
        found[name] = broken(page)

    # She signs in with the code from her mail, pasting the whole line.
    address = f"staff@{clinic.slug}.example"
    look("sign-in")
    page.get_by_label("E-mail").fill(address)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    code = sandbox.sign_in_code(address, timeout_ms=15_000)
    look("code")
    page.get_by_label("Code").fill("000000" if code != "000000" else "000001")
    expect(page.get_by_role("alert")).to_contain_text("not the code")
    page.get_by_label("Code").fill(f"Your code is {code}.")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.locator("h1 + .count")).to_contain_text("Tuesday")

    # Who comes today, and that she was told.
    coming = page.get_by_role("region", name="Bookings")
    row = coming.get_by_role("link", name=re.compile("Ava Nguyen"))
    expect(row).to_contain_text("CT Chest")
    expect(row).to_contain_text(re.compile("Confirmation: (Sent|Delivered)"))
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Booking")).to_contain_text("Dr Silva")
    look("booking")
    page.keyboard.press("Escape")

    # Somebody books while she looks: no reload, and a welcome call to make for each of them.
    listening(page)
    eleven = ms(now.replace(hour=11))
    stage.book(clinic, start=eleven, phone=new_phone(), first_name="Leo", last_name="Rossi")
    expect(coming.get_by_role("link", name=re.compile("Leo Rossi"))).to_be_visible()
    stage.drain()
    call = page.get_by_role("link", name="Welcome call: Ava Nguyen")
    expect(page.get_by_role("link", name="Welcome call: Leo Rossi")).to_be_visible()
    look("today")

    # The work, by keyboard: one is done, one put off, one hers.
    call.focus()
    page.keyboard.press("e")
    expect(page.get_by_text("Done: Welcome call: Ava Nguyen")).to_be_visible()
    expect(call).to_have_count(0)
    ben = page.get_by_role("link", name="Welcome call: Ben Marsh")
    ben.focus()
    page.keyboard.press("s")
    later = page.get_by_role("dialog", name="Snooze until")
    expect(later).to_be_visible()
    later.get_by_role("button", name="Tomorrow").press("Enter")
    expect(page.get_by_role("region", name="Upcoming")).to_contain_text("Welcome call: Ben Marsh")
    page.get_by_role("link", name="Welcome call: Leo Rossi").focus()
    page.keyboard.press("a")
    page.get_by_role("dialog", name="Assign to").get_by_role("button", name=re.compile("me")).press("Enter")
    page.get_by_role("link", name="Mine").press("Enter")
    expect(page.get_by_role("link", name="Welcome call: Leo Rossi")).to_be_visible()
    expect(ben).to_have_count(0)

    # Ava texts from her phone; it waits on Today by itself, and is answered.
    sandbox.reply(phone, "Can I bring my old scans?", clinic.profile.number)
    stage.drain()
    page.get_by_role("link", name=re.compile("Ava Nguyen.*Not answered")).press("Enter")
    thread = page.get_by_role("region", name="Ava Nguyen")
    expect(thread).to_contain_text("Can I bring my old scans?")
    expect(thread.get_by_role("textbox", name="Message")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Yes please, bring them along.")
    expect(thread.get_by_role("form").get_by_role("status")).to_contain_text(re.compile("Goes out"))
    look("inbox")
    page.keyboard.press("Control+Enter")
    expect(thread).to_contain_text("Yes please, bring them along.")
    expect(thread.get_by_role("textbox", name="Message")).to_have_value("")
    thread.get_by_role("button", name="Done").press("Enter")
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    stage.drain()
    assert "Yes please, bring them along." in [text["body"] for text in sandbox.texts(phone, direction="out")]

    # Ben would rather come later: dragged, with the fate of his reminder shown before it counts.
    page.locator("main").focus()
    page.keyboard.press("g")
    page.keyboard.press("k")
    api = stage.signed_in(clinic)
    booked = {each["contact_name"]: each for each in api.items("/api/v1/bookings")}
    expect(block(page, booked["Ben Marsh"]["id"])).to_be_visible()
    settled(page)
    carry(page, booked["Ben Marsh"]["id"], hours=1.5)
    page.mouse.up()
    bar = page.get_by_role("region", name="Move the booking")
    fates = bar.get_by_role("list", name="What becomes of the reminders")
    expect(fates).to_contain_text(re.compile(r"2 h before.*moves to .*12:30"))
    look("calendar")
    bar.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.get_by_text(re.compile(r"Ben Marsh moved to .*14:30"))).to_be_visible()
    moved = api.get(f"/api/v1/bookings/{booked['Ben Marsh']['id']}")["booking"]["starts_at"]
    assert moved == ms(now.replace(hour=14, minute=30))

    # What a rule would have done with this morning's bookings.
    page.keyboard.press("g")
    page.keyboard.press("a")
    look("automations")
    page.get_by_role("link", name="Confirm a new booking").press("Enter")
    page.get_by_role("link", name="Dry run").press("Enter")
    page.get_by_role("button", name="Dry run").press("Enter")
    totals = page.get_by_role("region", name="Totals")
    expect(totals).to_contain_text(re.compile(r"Would have run *3"))
    expect(page.locator(".try-item").filter(has_text="Leo Rossi")).to_be_visible()
    look("dry-run")

    # Why Ava was told: down from the text to the webhook it began with.
    page.goto(page.url.split("/app/")[0] + f"/app/contacts/{booked['Ava Nguyen']['contact_id']}")
    settled(page)
    look("contact")
    told = page.get_by_role("listitem").filter(has_text="is booked for")
    told.get_by_role("link", name=re.compile("^Why")).press("Enter")
    chain = page.locator(".chain > li")
    expect(chain.first).to_contain_text("Confirmation")
    expect(chain.filter(has_text="Confirm a new booking")).to_have_count(2)
    expect(chain.last).to_contain_text(re.compile("Webhook, where it began.*From Wix"))
    look("trace")
    chain.last.get_by_role("link").press("Enter")
    expect(page.get_by_role("complementary", name="Webhook")).to_contain_text(
        booked["Ava Nguyen"]["external_id"]
    )
    look("webhook")

    # Home.
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not {name: problems for name, problems in found.items() if problems}


def test_an_owner_replays_a_webhook_and_takes_a_setting_back(
    stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened
) -> None:
    stage.travel(ms(eight()))
    phone = new_phone()
    booked = stage.book(clinic, start=stage.runtime.now_ms() + 5 * DAY, phone=phone, first_name="Ava")
    stage.drain()
    # The booking's webhook, once more: nothing happens twice.
    page = opened("/app/webhooks")
    page.get_by_role("link", name=re.compile("Wix")).last.click()
    aside = page.get_by_role("complementary", name="Webhook")
    expect(aside).to_contain_text(booked["booking"]["id"])
    aside.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("Replayed: 1 handler runs again")).to_be_visible()
    stage.drain()
    bodies = [text["body"] for text in sandbox.texts(phone, direction="out")]
    assert len([body for body in bodies if "CT Chest" in body]) == 1

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
