"""Cutting loops: a rule acts for the same person once in a chain of causes, and no chain is longer than eight."""

from collections.abc import Sequence

MAX_DEPTH = 8
Link = tuple[str, str]
"""A rule's id, and whom it ran for."""


def link_of(rule_id: str, contact_id: str | None, subject: tuple[str, str]) -> Link:
    """By the contact where there is one: a loop that makes a new message each round is still a loop."""
    return rule_id, contact_id or f"{subject[0]}:{subject[1]}"


def cut_for(chain: Sequence[Link], link: Link) -> str:
    """Why this run must not be, or an empty text."""
    if link in chain:
        return "a loop: it ran for the same one already in what led here"
    if len(chain) >= MAX_DEPTH:
        return f"a chain of {MAX_DEPTH} rules, one after the other, led here"
    return ""
