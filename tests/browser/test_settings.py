"""Words with their preview, secrets shown once, roles changed and changed back."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from seed.office import Office
from support.stage import Stage

Opened = Callable[..., Page]


def test_words_are_previewed_saved_and_taken_back(stage: Stage, clinic: Office, opened: Opened) -> None:
    page = opened("/app/settings/templates")
    page.get_by_role("button", name="Open Confirmation, text").click()
    form = page.get_by_role("form", name="Confirmation, text")
    expect(form.get_by_role("status")).to_contain_text("Alex")
    form.get_by_label("Words").fill("See you, {{ contact.first_name }}!")
    expect(form.get_by_role("status")).to_contain_text("See you, Alex!")
    expect(form.get_by_role("status")).to_contain_text("1 segment")
    form.get_by_label("Words").fill("{{ contact.first_name | nonsense }}")
    expect(form.get_by_role("status")).to_contain_text("not allowed")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("Words").fill("See you, {{ contact.first_name }}!")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("own words")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("own words")).to_have_count(0)
    items = stage.signed_in(clinic).get("/api/v1/templates")["items"]
    assert not any(each["own"] for each in items)


def test_a_secret_we_make_is_shown_once(opened: Opened) -> None:
    page = opened("/app/settings/access")
    page.get_by_role("button", name="Rotate: The last segment of the ClickSend webhook address").click()
    page.get_by_role("button", name="Replace").click()
    made = page.get_by_label("The new value, shown this once")
    assert len(made.input_value()) > 30
    page.get_by_role("button", name="I have copied it").click()
    expect(made).to_have_count(0)
    expect(page.get_by_text("the previous one still counts")).to_be_visible()


def test_a_role_is_changed_and_changed_back(stage: Stage, clinic: Office, opened: Opened) -> None:
    page = opened("/app/settings/staff")
    role = page.get_by_label("Role of The Viewer")
    role.select_option("staff")
    expect(page.get_by_text("The Viewer changed")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    expect(role).to_have_value("viewer")
    people = {each["name"]: each["role"] for each in stage.signed_in(clinic).items("/api/v1/staff")}
    assert people["The Viewer"] == "viewer"
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_text("Role: viewer to staff")).to_be_visible()
