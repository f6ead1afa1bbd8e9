"""Phone numbers: typed by people, stored as E.164, read by people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.errors import Invalid
from frontdesk.core.phone import display, e164_or_none, e164_prefix, to_e164, zone_of


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("0491 570 006", "AU", "+61491570006"),
        ("(02) 9876 5432", "au", "+61298765432"),
        ("+61 (0)2 9876 5432", "US", "+61298765432"),
        ("312-555-0123", "US", "+13125550123"),
        ("0011 61 491 570 006", "AU", "+61491570006"),
        ("tel: 0412 345 678", "AU", "+61412345678"),
        ("0412 345 678 ext 5", "AU", "+61412345678"),
        ("٠٤١٢٣٤٥٦٧٨", "AU", "+61412345678"),
        ("+442079460958", "", "+442079460958"),
    ],
)
def test_to_e164(typed: str, country: str, e164: str) -> None:
    assert to_e164(typed, country) == e164
    assert to_e164(e164, "US") == e164


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "not a phone number"),
        ("junk", "not a phone number"),
        ("12", "no such phone number"),
        ("000", "no such phone number"),
        ("+999 123 4567", "country code"),
        ("0" * 61, "too long"),
        ("04123456780412345678", "too long"),
        ("+", "not a phone number"),
        ("1-800-FLOWERS", "no such phone number"),
        ("0491 570 006; DROP TABLE", "not a phone number"),
    ],
)
def test_junk_is_refused_with_a_reason(typed: str, why: str) -> None:
    with pytest.raises(Invalid) as error:
        to_e164(typed, "AU")
    assert why in error.value.detail
    assert e164_or_none(typed, "AU") is None


@pytest.mark.parametrize(
    ("e164", "zone"),
    [
        ("+12125550123", "America/New_York"),
        ("+13125550123", "America/Chicago"),
        ("+18085550123", "Pacific/Honolulu"),
        ("+16055550123", None),  # South Dakota lies in two zones
        ("+18005550123", None),
        ("+61491570006", None),  # an Australian mobile can be anywhere in Australia
        ("+447400123456", "Europe/London"),
        ("+6581234567", "Asia/Singapore"),
        ("+4915112345678", "Europe/Berlin"),
        ("junk", None),
    ],
)
def test_zone_only_when_certain(e164: str, zone: str | None) -> None:
    assert zone_of(e164) == zone


def test_display() -> None:
    assert display("+61491570006", "AU") == "0491 570 006"
    assert display("+61491570006", "US") == "+61 491 570 006"
    assert display("+13125550123", "US") == "(312) 555-0123"
    assert display("HARBOUR", "AU") == "HARBOUR"


@pytest.mark.parametrize(
    ("typed", "country", "prefix"),
    [
        ("0491 5", "AU", "+614915"),
        ("491 5", "AU", "+614915"),
        ("0061 4915", "AU", "+614915"),
        ("+61 4915", "US", "+614915"),
        ("(312) 555", "US", "+1312555"),
        ("0", "AU", None),
        ("+", "AU", None),
        ("", "AU", None),
        ("jo", "AU", None),
        ("04٣", "AU", None),
        ("0491", "ZZ", None),
    ],
)
def test_what_a_number_begins_with(typed: str, country: str, prefix: str | None) -> None:
    assert e164_prefix(typed, country) == prefix


@given(st.text(max_size=80), st.text(max_size=3))
def test_any_text_is_a_number_or_invalid(typed: str, country: str) -> None:
    try:
        number = to_e164(typed, country)
    except Invalid:
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdigit()
    assert 7 <= len(number) <= 16
