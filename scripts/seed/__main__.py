"""Makes the demo tenants: `python scripts/seed --url U --control U --sandbox U [--vars FILE]`. Twice is as once."""

import argparse
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # not this directory: its names are common
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "src"))

from devtools import secrets  # noqa: E402  (the packages must be importable first)
from local.client import Runtime, RuntimeFailed  # noqa: E402
from sandbox.client import Sandbox  # noqa: E402
from seed.demo import PROFILES, Planted, plant  # noqa: E402
from seed.office import find  # noqa: E402
from seed.rehearsal import Broken  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/seed", description=__doc__)
    parser.add_argument("--url", required=True, help="the Worker's")
    parser.add_argument("--control", required=True, help="its control door's")
    parser.add_argument("--sandbox", required=True, help="the provider sandbox's")
    parser.add_argument("--vars", type=Path, help="the Worker's secrets (.dev.vars, else .dev.vars.example)")
    wanted = parser.parse_args()
    own = secrets.OWN if secrets.OWN.exists() else secrets.EXAMPLE
    variables = {**secrets.demo(), **secrets.read(wanted.vars or own)}
    runtime, sandbox = Runtime(wanted.url, wanted.control), Sandbox(wanted.sandbox)
    for profile in PROFILES:
        started = time.monotonic()
        if find(runtime, profile) is None:
            print(f"seed: {profile.name} ...", flush=True)  # a month of history takes a while
        planted = plant(runtime, sandbox, profile, variables)
        print(f"seed: {_told(planted)} ({time.monotonic() - started:.1f} s)", flush=True)


def _told(planted: Planted) -> str:
    tenant, rows = planted.office.tenant, planted.rows
    if rows:
        return (
            f"{tenant.name}: a month of {rows['bookings']} bookings, {rows['contacts']} contacts,"
            f" {rows['messages']:,} messages, {rows['deliveries']:,} webhooks"
        )
    return f"{tenant.name}: {'made' if planted.made else 'there already'}"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeFailed, Broken) as failure:
        sys.exit(f"seed: {failure}")
