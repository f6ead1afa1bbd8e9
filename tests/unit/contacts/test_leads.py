"""A lead from a chat provider: one contact, its words on the timeline once, an event for the rules."""

import json
from typing import Any

from frontdesk.core.events import JobDraft
from frontdesk.integrations.facts import ContactFact, LeadFact
from support.desk import JO, Desk

ANA = ContactFact(external_id="100", first_name="Ana", phone="0491 570 006", email="Ana@Example.com")


def hear(desk: Desk, text: str = "How much is an MRI?", contact: ContactFact = ANA, **fields: str) -> None:
    fact = LeadFact(provider="manychat", contact=contact, text=text, fields=fields, at=desk.now)
    desk.hear("manychat.lead", "manychat", fact.model_dump(mode="json"))
    desk.work()


def identities(desk: Desk) -> set[tuple[str, str]]:
    return {
        (row["kind"], row["value"])
        for row in desk.rows("SELECT kind, value FROM contact_identities ORDER BY kind")
    }


def told(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows("SELECT * FROM touchpoints ORDER BY at, id")


def test_a_stranger_becomes_a_contact() -> None:
    desk = Desk()
    hear(desk, service="MRI")
    contact = desk.rows("SELECT * FROM contacts")[0]
    assert (contact["first_name"], contact["phone"], contact["email"]) == ("Ana", JO, "ana@example.com")
    assert (contact["stage"], contact["source"]) == ("lead", "manychat")
    assert identities(desk) == {("manychat", "100"), ("phone", JO), ("email", "ana@example.com")}
    line = told(desk)[0]
    assert (line["kind"], line["channel"], line["direction"]) == ("manychat.message", "manychat", "in")
    assert line["summary"] == "How much is an MRI? · service: MRI"
    heard = desk.rows("SELECT * FROM events WHERE type = 'manychat.message'")[0]
    assert heard["subject_id"] == contact["id"]
    payload = json.loads(heard["payload"])
    assert (payload["fields"], payload["new"]) == ({"service": "MRI"}, True)


def test_whoever_is_known_by_phone_is_recognised_and_their_chat_id_kept() -> None:
    desk = Desk()
    desk.book()
    desk.work()
    hear(desk)
    hear(desk, "And when?", ContactFact(external_id="100"))
    assert len(desk.rows("SELECT * FROM contacts")) == 1
    assert ("manychat", "100") in identities(desk)
    assert len([line for line in told(desk) if line["kind"] == "manychat.message"]) == 2


def test_a_subscriber_of_whom_only_the_id_is_known() -> None:
    desk = Desk()
    hear(desk, "", ContactFact(external_id="7", phone="no number", email="nor an address"))
    contact = desk.rows("SELECT * FROM contacts")[0]
    assert (contact["phone"], contact["email"]) == (None, None)
    assert told(desk)[0]["summary"] == "Opened a conversation"


def test_hearing_the_same_event_again_adds_nothing() -> None:
    desk = Desk()
    hear(desk)
    heard = desk.rows("SELECT id FROM events WHERE type = 'manychat.lead'")[0]["id"]
    desk.commit(JobDraft("contacts.hear_lead", key="again", payload={"event": heard}))
    desk.work()
    assert len(told(desk)) == 1
    assert len(desk.rows("SELECT * FROM events WHERE type = 'manychat.message'")) == 1
    jobs = desk.rows("SELECT state FROM jobs WHERE kind = 'contacts.hear_lead'")
    assert [row["state"] for row in jobs] == ["done", "done"]
