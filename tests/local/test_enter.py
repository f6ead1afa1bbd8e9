"""The way into each command: on a fresh machine nothing is installed for whoever asks what it does, or mistypes."""

import shutil
import subprocess
from pathlib import Path

import pytest
from bench import __main__ as bench

from devtools import flags
from devtools.enter import COMMANDS
from local.child import ROOT

SHOWN = {
    "bench": ("--json", *flags.BENCHES),
    "deploy": ("staging", "production", "--dry-run"),
    "dev": ("--port", "--sandbox-port", "--state", "--reset", "--no-demo", "--once"),
    "smoke": ("URL", "--notify", "SMOKE_TENANT"),
}


def asked(place: Path, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command in a checkout of which only scripts/ is there yet."""
    shutil.copytree(ROOT / "scripts", place / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run([place / "scripts" / name, *arguments], capture_output=True, text=True, timeout=30)
    assert [path.name for path in place.iterdir()] == ["scripts"]
    return done


@pytest.mark.parametrize("name", COMMANDS)
def test_its_flags_are_explained(name: str, tmp_path: Path) -> None:
    told = asked(tmp_path, name, "--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert [each for each in SHOWN[name] if each not in told.stdout] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistyped_flag_is_refused(name: str, tmp_path: Path) -> None:
    told = asked(tmp_path, name, "--bogus")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.splitlines()[-1].startswith(f"scripts/{name}: error: ")


def test_every_bench_has_its_name() -> None:
    assert tuple(sorted(bench.BENCHES)) == flags.BENCHES
