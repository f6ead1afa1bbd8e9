"""Cutting loops: a rule acts for the same person once in a chain of causes, and no chain is longer than eight.

What goes round through the outside has no chain, and what branches makes many: so there is a most an hour, too.
"""

from collections.abc import Sequence
from typing import NamedTuple

MAX_DEPTH = 8
AN_HOUR = 60
"""Runs of one rule about one thing, and runs for one contact (or about nobody) that other runs led to."""
EACH_ANEW_AN_HOUR = 300
"""Runs of one rule for one contact, each about another thing: a home may book for all who live there at once."""
CUTS_AN_HOUR = 20
"""How many cuts of one rule for one contact are told; more of the same says nothing new."""
Link = tuple[str, str]
"""A rule's id, and whom it ran for."""


def link_of(rule_id: str, contact_id: str | None, subject: tuple[str, str]) -> Link:
    """By the contact where there is one: a loop that makes a new message each round is still a loop."""
    return rule_id, contact_id or f"{subject[0]}:{subject[1]}"


class Lately(NamedTuple):
    """What there was in the last hour for the same contact.

    Of the same rule, of it about the same thing, cut of it, and led to by any rule.
    """

    all: int = 0
    same: int = 0
    cut: int = 0
    led: int = 0


def cut_for(chain: Sequence[Link], link: Link, lately: Lately) -> str:
    """Why this run must not be, or an empty text."""
    if link in chain:
        return "a loop: it ran for the same one already in what led here"
    if len(chain) >= MAX_DEPTH:
        return f"a chain of {MAX_DEPTH} rules, one after the other, led here"
    if lately.same >= AN_HOUR:
        return f"it ran {AN_HOUR} times for the same one within an hour"
    if lately.all >= EACH_ANEW_AN_HOUR:
        return f"it ran {EACH_ANEW_AN_HOUR} times for the same contact within an hour"
    if chain and lately.led >= AN_HOUR:
        return f"rules led to {AN_HOUR} runs for the same one within an hour"
    return ""
