"""The way into a command: its flags are read, what it needs is set up, then it runs in .venv.

`PYTHONPATH=scripts python3 -m devtools.enter NAME ARGUMENTS...`, on the standard library of whatever python3 is there.
"""

from __future__ import annotations  # an older Python must get as far as saying that it is too old

import os
import sys
from collections.abc import Sequence

from devtools import flags
from local import child, setup

COMMANDS = {
    "bench": (flags.bench, "bench"),
    "deploy": (flags.deploy, "devtools.deploy"),
    "dev": (flags.dev, "devtools.dev"),
    "smoke": (flags.smoke, "story.smoke"),
}
"""What reads its flags, and the module that it is."""


def main(name: str, arguments: Sequence[str]) -> None:
    """Never returns. Raises SystemExit when flags are wrong or ask for help, or when set-up cannot go on."""
    read, module = COMMANDS[name]
    wanted = read(arguments)
    if name == "dev" and not setup.is_complete():
        try:
            child.knock(wanted.ports)
        except child.NotReady as taken:  # better known now than in two minutes
            raise SystemExit(f"dev: {taken}") from None
    setup.main()
    python = str(setup.VENV / "bin" / "python")
    os.execve(python, [python, "-m", module, *arguments], child.environment())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
