"""Writes the lock files anew from pyproject.toml and package.json: exact versions and hashes, no addresses."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ("--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet")


def lock(upgrade: bool) -> None:
    """Without `upgrade`, versions already locked stay as far as the requirements allow."""
    more = ("--upgrade",) if upgrade else ()
    uv = ("uv", "pip", "compile", *PLAIN, *more)
    worker, dev = "requirements/worker.txt", "requirements/dev.txt"
    subprocess.run([*uv, "--python-version=3.14", "pyproject.toml", "-o", worker], cwd=ROOT, check=True)
    # The host's packages include the Worker's, at the same versions: the same code runs under both.
    host = ("--python-version=3.11", "-c", worker, "--group=dev", "pyproject.toml", "-o", dev)
    subprocess.run([*uv, *host], cwd=ROOT, check=True)
    subprocess.run(["npm", "install", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)


if __name__ == "__main__":
    lock(upgrade="--upgrade" in sys.argv[1:])
