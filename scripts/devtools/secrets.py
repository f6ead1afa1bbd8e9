"""Development's secrets: .dev.vars, made from the committed example the first time."""

import shutil
from pathlib import Path

from local.child import ROOT

EXAMPLE = ROOT / ".dev.vars.example"
OWN = ROOT / ".dev.vars"


def provide() -> bool:
    """Copies the example to .dev.vars unless there is one. Whether it did."""
    if OWN.exists():
        return False
    shutil.copyfile(EXAMPLE, OWN)
    return True


def demo() -> dict[str, str]:
    """The example's values: what tests run with, whatever a developer has in .dev.vars."""
    return read(EXAMPLE)


def read(path: Path) -> dict[str, str]:
    """NAME=value or NAME="value" a line, # for comments."""
    found = {}
    for line in path.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[name.strip()] = value.strip().strip('"')
    return found
