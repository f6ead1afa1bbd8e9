"""STOP, START and HELP: the words that carriers and the law give a fixed meaning."""

from typing import Literal
from unicodedata import category, normalize

Keyword = Literal["stop", "start", "help"]

WORDS: dict[str, Keyword] = {
    "stop": "stop",
    "stopall": "stop",
    "stop all": "stop",
    "unsubscribe": "stop",
    "cancel": "stop",
    "end": "stop",
    "quit": "stop",
    "revoke": "stop",
    "optout": "stop",
    "opt out": "stop",
    "start": "start",
    "unstop": "start",
    "help": "help",
}
MAX_TEXT = 5_000


def keyword(text: str) -> Keyword | None:
    """The keyword a text is, or None. The whole text must be it: "please stop by at 5" is a message.

    Case, width, surrounding punctuation, symbols, spaces and invisible characters do not matter
    ("Stop.", "  *STOP* "), nor which space or dash is inside ("opt-out"), nor how often it is said.
    """
    if len(text) > MAX_TEXT:
        return None
    seen = [c for c in normalize("NFKC", text).casefold() if category(c) != "Cf"]
    spaced = "".join(" " if category(c) in ("Zs", "Zl", "Zp", "Cc", "Pd", "Pc") else c for c in seen)
    words = spaced.split()
    if whole := WORDS.get(_stripped(" ".join(words))):
        return whole
    meant = {WORDS.get(said) for word in words if (said := _stripped(word))}
    return meant.pop() if len(meant) == 1 else None


def _stripped(text: str) -> str:
    """Without what is neither letter nor digit at either end."""
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]
