"""Starts the sandbox: `python scripts/sandbox --port 8788 --state DIR`."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # not this directory: its names are common

from sandbox.server import main  # noqa: E402  (the package must be importable first)

if __name__ == "__main__":
    main()
