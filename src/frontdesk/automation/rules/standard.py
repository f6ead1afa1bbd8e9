"""What a tenant of each kind starts with: its standard rules, by a key that never changes."""

from dataclasses import dataclass
from typing import Any

from frontdesk.automation.rules.definition import Definition

HOUR, DAY = 60, 24 * 60
"""In minutes."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A standard rule."""

    key: str
    name: str
    definition: Definition
    enabled: bool = True


def _rule(key: str, name: str, *, enabled: bool = True, **definition: Any) -> Seed:
    return Seed(key, name, Definition.model_validate(definition), enabled)


def _event(type_: str) -> dict[str, Any]:
    return {"on": "event", "type": type_}


def _time(anchor: str, minutes: int = 0) -> dict[str, Any]:
    return {"on": "time", "anchor": anchor, "minutes": minutes}


def _is(field: str, value: Any = True) -> dict[str, Any]:
    return {"field": field, "op": "is", "value": value}


def _all(*clauses: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(clauses)}


def _op(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


CONFIRMATION = _rule(
    "booking-confirmation",
    "Confirm a new booking",
    trigger=_event("booking.created"),
    conditions=_all(_is("booking.active"), _op("booking.starts_at", "in_future")),
    actions=[
        {
            "do": "send",
            "template": "booking.confirmation",
            "purpose": "transactional",
            "once": "booking",
        }
    ],
)


def standard_rules(kind: str) -> tuple[Seed, ...]:
    """The standard rules of a kind of tenant, in the order they are listed."""
    return (CONFIRMATION,)
