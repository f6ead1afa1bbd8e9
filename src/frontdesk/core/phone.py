"""Phone numbers: from whatever a person typed to E.164, and back to something a person reads."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from frontdesk.core.errors import Invalid
from frontdesk.core.phone_zones import ZONE_OF_AREA_CODE, ZONE_OF_COUNTRY

MAX_TYPED = 60
_WHY = {
    NumberParseException.INVALID_COUNTRY_CODE: "The country code is unknown.",
    NumberParseException.NOT_A_NUMBER: "This is not a phone number.",
    NumberParseException.TOO_SHORT_AFTER_IDD: "The phone number is too short.",
    NumberParseException.TOO_SHORT_NSN: "The phone number is too short.",
    NumberParseException.TOO_LONG: "The phone number is too long.",
}


def to_e164(typed: str, country: str) -> str:
    """The E.164 form of a number typed in `country` (ISO 3166 alpha-2); an extension is dropped.

    Raises:
        Invalid: it is no number, or none that the country's numbering plan has. `detail` says which.

    """
    if len(typed) > MAX_TYPED:
        raise Invalid("The phone number is too long.")
    try:
        number = phonenumbers.parse(typed, country.upper() or None)
    except NumberParseException as error:
        raise Invalid(_WHY.get(error.error_type, "This is not a phone number.")) from None
    if not phonenumbers.is_valid_number(number):
        raise Invalid("There is no such phone number.")
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def e164_or_none(typed: str, country: str) -> str | None:
    """As `to_e164`, with None for what is no number: a provider's payload is taken as it comes."""
    try:
        return to_e164(typed, country)
    except Invalid:
        return None


def e164_prefix(typed: str, country: str) -> str | None:
    """How numbers begin in E.164 that begin as somebody in `country` types them; None for what begins none.

    `0491 5`, `491 5`, `0061 4915` and `+61 4915` all mean Australian mobiles to an Australian.
    """
    kept = "".join(sign for sign in typed if sign not in " -()./")
    digits = kept.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or len(kept) > MAX_TYPED:
        return None
    if kept.startswith("+"):
        return kept
    if digits.startswith("00"):
        return f"+{digits[2:]}" if len(digits) > 2 else None
    code = phonenumbers.country_code_for_region(country.upper())
    national = digits.removeprefix("0")
    return f"+{code}{national}" if code and national else None


def zone_of(e164: str) -> str | None:
    """The IANA zone of a number's holder where the number decides it; else None, and the tenant's counts.

    A North American mobile may have moved away; its area code is what the US quiet hours go by.
    """
    number = _parsed(e164)
    if number is None:
        return None
    country = phonenumbers.region_code_for_number(number)
    if country in ("US", "CA"):
        return ZONE_OF_AREA_CODE.get(str(number.national_number)[:3])
    return ZONE_OF_COUNTRY.get(country or "")


def display(e164: str, country: str) -> str:
    """For people: national form for numbers of `country`, international otherwise; junk unchanged."""
    number = _parsed(e164)
    if number is None:
        return e164
    home = phonenumbers.region_code_for_number(number) == country.upper()
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def _parsed(e164: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(e164[:MAX_TYPED], None)
    except NumberParseException:
        return None
