"""A tenant's secrets: how they come in, that they never come out, and how they rotate."""

import json
from typing import Any

import pytest

from frontdesk.core.cache import CACHE
from frontdesk.core.errors import FrontdeskError
from frontdesk.core.sealing import Unsealable, derived_keys, seal, unseal
from frontdesk.tenants.secrets import secrets_of
from support.calls import parsed, run
from support.house import House
from support.platform import MASTER_KEY, make_platform

OTHER_KEY = "v2:" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.fixture(autouse=True)
def forgetful() -> None:
    CACHE.clear()


@pytest.fixture
def house() -> House:
    return House()


def rotate(house: House, name: str, **body: Any) -> Any:
    return house.send("POST", f"/settings/secrets/{name}", body, token=house.token())


def secrets(house: House, slug: str = "harbour", name: str = "resend_api_key") -> tuple[str, ...]:
    return run(secrets_of(house.world.platform, house.tenants[slug])).valid(name)


def test_a_secret_goes_in_and_never_comes_out(house: House) -> None:
    response = rotate(house, "resend_api_key", value=" re_hush ")
    assert response.status == 200
    assert parsed(response) == {"name": "resend_api_key", "value": None}
    assert secrets(house) == ("re_hush",)
    assert secrets(house, "blue") == ()
    shown = house.send("GET", "/settings", token=house.token())
    states = {state["name"]: state for state in parsed(shown)["secrets"]}
    assert states["resend_api_key"]["set_at"] == house.world.real
    assert states["wix_hmac_secret"]["set_at"] is None
    everything = [house.rows("SELECT * FROM tenant_secrets"), house.rows("SELECT * FROM audit")]
    for place in (json.dumps(everything), shown.body.decode(), "".join(house.world.lines)):
        assert "re_hush" not in place


def test_rotation_keeps_one_previous_value(house: House) -> None:
    for value in ("one", "two", "three"):
        rotate(house, "resend_api_key", value=value)
    assert secrets(house) == ("three", "two")
    rotate(house, "resend_api_key", value="four", keep_previous=False)
    assert secrets(house) == ("four",)


def test_a_secret_of_ours_is_made_up_and_shown_once(house: House) -> None:
    made = parsed(rotate(house, "clicksend_path_secret"))["value"]
    assert len(made) >= 40
    assert secrets(house, name="clicksend_path_secret") == (made,)
    assert rotate(house, "resend_api_key").status == 422
    assert rotate(house, "no_such_secret", value="x").status == 404


@pytest.mark.parametrize("value", ["", "   ", "x" * 8001, 7])
def test_what_is_no_secret_is_refused_without_echo(house: House, value: Any) -> None:
    assert rotate(house, "resend_api_key", value=value).status == 422


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [
        ("resend_api_key", "re_\n1", False),
        ("resend_api_key", "é", False),
        ("clicksend_path_secret", "a" * 16, True),
        ("clicksend_path_secret", "a" * 15, False),  # it alone guards the door
        ("clicksend_path_secret", "a" * 16 + "/b", False),  # the address would have another segment
        ("clicksend_path_secret", "a" * 16 + " %", False),
        ("manychat_secret", "a+b/c=" * 3, True),
        ("manychat_secret", "guess", False),
        ("wix_public_key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", True),
    ],
)
def test_what_cannot_be_the_secret_is_refused(house: House, name: str, value: str, fine: bool) -> None:
    response = rotate(house, name, value=value)
    assert response.status == (200 if fine else 422)
    if not fine:
        assert parsed(response)["errors"][0]["field"] == "value"
        assert value not in response.body.decode()
    assert secrets(house, name=name) == ((value,) if fine else ())


def test_only_owners_rotate(house: House) -> None:
    response = house.send(
        "POST", "/settings/secrets/resend_api_key", {"value": "x"}, token=house.token("admin")
    )
    assert response.status == 403


def test_sealed_text_opens_only_where_it_belongs(house: House) -> None:
    platform, harbour, blue = house.world.platform, house.tenants["harbour"], house.tenants["blue"]
    sealed = run(seal(platform, harbour, "a", "hush"))
    assert sealed.startswith("v1.") and "hush" not in sealed
    assert run(unseal(platform, harbour, "a", sealed)) == "hush"
    for tenant, name, text in (
        (blue, "a", sealed),
        (harbour, "b", sealed),
        (harbour, "a", sealed[:-3]),
        (harbour, "a", "v9" + sealed[2:]),
        (harbour, "a", "v1.!"),
        (harbour, "a", "v1."),
        (harbour, "a", ""),
    ):
        with pytest.raises(Unsealable):
            run(unseal(platform, tenant, name, text))


def test_both_master_keys_open_and_the_current_one_seals(house: House) -> None:
    world, tenant = house.world, house.tenants["harbour"]
    old = run(seal(world.platform, tenant, "a", "hush"))
    label = derived_keys(world.platform, "x")
    world.settings = world.settings.model_copy(
        update={"master_key_current": OTHER_KEY, "master_key_previous": MASTER_KEY}
    )
    assert run(unseal(world.platform, tenant, "a", old)) == "hush"
    assert run(seal(world.platform, tenant, "a", "hush")).startswith("v2.")
    assert derived_keys(world.platform, "x")[1:] == label
    world.settings = world.settings.model_copy(update={"master_key_previous": ""})
    with pytest.raises(Unsealable):
        run(unseal(world.platform, tenant, "a", old))


def test_one_secret_that_does_not_open_spares_the_others(house: House) -> None:
    for name in ("resend_api_key", "clicksend_api_key"):
        rotate(house, name, value="fine")
    house.world.driver.connection.execute(
        "UPDATE tenant_secrets SET sealed = 'v1.AAAA' WHERE name = 'resend_api_key'"
    )
    assert secrets(house) == ()
    assert secrets(house, name="clicksend_api_key") == ("fine",)
    assert any("secret does not open" in line for line in house.world.lines)


@pytest.mark.parametrize("key", ["", "v1", "v1:", "v1:AAAA", ":" + "A" * 43 + "=", "v1:" + "!" * 44])
def test_a_bad_master_key_is_said_without_being_shown(key: str) -> None:
    world = make_platform()
    world.settings = world.settings.model_copy(update={"master_key_current": key or "x"})
    with pytest.raises(FrontdeskError, match="not <version>:<base64 of 32 bytes>"):
        derived_keys(world.platform, "x")
