"""A state directory: owned by one command at a time, and emptied only when it holds nothing but a state."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "lock"
PARTS = ("worker", "sandbox")


class NotOurs(Exception):
    """Somebody else uses the directory, or keeps other things in it; the text says what to do."""


@contextmanager
def owned(state: Path, *, reset: bool = False) -> Iterator[None]:
    """Makes the directory if need be and holds it until left; the hold goes with the process, however it ends.

    `reset` empties it first. Raises NotOurs, and has then changed nothing.
    """
    state.mkdir(parents=True, exist_ok=True)
    if reset and (strangers := sorted({path.name for path in state.iterdir()} - {*PARTS, LOCK})):
        raise NotOurs(f"{state} holds other things ({', '.join(strangers[:3])}), so it is not emptied")
    fd = os.open(state / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(fd, 20).decode().strip()
            raise NotOurs(
                f"process {owner} is running on {state}: end it, or give another --state and other ports"
            ) from None
        if reset:
            for part in PARTS:
                if (state / part).exists():
                    shutil.rmtree(state / part)
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(fd)
