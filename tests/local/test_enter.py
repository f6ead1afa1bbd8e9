"""The way into each command: on a fresh machine nothing is installed for whoever asks what it does, or mistypes."""

import shutil
import socket
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


def test_a_taken_port_is_told_before_anything_is_installed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = asked(tmp_path, "dev", "--port", str(port), "--sandbox-port", "0")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert f"port {port}: Address already in use" in told.stderr and "with --port" in told.stderr


def test_every_bench_has_its_name() -> None:
    assert tuple(sorted(bench.BENCHES)) == flags.BENCHES


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("https://frontdesk.example/", "https://frontdesk.example"),
        ("frontdesk.example", "https://frontdesk.example"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("localhost:8787", "http://localhost:8787"),
        ("[::1]:8787", "http://[::1]:8787"),
    ],
)
def test_where_a_deployment_is(given: str, asked: str) -> None:
    assert flags.smoke([given]).url == asked


@pytest.mark.parametrize(
    "given",
    [
        "https://",
        "ftp://frontdesk.example",
        "https://x.example:99999",
        "https://x.example/app",
        "https://u:p@x.example",
    ],
)
def test_what_is_no_deployment_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        flags.smoke([given])
    assert "scripts/smoke: error: argument URL: " in capsys.readouterr().err


def test_a_session_token_is_not_sent_in_the_clear(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        flags.smoke(["http://frontdesk.example"])
    assert "could read the token; use https" in capsys.readouterr().err


def test_an_address_that_is_posted_to_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        flags.smoke(["https://frontdesk.example", "--notify", "hooks.example/s3cret"])
    assert "s3cret" not in capsys.readouterr().err
