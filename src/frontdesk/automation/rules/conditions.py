"""Whether conditions hold over the facts: total, without side effects, and each negation the exact opposite.

What is not known equals nothing and compares with nothing: every positive operator is false of it.
"""

from collections.abc import Mapping
from typing import Any

from frontdesk.automation.rules.definition import All, AnyOf, Clause, Group, NoneOf, Test
from frontdesk.core.clock import MINUTE

Facts = Mapping[str, Any]
"""Value by field path; `now.at` is the instant (business ms) everything is judged at."""

_OPPOSITES = {
    "is_not": "is",
    "not_in": "in",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "has_not": "has",
    "has_none": "has_any",
    "empty": "not_empty",
    "not_in_past": "in_past",
    "not_in_future": "in_future",
}


def holds(clause: Clause | Group, facts: Facts) -> bool:
    """Whether a comparison or a group of them is true of the facts."""
    match clause:
        case All(all=inner):
            return all(holds(each, facts) for each in inner)
        case AnyOf(any=inner):
            return any(holds(each, facts) for each in inner)
        case NoneOf(none=inner):
            return not any(holds(each, facts) for each in inner)
        case Test():
            opposite = _OPPOSITES.get(clause.op)
            if opposite:
                return not _compare(opposite, facts.get(clause.field), clause.value, facts)
            return _compare(clause.op, facts.get(clause.field), clause.value, facts)


def failing(clause: Clause | Group, facts: Facts) -> Clause | Group | None:
    """The first part that is why a clause does not hold; None when it does."""
    if holds(clause, facts):
        return None
    if isinstance(clause, All):
        return next(found for each in clause.all if (found := failing(each, facts)) is not None)
    return clause


def _compare(op: str, found: Any, wanted: Any, facts: Facts) -> bool:
    if op == "not_empty":
        return found not in (None, "", [], ())
    if found is None or found == "":
        return False
    if op in ("in_past", "in_future", "more_than_ago", "less_than_ago", "more_than_ahead", "less_than_ahead"):
        return _in_time(op, found, wanted, facts.get("now.at"))
    if op in ("has", "has_any"):
        mine = {_plain(each) for each in found} if isinstance(found, list | tuple) else set()
        asked = wanted if isinstance(wanted, list | tuple) else [wanted]
        return any(_plain(each) in mine for each in asked)
    if op == "in":
        return isinstance(wanted, list | tuple) and any(_same(found, each) for each in wanted)
    if op == "is":
        return _same(found, wanted)
    if op in ("contains", "starts_with"):
        text, part = _plain(found), _plain(wanted)
        return bool(part) and (part in text if op == "contains" else text.startswith(part))
    return _ordered(op, found, wanted)


def _in_time(op: str, found: Any, wanted: Any, now: Any) -> bool:
    if not _number(found) or not _number(now):
        return False
    ahead = found - now
    if op == "in_past":
        return bool(ahead < 0)
    if op == "in_future":
        return bool(ahead > 0)
    if not _number(wanted):
        return False
    span = wanted * MINUTE
    match op:
        case "more_than_ago":
            return bool(-ahead > span)
        case "less_than_ago":
            return bool(0 <= -ahead < span)
        case "more_than_ahead":
            return bool(ahead > span)
        case _:
            return bool(0 <= ahead < span)


def _ordered(op: str, found: Any, wanted: Any) -> bool:
    if not _number(found) or not _number(wanted):
        return False
    match op:
        case "more_than":
            return bool(found > wanted)
        case "at_least":
            return bool(found >= wanted)
        case "less_than":
            return bool(found < wanted)
        case "at_most":
            return bool(found <= wanted)
    return False


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if _number(found) and _number(wanted):
        return bool(found == wanted)
    return isinstance(found, str) and isinstance(wanted, str) and _plain(found) == _plain(wanted)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Any) -> str:
    """Case and spacing aside: people do not mean them."""
    return " ".join(str(value).casefold().split())
