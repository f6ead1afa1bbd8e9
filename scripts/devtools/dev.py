"""The developer's command: everything running, the demo told, until Ctrl-C."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from devtools import secrets
from devtools.migrate import MigrationFailed
from devtools.stack import Stack
from devtools.ticker import Ticker
from local.child import ROOT, NotReady, environment
from local.client import RuntimeFailed

LOOK_S = 0.5
DEMO_TENANT = "harbour-imaging"


def say(text: str) -> None:
    print(f"dev: {text}", flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/dev", description=__doc__)
    parser.add_argument("--port", type=int, help="the Worker's (8787; any free one with --once)")
    parser.add_argument("--sandbox-port", type=int, help="the sandbox's (8788; any free one with --once)")
    parser.add_argument("--state", type=Path, help="where everything is kept (.dev; a new place with --once)")
    parser.add_argument("--reset", action="store_true", help="forget what the state directory holds")
    parser.add_argument("--no-demo", action="store_true", help="neither demo tenants nor the story")
    parser.add_argument("--once", action="store_true", help="play the story on fresh state, check it, exit")
    return parser.parse_args(arguments)


def tell(program: str, stack: Stack, *flags: str) -> int | None:
    """Runs scripts/<program> against the stack, with its secrets in the environment. None if there is none (yet)."""
    path = ROOT / "scripts" / program
    if not path.is_file() and not (path / "__main__.py").exists():
        return None
    sources = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "src")])
    where = ["--url", stack.url, "--control", stack.runtime.control, "--sandbox", stack.sandbox_url]
    return subprocess.run(
        [sys.executable, str(path), *where, *flags],
        cwd=ROOT,
        env={**environment(), **stack.variables, "PYTHONPATH": sources},
    ).returncode


def demo(stack: Stack, secrets_file: Path) -> bool:
    """Demo tenants (making them twice is as once), then the story. Whether there is one and every step of it held."""
    if tell("seed", stack, "--vars", str(secrets_file)) not in (0, None):
        say("the demo tenants could not be made")
        return False
    return tell("story", stack) == 0


def addresses(stack: Stack, seconds: float) -> None:
    port = stack.url.rsplit(":", 1)[1]
    say(f"ready in {seconds:.1f} s")
    rows = (
        ("Staff", f"http://{DEMO_TENANT}.localhost:{port}/app"),
        ("API", f"http://{DEMO_TENANT}.localhost:{port}/docs/api"),
        ("Phone", f"{stack.sandbox_url}/phone"),
        ("Outbox", f"{stack.sandbox_url}/outbox"),
        ("Control", stack.runtime.control),
    )
    for name, address in rows:
        print(f"     {name:8}{address}")
    print(flush=True)


def attend(stack: Stack) -> int:
    """Waits until something ends that should not."""
    assert stack.runtime.process
    while True:
        time.sleep(LOOK_S)
        if stack.runtime.process.poll() is not None:
            say("the Worker's runtime has ended")
            return 1
        if stack.sandbox.poll() is not None:
            say("the sandbox has ended")
            return 1


def once(wanted: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as scratch:
        state = wanted.state or Path(scratch)
        with Stack.start(
            state, port=wanted.port or 0, sandbox_port=wanted.sandbox_port or 0, reset=True, quiet=True
        ) as stack:
            held = demo(stack, secrets.EXAMPLE)
    say("the story held" if held else "the story failed")
    return 0 if held else 1


def stay(wanted: argparse.Namespace) -> int:
    started = time.monotonic()
    if came := secrets.provide():
        say(f".dev.vars took from .dev.vars.example: {', '.join(came)}")
    state = wanted.state or ROOT / ".dev"
    say(f"starting sandbox and Worker on {state}")
    with Stack.start(
        state,
        port=8787 if wanted.port is None else wanted.port,
        sandbox_port=8788 if wanted.sandbox_port is None else wanted.sandbox_port,
        variables=secrets.read(secrets.OWN),
        watch=True,
        quiet=True,  # the story first: its sentences would drown in log lines
        reset=wanted.reset,
    ) as stack:
        addresses(stack, time.monotonic() - started)
        if not wanted.no_demo:
            demo(stack, secrets.OWN)
        stack.runtime.set_quiet(False)
        with Ticker(stack.runtime, say):
            say("sources are watched, the cron ticks each minute; Ctrl-C ends it all")
            return attend(stack)


def main(arguments: list[str]) -> int:
    wanted = options(arguments)
    # A terminal that closes is Ctrl-C too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return once(wanted) if wanted.once else stay(wanted)
    except KeyboardInterrupt:
        say("stopped")
        return 0 if not wanted.once else 130
    except (NotReady, RuntimeFailed, MigrationFailed) as failure:
        say(str(failure))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
