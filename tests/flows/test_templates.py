"""Staff word what customers read: the next text says it, other tenants' contacts cannot be tried, roles count."""

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone

AT = "/api/v1/templates/booking.confirmation/sms"


def test_new_words_are_what_the_customer_reads(
    stage: Stage, sandbox: Sandbox, clinic: Office, api: Api
) -> None:
    words = "{{ business.name }}: see you {{ booking.day }}, {{ contact.first_name }} ✓"
    put = api.call("PUT", AT, {"version": 0, "body": words})
    assert put.status == 200 and put.json["own"]
    assert api.call("PUT", AT, {"version": 0, "body": "again"}).status == 409
    bad = api.call("PUT", AT, {"version": 1, "body": "{{ contact.shoe_size }}"})
    assert (bad.status, bad.json["errors"][0]["field"]) == (422, "body")
    phone = new_phone()
    stage.book(clinic, phone=phone, first_name="Ana")
    stage.drain()
    contact = api.items("/api/v1/contacts")[0]
    seen = api.post(
        "/api/v1/templates/preview",
        {"channel": "sms", "key": "booking.confirmation", "contact_id": contact["id"]},
    )
    assert seen["body"] == sandbox.texts(phone, at_least=1)[0]["body"]
    assert (seen["encoding"], seen["address"], seen["problems"]) == ("ucs2", phone, [])
    reset = api.call("DELETE", AT)
    assert (reset.status, reset.json["own"], reset.json["version"]) == (200, False, 2)
    assert [each["action"] for each in api.items("/api/v1/audit")][:2] == ["template.reset", "template.word"]


def test_another_tenants_contact_is_nobody(stage: Stage, clinic: Office, api: Api) -> None:
    stage.book(clinic, phone=new_phone(), first_name="Zebedee")
    stage.drain()
    theirs = api.items("/api/v1/contacts")[0]["id"]
    booking = api.items("/api/v1/bookings")[0]["id"]
    ours = stage.signed_in(stage.office())
    for named in ({"contact_id": theirs}, {"booking_id": booking}):
        answer = ours.call("POST", "/api/v1/templates/preview", {"channel": "sms", "body": "Hi", **named})
        assert answer.status == 404
