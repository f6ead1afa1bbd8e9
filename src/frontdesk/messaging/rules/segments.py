"""How a text is cut into SMS segments, and what they cost.

GSM 03.38 (3GPP TS 23.038, section 6.2.1) with its extension table: 160 septets alone, 153 when joined;
UCS-2 once any character is outside it: 70 and 67 units of 16 bits.
"""

from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
LIMITS = {"gsm7": (160, 153), "ucs2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """`units`: septets or UTF-16 units in all. `parts`: each segment's text; joined they are the text."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    parts: tuple[str, ...]

    @property
    def count(self) -> int:
        """Segments the provider bills."""
        return len(self.parts)


def width(character: str, encoding: str) -> int:
    """Units one character takes; none may be cut in two (an escape, a surrogate pair)."""
    if encoding == "gsm7":
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def segmented(text: str) -> Segments:
    """The segments of `text`; the empty text has none."""
    encoding: Literal["gsm7", "ucs2"] = "gsm7" if set(text) <= BASIC | EXTENSION else "ucs2"
    alone, joined = LIMITS[encoding]
    units = sum(width(character, encoding) for character in text)
    if units <= alone:
        return Segments(encoding, units, (text,) if text else ())
    parts: list[str] = []
    start = used = 0
    for at, character in enumerate(text):
        need = width(character, encoding)
        if used + need > joined:
            parts.append(text[start:at])
            start, used = at, 0
        used += need
    parts.append(text[start:])
    return Segments(encoding, units, tuple(parts))


def cost_micros(count: int, price_micros: int) -> int:
    """What `count` segments cost at `price_micros` each: integer millionths of the currency's unit."""
    return count * price_micros
