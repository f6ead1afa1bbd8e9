"""What one colleague does, another hears: at once, only of their own business, and with nothing missed."""

from typing import Any

import pytest

from frontdesk.core.live import MOST, ROLE_CHANGED, SIGNED_OUT, SOCKETS_EACH, SPOKE, TOO_MANY
from seed.api import Api
from seed.office import Office
from support.listening import HungUp, Listens, Refused, committed_in_silence, knock, tag
from support.stage import Stage, new_phone


def test_a_booking_arrives_and_what_it_leads_to(
    stage: Stage, clinic: Office, api: Api, listens: Listens
) -> None:
    desk = listens(api)
    stage.book(clinic, phone=new_phone())
    hint = desk.until("booking.created")
    assert hint["contact_id"] and hint["booking_id"] == hint["subject_id"]
    desk.until("message.sent")
    stage.drain()
    types = {each["type"] for each in desk.hints}
    assert "contact.created" in types
    assert not [each for each in types if each.split(".")[0] in ("wix", "clicksend", "auth")], types
    assert [each["seq"] for each in desk.hints] == sorted({each["seq"] for each in desk.hints})


def test_a_second_tenant_hears_nothing(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    other = stage.office()
    stranger, own = listens(stage.signed_in(other)), listens(api)
    tag(api, contact, "vip")
    own.until("contact.updated")
    assert stranger.silent()
    # Nor by asking from the beginning, on a new line.
    assert listens(stage.signed_in(other), seq=0).hints == []
    # Nor with the session of one at the host of the other.
    at_home = Api(api.url.geturl(), other.slug, token=api.token, headers=api.headers)
    with pytest.raises(Refused) as refused:
        knock(at_home)
    assert refused.value.status == 401


def test_a_program_without_a_socket_catches_up_by_seq(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any]
) -> None:
    before = api.get("/api/v1/events/since")
    types = {hint["type"] for hint in before["items"]}
    assert "booking.created" in types and not [
        each for each in types if each.split(".")[0] in ("wix", "auth")
    ]
    tag(api, contact, "new")
    after = api.get("/api/v1/events/since", seq=before["seq"])
    assert [hint["contact_id"] for hint in after["items"]] == [contact["id"]]
    assert after["seq"] > before["seq"] and "only_for" not in after["items"][0]


def test_who_signs_out_hears_no_more(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    leaving = stage.signed_in(clinic)
    line = listens(leaving)
    assert leaving.call("DELETE", "/api/v1/auth/sessions/current").status == 204
    tag(api, contact, "after")
    with pytest.raises(HungUp) as gone:
        line.until("contact.updated")
    assert gone.value.code == SIGNED_OUT and line.hints == []


def test_a_dismissal_and_a_new_role_end_the_line(
    stage: Stage, contact: dict[str, Any], listens: Listens
) -> None:
    office = stage.office(staff=[("viewer", "V", "viewer"), ("staff", "S", "staff")])
    owner = stage.signed_in(office)
    for who, change, code in (
        ("viewer", {"role": "admin"}, ROLE_CHANGED),
        ("staff", {"active": False}, SIGNED_OUT),
    ):
        theirs = stage.signed_in(office, who)
        line = listens(theirs)
        person = theirs.get("/api/v1/me")["staff"]
        owner.patch(f"/api/v1/staff/{person['id']}", {"version": person["version"], **change})
        with pytest.raises(HungUp) as gone:  # the object looks by itself, though nothing else happens
            line.take()
        assert gone.value.code == code


def test_a_role_hears_what_it_may_read(stage: Stage, listens: Listens) -> None:
    office = stage.office(staff=[("technician", "T", "technician")])
    owner, technician = listens(stage.signed_in(office)), listens(stage.signed_in(office, "technician"))
    stage.book(office, phone=new_phone())
    stage.drain()
    owner.until("message.sent")
    technician.until("booking.created")
    while not technician.silent():
        pass
    assert not [each for each in technician.hints if each["type"].startswith("message.")]


def test_a_kill_loses_nothing(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    line = listens(stage.signed_in(clinic))
    contact = tag(api, contact, "before")
    line.until("contact.updated")
    stage.runtime.kill()
    with pytest.raises(HungUp):
        line.take()
    contact = tag(api, contact, "while nobody listens")
    contact = tag(api, contact, "and again")
    line.connect()
    line.until("contact.updated", count=3)
    assert len(line.hints) == 3
    tag(api, contact, "after")
    line.until("contact.updated", count=4)


def test_a_line_stays_open_while_sources_are_reloaded(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    line = listens(stage.signed_in(clinic))
    contact = tag(api, contact, "before")
    line.until("contact.updated")
    boots = stage.runtime.status()["boots"]
    stage.runtime.reload()
    assert stage.runtime.status()["boots"] == boots + 1
    tag(api, contact, "after")
    line.until("contact.updated", count=2)
    assert len(line.hints) == 2


def test_a_lost_publish_is_healed_by_the_object_itself(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    line = listens(api)
    committed_in_silence(stage.runtime, clinic, contact["id"])
    line.until("contact.updated")


def test_who_was_away_too_long_reads_anew(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    prompt = listens(api)
    stage.runtime.d1(
        "INSERT INTO events (tenant_id, id, type, source, external_id, payload, cause_kind, cause_id, trace_id,"
        " occurred_at, recorded_at) SELECT ?1, 'e' || value, 'contact.updated', 'frontdesk', 'e' || value, '{}',"
        " 't', 't', 't', 0, 0 FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n"
        " WHERE value < ?2) SELECT value FROM n)",
        clinic.tenant.id,
        MOST - 5,
    )
    late = listens(api, seq=1)
    assert (late.reloads, late.hints) == (1, [])
    # Who was there hears each of them all the same.
    tag(api, contact, "now")
    prompt.until("contact.updated", count=MOST - 4)
    late.until("contact.updated")
    assert prompt.reloads == 0 and len(late.hints) == 1
    # A database that was restored is behind its listeners.
    assert listens(api, seq=2**40).reloads == 1


def test_it_answers_pings_asleep_and_takes_no_orders(api: Api, listens: Listens) -> None:
    line = listens(api)
    line.socket.say("ping")
    assert line.socket.hear().message == "pong"
    line.socket.say('{"type":"events"}')
    with pytest.raises(HungUp) as gone:
        line.take()
    assert gone.value.code == SPOKE


def test_a_person_holds_so_many_lines_and_no_more(
    api: Api, contact: dict[str, Any], listens: Listens
) -> None:
    lines = [listens(api) for _ in range(SOCKETS_EACH + 1)]
    tag(api, contact, "x")
    ends: list[int] = []
    for line in lines:
        try:
            line.until("contact.updated")
        except HungUp as gone:
            ends.append(gone.code)
    assert ends == [TOO_MANY]
