"""A ManyChat flow calls: the subscriber becomes a contact, what they said is on the timeline, the flow goes on."""

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.doors import open_manychat
from support.stage import Stage, new_phone


def test_a_lead_becomes_a_contact(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    open_manychat(stage, clinic, api)
    phone = new_phone()
    told = sandbox.chat(
        clinic.slug,
        subscriber={"id": "77", "first_name": "Ana", "phone": phone},
        text="How much is an MRI?",
        fields={"service": "MRI"},
        copies=2,
    )
    assert told["problems"] == []
    stage.drain()
    contacts = api.items("/api/v1/contacts")
    assert [(each["first_name"], each["phone"], each["source"]) for each in contacts] == [
        ("Ana", phone, "manychat")
    ]
    timeline = api.items(f"/api/v1/contacts/{contacts[0]['id']}/timeline")
    assert [each["summary"] for each in timeline] == ["How much is an MRI? · service: MRI"]
    deliveries = api.items("/api/v1/deliveries", source="manychat")
    assert sorted(each["verdict"] for each in deliveries) == ["accepted", "duplicate"]
    events = api.items("/api/v1/events", type="manychat.message")
    assert [each["subject_id"] for each in events] == [contacts[0]["id"]]
    # Replaying it does nothing twice.
    accepted = next(each for each in deliveries if each["verdict"] == "accepted")
    api.post(f"/api/v1/deliveries/{accepted['id']}/replay")
    stage.drain()
    assert len(api.items(f"/api/v1/contacts/{contacts[0]['id']}/timeline")) == 1


def test_who_texts_and_who_chats_are_one_by_their_number(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    open_manychat(stage, clinic, api)
    phone = new_phone()
    sandbox.reply(phone, "Hello?", clinic.profile.number)
    stage.drain()
    sandbox.chat(clinic.slug, subscriber={"id": "78", "phone": phone}, text="Me again")
    sandbox.chat(clinic.slug, subscriber={"id": "78", "phone": None}, text="And again")
    stage.drain()
    assert len(api.items("/api/v1/contacts")) == 1


def test_a_guessed_secret_is_refused_and_two_are_valid_while_it_changes(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    open_manychat(stage, clinic, api)
    forged = sandbox.chat(clinic.slug, forge=True)
    assert forged["callbacks"][0]["attempts"][0]["status"] == 401
    fresh = api.post("/api/v1/settings/secrets/manychat_secret", {})["value"]
    assert sandbox.chat(clinic.slug, subscriber={"id": "1"})["problems"] == []
    sandbox.manychat_account(clinic.slug, secret=fresh)
    assert sandbox.chat(clinic.slug, subscriber={"id": "2"})["problems"] == []
    stage.drain()
    assert len(api.items("/api/v1/contacts")) == 2
