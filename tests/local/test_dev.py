"""scripts/dev as a developer meets it: it starts, says where, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from local.child import ROOT, environment


@contextmanager
def dev(state: Path, *flags: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The running command and what it printed until it was ready."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "devtools.dev",
            "--port",
            "0",
            "--sandbox-port",
            "0",
            "--state",
            str(state),
            *flags,
        ],
        cwd=ROOT,
        env={**environment(), "PYTHONPATH": str(ROOT / "scripts")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if "Ctrl-C" in line:
                break
        yield process, printed
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def mentions(state: Path) -> list[str]:
    """The living processes whose command line names `state`."""
    listed = subprocess.run(["ps", "-ww", "-eo", "stat=,args="], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if str(state) in line and not line.startswith("Z")]


def gone(state: Path, seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while left := mentions(state):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_it_starts_serves_and_ends_everything_on_ctrl_c(tmp_path: Path) -> None:
    with dev(tmp_path, "--no-demo") as (process, printed):
        worker = re.search(r"Staff +http://harbour-imaging\.localhost:(\d+)/app", printed)
        phone = re.search(r"Phone +(http://\S+)", printed)
        assert worker and phone, printed
        assert httpx.get(f"http://127.0.0.1:{worker[1]}/health").json() == {"status": "ok"}
        assert httpx.get(phone[1]).status_code == 200
        assert len(mentions(tmp_path)) >= 3
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        gone(tmp_path)


def test_what_it_started_does_not_outlive_it(tmp_path: Path) -> None:
    with dev(tmp_path, "--no-demo") as (process, _printed):
        os.kill(process.pid, signal.SIGKILL)
        gone(tmp_path)


@pytest.mark.parametrize("flag", ["--help"])
def test_its_flags_are_explained(flag: str) -> None:
    shown = subprocess.run([str(ROOT / "scripts" / "dev"), flag], capture_output=True, text=True)
    for name in ("--port", "--sandbox-port", "--state", "--reset", "--no-demo", "--once"):
        assert name in shown.stdout
