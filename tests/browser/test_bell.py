"""The bell: a count that is live, a list for the keyboard, and a device that is pushed what cannot wait."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import Page, expect

from sandbox.client import Sandbox
from seed.office import Office
from support.looking import becomes
from support.stage import Stage
from support.telling import tell

Opened = Callable[..., Page]

# Chromium's own push service is on the internet; the subscription comes from the simulated one instead.
BROWSER = """(subscription) => {
  let held = null;
  PushManager.prototype.getSubscription = async () => held;
  const unsubscribe = async () => ((held = null), true);
  PushManager.prototype.subscribe = async () => (held = { toJSON: () => subscription, unsubscribe });
}"""


def told(stage: Stage, clinic: Office, key: str, title: str, **more: Any) -> None:
    """In a thread of its own: Playwright keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(tell, stage.runtime, clinic, key, title, **more).result()


def test_the_bell_counts_and_leads(stage: Stage, clinic: Office, opened: Opened) -> None:
    page, other = opened("/app/today"), opened("/app/contacts", who="staff")
    expect(page.get_by_role("button", name="Notices", exact=True)).to_be_visible()
    told(stage, clinic, "1", "The weekly report is ready")
    told(stage, clinic, "2", "Ava did not answer", body="Call her", link="/app/contacts", urgent=True)
    bell = page.get_by_role("button", name="Notices, 2 unread")
    expect(bell).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("b")
    box = page.get_by_role("dialog", name="Notices")
    expect(box.get_by_text("The weekly report is ready")).to_be_visible()
    expect(page.get_by_role("button", name="Notices", exact=True)).to_be_attached()
    page.keyboard.press("ArrowDown")
    expect(box.get_by_role("link", name="Ava did not answer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{stage.stack.tenant_url(clinic.slug)}/app/contacts")
    expect(box).to_have_count(0)
    # Reading is each one's own.
    expect(other.get_by_role("button", name="Notices, 2 unread")).to_be_visible()


def test_a_device_is_pushed_while_no_page_is_open(
    stage: Stage, sandbox: Sandbox, clinic: Office, opened: Opened
) -> None:
    key = stage.signed_in(clinic).get("/api/v1/push/key")["key"]
    made = sandbox.browser(key, label=clinic.slug)
    page = opened("/app/today")
    page.context.grant_permissions(["notifications"])
    page.evaluate(BROWSER, made["subscription"])
    page.get_by_role("button", name="Notices").click()
    switch = page.get_by_role("switch", name="Notify this device")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")  # an open list reads what comes in, and what is read is not pushed
    told(stage, clinic, "1", "Ava waits", body="Room 2", link="/app/contacts", urgent=True)
    stage.drain()
    (push,) = sandbox.pushes(label=clinic.slug, at_least=1)
    shown = shown_by_the_worker(page, push["data"])
    assert shown == [{"title": "Ava waits", "body": "Room 2", "tag": push["data"]["id"]}]
    page.get_by_role("button", name=re.compile("^Notices")).click()
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    told(stage, clinic, "2", "Again", urgent=True)
    stage.drain()
    assert len(sandbox.pushes(label=clinic.slug)) == 1


def shown_by_the_worker(page: Page, data: Any) -> Any:
    """What the service worker makes of a push; the browser hands it over as its service would."""
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    becomes(page, lambda: bool(found), wanted=True)
    push = {"origin": page.evaluate("location.origin"), "data": json.dumps(data)}
    shown = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
        .map(({ title, body, tag }) => ({ title, body, tag }))"""

    def handed_over() -> bool:
        # Again, until somebody is awake to take it: one tag is one notification, however often it comes.
        devtools.send("ServiceWorker.deliverPushMessage", {**push, "registrationId": found[-1]})
        return bool(page.evaluate(shown))

    becomes(page, handed_over, wanted=True)
    return page.evaluate(shown)
