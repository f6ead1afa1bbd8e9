"""Tells the demo story: `python scripts/story --url U --control U --sandbox U`. Exit code 1 if a step fails."""

import argparse
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # not this directory: its names are common
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "src"))

from local.client import Runtime  # noqa: E402  (the packages must be importable first)
from sandbox.client import Sandbox  # noqa: E402
from seed.demo import CLINIC, PROFILES  # noqa: E402
from seed.office import find  # noqa: E402
from story.told import Page, tell  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/story", description=__doc__)
    parser.add_argument("--url", required=True, help="the Worker's")
    parser.add_argument("--control", required=True, help="its control door's")
    parser.add_argument("--sandbox", required=True, help="the provider sandbox's")
    wanted = parser.parse_args()
    runtime = Runtime(wanted.url, wanted.control)
    profile = next(profile for profile in PROFILES if profile.slug == CLINIC)
    office = find(runtime, profile)
    if office is None:
        print(f"story: {CLINIC} is not there; scripts/seed makes it", file=sys.stderr)
        return 1
    return 0 if tell(runtime, Sandbox(wanted.sandbox), office, Page()) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
