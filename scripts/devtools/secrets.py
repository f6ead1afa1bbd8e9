"""Development's secrets: .dev.vars, made from the committed example; what is new in the example is added to it."""

from pathlib import Path

from local.child import ROOT

EXAMPLE = ROOT / ".dev.vars.example"
OWN = ROOT / ".dev.vars"


def provide(own: Path = OWN) -> list[str]:
    """Copies the example to .dev.vars, or adds the names it lacks; the names that came in. A value is never changed."""
    if not own.exists():
        own.write_text(EXAMPLE.read_text())
        return list(read(own))
    known = read(own)
    missing = {name: value for name, value in read(EXAMPLE).items() if name not in known}
    if missing:
        lines = "".join(f'{name}="{value}"\n' for name, value in missing.items())
        own.write_text(f"{own.read_text().rstrip()}\n\n# Added from .dev.vars.example\n{lines}")
    return list(missing)


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
