"""scripts/dev as a developer meets it: it starts, says where, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from local.child import ROOT, environment
from local.client import Runtime


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
        worker = re.search(r"Worker +(http://\S+)", printed)
        phone = re.search(r"Phone +(http://\S+)", printed)
        assert worker and phone, printed
        assert httpx.get(f"{worker[1]}/health").json() == {"status": "ok"}
        assert httpx.get(phone[1]).status_code == 200
        mine = mentions(tmp_path)
        assert len(mine) >= 3
        assert "MASTER_KEY" not in "".join(mine), "everybody on a machine can read command lines"
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        gone(tmp_path)


def test_what_it_started_does_not_outlive_it(tmp_path: Path) -> None:
    with dev(tmp_path, "--no-demo") as (process, _printed):
        os.kill(process.pid, signal.SIGKILL)
        gone(tmp_path)


def test_a_proxy_of_the_environment_is_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "intranet.example")
        given = environment()
        assert given["NO_PROXY"] == given["no_proxy"] == "intranet.example,localhost,127.0.0.1,::1"
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=answer_once, args=(door,), daemon=True).start()
        assert Runtime("", f"http://127.0.0.1:{door.getsockname()[1]}").status() == {}


def answer_once(door: socket.socket) -> None:
    line, _ = door.accept()
    with line:
        line.recv(4096)
        line.sendall(b"HTTP/1.0 200 OK\r\n\r\n{}")


def refused(*flags: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """The command given flags it will not start with."""
    return subprocess.run(
        [sys.executable, "-m", "devtools.dev", *flags],
        cwd=ROOT,
        env={**environment(), "PYTHONPATH": str(ROOT / "scripts"), **variables},
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("flag", ["--port", "--sandbox-port"])
def test_a_taken_port_is_named_with_the_flag_that_chooses_another(tmp_path: Path, flag: str) -> None:
    other = {"--port": "--sandbox-port", "--sandbox-port": "--port"}[flag]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused("--state", str(tmp_path), flag, str(port), other, "0")
    assert told.returncode == 1
    assert f"port {port}: Address already in use" in told.stdout and f"with {flag}\n" in told.stdout
    assert not told.stderr, "a sentence, no traceback"


def test_reset_keeps_its_hands_off_other_peoples_files(tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    for flags in (["--reset"], ["--once"]):
        # Relative to where the command was given, as everywhere.
        told = refused("--state", ".", *flags, CALLED_FROM=str(tmp_path))
        assert (told.returncode, told.stderr) == (1, "")
        assert "thesis.txt" in told.stdout
    assert thesis.read_text() == "years of work"


def test_a_place_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    told = refused("--state", str(place))
    assert (told.returncode, told.stdout) == (1, f"dev: {place}: File exists\n")


@pytest.mark.parametrize(
    "flags", [["--once", "--no-demo"], ["--port", "web"], ["--port", "8788"], ["--port", "70000"]]
)
def test_flags_that_make_no_sense_are_refused(flags: list[str]) -> None:
    told = refused(*flags)
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1].startswith("scripts/dev: error: ")
