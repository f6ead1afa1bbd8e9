"""`scripts/bench [NAME] [--json]`."""

import json
import sys

from bench import report, tick, webhook
from devtools import flags

BENCHES = {"report": report, "tick": tick, "webhook": webhook}


def main(arguments: list[str]) -> int:
    """Runs the benches named, or all; an object by name on standard output, or tables."""
    given = flags.bench(arguments)
    told = {name: bench.run() for name, bench in BENCHES.items() if given.name in (None, name)}
    if given.json:
        print(json.dumps(told))
    else:
        for name, figures in told.items():
            print(f"== {name}\n{BENCHES[name].table(figures)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
