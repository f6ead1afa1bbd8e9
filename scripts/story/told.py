"""The story in a terminal: business time, a plain sentence, what came of it; in colour where there is any."""

import os
import shutil
import sys
import textwrap
import time
from typing import TextIO
from urllib.parse import quote

from local.client import Runtime
from sandbox.client import Sandbox
from seed.office import Office
from story.scene import Scene, scene
from story.steps import STEPS

INDENT = 22
WIDEST = 110
CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32"}


class Page:
    """Lines of a telling on `out`."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._colour = out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        unicode = (out.encoding or "").lower().replace("-", "") == "utf8"
        self._good, self._bad = ("✓", "✗") if unicode else ("ok", "!!")
        self._width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)

    def title(self, text: str) -> None:
        """Above it all."""
        self._print(f"\n{self._in('bold', text)}\n")

    def step(self, when: str, sentence: str, outcome: str, *, held: bool) -> None:
        """One step and what came of it."""
        mark = self._in("green", self._good) if held else self._in("red", self._bad)
        # The mark is padded by hand: a terminal does not count its colour.
        pad = " " * (3 - len(self._good if held else self._bad))
        first, *more = self._wrapped(sentence)
        self._print(f" {mark}{pad}{self._in('dim', f'{when:<{INDENT - 4}}')}{first}")
        for line in more:
            self._print(" " * INDENT + line)
        for line in self._wrapped(outcome):
            self._print(" " * INDENT + self._in("dim" if held else "red", line))

    def end(self, text: str) -> None:
        """Below it all."""
        self._print(f"\n{text}\n")

    def _wrapped(self, text: str) -> list[str]:
        return textwrap.wrap(text, max(40, self._width - INDENT), break_long_words=False) or [""]

    def _in(self, name: str, text: str) -> str:
        return f"\x1b[{CODES[name]}m{text}\x1b[0m" if self._colour else text

    def _print(self, text: str) -> None:
        encoding = self._out.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding), file=self._out, flush=True)


def tell(runtime: Runtime, sandbox: Sandbox, office: Office, page: Page) -> bool:
    """Plays every step and says what happened; whether all of them held."""
    started = time.monotonic()
    page.title(f"The demo story at {office.tenant.name}, {office.tenant.time_zone} time")
    with scene(runtime, sandbox, office) as telling:
        for number, step in enumerate(STEPS, 1):
            try:
                outcome, held = step.act(telling), True
            except Exception as failure:
                outcome, held = f"{type(failure).__name__}: {failure}", False
            page.step(telling.spoken(telling.now), step.said(telling), outcome, held=held)
            if not held:
                page.end(f"Step {number} of {len(STEPS)} did not hold.")
                return False
        seconds = time.monotonic() - started
        page.end(_left_behind(telling, f"All {len(STEPS)} steps held, told in {seconds:.1f} s."))
    return True


def _left_behind(telling: Scene, first: str) -> str:
    conversation = quote(f"{telling.newcomer.phone}|{telling.office.profile.number}", safe="")
    return "\n".join(
        (
            first,
            f"  {telling.newcomer.first_name}'s phone   {telling.sandbox.url}/phone#{conversation}",
            f"  sign in       {telling.office.owner}; the code arrives at {telling.sandbox.url}/outbox",
        )
    )
