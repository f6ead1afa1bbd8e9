"""Who may have how many codes mailed: strangers share what is theirs, a browser somebody signed in with has its own."""

from typing import Any

import pytest

from frontdesk.core.arrival import SITE, network_of
from frontdesk.core.clock import DAY, MINUTE
from support.calls import ask, parsed
from support.house import House

OWNER = "owner@harbour.example"


@pytest.fixture
def house() -> House:
    return House()


def asked(house: House, email: str = OWNER, *, cookie: str = "", ip: str = "203.0.113.7", **rest: Any) -> int:
    """The status of asking for a code."""
    headers = {"cookie": f"fd_browser={cookie}"} if cookie else {}
    return house.send("POST", "/auth/codes", {"email": email}, headers=headers, ip=ip, **rest).status


def entered(house: House, who: str = "owner", cookie: str = "", **rest: Any) -> str:
    """Somebody signs in, from a network nobody else uses; what their browser's cookie says then."""
    headers = {"cookie": f"fd_browser={cookie}"} if cookie else {}
    sign_in_id, code = house.code(f"{who}@harbour.example", headers=headers, ip="192.0.2.1")
    body = {"sign_in_id": sign_in_id, "code": code}
    response = house.send("POST", "/auth/sessions", body, headers=headers, **rest)
    (told,) = (each for each in response.cookies if each.startswith("fd_browser="))
    return told.partition(";")[0].partition("=")[2]


def exhausted(house: House, email: str = OWNER) -> int:
    """How many codes strangers get out of an address in a day, from as many networks as they like."""
    given = 0
    for number in range(60):
        statuses = [asked(house, email, ip=f"198.51.100.{number}") for _ in range(3)]
        given += statuses.count(202)
        if statuses == [429] * 3:
            break
    return given


@pytest.mark.parametrize("email", [OWNER, "stranger@harbour.example"])
def test_a_network_gets_few_codes_and_takes_them_from_no_other(house: House, email: str) -> None:
    assert [asked(house, email) for _ in range(6)] == [202] * 5 + [429]
    refused = house.send("POST", "/auth/codes", {"email": email.upper()})
    assert (refused.status, refused.headers["retry-after"]) == (429, "900")
    house.world.real += 15 * MINUTE
    assert [asked(house, email) for _ in range(6)] == [202] * 5 + [429]
    house.world.real += 15 * MINUTE
    assert asked(house, email) == 429, "ten a day"
    assert asked(house, email, ip="203.0.113.8") == 202
    house.world.real += DAY
    assert asked(house, email) == 202


def test_an_address_is_counted_at_each_business_by_itself(house: House) -> None:
    for _ in range(6):
        asked(house)
    assert asked(house) == 429
    assert asked(house, host="blue.localhost") == 202


@pytest.mark.parametrize("email", [OWNER, "stranger@harbour.example"])
def test_strangers_together_get_few_guesses_a_day_known_address_or_not(house: House, email: str) -> None:
    assert exhausted(house, email) == 40
    house.world.real += DAY - MINUTE
    assert asked(house, email, ip="203.0.113.9") == 429
    house.world.real += 2 * MINUTE
    assert asked(house, email, ip="203.0.113.9") == 202


def test_nobody_uses_up_what_belongs_to_a_browser_its_owner_signed_in_with(house: House) -> None:
    cookie = entered(house)
    exhausted(house)
    assert asked(house, ip="192.0.2.1") == 429
    assert [asked(house, cookie=cookie) for _ in range(6)] == [202] * 5 + [429]
    house.world.real += 15 * MINUTE
    assert [asked(house, cookie=cookie) for _ in range(6)] == [202] * 5 + [429]
    house.world.real += 15 * MINUTE
    assert asked(house, cookie=cookie) == 429, "ten a day, wherever it asks from"
    assert asked(house, cookie=cookie, ip="203.0.113.99") == 429


def test_what_a_known_browser_asks_for_is_taken_from_nobody(house: House) -> None:
    cookies = [entered(house) for _ in range(4)]
    for cookie in cookies:
        assert [asked(house, cookie=cookie) for _ in range(5)] == [202] * 5
    assert exhausted(house) == 40 - 4


