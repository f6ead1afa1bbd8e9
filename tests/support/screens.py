"""Pictures of pages, kept outside the repository for people to look at."""

import os
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

VARIABLE = "FRONTDESK_SCREENS"


class Screens(NamedTuple):
    """A folder, or none: then nothing is kept."""

    folder: Path | None

    @classmethod
    def from_environment(cls) -> "Screens":
        """The folder named by FRONTDESK_SCREENS."""
        named = os.environ.get(VARIABLE)
        return cls(Path(named) if named else None)

    def take(self, page: Page, name: str) -> None:
        """A PNG of what the window shows."""
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.folder / f"{name}.png")
