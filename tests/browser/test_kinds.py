"""The same dashboard for another kind of business: a diner reads nothing of patients, practitioners or recalls."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect

from seed.office import Office
from support.looking import broken, settled
from support.stage import Stage, new_phone
from support.times import in_sydney

Opened = Callable[..., Page]
CLINIC = re.compile("patient|practitioner|recall|clinic", re.I)


@pytest.fixture
def clinic(stage: Stage) -> Office:
    """A diner, in the place of the clinic of other tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(stage.office, name="Blue Plate Diner", kind="diner").result()


def test_a_diner_reads_its_own_words(stage: Stage, clinic: Office, opened: Opened) -> None:
    stage.book(
        clinic,
        start=in_sydney(1, "12:00"),
        phone=new_phone(),
        first_name="Ava",
        last_name="Nguyen",
        service="Table for four",
    )
    stage.drain()
    api = stage.signed_in(clinic)
    booking = api.items("/api/v1/bookings")[0]
    page = opened("/app/today")
    base = page.url.split("/app/")[0]
    places = [
        "today",
        f"today/{booking['id']}",
        "inbox",
        "pipeline",
        "contacts",
        f"contacts/{booking['contact_id']}",
        "calendar",
        f"calendar/{booking['id']}?span=day",
        "automations",
        "reports",
        "settings",
        "settings/services",
    ]
    for place in places:
        page.goto(f"{base}/app/{place}")
        settled(page)
        expect(page.locator("body"), place).not_to_contain_text(CLINIC)
    assert not broken(page)
    page.goto(f"{base}/app/pipeline")
    expect(page.get_by_role("region", name="Reserved")).to_contain_text("Ava Nguyen")
