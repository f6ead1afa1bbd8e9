"""The developer's command: everything running, the demo told, until Ctrl-C."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from devtools import flags, secrets
from devtools.migrate import MigrationFailed
from devtools.stack import Stack
from devtools.state import NotOurs, owned
from devtools.ticker import Ticker
from local import child
from local.child import ROOT, NotReady, environment
from local.client import RuntimeFailed

LOOK_S = 0.5
DEMO_TENANT = "harbour-imaging"


def say(text: str) -> None:
    print(f"dev: {text}", flush=True)


def tell(program: str, stack: Stack, *flags: str) -> int:
    """Runs scripts/<program> against the stack; its exit code."""
    sources = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "src")])
    where = ["--url", stack.url, "--control", stack.runtime.control, "--sandbox", stack.sandbox_url]
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / program), *where, *flags],
        cwd=ROOT,
        env={**environment(), "PYTHONPATH": sources},
    ).returncode


def demo(stack: Stack, secrets_file: Path) -> bool:
    """Demo tenants (making them twice is as once), then the story. Whether every step of it held."""
    if tell("seed", stack, "--vars", str(secrets_file)):
        say("the demo tenants could not be made")
        return False
    return tell("story", stack) == 0


def addresses(stack: Stack, seconds: float, *, with_demo: bool) -> None:
    say(f"ready in {seconds:.1f} s")
    tenant = stack.tenant_url(DEMO_TENANT)
    worker = (
        (("Staff", f"{tenant}/app"), ("API", f"{tenant}/docs/api")) if with_demo else (("Worker", stack.url),)
    )
    rows = (
        *worker,
        ("Phone", f"{stack.sandbox_url}/phone"),
        ("Outbox", f"{stack.sandbox_url}/outbox"),
        ("Sandbox", stack.sandbox_url),
        ("Control", stack.runtime.control),
    )
    for name, address in rows:
        print(f"     {name:8} {address}")
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
        with owned(state, reset=True):
            child.knock(wanted.ports)
            say("starting sandbox and Worker, for the story alone")
            with Stack.start(state, port=wanted.port, sandbox_port=wanted.sandbox_port, quiet=True) as stack:
                held = demo(stack, secrets.EXAMPLE)
    say("the story held" if held else "the story failed")
    return 0 if held else 1


def stay(wanted: argparse.Namespace) -> int:
    started = time.monotonic()
    if came := secrets.provide():
        say(f".dev.vars took from .dev.vars.example: {', '.join(came)}")
    state = wanted.state or ROOT / ".dev"
    with owned(state, reset=wanted.reset):
        child.knock(wanted.ports)
        say(f"starting sandbox and Worker on {state}")
        with Stack.start(
            state,
            port=wanted.port,
            sandbox_port=wanted.sandbox_port,
            own_secrets=True,
            watch=True,
            quiet=True,  # the story first: its sentences would drown in log lines
        ) as stack:
            serves = stack.runtime.status()["boots"] > 0
            if serves:
                addresses(stack, time.monotonic() - started, with_demo=not wanted.no_demo)
            else:
                say("the Worker does not start, for the reason above; what you save is loaded at once")
            if serves and not wanted.no_demo:
                demo(stack, secrets.OWN)
            stack.runtime.set_quiet(False)
            with Ticker(stack.runtime, say):
                say("sources are watched, the cron ticks each minute; Ctrl-C ends it all")
                return attend(stack)


def main(arguments: list[str]) -> int:
    wanted = flags.dev(arguments)
    child.end_as_by_ctrl_c()
    try:
        return once(wanted) if wanted.once else stay(wanted)
    except KeyboardInterrupt:
        say("stopped")
        return 0 if not wanted.once else 130
    except (NotOurs, NotReady, RuntimeFailed, MigrationFailed) as failure:
        say(str(failure))
        return 1
    except OSError as error:
        say(f"{error.filename or error.__class__.__name__}: {error.strerror or error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
