"""People who do not exist: made-up names, and numbers and addresses that are kept free for fiction."""

from dataclasses import dataclass
from random import Random

_RESERVED = (
    "0006 0156 0157 0158 0159 0110 0313 0737 1266 1491 1804 2549 2665 2983 3770"
    " 3087 4118 4632 5254 5789 6398 6801 7426 7644 8957 8148 8888 9212 9760 9455"
)
RESERVED = tuple(f"+6149157{tail}" for tail in _RESERVED.split())
"""Mobile numbers that Australia's regulator (ACMA) keeps for fiction. The story's patients have these."""

_FIRST = (
    "Ana Ben Carla Dev Elif Finn Grace Hugo Imani Jonas Keiko Liam Maya Noah Olive Priya Quentin Rosa Sami Tess"
    " Uma Victor Wanda Xavi Yara Zane Alma Bo Celine Dario Edda Farid Gwen Hana Idris June Kofi Lena Milo Nadia"
)
_LAST = (
    "Abbott Banerjee Castillo Dawson Eriksen Fowler Garcia Hughes Ito Jansen Kapoor Larsen Moreau Nakamura"
    " Okafor Park Quinn Reyes Silva Tanaka Urban Vega Walsh Xu Yilmaz Zhang Ashby Brandt Costa Doyle Evans"
    " Flores Grant Haddad Ivers Jordan Keller Lindqvist Marsh Novak"
)


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody who books. One without a number is mailed; one with neither cannot be reached."""

    id: str
    first_name: str
    last_name: str
    phone: str | None
    email: str | None


def patients(count: int, dice: Random) -> list[Patient]:
    """`count` different people: no two share a name or a number."""
    names = dice.sample([(first, last) for first in _FIRST.split() for last in _LAST.split()], count)
    # The rest of the block the reserved numbers lie in. Nothing is ever sent outside the sandbox.
    free = [number for n in range(200, 9_000) if (number := f"+6149157{n:04d}") not in RESERVED]
    numbers = dice.sample(free, count)
    found = []
    for (first, last), number in zip(names, numbers, strict=True):
        reach = dice.random()
        has_phone, has_email = reach > 0.06, reach > 0.3 or 0.01 < reach <= 0.06
        found.append(
            Patient(
                id=f"{dice.getrandbits(32):08x}-0000-4000-8000-{dice.getrandbits(48):012x}",
                first_name=first,
                last_name=last,
                phone=number if has_phone else None,
                email=f"{first}.{last}@example.com".lower() if has_email else None,
            )
        )
    return found
