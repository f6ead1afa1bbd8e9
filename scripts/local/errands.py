"""Programs that set-up sends out: quiet unless they fail, and called back together when it is interrupted."""

from __future__ import annotations  # an older Python must get as far as saying that it is too old

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from local.child import ROOT

_out: set[subprocess.Popen[str]] = set()
_lock = threading.Lock()
_called_back = threading.Event()


def run(*command: str | Path) -> None:
    """Runs in the project's root and waits; what it said is printed if it fails. Raises CalledProcessError then.

    In a session of its own: nothing it starts can ask a question nobody sees, or outlive `call_back`.
    """
    with _lock:
        if _called_back.is_set():
            raise subprocess.CalledProcessError(-signal.SIGKILL, command)
        errand = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        _out.add(errand)
    try:
        said, _ = errand.communicate()
    except BaseException:
        _end(errand)
        errand.communicate()
        raise
    finally:
        with _lock:
            _out.discard(errand)
    if errand.returncode:
        if not _called_back.is_set():
            print(said, file=sys.stderr)
        raise subprocess.CalledProcessError(errand.returncode, [str(part) for part in command])


def call_back() -> None:
    """Ends every errand under way with all it started; no other sets out."""
    with _lock:
        _called_back.set()
        for errand in _out:
            _end(errand)


def _end(errand: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):  # it ended a moment ago
        os.killpg(errand.pid, signal.SIGKILL)