def test_a_browser_is_known_for_whoever_signed_in_at_this_business(house: House) -> None:
    cookie = entered(house, "viewer")
    exhausted(house)
    assert asked(house, cookie=cookie) == 429
    exhausted(house, "viewer@harbour.example")
    assert asked(house, "viewer@harbour.example", cookie=cookie) == 202
    house.world.real += 2 * DAY
    for _ in range(5):
        asked(house, "viewer@harbour.example", host="blue.localhost")
    assert asked(house, "viewer@harbour.example", host="blue.localhost", cookie=cookie) == 429


def test_colleagues_share_a_browser(house: House) -> None:
    people = ["owner", "admin", "staff", "technician", "viewer", *(f"p{number}" for number in range(4))]
    for who in people[5:]:
        house.hire("harbour", who, "staff")
    cookie = ""
    for who in (*people, "viewer"):
        cookie = entered(house, who, cookie)
    browser, *marks = cookie.split(".")
    assert (len(browser), len(marks), len(set(marks))) == (22, 8, 8)
    for who in people:
        exhausted(house, f"{who}@harbour.example")
        known = who != "owner"  # nine have signed in; the first is forgotten
        assert asked(house, f"{who}@harbour.example", cookie=cookie) == (202 if known else 429), who


def test_what_a_browser_shows_cannot_be_made_up(house: House) -> None:
    cookie, theirs = entered(house), entered(house, "admin")
    exhausted(house)
    browser, mark = cookie.split(".")
    other, their_mark = theirs.split(".")
    for shown in (
        *(browser, mark, f"{other}.{mark}", f"{browser}.{their_mark}", f"{browser}.{'0' * 32}"),
        *(cookie[:-1], f"{cookie}0", cookie.upper(), f"{cookie}.", f".{mark}", f"{browser}.{mark[:-1]}g"),
        *(f"{browser}{'.' + mark}" * 2, browser + f".{mark}" * 9, "x" * 9_000, "\u00e9" * 55),
    ):
        assert asked(house, cookie=shown, ip="192.0.2.1") == 429, shown
    assert asked(house, cookie=f"{browser}.{their_mark}.{mark}") == 202


@pytest.mark.parametrize("planted", ["", "x", "A" * 22, f"{'A' * 22}.{'0' * 31}", "x" * 9_000, "a.b.c"])
def test_what_is_no_cookie_of_ours_is_replaced(house: House, planted: str) -> None:
    browser, mark = entered(house, cookie=planted).split(".")
    assert browser not in planted and len(mark) == 32


def test_a_browser_stays_known_through_signing_out_and_a_new_master_key(house: House) -> None:
    cookie = entered(house)
    old = house.world.settings
    new = "v2:" + "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo="[:43] + "="
    house.world.settings = old.model_copy(
        update={"master_key_current": new, "master_key_previous": old.master_key_current}
    )
    exhausted(house)
    assert asked(house, ip="192.0.2.1") == 429
    assert asked(house, cookie=cookie) == 202


def test_the_cookie_opens_nothing(house: House) -> None:
    cookie = entered(house)
    for name in ("fd_browser", "fd_session"):
        assert house.send("GET", "/me", headers={"cookie": f"{name}={cookie}"}).status == 401
    assert house.send("GET", "/me", token=cookie).status == 401


def test_neither_address_network_nor_browser_is_kept_readable(house: House) -> None:
    cookie = entered(house)
    asked(house, cookie=cookie)
    kept = str(house.rows("SELECT * FROM sign_ins")) + "".join(house.world.lines)
    for secret in ("192.0.2.1", OWNER, *cookie.split(".")):
        assert secret not in kept


def test_a_whole_site_of_ipv6_is_one_asker(house: House) -> None:
    assert [asked(house, ip=f"2001:db8:7:{line:x}::1") for line in range(6)] == [202] * 5 + [429]
    assert asked(house, ip="2001:db8:8::1") == 202
    mapped = ask("GET", "/", ip="::ffff:203.0.113.7")
    assert network_of(mapped, SITE) == "203.0.113.7"


def test_a_known_browser_is_asked_the_same_of_the_database(house: House) -> None:
    cookie = entered(house)
    costs = []
    for shown in ("", cookie):
        before = house.world.driver.calls
        asked(house, cookie=shown)
        costs.append(house.world.driver.calls - before)
    assert costs[0] == costs[1]
    assert parsed(house.send("POST", "/auth/codes", {"email": OWNER})).keys() == {"sign_in_id", "expires_in"}
