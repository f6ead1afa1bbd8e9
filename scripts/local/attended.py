"""Runs a program and ends it when standard input closes: `python attended.py COMMAND...`, for a parent that may die."""

import os
import signal
import subprocess
import sys
import threading

GENTLE_S = 5  # less than our parent waits for us


def attend(command: list[str]) -> int:
    """The program's exit code. SIGTERM and SIGINT are passed on; one that is too busy to hear is killed."""
    # Its own standard input is nothing: ours is the lifeline.
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end(*_signal: object) -> None:
        child.terminate()
        insist = threading.Timer(GENTLE_S, child.kill)
        insist.daemon = True
        insist.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)

    def wait_for_the_end() -> None:
        while os.read(0, 4096):  # not sys.stdin: its lock must be free when the interpreter ends
            pass
        end()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    return child.wait()


if __name__ == "__main__":
    sys.exit(attend(sys.argv[1:]))
