"""Whose host it is, and settings changed in part."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.cache import CACHE
from frontdesk.core.clock import MINUTE, SECOND
from frontdesk.core.errors import Conflict, NotFound
from frontdesk.core.settings import Tenant, TenantSettings
from frontdesk.tenants import writes
from frontdesk.tenants.queries import by_host, by_id, by_slug
from frontdesk.tenants.rules import SECRETS, changed, host_or_none, slug_of
from support.calls import parsed, run
from support.house import API, House
from support.platform import World, make_tenant


@pytest.fixture(autouse=True)
def forgetful() -> None:
    CACHE.clear()


@pytest.fixture
def house() -> House:
    return House()


def found(world: World, host: str) -> str:
    async def story() -> str:
        tenant = await by_host(world.platform, host)
        await world.settle()
        return tenant.slug

    return run(story())


def test_hosts_lead_to_tenants(house: House) -> None:
    run(house.ctx("blue").commit(writes.add_domain("www.blue-plate.example", 1)))
    for host in ("harbour.localhost", "harbour.localhost:8787", "HARBOUR.LocalHost:1", "harbour.localhost."):
        assert found(house.world, host) == "harbour"
    assert found(house.world, "WWW.blue-plate.example:443") == "blue"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "localhost:8787",
        "nobody.localhost",
        "a.harbour.localhost",
        ".localhost",
        "harbour.localhost.evil.example",
        "harbour.localhostevil",
        "evil.example",
        "harbour.localhost:x",
        "harbour.localhost:80:80",
        "harbour.localhost@evil.example",
        "harbour.localhost/..",
        "harbour%2elocalhost",
        "harbour.localhost\r\nx: y",
        "-harbour.localhost",
        "har_bour.localhost",
        "hárbour.localhost",
        "[::1]",
        "127.0.0.1",
        "x" * 64 + ".localhost",
        "a." * 200 + "example",
        "%' OR 1=1 --",
    ],
)
def test_other_hosts_lead_nowhere(house: House, host: str) -> None:
    with pytest.raises(NotFound):
        found(house.world, host)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_host(text: str) -> None:
    name = host_or_none(text)
    assert name is None or (name == name.lower() and len(name) <= 253 and ":" not in name)
    assert slug_of(name or "", "localhost") is None or (name or "").endswith(".localhost")


def test_a_platform_host_is_never_a_custom_domain(house: House) -> None:
    run(house.ctx("blue").commit(writes.add_domain("x.y.localhost", 1)))
    with pytest.raises(NotFound):
        found(house.world, "x.y.localhost")


def test_a_domain_is_one_tenants(house: House) -> None:
    run(house.ctx("blue").commit(writes.add_domain("www.example", 1)))
    with pytest.raises(Conflict):
        run(house.ctx("harbour").commit(writes.add_domain("www.example", 1)))


def test_kv_answers_before_d1_and_rubbish_in_it_is_not_believed(house: House) -> None:
    found(house.world, "harbour.localhost")
    calls = house.world.driver.calls
    found(house.world, "harbour.localhost")
    assert house.world.driver.calls == calls
    house.world.kv.kept["tenant:slug:harbour"] = '{"id": "of another release"}'
    assert found(house.world, "harbour.localhost") == "harbour"
    assert house.world.driver.calls == calls + 1


def test_memory_answers_before_kv_for_a_while(house: House) -> None:
    world = house.world
    world.settings = world.settings.model_copy(update={"tenant_cache_ms": 30 * SECOND})
    assert found(world, "harbour.localhost") == "harbour"
    world.kv.kept.clear()
    world.driver.connection.execute("UPDATE tenants SET name = 'New' WHERE slug = 'harbour'")
    assert run(by_slug(world.platform, "harbour")).name == "Harbour"
    world.real += 30 * SECOND
    assert run(by_host(world.platform, "harbour.localhost")).name == "New"


def test_a_new_tenant_appears_within_ten_seconds(house: House) -> None:
    world = house.world
    world.settings = world.settings.model_copy(update={"tenant_cache_ms": 5 * MINUTE})
    with pytest.raises(NotFound):
        found(world, "late.localhost")
    make_tenant(world, "late")
    with pytest.raises(NotFound):
        found(world, "late.localhost")
    world.real += 10 * SECOND
    assert found(world, "late.localhost") == "late"


def test_by_id(house: House) -> None:
    assert run(by_id(house.world.platform, "tenant-blue", "main")).slug == "blue"
    with pytest.raises(NotFound):
        run(by_id(house.world.platform, "nobody"))


def test_a_tenant_is_inserted_whole(house: House) -> None:
    tenant = house.tenants["harbour"].model_copy(
        update={"id": "t3", "slug": "third", "features": ("sms",), "settings": TenantSettings(help_text="Hi")}
    )
    run(house.ctx().as_(tenant=tenant).commit(writes.insert_tenant(tenant, 5)))
    assert run(by_slug(house.world.platform, "third")) == tenant


def test_a_tenant_survives_kv(house: House) -> None:
    tenant = house.tenants["harbour"]
    assert Tenant.model_validate_json(tenant.model_dump_json(round_trip=True)) == tenant


# Settings


def patch(house: House, settings: Any, version: int = 1, **rest: Any) -> Any:
    rest.setdefault("token", house.token())
    return house.send("PATCH", "/settings", {"version": version, "settings": settings}, **rest)


def test_settings_change_by_section(house: House) -> None:
    token = house.token()
    before = parsed(house.send("GET", "/settings", token=token))
    response = patch(house, {"sms": {"sender": "HARBOUR"}, "reminder_hours": [24]}, token=token)
    after = parsed(response)
    assert response.status == 200 and after["version"] == 2
    assert after["settings"]["sms"] == {**before["settings"]["sms"], "sender": "HARBOUR"}
    assert after["settings"]["reminder_hours"] == [24]
    assert after["settings"]["email"] == before["settings"]["email"]
    assert parsed(house.send("GET", "/settings", token=token)) == after
    assert run(by_host(house.world.platform, "harbour.localhost")).settings.sms.sender == "HARBOUR"
    assert run(by_slug(house.world.platform, "blue")).settings.sms.sender == ""
    entry = house.rows("SELECT * FROM audit WHERE action = 'settings.change'")[0]
    assert json.loads(entry["change"])["reminder_hours"] == [[48, 24, 2], [24]]


def test_quiet_hours_can_be_switched_off_and_on(house: House) -> None:
    assert parsed(patch(house, {"quiet_hours": None}))["settings"]["quiet_hours"] is None
    on = parsed(patch(house, {"quiet_hours": {"start": "22:00"}}, version=2))
    assert on["settings"]["quiet_hours"] == {"start": "22:00", "end": "08:00"}


def test_what_changes_nothing_writes_nothing(house: House) -> None:
    assert parsed(patch(house, {"sms": {"sender": ""}}))["version"] == 1
    assert house.rows("SELECT * FROM audit WHERE action = 'settings.change'") == []


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"no_such": 1}, "no_such"),
        ({"sms": {"no_such": 1}}, "sms.no_such"),
        ({"sms": "x"}, "sms"),
        ({"sms": None}, "sms"),
        ({"reminder_hours": [0]}, "reminder_hours.0"),
        ({"reminder_hours": list(range(1, 9))}, "reminder_hours"),
        ({"quiet_hours": {"start": "25:00"}}, "quiet_hours.start"),
        ({"allowed_origins": ["https://a.example/path"]}, "allowed_origins.0"),
        ({"allowed_origins": ["*"]}, "allowed_origins.0"),
        ({"keep_raw_days": "many"}, "keep_raw_days"),
        ({"email": {"sender": "Harbour Imaging"}}, "email.sender"),
        ({"email": {"sender": "Harbour <desk>"}}, "email.sender"),
        ({"email": {"sender": "desk@harbour.example\r\nBcc: x@evil.example"}}, "email.sender"),
        ({"email": {"sender": "Har\nbour <desk@harbour.example>"}}, "email.sender"),
        ({"email": {"reply_to": "desk"}}, "email.reply_to"),
        ({"sms": {"sender": "\x00"}}, "sms.sender"),
        ({"help_text": "Call\x00us"}, "help_text"),
        ({"services": [{"name": "CT\u2028Chest"}]}, "services.0.name"),
        ({}, "settings"),
        ([], "settings"),
    ],
)
def test_wrong_settings_are_named(house: House, settings: Any, field: str) -> None:
    response = patch(house, settings)
    assert response.status == 422
    assert field in [error["field"] for error in parsed(response)["errors"]]
    assert house.rows("SELECT version FROM tenants WHERE slug = 'harbour'") == [{"version": 1}]


def test_what_staff_sign_in_with_keeps_its_sender(house: House) -> None:
    token = house.token()
    for version, sender in enumerate(("desk@harbour.example", "Harbour Imaging <desk@harbour.example>"), 1):
        assert patch(house, {"email": {"sender": sender}}, version, token=token).status == 200
    refused = patch(house, {"email": {"sender": ""}}, 3, token=token)
    assert (refused.status, parsed(refused)["errors"][0]["field"]) == (422, "email.sender")
    kept = {"email": {"reply_to": "", "postal_address": "1 Pier St\nSydney"}, "help_text": "Call\nus"}
    assert patch(house, kept, 3, token=token).status == 200


def test_settings_of_an_older_version_are_stale(house: House) -> None:
    token = house.token()
    assert patch(house, {"help_text": "a"}, token=token).status == 200
    response = patch(house, {"help_text": "b"}, token=token)
    assert (response.status, parsed(response)["code"]) == (409, "stale")


def test_viewers_read_settings_and_technicians_do_not(house: House) -> None:
    assert house.send("GET", "/settings", token=house.token("viewer")).status == 200
    assert house.send("GET", "/settings", token=house.token("technician")).status == 403
    assert patch(house, {"help_text": "x"}, token=house.token("viewer")).status == 403


def test_merging_leaves_the_rest_alone() -> None:
    settings = TenantSettings(help_text="Hi", reminder_hours=(24,))
    assert changed(settings, {"caps": {"service": 3}}).help_text == "Hi"
    assert changed(settings, {}) == settings


def test_the_whole_document_resolves_and_names_no_secret() -> None:
    document = API.openapi()
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]
    assert SECRETS.keys() >= {"wix_public_key", "wix_hmac_secret", "resend_signing_secret"}
