"""`scripts/bench [NAME] [--json]`."""

import argparse
import json
import sys

from bench import report, tick, webhook

BENCHES = {"report": report, "tick": tick, "webhook": webhook}


def main(arguments: list[str]) -> int:
    """Runs the benches named, or all; an object by name on standard output, or tables."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="How fast it is. Never a verdict.")
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="one of them (all)")
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    given = parser.parse_args(arguments)
    told = {name: bench.run() for name, bench in BENCHES.items() if given.name in (None, name)}
    if given.json:
        print(json.dumps(told))
    else:
        for name, figures in told.items():
            print(f"== {name}\n{BENCHES[name].table(figures)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
