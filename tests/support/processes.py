"""Other processes of this machine, as a test sees them."""

import subprocess


def is_alive(pid: int) -> bool:
    """A zombie is dead, though nobody has collected it."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return state.strip()[:1] not in ("", "Z")
