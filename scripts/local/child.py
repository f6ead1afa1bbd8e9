"""A child process that says it is ready in one line of JSON, and that ends when we end, however we end."""

from __future__ import annotations  # an older Python must get as far as saying that it is too old

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
GENTLE_S = 10
HERE = ("localhost", "127.0.0.1", "::1")


class NotReady(Exception):
    """The child ended, or said nothing in time."""


def environment() -> dict[str, str]:
    """The process environment with this project's programs first on PATH, and no proxy between us and this machine."""
    mine = [str(ROOT / ".venv" / "bin"), str(ROOT / "node_modules" / ".bin")]
    spared = ",".join(filter(None, [os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), *HERE]))
    path = os.pathsep.join([*mine, os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "NO_PROXY": spared, "no_proxy": spared}


def end_as_by_ctrl_c() -> None:
    """SIGTERM and a terminal that closes raise KeyboardInterrupt from now on, unless we are to ignore them (nohup)."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def start(
    command: Sequence[str],
    *,
    name: str,
    log: IO[str] | int | None = None,
    variables: Mapping[str, str] | None = None,
    timeout_s: float = 60,
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Starts `command` in a session of its own and waits for its ready line. Raises NotReady, which calls it `name`.

    A session of its own, so that Ctrl-C in the terminal reaches only us, who then end things in order. Its standard
    input is a pipe that closes when this process is gone: an attended child stops at that.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment(), **(variables or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.terminate()

    timer = threading.Timer(timeout_s, give_up)
    timer.start()
    try:
        assert process.stdout
        for line in process.stdout:
            if line.startswith('{"ready"'):
                ready: dict[str, Any] = json.loads(line)
                return process, ready
    except BaseException:
        end(process)
        raise
    finally:
        timer.cancel()
    code = end(process)
    if late.is_set():
        raise NotReady(f"{name} was not ready within {timeout_s:.0f} s")
    raise NotReady(f"{name} ended (exit code {code}) before it was ready; its output says why")


def unusable(port: int) -> str:
    """Why nothing of ours can listen at a port of loopback now; empty when it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was left a moment ago is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.strerror or str(error)
    # A browser asks ::1 first for a name under localhost: whoever listens there would get our visitors.
    with contextlib.suppress(OSError), socket.create_connection(("::1", port), timeout=1):
        return "Address already in use"
    return ""


def knock(wanted: Mapping[str, int]) -> None:
    """Raises NotReady when one of these ports cannot be had, with the flag that chooses another. 0 is any free one."""
    for flag, port in wanted.items():
        why = unusable(port) if port else ""
        if why:
            raise NotReady(f"port {port}: {why}. End what listens there, or choose another with {flag}")


def free_port() -> int:
    """A port of loopback that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: subprocess.Popen[str]) -> int:
    """Asks it to end, waits, insists after 10 s. Its exit code."""
    process.terminate()
    return collect(process)


def collect(process: subprocess.Popen[str]) -> int:
    """Waits for a child that is ending by itself; kills it after 10 s."""
    try:
        process.wait(GENTLE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    return process.returncode
