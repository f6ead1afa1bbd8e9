"""STOP, START and HELP on the phone, unsubscribe in a mail: after "stop" nothing more comes."""

import re
from typing import Any
from urllib.parse import urlsplit

from frontdesk.messaging.rules.keywords import WORDS
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone
from support.times import HOUR, in_sydney

SECOND = 1_000


def says(stage: Stage, phone: str, body: str) -> None:
    """The customer texts, and all of it is done."""
    stage.sandbox.reply(phone, body)
    stage.drain()


def booked(stage: Stage, clinic: Office, **fields: Any) -> str:
    """A customer with a booking in five days at eleven, confirmed; their number."""
    phone = new_phone()
    stage.book(clinic, phone=phone, start=in_sydney(5, "11:00"), **fields)
    stage.drain()
    assert len(stage.sandbox.texts(phone, direction="out")) == 1
    return phone


def reach(stage: Stage, hours: int) -> None:
    """The time of the reminder so many hours before that appointment."""
    stage.travel(in_sydney(5, "11:00") - hours * HOUR + SECOND)
    stage.drain()


def test_no_text_after_stop(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = booked(stage, clinic)
    says(stage, phone, " Stop. ")
    assert len(sandbox.texts(phone, direction="out")) == 1, "not even an answer to it"
    for hours in (48, 24, 2):
        reach(stage, hours)
    stage.book(clinic, phone=phone, service="MRI Knee", start=in_sydney(9, "11:00"))
    stage.drain()
    says(stage, phone, "HELP")
    assert len(sandbox.texts(phone, direction="out")) == 1
    out = api.items("/api/v1/messages", direction="out")
    told = {
        (each["template"], each["offset_hours"] or 0): each["detail"]
        for each in out
        if each["state"] == "skipped"
    }
    reminders = [("booking.reminder", hours) for hours in (48, 24, 2)]
    silenced = [*reminders, ("booking.confirmation", 0), ("keyword.help", 0)]
    assert told == dict.fromkeys(silenced, "opted out")
    (contact,) = api.items("/api/v1/contacts")
    timeline = api.items(f"/api/v1/contacts/{contact['id']}/timeline")
    lines = {each["kind"]: each["summary"] for each in timeline if each["kind"].startswith("consent")}
    assert lines == {"consent.stop": "Opted out of texts (STOP)"}
    assert " Stop. " in [each["summary"] for each in timeline if each["direction"] == "in"]


def test_start_brings_them_back(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = booked(stage, clinic)
    says(stage, phone, "STOP")
    reach(stage, 48)
    says(stage, phone, "start")
    reach(stage, 24)
    texts = [each["body"] for each in sandbox.texts(phone, direction="out")]
    assert len(texts) == 3
    assert texts[1] == f"{clinic.profile.name}: you are back on our list. Reply STOP to opt out."
    assert texts[2].startswith("Reminder: CT Chest")


def test_help_says_who_we_are(stage: Stage, sandbox: Sandbox, api: Api, clinic: Office) -> None:
    phone = booked(stage, clinic)
    says(stage, phone, "Help!")
    assert sandbox.texts(phone, direction="out")[-1]["body"].startswith(f"{clinic.profile.name}: reply STOP")
    version = api.get("/api/v1/settings")["version"]
    change = {"version": version, "settings": {"help_text": "Harbour Imaging, 1 Quay Street. Call us."}}
    api.patch("/api/v1/settings", change)
    other = booked(stage, clinic)
    says(stage, other, "HELP")
    assert sandbox.texts(other, direction="out")[-1]["body"] == "Harbour Imaging, 1 Quay Street. Call us."


def test_every_word_that_means_stop(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phones = {booked(stage, clinic): word for word, meaning in WORDS.items() if meaning == "stop"}
    assert len(phones) >= 9
    chatty = booked(stage, clinic)
    for phone, word in {**phones, chatty: "Please stop by at 5, I cannot end before"}.items():
        sandbox.reply(phone, word.title())
    stage.drain()
    reach(stage, 24)
    for phone, word in phones.items():
        assert len(sandbox.texts(phone, direction="out")) == 1, word
    assert len(sandbox.texts(chatty, direction="out")) == 2


def test_stop_is_said_to_one_business(stage: Stage, sandbox: Sandbox, clinic: Office) -> None:
    phone, neighbour = booked(stage, clinic), stage.office()
    stage.book(neighbour, phone=phone, start=in_sydney(5, "11:00"))
    stage.drain()
    sandbox.reply(phone, "STOP", business=clinic.profile.number)
    stage.drain()
    reach(stage, 24)
    reminded = sandbox.texts(phone, contains="Reminder")
    assert [each["account"] for each in reminded] == [neighbour.slug]


def test_a_reply_is_on_the_timeline(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    phone = booked(stage, clinic, first_name="Ana")
    says(stage, phone, "Can I bring my son? 🙂")
    (contact,) = api.items("/api/v1/contacts")
    newest = api.get(f"/api/v1/contacts/{contact['id']}/timeline", limit=50)["items"]
    heard = [each for each in newest if each["kind"] == "message" and each["direction"] == "in"]
    assert [each["summary"] for each in heard] == ["Can I bring my son? 🙂"]
    (message,) = api.items("/api/v1/messages", direction="in")
    assert (message["state"], message["contact_id"]) == ("received", contact["id"])


def test_a_text_from_a_stranger_makes_a_contact(stage: Stage, clinic: Office, api: Api) -> None:
    phone = new_phone()
    stage.sandbox.reply(phone, "Do you do X-rays?", business=clinic.profile.number)
    stage.drain()
    (contact,) = api.items("/api/v1/contacts")
    assert (contact["phone"], contact["source"], contact["first_name"]) == (phone, "clicksend", "")


def links_of(mail: dict[str, Any]) -> list[str]:
    """Where a mail says one can unsubscribe."""
    return re.findall(r"https?://\S+/unsubscribe/[\w-]+", mail["text"])


def test_a_contact_without_a_number_gets_mail_and_can_stop_it(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    address = f"ana@{clinic.slug}.example"
    stage.book(clinic, email=address, first_name="Ana", start=in_sydney(5, "11:00"))
    stage.drain()
    (confirmation,) = sandbox.emails(to=address)
    assert confirmation["subject"].startswith("Your appointment on ")
    assert links_of(confirmation) == [], "what somebody just did is confirmed to them, asked or not"
    reach(stage, 48)
    (_, reminder) = sandbox.emails(to=address)
    assert reminder["subject"].startswith("Reminder: ")
    (link,) = links_of(reminder)
    headers = {name.lower(): value for name, value in reminder["headers"].items()}
    assert headers["list-unsubscribe"] == f"<{link}>"
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert "1 Example Street" in reminder["text"] and link in reminder["html"]
    assert urlsplit(link).hostname == f"{clinic.slug}.localhost"

    anybody, path = stage.api(clinic), urlsplit(link).path
    asked = anybody.call("GET", path)
    assert (asked.status, b"<form" in asked.body) == (200, True)
    reach(stage, 24)
    assert len(sandbox.emails(to=address)) == 3, "a scanner that follows links stops nothing"
    form = {"content-type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        done = anybody.call("POST", path, raw=b"List-Unsubscribe=One-Click", headers=form)
        assert (done.status, b"Done." in done.body) == (200, True)
    reach(stage, 2)
    assert len(sandbox.emails(to=address)) == 3
    (skipped,) = api.items("/api/v1/messages", state="skipped")
    assert (skipped["offset_hours"], skipped["channel"], skipped["detail"]) == (2, "email", "opted out")
    for wrong in (path[:-1], path + "A", path.replace("unsubscribe/", "unsubscribe/A")):
        assert anybody.call("POST", wrong, raw=b"", headers=form).status == 404


def test_a_complaint_stops_mails(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    address = f"bo@{clinic.slug}.example"
    stage.book(clinic, email=address, start=in_sydney(5, "11:00"))
    stage.drain()
    sandbox.email_event(sandbox.emails(to=address)[0]["id"], "email.complained")
    stage.drain()
    reach(stage, 24)
    assert len(sandbox.emails(to=address)) == 1
    assert api.items("/api/v1/messages", state="skipped")[0]["detail"] == "opted out"


def test_nobody_to_reach_is_shown(stage: Stage, clinic: Office, api: Api) -> None:
    stage.book(clinic, first_name="Nameless", start=in_sydney(5, "11:00"))
    stage.drain()
    (confirmation,) = api.items("/api/v1/messages", state="skipped")
    assert confirmation["detail"] == "no phone number"
