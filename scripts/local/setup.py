"""Makes .venv, node_modules and python_modules from the lock files; a step whose inputs did not change is skipped.

Runs on the standard library of any Python from 3.11 on, so that it can be the first thing a fresh machine runs:
`PYTHONPATH=scripts python3 -m local.setup`.
"""

from __future__ import annotations  # an older Python must get as far as saying that it is too old

import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from local import vendor
from local.child import ROOT, end_as_by_ctrl_c
from local.errands import call_back, run

VENV = ROOT / ".venv"
has_pip = threading.Event()
"""Set as soon as .venv can download, which is long before it has everything itself."""
NODE = ROOT / "node_modules" / ".bin" / "node"


class Step(NamedTuple):
    """One directory to make. `inputs` decide whether it is still right; its stamp is written last."""

    target: Path
    proof: Path
    """Something in it that is gone when it is not usable: an interpreter that was uninstalled, say."""
    inputs: tuple[Path, ...]
    make: Callable[[bool], None]
    """Called with True when the directory is left from an interrupted run and must be made from nothing."""

    @property
    def stamp(self) -> Path:
        return self.target / ".stamp"

    def fingerprint(self) -> str:
        """Of the inputs and the place: a moved checkout has dead paths in its .venv, a borrowed one is where it was."""
        digest = hashlib.sha256(str(self.target.resolve()).encode())
        for path in self.inputs:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def is_made(self) -> bool:
        try:
            return self.proof.exists() and self.stamp.read_text() == self.fingerprint()
        except OSError:  # not there, or made by somebody whose files we may not read
            return False


def pip() -> list[str | Path]:
    """The pip that installs into .venv: its own, or the host's where Debian split ensurepip off."""
    own = VENV / "bin" / "pip"
    return [own] if own.exists() else [sys.executable, "-m", "pip", "--python", VENV / "bin" / "python"]


def make_venv(from_nothing: bool) -> None:
    if from_nothing or not (VENV / "bin" / "python").exists():
        without_pip = importlib.util.find_spec("ensurepip") is None
        if without_pip and importlib.util.find_spec("pip") is None:
            raise SystemExit("setup: this Python has neither ensurepip nor pip (on Debian: python3-venv)")
        run(sys.executable, "-m", "venv", "--clear", *(["--without-pip"] if without_pip else []), VENV)
    has_pip.set()
    locked = ("--require-hashes", "--no-deps", "--only-binary=:all:", "-r", ROOT / "requirements" / "dev.txt")
    # Not compiled beforehand: of the thousands of modules few are ever imported, and those compile as they are.
    run(*pip(), "install", "--quiet", "--disable-pip-version-check", "--no-compile", *locked)


def make_node_modules(from_nothing: bool) -> None:
    if from_nothing:
        shutil.rmtree(ROOT / "node_modules", ignore_errors=True)
    # No install scripts: every binary (Node, workerd, esbuild) is an optional package of its own in the lock file.
    # Not `npm ci`: it refuses a lock that leaves out another platform's binary, and workerd's come out days apart.
    everything = ("--include=optional", "--include=dev")  # whatever NODE_ENV or an .npmrc says
    patience = ("--fetch-retries=4", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    run("npm", "install", "--no-save", "--ignore-scripts", *everything, *patience, *quiet)
    if not NODE.exists():
        raise SystemExit(
            f"setup: npm has no Node 22 for this machine ({platform.system()} {platform.machine()})"
        )


def make_python_modules(_from_nothing: bool) -> None:
    vendor.vendor(pip(), ROOT / "requirements" / "worker.txt", ROOT / "python_modules")


STEPS = {
    "venv": Step(VENV, VENV / "bin" / "python", (ROOT / "requirements" / "dev.txt",), make_venv),
    "node": Step(
        ROOT / "node_modules",
        NODE,
        (ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"),
        make_node_modules,
    ),
    "worker": Step(
        ROOT / "python_modules",
        ROOT / "python_modules" / "pydantic_core",
        (ROOT / "requirements" / "worker.txt", Path(vendor.__file__)),
        make_python_modules,
    ),
}


@contextmanager
def alone() -> Iterator[None]:
    """Two set-ups at once take turns: the lock is on this file and goes when the process does."""
    fd = os.open(__file__, os.O_RDONLY)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is running; waiting for it")
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def say(text: str) -> None:
    sys.stderr.write(f"setup: {text}\n")  # in one piece: two steps speak at once


def take(step: Step) -> None:
    name = step.target.name
    if step.is_made():
        return
    started = time.monotonic()
    say(f"{name} ...")
    interrupted = step.target.exists() and not step.stamp.exists()
    step.stamp.unlink(missing_ok=True)
    step.make(interrupted)
    step.stamp.write_text(step.fingerprint())
    say(f"{name} made in {time.monotonic() - started:.0f} s")


def is_complete() -> bool:
    """Whether there is nothing to make."""
    return all(step.is_made() for step in STEPS.values())


def set_up() -> None:
    """Makes what is missing. Raises SystemExit with a plain sentence when it cannot."""
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever has an older one should read why)
        raise SystemExit(f"setup: Python 3.11 or newer is needed, and python3 is {platform.python_version()}")
    if is_complete():
        return
    if not shutil.which("npm"):
        raise SystemExit("setup: npm is needed (any version from 9 on)")

    with alone(), ThreadPoolExecutor() as pool:
        try:
            venv = pool.submit(take, STEPS["venv"])
            venv.add_done_callback(lambda _: has_pip.set())
            node = pool.submit(take, STEPS["node"])
            has_pip.wait()
            if venv.done():
                venv.result()
            take(STEPS["worker"])
            node.result()
            with suppress(subprocess.CalledProcessError):  # the runtime will do it, or say what is wrong
                run(NODE, ROOT / "scripts" / "local" / "warm.mjs")
            venv.result()
        except KeyboardInterrupt:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # once is enough, and this is soon over
            call_back()
            raise
        except subprocess.CalledProcessError as failure:
            raise SystemExit(
                f"setup: {' '.join(map(str, failure.cmd[:4]))} ... failed (see above)\n"
                "setup: what is missing comes from the registries of pip and npm; the next run goes on from here"
            ) from None
        except OSError as error:
            raise SystemExit(f"setup: {error.filename or ROOT}: {error.strerror}") from None


def main() -> None:
    """`set_up`, which Ctrl-C, SIGTERM and a terminal that closes end alike, with all it has started."""
    end_as_by_ctrl_c()
    try:
        set_up()
    except KeyboardInterrupt:
        say("stopped; the next run makes what is missing")
        sys.exit(130)


if __name__ == "__main__":
    main()
