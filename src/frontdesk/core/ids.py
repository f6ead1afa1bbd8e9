"""Identifiers: UUIDv7 text, so that primary keys sort by the time they were made."""

import secrets


def uuid7(at_ms: int) -> str:
    """A version 7 UUID for the instant `at_ms` (ms UTC), RFC 9562 section 5.7: 48 bits of time, 74 random."""
    random = secrets.randbits(74)
    value = (
        (at_ms & 0xFFFFFFFFFFFF) << 80
        | 0x7 << 76
        | (random >> 62) << 64
        | 0b10 << 62
        | random & (1 << 62) - 1
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def floor7(at_ms: int) -> str:
    """The smallest version 7 UUID of an instant (ms): any smaller id was made before it."""
    text = f"{at_ms & 0xFFFFFFFFFFFF:012x}"
    return f"{text[:8]}-{text[8:]}-7000-8000-000000000000"
